package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;

import server.journal.FileStorage;
import server.journal.JournalOptions;
import server.queue.Batch;
import server.queue.Place;
import server.queue.QueueOptions;
import server.queue.Run;
import server.queue.TaskQueue;
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
                InstantSource.system(), new Random(1))) {
            String prompt = "a line of a prompt ".repeat(16).substring(0, 300);
            Slice payload = slice("{\"messages\":[{\"role\":\"user\",\"content\":\"" + prompt + "\"}]}");
            Slice result = slice("{\"message\":{\"role\":\"assistant\",\"content\":\"yes\"},\"done\":true}");
            Submission submission = new Submission(TaskType.CHAT, "qwen3", 5, Terms.DEFAULT, payload, null,
                    prompt.substring(0, 80));
            for (int done = 0; done < Integer.parseInt(args[1]); done += BATCH) {
                Batch batch = queue.newBatch();
                while (batch.size() < BATCH) {
                    batch.add(submission);
                }
                queue.submit(batch);
                Run run = queue.startNext(task -> Place.at("bench"));
                while (run != null) {
                    queue.complete(run, result);
                    run = queue.startNext(task -> Place.at("bench"));
                }
            }
        }
        System.out.println("filled");
    }

    private static Slice slice(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
