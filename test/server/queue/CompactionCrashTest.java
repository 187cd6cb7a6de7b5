package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.index.TaskFilter;
import server.queue.ledger.JournalOf;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.page.TaskSort;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.ApiPath;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;
import support.FaultyStorage;

/// Queues with random operations are compacted now and then, and a kill or a power loss stops them at every single
/// change of the disk during that. Afterwards the tasks and the last events are the same, and nothing that was deleted
/// is back.
class CompactionCrashTest {

    private static final int RUNS = Effort.of(1, 15);
    private static final int STAGES = Effort.of(3, 5);
    private static final QueueOptions OPTIONS = new QueueOptions(60, 8, Duration.ofDays(3), Duration.ofDays(5),
            1 << 20);

    @Test
    void compaction_cutOffAtAnyChange_losesNothingAndRevivesNothing() throws Exception {
        long first = Long.getLong("seed", System.nanoTime());
        for (long seed = first; seed < first + RUNS; seed++) {
            try {
                new Life(seed).go();
            } catch (Exception | Error e) {
                throw new AssertionError("SEED=" + seed + ": " + e, e);
            }
        }
    }

    /// What must be the same before and after.
    private record Seen(Map<Long, String> tasks, QueueMode mode, TreeMap<Long, String> events, long lastSeq,
            long from) {
    }

    private static final class Life {
        private final Random random;
        private final Set<Long> deleted = new HashSet<>();
        private final Map<String, Long> keys = new HashMap<>();
        private FaultyStorage disk = new FaultyStorage();
        private TaskQueue queue;
        private long now = 1_800_000_000_000L;

        Life(long seed) {
            random = new Random(seed);
        }

        void go() throws Exception {
            for (int stage = 0; stage < STAGES; stage++) {
                open(disk);
                live(20 + random.nextInt(120));
                if (random.nextBoolean()) {
                    // several small segments
                    reopen();
                    live(random.nextInt(20));
                }
                queue.close();
                disk = cutOffAtEachChange(disk.afterKill(), random.nextInt(3) == 0 ? 0 : random.nextInt(120));
            }
        }

        private void open(FaultyStorage storage) throws IOException {
            disk = storage;
            queue = TaskQueue.open(storage, new JournalOptions(4096 << random.nextInt(2)), OPTIONS,
                    () -> Instant.ofEpochMilli(now), () -> 0, random);
        }

        private void reopen() throws IOException {
            queue.close();
            open(disk);
        }

        /// @return a disk on which a compaction was done, or was cut off
        private FaultyStorage cutOffAtEachChange(FaultyStorage base, int eventsKept) throws IOException {
            FaultyStorage next = null;
            boolean done = false;
            for (int changes = 0; !done; changes++) {
                open(base.afterKill());
                Seen before = seen(behind(eventsKept));
                disk.stopAfter(changes);
                done = compact(eventsKept);
                FaultyStorage after = random.nextBoolean() ? disk.afterKill() : disk.afterPowerLoss(random);
                queue.close();
                open(after);
                check(before);
                if (!done && random.nextInt(10) == 0) {
                    // again on what was left
                    assertTrue(compact(eventsKept));
                    check(before);
                    reopen();
                    check(before);
                }
                queue.close();
                if (next == null || random.nextInt(changes + 1) == 0 || done && random.nextBoolean()) {
                    next = after.afterKill();
                }
            }
            return next;
        }

        private boolean compact(int eventsKept) {
            try {
                queue.ledger().compaction(eventsKept)
                        .run(random.nextBoolean(), () -> false);
                return true;
            } catch (IOException | RuntimeException stopped) {
                return false;
            }
        }

        // ---- what happens

        private final Deque<Run> runs = new ArrayDeque<>();

        private void live(int steps) {
            for (int i = 0; i < steps; i++) {
                try {
                    step();
                } catch (Problem refused) {
                    // a limit, or a state that does not allow it
                }
            }
            queue.changeMode(QueueMode.values()[random.nextInt(3)]);
            for (Run run : runs) {
                queue.runs().putBack(run, "stopped", 0, false);
            }
            runs.clear();
            queue.ledger().awaitDurable(queue.ledger().appendedSeq());
        }

