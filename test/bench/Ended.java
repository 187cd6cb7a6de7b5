package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Semaphore;

import server.journal.JournalOptions;
import server.journal.disk.FileStorage;
import server.order.LoadedOffers;
import server.queue.Run;
import server.queue.TaskBatch;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// Fills a data directory with tasks that have ended, retention off, by the queue itself and without HTTP.
final class Ended {

    private static final int BATCH = 10_000;

    private Ended() {
    }

    public static void main(String[] args) throws IOException {
        QueueOptions keepAll = new QueueOptions(BATCH, 0, Duration.ZERO, Duration.ZERO, 0);
        try (TaskQueue queue = TaskQueue.open(new FileStorage(Path.of(args[0])), JournalOptions.DEFAULT, keepAll,
                InstantSource.system(), () -> 0, new Random(1))) {
            String prompt = "a line of a prompt ".repeat(16).substring(0, 300);
            Semaphore ready = new Semaphore(0);
            queue.runs().onReady(ready::release);
            Slice payload = slice("{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}");
            Slice result = slice("{\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},\"done\":true}");
            Submission submission = new Submission(TaskType.CHAT, "qwen3", 5, Terms.DEFAULT, payload, null,
                    prompt.substring(0, 80));
            for (int done = 0; done < Integer.parseInt(args[1]); done += BATCH) {
                TaskBatch batch = queue.newBatch();
                while (batch.size() < BATCH) {
                    batch.add(submission);
                }
                queue.submit(batch);
                for (int ended = 0; ended < BATCH; ended++) {
                    queue.runs().complete(next(queue, ready), result);
                }
            }
        }
        System.out.println("filled");
    }

    /// There is another one, but it may have to wait for the journal's next segment.
    private static Run next(TaskQueue queue, Semaphore ready) {
        while (true) {
            ready.drainPermits();
            Run run = queue.runs().startNext(LoadedOffers.at("bench"));
            if (run != null) {
                return run;
            }
            ready.acquireUninterruptibly();
        }
    }

    private static Slice slice(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
