package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.cron.CronStore;
import server.cron.plan.CronPlan;
import server.cron.plan.CronTask;
import server.cron.plan.Missed;
import server.cron.plan.Overlap;
import server.journal.JournalFull;
import server.journal.JournalOptions;
import server.journal.JournalScan;
import server.journal.compaction.CompactionReport;
import server.journal.compaction.JournalCompaction;
import server.journal.disk.FileStorage;
import server.journal.disk.Storage;
import server.order.LoadedOffers;
import server.queue.index.TaskFilter;
import server.queue.ledger.JournalOf;
import server.queue.page.TaskSort;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.Problem;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;
import support.FolderText;
import support.Offline;

/// What a compaction frees and what it keeps, while the queue continues.
class CompactionTest {

    private static final TaskFilter ALL = TaskFilter.ALL;
    private static final CompactionOptions KEEP_NONE = new CompactionOptions(0.5, 0, Duration.ofMillis(1));

    private final FaultyStorage disk = new FaultyStorage();
    private volatile long now = 1_800_000_000_000L;
    private TaskQueue queue;
    private CronStore crons;

    @AfterEach
    void close() {
        if (queue != null) {
            queue.close();
        }
    }

    private void open(Storage storage) throws IOException {
        close();
        queue = TaskQueue.open(storage, new JournalOptions(8192), new QueueOptions(10_000, 0, Duration.ofDays(7),
                Duration.ofDays(30), 1 << 20), () -> Instant.ofEpochMilli(now), () -> 0, new Random(7));
        crons = new CronStore(queue.ledger());
    }

    private CompactionReport compact(CompactionOptions options) {
        return new Compaction(queue.ledger(), options).now();
    }

