package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import org.junit.jupiter.api.Test;

import server.task.Attempt;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

class AgeingTest {

    private static final Ageing HOURLY = new Ageing(3_600_000, 10);
    private static final long T = 1_800_000_000_000L;
    private static final long HOUR = 3_600_000;

    private static Task task(int priority, long scheduledAt) {
        return new Task(1, TaskType.CHAT, "m", priority, TaskState.Pending.READY, T,
                new Terms(scheduledAt, 0, 1, 0, 1, 1, 1, false, null, false), null, 0, null).arrived(7, 7);
    }

    @Test
    void priority_growsByOneForEachTimeWaited_upToTheHighest() {
        Task task = task(5, 0);
        assertEquals(List.of(5, 5, 5, 6, 7, 10, 10), List.of(priority(task, -HOUR), priority(task, 0),
                priority(task, HOUR - 1), priority(task, HOUR), priority(task, 2 * HOUR), priority(task, 5 * HOUR),
                priority(task, 500 * HOUR)));
        assertEquals(12, priority(task(12, 0), 500 * HOUR));
        assertEquals(5, Ageing.NONE.priority(task, T + 500 * HOUR));
        assertEquals(10, HOURLY.priority(task(Integer.MIN_VALUE, 0), Long.MAX_VALUE));
    }

    private static int priority(Task task, long waited) {
        return HOURLY.priority(task, T + waited);
    }

    @Test
    void since_scheduled_isThatTime_afterARetryByHand_theEndOfTheLastAttempt() {
        assertEquals(T + HOUR, Ageing.since(task(5, T + HOUR)));
        Task tried = task(5, 0).with(TaskState.Pending.READY, 0,
                List.of(new Attempt(1, "h", T, T + 2 * HOUR, "broke", true)));
        assertEquals(T, Ageing.since(tried));
        assertEquals(T + 2 * HOUR, Ageing.since(tried.ordered(9)));
    }

    @Test
    void headStart_isTheLongestWaitThatAHigherPriorityCosts() {
        assertEquals(5 * HOUR, HOURLY.headStart(5, 10));
        assertEquals(0, HOURLY.headStart(5, 5));
        assertEquals(Long.MAX_VALUE, HOURLY.headStart(5, 11));
        assertEquals(Long.MAX_VALUE, Ageing.NONE.headStart(5, 6));
        assertEquals(Long.MAX_VALUE, new Ageing(Long.MAX_VALUE / 2, 10).headStart(1, 10));
    }
}
