package server.cron.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

import server.task.CronId;
import shared.Problem;

/// How cron tasks are found.
final class CronIndexTest {

    private final CronIndex index = new CronIndex();

    @Test
    void find_aNameOfSeveral_asAnOlderJournalMayHaveIt_is409() {
        index.put(cron(1, "n"), false);
        index.put(cron(2, "n"), false);
        Problem problem = assertThrows(Problem.class, () -> index.find("n"));
        assertEquals(409, problem.status());
        assertTrue(problem.getMessage().contains(CronId.format(1) + ", " + CronId.format(2)), problem.getMessage());
        index.remove(1);
        assertEquals(2, index.find("n").id());
        index.remove(2);
        assertEquals(List.of(), index.named("n"));
    }

    @Test
    void put_anotherName_givesTheOldOneUp() {
        index.put(cron(1, "old"), false);
        index.put(cron(1, "new"), false);
        assertEquals(List.of(), index.named("old"));
        assertEquals(1, index.find("new").id());
        assertThrows(Problem.class, () -> index.requireFree("new"));
        index.requireFree("old");
    }

    /// `daytasksweek` has the twelve digits of an id.
    @Test
    void idOf_aNameThatReadsAsAnId_isItsCronTask_elseTheId() {
        long read = CronId.parse("daytasksweek");
        assertEquals(read, index.idOf("daytasksweek"));
        index.put(cron(7, "daytasksweek"), false);
        assertEquals(7, index.idOf("daytasksweek"));
        assertEquals(read, index.idOf(CronId.format(read)));
    }

    private static CronTask cron(long id, String name) {
        return CronTask.blank(id, new CronPlan(name, "@daily", "UTC", true, Missed.SKIP, CronPlan.MISSED_MAX_AGE_MS,
                Overlap.SKIP, 0, 0, 0, 0, null), 1_000);
    }
}
