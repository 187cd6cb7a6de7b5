package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import server.executor.Call;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import server.task.Task;
import server.task.Terms;

final class PlacementTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final Host a = new Host(new Named("a"));
    private final Host b = new Host(new Named("b"));
    private final Placement placement = new Placement(List.of(a, b), () -> NOW);
    private final Task task = RetryPolicyTest.task(0, Terms.DEFAULT);

    @Test
    void choose_takesTheLeastBusy() {
        a.running.set(2);
        b.running.set(1);
        assertSame(b, placement.choose(task));
    }

    @Test
    void choose_afterAFailure_goesElsewhereFirst() {
        placement.failedOn(task, a);
        b.running.set(5);
        assertSame(b, placement.choose(task));
    }

    @Test
    void choose_afterAFailure_takesTheSameIfThereIsNoOther() {
        placement.failedOn(task, a);
        for (int i = 0; i < Circuit.FAILURES_MAX; i++) {
            b.circuit.unreachable(NOW.toEpochMilli());
        }
        assertSame(a, placement.choose(task));
    }

    @Test
    void choose_allLeftAlone_waits() {
        a.circuit.busy(NOW.toEpochMilli(), 0);
        b.circuit.busy(NOW.toEpochMilli(), 5_000);
        assertNull(placement.choose(task));
        assertEquals(NOW.toEpochMilli() + 1_000, placement.nextTry());
    }

    @Test
    void lacksModel_everyHostIsAskedOnce() {
        assertTrue(placement.lacksModel(task, a));
        assertSame(b, placement.choose(task));
        assertFalse(placement.lacksModel(task, b));
        assertEquals(Set.of("a", "b"), placement.without(task));
        placement.forget(task.id());
        assertSame(a, placement.choose(task));
    }

    @Test
    void choose_onNamesOneHost() {
        Terms onB = new Terms(0, 0, 1, 0, 0, 0, 1, false, "b", false);
        assertSame(b, placement.choose(RetryPolicyTest.task(0, onB)));
        Terms onC = new Terms(0, 0, 1, 0, 0, 0, 1, false, "c", false);
        assertNull(placement.choose(RetryPolicyTest.task(0, onC)));
    }

    private record Named(String name) implements TaskExecutor {

        @Override
        public String url() {
            return "http://" + name;
        }

        @Override
        public Outcome run(Call call, Pieces pieces) {
            throw new AssertionError("not called");
        }

        @Override
        public List<String> models() {
            return List.of();
        }

        @Override
        public void close() {
            // holds nothing
        }
    }
}
