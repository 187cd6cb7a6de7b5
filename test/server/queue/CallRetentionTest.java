package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueOptions;
import server.task.ApiPath;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskJson;
import server.task.Terms;
import shared.Problem;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonWriter;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

/// What is kept of relayed calls.
class CallRetentionTest {

    private static final long T0 = 1_800_000_000_000L;

    private final FaultyStorage disk = new FaultyStorage();

    /// Twice what the disk holds.
    @Test
    void diskIsFull_callsThatHaveEndedMakeRoom_tasksStay() throws Exception {
        try (TaskQueue queue = open();
                Compaction compaction = new Compaction(queue.ledger(),
                        new CompactionOptions(0.5, 10, Duration.ofMillis(1)))) {
            compaction.start();
            disk.capacity(100_000);
            Task kept = queue.submit(new Submission(TaskType.CHAT, "other", 1, Terms.DEFAULT, json("{}"), null, ""),
                    null, null).document().task();
            Slice payload = json("{\"prompt\":\"" + "x".repeat(3000) + "\"}");
            for (int i = 0; i < 50; i++) {
                Await.until("a submit", () -> done(queue, () -> queue.submit(call(payload, true), null, null)));
                AtomicReference<Run> run = new AtomicReference<>();
                Await.until("a start", () -> done(queue, () -> run.set(queue.runs().startNext(LoadedOffers.at("h"))))
                        && run.get() != null);
                Await.until("an end", () -> done(queue, () -> queue.runs().complete(run.get(), json("{}"))));
            }
            assertEquals(kept, queue.find(kept.name()));
        }
    }

    @Test
    void unrecorded_hasNothingOfItsPromptAndAnswer_onceCompactedNotOnTheDisk() throws Exception {
        TaskQueue queue = open();
        Task recorded = queue.submit(call(json("{\"x\":\"open\"}"), true), null, null).document().task();
        Task completed = queue.submit(call(json("{\"x\":\"secret\"}"), false), null, null).document().task();
        Task failed = queue.submit(call(json("{\"x\":\"secret\"}\n"), false), null, null).document().task();
        Task waiting = queue.submit(call(json("{\"x\":\"later\"}"), false), null, null).document().task();
        queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")), json("{\"response\":\"open too\"}"));
        queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")), json("{\"response\":\"secret too\"}"));
        queue.runs().fail(queue.runs().startNext(LoadedOffers.at("h")), "no", json("{\"error\":\"secret too\"}"));
        for (Task gone : List.of(completed, failed)) {
            assertUnrecorded(queue, gone);
            assertEquals(409, assertThrows(Problem.class, () -> queue.retry(gone.id(), Integer.MAX_VALUE)).status());
        }
        assertTrue(onDisk("secret"));
        try (Compaction compaction = new Compaction(queue.ledger(), new CompactionOptions(0.5, 100, Duration.ZERO))) {
            compaction.now();
            assertFalse(onDisk("secret"));
            long bytes = compaction.now().bytesAfter();
            assertEquals(bytes, compaction.now().bytesAfter());
        }
        assertEquals("{\"response\":\"open too\"}", queue.document(recorded.id()).result().text());
        assertEquals("{\"x\":\"later\"}", queue.document(waiting.id()).payload().text());
        queue.close();
        try (TaskQueue again = open()) {
            assertUnrecorded(again, completed);
            assertUnrecorded(again, failed);
            assertEquals(List.of(waiting.id(), failed.id(), completed.id(), recorded.id()),
                    again.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 9, 0, null).tasks().stream().map(Task::id)
                            .toList());
        }
    }

    private static void assertUnrecorded(TaskQueue queue, Task task) {
        JsonWriter out = new JsonWriter();
        TaskJson.write(out, queue.document(task.id()), more -> { }, List.of());
        Json.Obj shown = (Json.Obj) Json.parse(out.toString());
        assertEquals("{} null true", shown.get("payload").text() + " " + queue.document(task.id()).result() + " "
                + shown.get("unrecorded").text());
        assertEquals("", queue.preview(queue.find(task.name())));
    }

    private boolean onDisk(String text) throws IOException {
        // as it is at one moment: the next segment may be renamed meanwhile
        FaultyStorage now = disk.afterKill();
        for (String name : now.list()) {
            if (new String(now.bytes(name), StandardCharsets.UTF_8).contains(text)) {
                return true;
            }
        }
        return false;
    }

    /// Whether it was done; else the disk was full.
    private static boolean done(TaskQueue queue, Runnable change) {
        queue.runs().tick();
        try {
            change.run();
            return true;
        } catch (Problem full) {
            assertEquals(507, full.status());
            return false;
        }
    }

    private static Submission call(Slice payload, boolean record) {
        return new Submission(TaskType.CHAT, "m", 6,
                Terms.DEFAULT.of(new Caller(null, ApiPath.CHAT, true, false, record), null, 0), payload, null,
                record ? "Hello" : "secret");
    }

    private TaskQueue open() throws IOException {
        return TaskQueue.open(disk, new JournalOptions(8192), QueueOptions.DEFAULT, () -> Instant.ofEpochMilli(T0),
                () -> 0, new Random(1));
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
