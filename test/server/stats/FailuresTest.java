package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import org.junit.jupiter.api.Test;

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
    void cause_isTheErrorWithoutWhatDiffers() {
        assertEquals("CUDA out of memory (… MiB at …)", Failures.cause(
                "CUDA out of memory (4,096.5 MiB at 0xdeadBEEF)"));
        assertEquals("rig-4090 answered 500: no slot for …", Failures.cause("rig-4090 answered 500: no slot for "
                + "task_7k3f9q2m4x8z\nat line 7"));
        assertEquals("runner … gone", Failures.cause("runner 3f9a0b12cd gone"));
        assertEquals("no reason given", Failures.cause(null));
        assertEquals(201, Failures.cause("x".repeat(500)).length());
    }

    @Test
    void all_countsTheLastHour_byCauseModelAndHost_mostFirst() {
        failures.add(failed(1, "a", "took 5 s"), NOON);
        failures.add(failed(2, "b", "took 6 s"), NOON + 30 * MINUTE);
        failures.add(failed(3, "b", "took 7 s"), NOON + 31 * MINUTE);
        assertEquals(List.of(new FailureCause("took … s", "b", "gpu", 2, NOON + 31 * MINUTE, 3),
                new FailureCause("took … s", "a", "gpu", 1, NOON, 1)), failures.all(NOON + 60 * MINUTE));
        assertEquals(1, failures.all(NOON + 61 * MINUTE).size());
        assertEquals(1, failures.all(NOON + 91 * MINUTE).getFirst().count());
        assertEquals(List.of(), failures.all(NOON + 92 * MINUTE));
    }

    @Test
    void manyCauses_areTakenTogether() {
        for (int i = 0; i <= Failures.CAUSES_MAX; i++) {
            failures.add(failed(i, "m" + i, "wrong"), NOON);
        }
        failures.add(failed(7, "other", "wrong"), NOON);
        List<FailureCause> all = failures.all(NOON);
        assertEquals(Failures.CAUSES_MAX + 1, all.size());
        assertEquals(new FailureCause(Failures.OTHER, null, null, 2, NOON, 7), all.getFirst());
    }
}
