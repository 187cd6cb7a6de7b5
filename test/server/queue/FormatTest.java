package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.cron.CronRequests;
import server.cron.plan.CronJson;
import server.cron.plan.CronTask;
import server.journal.JournalOptions;
import server.journal.disk.FileStorage;
import server.order.limits.OrderLimits;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.settings.Settings;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.TaskJson;
import server.task.Terms;
import shared.Problem;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;
import support.Offline;

/// Every later version reads the journal of each released one: format 1, as version 0.1 wrote it.
///
/// `test/server/journal/format1` holds a data directory as a `kill -9` left it: a compacted file, three closed segments
/// and one in use (its fill is cut off); a backup of the same server, taken earlier; and `tasks.json` and `cron.json`,
/// what that server answered just before it died. It has tasks of every type and status, retries and attempts, a batch,
/// a deleted task, idempotency keys, metadata, changed priorities, a pause, cron tasks that fired, ended, were disabled
/// or removed. Nothing in it is to be changed; another format gets a folder of its own.
class FormatTest {

    private static final Path FIXTURE = Path.of("test/server/journal/format1");
    /// Soon after the server died.
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-29T11:40:00Z"));
    /// What the end of an attempt changes in a task that ran when the server died.
    private static final Set<String> OF_THE_ATTEMPT = Set.of("status", "started_at", "executed_on", "attempts", "rule",
            "retry_at", "retry_count", "error");

    @TempDir
    Path directory;

    private TaskQueue open() throws IOException {
        return TaskQueue.open(new FileStorage(directory), new JournalOptions(1 << 16), QueueOptions.DEFAULT, CLOCK,
                () -> 0, new Random(1));
    }

    private void putJournal() throws IOException {
        for (String name : List.of("c000000001", "0000000004", "0000000005", "0000000006", "0000000007")) {
            byte[] bytes = Files.readAllBytes(FIXTURE.resolve("data").resolve(name + ".journal"));
            if (name.endsWith("7")) {
                int used = bytes.length;
                bytes = Arrays.copyOf(bytes, 1 << 16);
                Arrays.fill(bytes, used, bytes.length, (byte) '\n');
            }
            Files.write(directory.resolve(name + ".journal"), bytes);
        }
    }

    private static List<Json.Obj> expected(String name) throws IOException {
        Json.Arr all = (Json.Arr) Json.read(JsonReader.ofOwn(Slice.of(Files.readAllBytes(FIXTURE.resolve(name)))));
        return all.values().stream().map(one -> (Json.Obj) one).toList();
    }

    private static Map<String, Json> members(JsonWriter written) {
        return ((Json.Obj) Json.read(JsonReader.ofOwn(new Slice(written.buffer(), 0, written.length())))).members();
    }

    private static void assertHolds(Json.Obj expected, Map<String, Json> found, Set<String> but) {
        expected.members().forEach((name, value) -> {
            if (!but.contains(name)) {
                assertEquals(value, found.get(name), () -> name + " of " + expected);
            }
        });
    }

    private static void assertTasks(TaskQueue queue, List<Json.Obj> tasks) {
        for (Json.Obj task : tasks) {
            JsonWriter out = new JsonWriter();
            TaskJson.write(out, queue.document(queue.find(((Json.Str) task.members().get("id")).value())),
                    more -> { }, List.of());
            boolean ran = task.members().get("status").equals(new Json.Str("running"));
            Map<String, Json> found = members(out);
            assertHolds(task, found, ran ? OF_THE_ATTEMPT : Set.of());
            if (ran) {
                assertEquals(new Json.Str("pending"), found.get("status"));
                assertEquals(2, ((Json.Arr) found.get("attempts")).values().size());
            }
        }
        assertEquals(tasks.size(), queue.stats().total());
    }

    private static void assertCrons(TaskQueue queue) throws IOException {
        SubmissionReader submissions = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
                (host, remote) -> { });
        CronRequests crons = new CronRequests(queue, submissions, ZoneId.of("UTC"), CLOCK);
        List<Json.Obj> expected = expected("cron.json");
        assertEquals(expected.size(), crons.store().all().size());
        for (Json.Obj one : expected) {
            CronTask cron = crons.store().find(((Json.Str) one.members().get("name")).value());
            JsonWriter out = new JsonWriter();
            CronJson.writeSummary(out, cron, crons.store().template(cron));
            assertHolds(one, members(out), Set.of());
        }
    }

    private static Submission submission() {
        return new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT,
                Slice.of("{\"prompt\":\"new\"}".getBytes(StandardCharsets.UTF_8)), null, "new");
    }

    @Test
    void open_journalOfFormat1_hasAllThatItsServerHad() throws IOException {
        putJournal();
        List<Json.Obj> tasks = expected("tasks.json");
        assertEquals(Set.of("pending", "running", "completed", "failed", "cancelled"), tasks.stream()
                .map(task -> ((Json.Str) task.members().get("status")).value()).collect(Collectors.toSet()));
        try (TaskQueue queue = open()) {
            assertTasks(queue, tasks);
            assertCrons(queue);
            assertEquals(QueueMode.PAUSED, queue.mode());
            for (String key : List.of("key-1", "key-2", "key-3", "key-4")) {
                assertEquals(409, assertThrows(Problem.class, () -> queue.submit(submission(), key, "other"), key)
                        .status());
            }
            queue.submit(submission(), "key-5", "other");
        }
        try (TaskQueue queue = open()) {
            assertEquals(tasks.size() + 1, queue.stats().total(), "it goes on with such a journal");
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        assertEquals(0, Offline.run(stream, stream, "journal", "verify", directory.toString()), said::toString);
        assertEquals(0, Offline.run(stream, stream, "journal", "compact", directory.toString()), said::toString);
    }

    @Test
    void open_backupOfFormat1_hasAllThatItsServerHad() throws IOException {
        Files.copy(FIXTURE.resolve("1.backup"), directory.resolve("1.backup"));
        try (TaskQueue queue = open()) {
            List<Json.Obj> since = expected("tasks.json");
            // it was taken before the last tasks of all were submitted
            List<Json.Obj> then = since.subList(since.size() - (int) queue.stats().total(), since.size());
            assertTrue(then.size() > 10, () -> then.size() + " tasks");
            assertTasks(queue, then);
            assertCrons(queue);
            assertEquals(QueueMode.RUNNING, queue.mode());
        }
    }
}
