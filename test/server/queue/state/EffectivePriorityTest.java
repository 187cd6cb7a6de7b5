package server.queue.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import server.order.Ageing;
import server.order.LoadedOffers;
import server.order.OrderOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// Ageing that a reload turns on and off.
class EffectivePriorityTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final long HOUR = 3_600_000;

    private final QueueState state = new QueueState(QueueOptions.DEFAULT);
    private long seq;

    private Task submit(int priority, long at) {
        Submission asked = new Submission(TaskType.GENERATE, "m", priority, Terms.DEFAULT,
                Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, "");
        seq++;
        return state.apply(state.submit(asked, seq, null, null, at), seq, 100 * seq, 100);
    }

    private void age(long every) {
        state.reconfigure(QueueOptions.DEFAULT.with(new OrderOptions(true, 60_000, 32, new Ageing(every, 10))));
    }

    private Task next(long now) {
        return state.start(LoadedOffers.at("h"), now).task();
    }

    @Test
    void ageing_turnedOnAndOffByAReload_countsAtOnce() {
        Task old = submit(1, NOW);
        Task urgent = submit(5, NOW + 5 * HOUR);
        assertEquals(urgent.id(), next(NOW + 6 * HOUR).id());
        assertEquals(2, state.position(old.id()));
        age(HOUR);
        assertEquals(7, state.effectivePriority(old));
        assertEquals(6, state.effectivePriority(urgent));
        assertEquals(1, state.position(old.id()));
        assertEquals(old.id(), next(NOW + 6 * HOUR).id());
        age(0);
        assertEquals(1, state.effectivePriority(old));
        assertEquals(urgent.id(), next(NOW + 6 * HOUR).id());
    }

    @Test
    void priority_growsWithTheTimeAlone_upToTheHighest() {
        age(HOUR);
        Task old = submit(9, NOW);
        state.wake(NOW + 100 * HOUR);
        assertEquals(10, state.effectivePriority(old));
        Task urgent = submit(11, NOW + 100 * HOUR);
        assertEquals(urgent.id(), next(NOW + 100 * HOUR).id());
    }
}
