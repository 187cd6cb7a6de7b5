package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.ledger.TaskReader;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;

/// A reader looks at a task first, and then reads its lines. Meanwhile the task may change, and a compaction may drop
/// the line that the reader found.
final class CompactedReadTest {

    private static final CompactionOptions KEEP_NONE = new CompactionOptions(0.5, 0, Duration.ofMillis(1));

    @Test
    void read_ofATaskThatWentOnMeanwhile_isOfTheTaskAsItIsNow() throws IOException {
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(8192), QueueOptions.DEFAULT,
                () -> Instant.ofEpochMilli(1_800_000_000_000L), () -> 0, new Random(7))) {
            submit(queue, "read slowly");
            Run run = queue.runs().startNext(LoadedOffers.at("h"));
            Task before = run.task();
            queue.runs().complete(run, json("{\"response\":\"done\"}"));
            for (int i = 0; i < 40; i++) {
                submit(queue, "x".repeat(400));
            }
            new Compaction(queue.ledger(), KEEP_NONE).now();
            TaskDocument read = queue.ledger().read(before, TaskReader::document);
            assertEquals("{\"response\":\"done\"}", read.result().text());
            assertEquals(TaskStatus.COMPLETED, read.task().status());
        }
    }

    private static void submit(TaskQueue queue, String prompt) {
        queue.submit(new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT, json("{\"prompt\":\"" + prompt + "\"}"),
                null, prompt), null, null);
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