        private void step() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> submit();
                case 3 -> queue.submit(queue.newBatch().add(submission()).add(submission()).add(submission()));
                case 4, 5 -> {
                    Run run = queue.runs().startNext(LoadedOffers.at("h" + random.nextInt(2)));
                    if (run != null) {
                        runs.add(run);
                    }
                }
                case 6, 7 -> end();
                case 8 -> queue.cancel(any().id(), null);
                case 9 -> queue.retry(any().id(), Integer.MAX_VALUE);
                case 10 -> {
                    Task task = any();
                    queue.delete(task.id());
                    deleted.add(task.id());
                }
                case 11 -> queue.changePriority(any().id(), random.nextInt(9), Integer.MAX_VALUE);
                case 12 -> queue.changeMode(QueueMode.values()[random.nextInt(4) == 0 ? random.nextInt(3) : 0]);
                default -> {
                    now += random.nextLong(30_000_000);
                    Set<Long> before = tasks().keySet();
                    queue.runs().tick();
                    before.removeAll(tasks().keySet());
                    deleted.addAll(before);
                }
            }
        }

        private void submit() {
            String key = random.nextInt(3) > 0 ? null : "key" + random.nextInt(1_000_000);
            long id = queue.submit(submission(), key, key == null ? null : "print").document().task().id();
            if (key != null) {
                keys.put(key, id);
            }
        }

        private Submission submission() {
            String prompt = "p" + random.nextInt() + "x".repeat(random.nextInt(random.nextInt(20) == 0 ? 5000 : 200));
            byte[] metadata = random.nextInt(3) > 0 ? null : ("{\"m\":" + random.nextInt() + "}").getBytes(
                    StandardCharsets.US_ASCII);
            Terms terms = random.nextInt(3) > 0 ? Terms.DEFAULT
                    : Terms.DEFAULT.of(new Caller("me", ApiPath.GENERATE, true, true, random.nextBoolean()), null, 0);
            return new Submission(TaskType.GENERATE, "m" + random.nextInt(3), random.nextInt(9), terms,
                    json("{\"prompt\":\"" + prompt + "\"}"), metadata, prompt.substring(0, Math.min(80,
                            prompt.length())));
        }

        private void end() {
            Run run = runs.poll();
            if (run != null) {
                switch (random.nextInt(4)) {
                    case 0 -> queue.runs().fail(run, "bad", null);
                    case 1 -> queue.runs().putBack(run, "again", now + random.nextInt(1000), true);
                    default -> queue.runs().complete(run, json("{\"response\":\"r" + random.nextInt() + "\"}"));
                }
            }
        }

        private Task any() {
            List<Task> tasks = queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 1000, 0, null).tasks();
            if (tasks.isEmpty()) {
                throw Problem.notFound("none");
            }
            return tasks.get(random.nextInt(tasks.size()));
        }

        private static Slice json(String text) {
            return Slice.of(text.getBytes(StandardCharsets.UTF_8));
        }

        // ---- what is seen

        private Map<Long, Task> tasks() {
            Map<Long, Task> tasks = new HashMap<>();
            queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 1000, 0, null).tasks()
                    .forEach(task -> tasks.put(task.id(), task));
            return tasks;
        }

        /// The number after which this many of the last events follow, if this many are left.
        private long behind(int eventsKept) throws IOException {
            List<Long> seqs = new ArrayList<>();
            JournalOf.of(queue.ledger()).scan(0).next(Long.MAX_VALUE, (seq, position, line) -> seqs.add(seq));
            int index = seqs.size() - eventsKept - 1;
            return Math.max(JournalOf.of(queue.ledger()).keptAfter(), index < 0 ? 0 : seqs.get(index));
        }

        private Seen seen(long from) throws IOException {
            Map<Long, String> documents = new HashMap<>();
            tasks().forEach((id, task) -> documents.put(id, text(task)));
            long lastSeq = queue.ledger().appendedSeq();
            queue.ledger().awaitDurable(lastSeq);
            TreeMap<Long, String> events = new TreeMap<>();
            EventCodec codec = new EventCodec(new Pool());
            JournalOf.of(queue.ledger()).scan(from)
                    .next(Long.MAX_VALUE, (seq, position, line) -> events.put(seq, text(codec, line)));
            return new Seen(documents, queue.mode(), events, lastSeq, from);
        }

        private String text(EventCodec codec, Slice line) {
            return switch (codec.decode(line)) {
                case Event.ModeChange change -> change.toString();
                case Event.Cron change -> line.text();
                case Event.Action change -> line.text();
                case Event.Change change -> {
                    Task task = queue.ledger().look(state -> state.get(change.task().id())).value();
                    yield change.what() + " " + change.at() + " " + change.task().name() + " "
                            + (task == null || task.isUnrecorded() ? "" : line.text());
                }
            };
        }

        private String text(Task task) {
            TaskDocument document = queue.document(task);
            Slice result = document.result();
            byte[] metadata = task.metadata();
            return task.withoutMetadata().arrived(task.arrival(), 0).ordered(task.order())
                    + (metadata == null ? "" : new String(metadata, StandardCharsets.US_ASCII))
                    + document.payload().text() + queue.preview(task) + document.error() + document.attempts()
                    + (result == null ? "" : result.text());
        }

        private void check(Seen before) throws IOException {
            Seen after = seen(before.from);
            assertEquals(new TreeMap<>(before.tasks), new TreeMap<>(after.tasks));
            assertEquals(before.mode, after.mode);
            assertTrue(after.lastSeq >= before.lastSeq, before.lastSeq + " came before " + after.lastSeq);
            assertEquals(before.events, new TreeMap<>(after.events.headMap(before.lastSeq, true)));
            assertTrue(JournalOf.of(queue.ledger()).keptAfter() <= before.from);
            for (long id : deleted) {
                assertFalse(after.tasks.containsKey(id), "deleted and back");
            }
            EventCodec codec = new EventCodec(new Pool());
            JournalOf.of(queue.ledger()).scan(0).next(Long.MAX_VALUE, (seq, position, line) -> codec.decode(line));
            assertEquals(0, queue.stats().byStatus().get(TaskStatus.RUNNING));
            keys.forEach((key, id) -> {
                if (after.tasks.containsKey(id)) {
                    assertEquals(id, queue.ledger().look(state -> state.known(key, "print")).value());
                } else {
                    assertEquals(-1, queue.ledger().look(state -> state.known(key, "print")).value());
                }
            });
        }

    }
}
