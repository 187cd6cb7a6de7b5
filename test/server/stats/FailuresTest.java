package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import org.junit.jupiter.api.Test;

import server.queue.index.ErrorPattern;
import server.queue.index.FailureCause;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

final class FailuresTest {

    private static final long NOON = 43_200_000;
    private static final long MINUTE = 60_000;

    private final Failures failures = new Failures();

    private static Task failed(long id, String model, String error) {
        return new Task(id, TaskType.CHAT, model, 5, new TaskState.Failed(1, 2, "gpu", error), 0, Terms.DEFAULT, null,
                0, null);
    }

    @Test
    void all_countsTheLastHour_byCauseModelAndHost_mostFirst() {
        failures.add(failed(1, "a", "took 5 s"), NOON);
        failures.add(failed(2, "b", "took 6 s"), NOON + 30 * MINUTE);
        failures.add(failed(3, "b", "took 7 s"), NOON + 31 * MINUTE);
        ErrorPattern cause = ErrorPattern.of("took 1 s");
        assertEquals(List.of(new FailureCause(cause, "b", "gpu", 2, NOON + 31 * MINUTE, 3, "took 7 s"),
                new FailureCause(cause, "a", "gpu", 1, NOON, 1, "took 5 s")), failures.all(NOON + 60 * MINUTE));
        assertEquals(1, failures.all(NOON + 61 * MINUTE).size());
        assertEquals(1, failures.all(NOON + 91 * MINUTE).getFirst().count());
        assertEquals(List.of(), failures.all(NOON + 92 * MINUTE));
    }

    @Test
    void whatIsPutBackOrDeleted_isCountedNoMore() {
        failures.add(failed(1, "a", "took 5 s"), NOON);
        failures.add(failed(2, "a", "took 6 s"), NOON + MINUTE);
        failures.remove(2);
        assertEquals(new FailureCause(ErrorPattern.of("took 1 s"), "a", "gpu", 1, NOON, 1, "took 5 s"),
                failures.all(NOON + MINUTE).getFirst(), "the one that is left is named");
        failures.remove(2);
        failures.remove(3);
        assertEquals(1, failures.all(NOON + MINUTE).getFirst().count());
        failures.remove(1);
        assertEquals(List.of(), failures.all(NOON + MINUTE));
    }

    @Test
    void whatIsPutBack_afterItsHour_isCountedNoLongerAlready() {
        failures.add(failed(1, "a", "took 5 s"), NOON);
        failures.add(failed(2, "a", "took 6 s"), NOON + 61 * MINUTE);
        failures.remove(1);
        assertEquals(1, failures.all(NOON + 61 * MINUTE).getFirst().count());
    }

    @Test
    void before_addsWhatWasNotPutBackMeanwhile() {
        Failures earlier = new Failures();
        earlier.add(failed(1, "a", "took 5 s"), NOON);
        earlier.add(failed(2, "a", "took 6 s"), NOON);
        earlier.add(failed(3, "b", "took 7 s"), NOON);
        failures.add(failed(4, "a", "took 8 s"), NOON + MINUTE);
        failures.remove(2);
        failures.remove(3);
        failures.before(earlier);
        ErrorPattern cause = ErrorPattern.of("took 1 s");
        assertEquals(List.of(new FailureCause(cause, "a", "gpu", 2, NOON + MINUTE, 4, "took 8 s")),
                failures.all(NOON + MINUTE));
        failures.remove(4);
        assertEquals(List.of(new FailureCause(cause, "a", "gpu", 1, NOON, 1, "took 5 s")),
                failures.all(NOON + MINUTE));
    }

    @Test
    void moreThanAreKnown_areCountedAllTheSame() {
        for (int i = 0; i <= Failures.KNOWN_MAX; i++) {
            failures.add(failed(i, "a", "wrong"), NOON);
        }
        failures.remove(0);
        failures.remove(1);
        assertEquals(Failures.KNOWN_MAX, failures.all(NOON).getFirst().count());
    }

    @Test
    void manyCauses_areTakenTogether() {
        for (int i = 0; i <= Failures.CAUSES_MAX; i++) {
            failures.add(failed(i, "m" + i, "wrong"), NOON);
        }
        failures.add(failed(200, "other", "wrong"), NOON);
        List<FailureCause> all = failures.all(NOON);
        assertEquals(Failures.CAUSES_MAX + 1, all.size());
        assertEquals(new FailureCause(ErrorPattern.OTHER, null, null, 2, NOON, 200, "wrong"), all.getFirst());
        failures.remove(200);
        assertEquals(Failures.CAUSES_MAX, failures.all(NOON).getLast().task());
        failures.remove(Failures.CAUSES_MAX);
        assertEquals(Failures.CAUSES_MAX, failures.all(NOON).size());
    }
}
