package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskIdTest {

    @Test
    void parse_formatted_isTheSame() {
        Random random = new Random(17);
        for (int i = 0; i < 1000; i++) {
            long id = random.nextLong(1L << 60);
            assertEquals(id, TaskId.parse(TaskId.format(id)), "seed 17");
            assertEquals(id, TaskId.parse(TaskId.digits(id).toUpperCase(java.util.Locale.ROOT)), "seed 17");
        }
        assertEquals("task_zzzzzzzzzzzz", TaskId.format((1L << 60) - 1));
        assertEquals("task_000000000000", TaskId.format(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "task_", "task_7k3f9q2m4x8", "task_7k3f9q2m4x8zz", "task_7k3f9q2m4x8u",
        "task_7k3f9q2m4x8i", "cron_7k3f9q2m4x8z", "task_ 7k3f9q2m4x8"})
    void parse_noId_isMinusOne(String text) {
        assertEquals(-1, TaskId.parse(text));
    }
}