    @Test
    void now_deletedTask_noByteOfItIsLeft(@TempDir Path directory) throws Exception {
        for (CompactionOptions options : List.of(CompactionOptions.DEFAULT, KEEP_NONE)) {
            open(new FileStorage(directory));
            Task secret = submit("the secret prompt");
            Task kept = submit("the kept prompt");
            for (Task task : List.of(secret, kept)) {
                queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")),
                        json("{\"response\":\"re: the secret answer " + task.id() + "\"}"));
            }
            queue.delete(secret.id());
            assertTrue(FolderText.has(directory, "the secret prompt"));
            compact(options);
            assertFalse(FolderText.has(directory, "the secret prompt"));
            assertFalse(FolderText.has(directory, "the secret answer " + secret.id()));
            assertFalse(FolderText.has(directory, "secret metadata " + secret.id()));
            assertTrue(FolderText.has(directory, "the kept prompt"));
            assertEquals("{\"prompt\":\"the kept prompt\"}", queue.document(kept.id()).payload().text());
            open(new FileStorage(directory));
            assertThrows(Problem.class, () -> queue.document(secret.id()));
            assertEquals("{\"prompt\":\"the kept prompt\"}", queue.document(kept.id()).payload().text());
            queue.delete(kept.id());
        }
    }

    @Test
    void run_diskFullWhileItWrites_isToldSo_andNothingIsLost() throws Exception {
        open(disk);
        Task gone = submit("gone");
        Task kept = submit("kept");
        queue.cancel(gone.id(), null);
        queue.delete(gone.id());
        JournalCompaction compaction = queue.ledger().compaction(0);
        JournalFull full = assertThrows(JournalFull.class, () -> compaction.run(true, () -> {
            if (disk.list().stream().anyMatch(name -> name.startsWith("c") && name.endsWith(".part"))) {
                disk.capacity(0);
            }
            return false;
        }));
        assertTrue(full.getMessage().startsWith("no room for a compaction: it needs "), full.getMessage());
        assertEquals("{\"prompt\":\"kept\"}", queue.document(kept.id()).payload().text());
        disk.capacity(Long.MAX_VALUE);
        assertTrue(compaction.run(true, () -> false).eventsDropped() > 0);
        assertEquals("{\"prompt\":\"kept\"}", queue.document(kept.id()).payload().text());
    }

    @Test
    void now_cronTask_keepsItsTemplateAndWhatItRemembers(@TempDir Path directory) throws Exception {
        open(new FileStorage(directory));
        CronTask made = crons.create(plan("hourly"), json("{\"type\":\"generate\",\"prompt\":\"the template\"}"));
        CronTask gone = crons.create(plan("gone"), json("{\"type\":\"generate\",\"prompt\":\"the other one\"}"));
        for (int run = 0; run < 3; run++) {
            crons.run(crons.get(made.id()), submission("a run"));
            queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")), json("{}"));
        }
        crons.remove(gone.id());
        CronTask before = crons.get(made.id());
        compact(KEEP_NONE);
        assertFalse(FolderText.has(directory, "the other one"));
        open(new FileStorage(directory));
        CronTask after = crons.get(made.id());
        assertEquals(before.placed(0, 0), after.placed(0, 0));
        assertEquals("{\"type\":\"generate\",\"prompt\":\"the template\"}", crons.template(after).text());
        assertThrows(Problem.class, () -> crons.get(gone.id()));
    }

    @Test
    void now_tasksForgottenByAge_theirRoomIsFree() throws IOException {
        open(disk);
        for (int i = 0; i < 300; i++) {
            submit("x".repeat(200));
            queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")), json("{}"));
        }
        now += Duration.ofDays(8).toMillis();
        Task last = submit("last");
        while (queue.stats().total() > 1) {
            queue.runs().tick();
        }
        long before = size();
        CompactionReport report = compact(KEEP_NONE);
        assertTrue(before > 200_000, before + " bytes before");
        assertTrue(size() < 30_000, size() + " bytes after");
        assertEquals(1, report.filesAfter());
        assertEquals(1200, report.eventsDropped());
        open(disk);
        assertEquals(List.of(last.name()), names());
    }

    private long size() throws IOException {
        // as it is at one moment: the next segment may be renamed meanwhile
        FaultyStorage now = disk.afterKill();
        long size = 0;
        for (String name : now.list()) {
            size += now.size(name);
        }
        return size;
    }

    @Test
    void now_manySmallSegments_areOneFile_andAnotherTimeNothingIsDone() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            open(disk);
            names.addFirst(submit("p" + i).name());
        }
        CompactionReport report = compact(CompactionOptions.DEFAULT);
        assertEquals(20, report.filesBefore());
        assertEquals(2, report.filesAfter(), "20 times 500 bytes");
        List<String> files = disk.list();
        assertEquals(report.filesAfter(), compact(CompactionOptions.DEFAULT).filesAfter());
        assertEquals(files, disk.list(), "nothing to do");
        open(disk);
        assertEquals(names, names());
    }

    @Test
    void taskReadBefore_isReadableAfterwards_alsoAfterSeveral() throws IOException {
        open(disk);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            tasks.add(submit("p" + i));
        }
        for (int round = 0; round < 5; round++) {
            for (int i = round; i < tasks.size(); i += 7) {
                queue.changePriority(tasks.get(i).id(), 9 + round, Integer.MAX_VALUE);
            }
            queue.cancel(tasks.removeLast().id(), null);
            compact(KEEP_NONE);
            for (int i = 0; i < tasks.size(); i++) {
                assertEquals("p" + i, queue.preview(tasks.get(i)));
                assertEquals("{\"prompt\":\"p" + i + "\"}", queue.document(tasks.get(i)).payload().text());
            }
        }
    }

    @Test
    void compaction_byItself_onceHalfIsDead() throws Exception {
        open(disk);
        try (Compaction compaction = new Compaction(queue.ledger(), KEEP_NONE)) {
            compaction.start();
            Task kept = submit("kept");
            for (int i = 0; i < 500; i++) {
                Task task = submit("x".repeat(200));
                queue.cancel(task.id(), null);
                queue.delete(task.id());
            }
            // more may be written than is compacted: then the next segment makes it look again
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            List<String> files = disk.list();
            while (files.size() > 12 && System.nanoTime() < giveUp) {
                Task task = submit("x".repeat(200));
                queue.cancel(task.id(), null);
                queue.delete(task.id());
                files = disk.list();
            }
            assertTrue(files.size() <= 12, files.toString());
            assertEquals("kept", queue.preview(kept));
        }
    }

    @Test
    void isWorthIt_deletedTasksAmongTheLastEvents_onceAndNotAgain() throws IOException {
        open(disk);
        JournalCompaction compaction = queue.ledger().compaction(CompactionOptions.DEFAULT.eventsKept());
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tasks.add(submit("x".repeat(2000)));
            queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h")), json("{}"));
        }
        assertFalse(compaction.isWorthIt(0.5), "all of them are there");
        tasks.forEach(task -> queue.delete(task.id()));
        assertTrue(compaction.isWorthIt(0.5));
        long before = size();
        compaction.run(false, () -> false);
        assertTrue(size() < before / 2, size() + " of " + before + " bytes are left");
        assertFalse(compaction.isWorthIt(0.5), "what is left are events that stay");
        submit("x".repeat(2000));
        submit("x".repeat(2000));
        assertFalse(compaction.isWorthIt(0.5), "what is new is there");
    }

    @Test
    void run_whatMadeALineNeedlessIsLost_theLineIsThere() throws Exception {
        open(disk);
        Task deleted = submit("deleted");
        CronTask cron = crons.create(plan("changed"), json("{\"type\":\"generate\",\"prompt\":\"old\"}"));
        queue.cancel(deleted.id(), null);
        compact(KEEP_NONE);
        disk.holdSync();
        Slice set = json("{\"type\":\"generate\",\"prompt\":\"new\"}");
        List<Thread> changes = List.of(
                Thread.startVirtualThread(() -> assertThrows(Problem.class, () -> queue.delete(deleted.id()))),
                Thread.startVirtualThread(
                        () -> assertThrows(Problem.class, () -> crons.update(cron, cron.plan(), set))));
        while (queue.ledger().appendedSeq() < 5) {
            Thread.onSpinWait();
        }
        JournalCompaction compaction = queue.ledger().compaction(0);
        Thread compacting = Thread.ofPlatform().start(() -> {
            try {
                compaction.run(false, () -> false);
            } catch (IOException | RuntimeException expected) {
                // the journal fails
            }
        });
        while (compacting.isAlive() && compacting.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        disk.failSync(1);
        disk.releaseSync();
        compacting.join();
        for (Thread change : changes) {
            change.join();
        }
        for (int seed = 0; seed < 20; seed++) {
            open(disk.afterPowerLoss(new Random(seed)));
            // a change that was never acknowledged may have survived, but whole
            if (queue.stats().total() == 1) {
                assertEquals("deleted", queue.preview(queue.find(deleted.name())), "seed " + seed);
            }
            String template = crons.template(crons.get(cron.id())).text();
            assertTrue(template.contains("old") || template.contains("new"), template + ", seed " + seed);
        }
    }

    @Test
    void byItself_diskIsFull_deletedTasksMakeRoomOnIt() throws Exception {
        open(disk);
        CompactionOptions often = new CompactionOptions(0.5, 100_000, Duration.ofMillis(1));
        try (Compaction compaction = new Compaction(queue.ledger(), often)) {
            compaction.start();
            disk.capacity(200_000);
            List<Task> tasks = new ArrayList<>();
            Problem full = assertThrows(Problem.class, () -> {
                while (true) {
                    tasks.add(submit("x".repeat(3000)));
                }
            });
            assertEquals(507, full.status());
            // the reserve is enough for the first of them; the space that these free is enough for the next
            for (Task task : tasks) {
                awaitRoomFor(() -> queue.cancel(task.id(), null));
                awaitRoomFor(() -> queue.delete(task.id()));
            }
            awaitRoomFor(() -> submit("x".repeat(3000)));
        }
    }

    private static void awaitRoomFor(Runnable change) {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                change.run();
                return;
            } catch (Problem full) {
                if (full.status() != 507 || System.nanoTime() > giveUp) {
                    throw full;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void underLoad_readersAndWritersNoticeNothing() throws Exception {
        open(disk);
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(4);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int thread = i;
                work.add(threads.submit(() -> {
                    for (int j = 0; !stop.get(); j++) {
                        liveOn(thread, j);
                        if (j == 50) {
                            begun.countDown();
                        }
                    }
                    return null;
                }));
            }
            begun.await();
            for (int i = 0; i < 30; i++) {
                compact(i % 2 == 0 ? KEEP_NONE : new CompactionOptions(0.5, 500, Duration.ofMillis(1)));
            }
            stop.set(true);
            for (Future<?> one : work) {
                one.get();
            }
        }
        List<Task> tasks = queue.list(ALL, TaskSort.CREATED_AT, false, 100_000, 0, null).tasks();
        List<String> documents = tasks.stream().map(task -> text(queue.document(task))).toList();
        open(disk);
        assertEquals(documents, queue.list(ALL, TaskSort.CREATED_AT, false, 100_000, 0, null).tasks().stream()
                .map(task -> text(queue.document(task))).toList());
    }

    private void liveOn(int thread, int step) throws IOException {
        Task task = submit(thread + "/" + step);
        queue.changePriority(task.id(), 7, Integer.MAX_VALUE);
        assertEquals("{\"prompt\":\"" + thread + "/" + step + "\"}", queue.document(task).payload().text());
        if (step % 3 > 0) {
            queue.cancel(task.id(), null);
        }
        if (step % 3 == 1) {
            queue.delete(task.id());
        }
        if (step % 10 == 0) {
            long[] last = {JournalOf.of(queue.ledger()).keptAfter()};
            long end = queue.durableSeq();
            JournalScan scan = JournalOf.of(queue.ledger()).scan(last[0]);
            scan.next(Long.MAX_VALUE, (seq, position, line) -> {
                assertTrue(seq > last[0]);
                last[0] = seq;
            });
            assertTrue(last[0] >= end || scan.missed(), "no compaction dropped what follows " + last[0] + " of " + end);
        }
    }

    private static String text(TaskDocument document) {
        return document.task().name() + document.task().state() + document.task().order()
                + document.payload().text() + document.attempts();
    }

    @Test
    void open_compactedFileMissing_refuses_andAnOldOneThatIsBackIsPassedOver() throws IOException {
        open(disk);
        for (int i = 0; i < 100; i++) {
            queue.cancel(submit("x".repeat(100)).id(), null);
            long again = submit("again").id();
            queue.changePriority(again, 9, Integer.MAX_VALUE);
            queue.changePriority(again, 5, Integer.MAX_VALUE);
        }
        FaultyStorage before = disk.afterKill();
        compact(KEEP_NONE);
        queue.close();
        String first = "c000000001.journal";
        assertTrue(disk.list().contains(first), disk.list().toString());
        FaultyStorage without = disk.afterKill();
        without.delete(first);
        IOException refused = assertThrows(IOException.class, () -> open(without));
        assertTrue(refused.getMessage().contains("0000000001.journal"), refused.getMessage());
        FaultyStorage both = disk.afterKill();
        both.bytes("0000000001.journal", before.bytes("0000000001.journal"));
        open(both);
        assertEquals(200, queue.stats().total());
        assertFalse(both.list().contains("0000000001.journal"), "deleted");
        FaultyStorage damaged = disk.afterKill();
        byte[] bytes = damaged.bytes(first);
        bytes[bytes.length / 2] ^= 4;
        damaged.bytes(first, bytes);
        assertTrue(assertThrows(IOException.class, () -> open(damaged)).getMessage().contains(first));
    }

    @Test
    void compactCommand_stoppedServersJournal_isCompactAndVerifies(@TempDir Path directory) throws IOException {
        open(new FileStorage(directory));
        for (int i = 0; i < 100; i++) {
            queue.cancel(submit("x".repeat(100)).id(), null);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertEquals(1, Offline.run(stream, stream, "journal", "compact", directory.toString()), "it is in use");
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("in use"));
        queue.close();
        assertEquals(0, Offline.run(stream, stream, "journal", "compact", directory.toString()));
        assertEquals(0, Offline.run(stream, stream, "journal", "verify", directory.toString()));
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(said.contains("now 1 with"), said);
        assertTrue(said.contains(" 200 events, sequence numbers 1 to 200, 0 problems"), said);
        assertEquals(2, Offline.run(stream, stream, "journal", "compact"));
        Path compacted = directory.resolve("c000000001.journal");
        byte[] bytes = Files.readAllBytes(compacted);
        bytes[bytes.length / 2] ^= 4;
        Files.write(compacted, bytes);
        assertEquals(1, Offline.run(stream, stream, "journal", "verify", directory.toString()));
        assertEquals(0, Offline.run(stream, stream, "journal", "repair", directory.toString()));
        open(new FileStorage(directory));
        assertTrue(queue.stats().total() >= 99, "one line is lost");
    }

    // ---- helpers

    private List<String> names() {
        return queue.list(ALL, TaskSort.CREATED_AT, false, 1000, 0, null).tasks().stream().map(Task::name).toList();
    }

    private Task submit(String prompt) {
        return queue.submit(submission(prompt), null, null).document().task();
    }

    private static Submission submission(String prompt) {
        byte[] metadata = "{\"m\":\"secret metadata\"}".getBytes(StandardCharsets.UTF_8);
        return new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT, json("{\"prompt\":\"" + prompt + "\"}"),
                metadata, prompt);
    }

    private static CronPlan plan(String name) {
        return new CronPlan(name, "0 * * * *", "UTC", true, Missed.SKIP, CronPlan.MISSED_MAX_AGE_MS, Overlap.ALLOW, 0,
                0, 0, 0, null);
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
