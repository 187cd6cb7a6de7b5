package server.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

/// The thread that compacts by itself.
final class CompactionThreadTest {

    private static final Submission SOME = new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT,
            Slice.of(("{\"prompt\":\"" + "x".repeat(200) + "\"}").getBytes(StandardCharsets.US_ASCII)), null, "x");

    @Test
    void lookThatFailsForWantOfMemory_isNotTheLast() throws IOException {
        FaultyStorage disk = new FaultyStorage();
        try (TaskQueue queue = TaskQueue.open(disk, new JournalOptions(8192), QueueOptions.DEFAULT,
                InstantSource.system(), () -> 0, new Random(7))) {
            for (int i = 0; i < 200; i++) {
                Task task = queue.submit(SOME, null, null).document().task();
                queue.cancel(task.id(), null);
                queue.delete(task.id());
            }
            int files = disk.list().size();
            disk.nextSizeThrows(new OutOfMemoryError("of the test"));
            try (Compaction compaction = new Compaction(queue.ledger(),
                    new CompactionOptions(0.5, 0, Duration.ofMillis(1)))) {
                compaction.start();
                Await.until("a look has failed", disk::hasThrown);
                // it looks again once something has happened
                queue.submit(SOME, null, null);
                Await.until("it is compacted", () -> disk.list().size() < files / 2);
            }
        }
    }
}
