package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;

/// A backup shows the queue as it was at its moment, whatever happens while it is written.
class BackupTest {

    private static final CompactionOptions KEEP_NONE = new CompactionOptions(0.5, 0, Duration.ofMillis(1));

    private final FaultyStorage disk = new FaultyStorage();
    private TaskQueue queue;

    @BeforeEach
    void open() throws IOException {
        queue = open(disk);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private static TaskQueue open(FaultyStorage disk) throws IOException {
        return TaskQueue.open(disk, new JournalOptions(8192), new QueueOptions(100_000, 0, Duration.ofDays(7),
                Duration.ofDays(30), 1 << 20), () -> Instant.ofEpochMilli(1_800_000_000_000L),
                () -> 0, new Random(7));
    }

    private Task submit(String prompt, String key) {
        return queue.submit(new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT,
                json("{\"prompt\":\"" + prompt + "\"}"), json("{\"k\":1}").text().getBytes(StandardCharsets.UTF_8),
                prompt), key, key == null ? null : "print").document().task();
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> documents(TaskQueue queue) {
        return queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 100_000, 0, null).tasks().stream()
                .map(task -> text(queue.document(task))).toList();
    }

    private static String text(TaskDocument document) {
        return document.task().name() + document.task().state() + document.task().order() + document.payload().text()
                + document.attempts() + (document.result() == null ? "" : document.result().text());
    }

    private static TaskQueue restored(byte[] backup) throws IOException {
        FaultyStorage empty = new FaultyStorage();
        empty.bytes("b", backup);
        return open(empty);
    }

    private void completeNext() {
        Run run = queue.runs().startNext(LoadedOffers.at("h"));
        while (run == null) {
            // the next segment is being made
            run = queue.runs().startNext(LoadedOffers.at("h"));
        }
        queue.runs().complete(run, json("{\"response\":\"done\"}"));
    }

    @Test
    void backup_everythingDeletedAndCompactedWhileItIsWritten_isAsItWas() throws Exception {
        for (int i = 0; i < 100; i++) {
            submit("p" + i + "x".repeat(300), i == 7 ? "the key" : null);
        }
        for (int i = 0; i < 30; i++) {
            completeNext();
        }
        queue.changeMode(QueueMode.PAUSED);
        List<String> before = documents(queue);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread reader = Thread.startVirtualThread(() -> write(new OutputStream() {
            @Override
            public void write(int one) {
                throw new IllegalStateException("one by one");
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                begun.countDown();
                await(goOn);
                out.write(bytes, from, length);
            }
        }));
        begun.await();
        queue.changeMode(QueueMode.RUNNING);
        for (Task task : queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 1000, 0, null).tasks()) {
            if (!task.status().ended()) {
                queue.cancel(task.id(), null);
            }
            queue.delete(task.id());
        }
        new Compaction(queue.ledger(), KEEP_NONE).now();
        new Compaction(queue.ledger(), KEEP_NONE).now();
        assertTrue(disk.list().contains("0000000012.journal"), "it is still to be read: " + disk.list());
        submit("later", null);
        goOn.countDown();
        reader.join();
        assertFalse(disk.list().contains("0000000012.journal"), "it was read: " + disk.list());
        assertTrue(disk.list().size() <= 6, disk.list().toString());
        try (TaskQueue again = restored(out.toByteArray())) {
            assertEquals(before, documents(again));
            assertEquals(QueueMode.PAUSED, again.mode());
            assertEquals(100, again.stats().total());
            again.changeMode(QueueMode.RUNNING);
            Task known = again.submit(new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT, json("{}"), null, ""),
                    "the key", "print").document().task();
            assertEquals("{\"prompt\":\"p7" + "x".repeat(300) + "\"}", again.document(known).payload().text());
        }
        assertEquals(1, documents(queue).size());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private void write(OutputStream out) {
        try {
            queue.backup().writeTo(out, false);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void backup_underLoadAndCompaction_holdsEachTaskOnce() throws Exception {
        for (int i = 0; i < 50; i++) {
            submit("stays" + i, null);
        }
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = Thread.startVirtualThread(() -> {
            for (int i = 0; !stop.get(); i++) {
                Task task = submit("load" + i + "x".repeat(500), null);
                queue.cancel(task.id(), null);
                if (i % 3 > 0) {
                    queue.delete(task.id());
                }
            }
        });
        Thread compaction = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                new Compaction(queue.ledger(), KEEP_NONE).now();
            }
        });
        for (int i = 0; i < 8; i++) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            write(out);
            try (TaskQueue again = restored(out.toByteArray())) {
                List<Task> tasks = again.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 100_000, 0, null).tasks();
                assertEquals(50, tasks.stream().filter(task -> task.status() == TaskStatus.PENDING
                        && text(again.document(task)).contains("\"stays")).count());
                long open = tasks.stream().filter(task -> task.status() == TaskStatus.PENDING).count();
                assertTrue(open <= 51, open + " are pending, but one at a time was submitted");
                tasks.forEach(again::document);
            }
        }
        stop.set(true);
        load.join();
        compaction.join();
        queue.close();
        List<String> files = disk.list();
        queue = open(disk);
        assertTrue(disk.list().containsAll(files), "nothing that was replaced was left to delete");
    }
}
