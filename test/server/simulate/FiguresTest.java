package server.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 1, 2", "3, 2, 3", "19, 10, 19", "20, 10, 19", "21, 11, 20", "100, 50, 95"})
    void percentiles_ofWaits_areByNearestRank(int tasks, long p50, long p95) {
        List<Ran> all = new ArrayList<>();
        for (int i = tasks; i > 0; i--) {
            Task task = new Task(i, TaskType.CHAT, "m", 5, TaskState.Pending.READY, 0, Terms.DEFAULT, null, 0, null);
            all.add(new Ran(task, true, "h", i, 1_000, 0));
        }
        assertEquals(new Figures.WaitTimes(tasks, p50, p95, tasks), Figures.of(all, Map.of()).all());
    }

    @Test
    void waits_ofNothing_areNone() {
        assertEquals(new Figures.WaitTimes(0, 0, 0, 0), Figures.of(new ArrayList<>(), Map.of()).all());
    }
}
