package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.task.Caller;
import server.task.Placing;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

final class DispatchOptionsTest {

    /// With the defaults: 15 minutes until the first byte, 30 for the whole.
    @ParameterizedTest
    @CsvSource({
        // type, whole, own first byte, minutes until the first byte
        "CHAT,     30, 0, 15",
        "CHAT,     60, 0, 60",
        "GENERATE, 20, 0, 20",
        "CHAT,     10, 0, 15",
        "CHAT,     60, 2, 2",
        "EMBED,    30, 0, 30",
        "EMBED,    30, 2, 2"})
    void firstByte_isNeverLessThanATimeSetByHand(TaskType type, int whole, int own, int minutes) {
        Terms terms = new Terms(0, 0, Duration.ofMinutes(whole).toMillis(), 3, 1, 1, 2, false, null, false,
                Duration.ofMinutes(own).toMillis(), Caller.NONE, null, Placing.NONE);
        Task task = new Task(1, type, "m", 5, TaskState.Pending.READY, 0, 1, 1, terms, null, 0, List.of(), 0, 0, null);
        assertEquals(Duration.ofMinutes(minutes), DispatchOptions.DEFAULT.firstByte(task));
    }
}
