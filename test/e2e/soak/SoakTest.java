package e2e.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.Effort;
import support.FakeOllamaProcess;
import support.Offline;
import support.Programs;
import support.ServerProcess;
import support.SmallDisk;

/// Everything at once, for a long time (`make proof ONLY=soak MINUTES=10`; `make test` has 8 s of it, or more until
/// each host has died once): 64 connections that work beside many that are idle, slow or deaf, while the server is
/// killed, its disk fills up and empties, and hosts come and go. Nothing that was acknowledged is lost, nothing is
/// completed twice, and the server's use of resources does not grow. The long form also compares the rate of the
/// working connections with their rate without the others.
///
/// The disk is a tmpfs, which only root may mount.
final class SoakTest {

    private static final long SECONDS = Long.getLong("minutes", 0) > 0 ? 60 * Long.getLong("minutes")
            : Effort.of(8, 600);
    private static final int CROWD = Effort.of(500, 2_000) - Workload.WORKERS;
    private static final int DISK_MB = Effort.of(160, 2_048);
    /// In a round, a host goes and comes back, the disk fills up and empties, and the server is killed.
    private static final int ROUND_MS = Effort.of(4_000, 30_000);
    private static final double RATE_MIN = 0.7;
    /// At least this many lives of the server are needed for a comparison.
    private static final int LIVES_MIN = 6;
    /// The bytes that memory holds for a task, and those that it may hold for current work.
    private static final long TASK_BYTES = 600;
    private static final long WORK_BYTES = 32 << 20;
    private static final String MODEL = "fake-repeat";

    private static final String LARGE = "{\"type\":\"generate\",\"model\":\"echo\",\"prompt\":\""
            + "x".repeat(100 << 10) + "\"}";

    @TempDir
    Path directory;

    private final CountDownLatch never = new CountDownLatch(1);
    private final List<FakeOllamaProcess> hosts = new ArrayList<>();
    private final List<Usage> lives = new ArrayList<>();
    private final List<Held> heaps = new ArrayList<>();
    /// Null if it was not mounted.
    private Path disk;
    private int port;
    private ServerProcess server;

    /// The resources that a process uses.
    private record Usage(long residentKb, long files, long threads) {

        static Usage of(Process process) throws IOException {
            Path proc = Path.of("/proc", Long.toString(process.pid()));
            Map<String, Long> status = new HashMap<>();
            Files.readAllLines(proc.resolve("status")).stream().filter(line -> line.matches("(VmRSS|Threads):.*"))
                    .forEach(line -> status.put(line.split(":")[0], Long.valueOf(line.replaceAll("\\D", ""))));
            try (Stream<Path> open = Files.list(proc.resolve("fd"))) {
                return new Usage(status.get("VmRSS"), open.count(), status.get("Threads"));
            }
        }
    }

    /// What the server's heap holds after a collection, and for how many tasks.
    private record Held(long bytes, long tasks) {

        /// Returns whether it is no more than these tasks explain.
        boolean isLevelWith(Held earlier) {
            return bytes - earlier.bytes <= TASK_BYTES * Math.max(0, tasks - earlier.tasks) + WORK_BYTES;
        }
    }

    @BeforeEach
    void prepare() throws Exception {
        Path folder = directory.resolve("disk");
        SmallDisk.mount(folder, DISK_MB);
        disk = folder;
        StringBuilder yaml = new StringBuilder("queue: {workers: 40}\nstorage: {segment_size: 256KiB}\n"
                + "remote_scheduling: {health_check_interval: 1s}\nollama:\n  hosts:\n"
                + "  - {name: e, url: \"echo:\", max_concurrent: 32}\n");
        for (int i = 0; i < 2; i++) {
            hosts.add(FakeOllamaProcess.start(0, MODEL));
            yaml.append("  - {name: h").append(i).append(", url: \"").append(hosts.get(i).url())
                    .append("\", max_concurrent: 4, parallel: 4}\n");
        }
        Files.writeString(directory.resolve("config.yaml"), yaml);
        port = ServerProcess.freePort();
        start();
    }

    @AfterEach
    void cleanUp() throws Exception {
        hosts.forEach(FakeOllamaProcess::close);
        if (server != null) {
            server.close();
        }
        if (disk != null) {
            SmallDisk.unmount(disk);
        }
    }

    private void start() {
        server = ServerProcess.of(List.of(Programs.server().toString(), "--port", Integer.toString(port), "--ws-port",
                "0", "--data-dir", disk.resolve("data").toString(), "--config",
                directory.resolve("config.yaml").toString()), Map.of(), directory.resolve("server.log"));
    }

    @Test
    @Timeout(240)
    void everythingAtOnce_losesNothing_doublesNothing_andStaysLevel() throws Exception {
        Usage idle = Usage.of(server.process());
        String ratio = "not judged";
        int rounds = 0;
        long done;
        Workload work = new Workload(server.url());
        try (work) {
            if (Effort.isProof()) {
                ratio = String.format(Locale.ROOT, "%.2f", ratio(work));
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Effort.isProof() ? SECONDS * 2 / 3 : SECONDS);
            try (Crowd crowd = new Crowd(port, CROWD)) {
                for (; rounds < hosts.size() || System.nanoTime() < end; rounds++) {
                    round(rounds, crowd);
                }
            }
            done = work.done.get();
            work.finish();
            check(work);
        }
        Await.until(() -> "back to where it was: " + idle + ", now " + usage(), () -> {
            Usage now = usage();
            return now.files() <= idle.files() + 40 && now.threads() <= idle.threads() + 40;
        });
        checkLevel();
        assertEquals(0, server.terminate(), server::logged);
        assertEquals(0, Offline.run(new PrintStream(OutputStream.nullOutputStream()), System.err, "journal", "verify",
                disk.resolve("data").toString()));
        System.out.printf(Locale.ROOT, "soak: %d s, %d kills, %,d submits, %,d calls, %,d cancels, %,d times work, "
                + "%d resets, rate beside the others %s, refusals %s, lives %s, heaps %s%n", SECONDS, rounds,
                work.submitted.size(), work.answered.size(), work.cancelled.size(), done, work.resets.get(), ratio,
                work.refusals.keySet(), lives, heaps);
    }

    /// Returns the rate of the working connections beside the others, relative to that without them. The latter is
    /// measured before they come and after they have left, because the journal grows all the time, and a compaction's
    /// cost with it. The first requests of the others are work like any other, so the rate is measured once their
    /// buffers are full.
    private double ratio(Workload work) throws Exception {
        long part = SECONDS * 1_000 / 24;
        rate(work, part / 2);
        Held before = held();
        double alone = rate(work, part) / 2;
        double beside;
        try (Crowd crowd = new Crowd(port, CROWD)) {
            crowd.awaitAll();
            pause(2 * part);
            beside = rate(work, 2 * part);
        }
        pause(part / 2);
        alone += rate(work, part) / 2;
        Held after = held();
        System.out.printf(Locale.ROOT, "soak: %.0f/s alone, %.0f/s beside %d others; heap of one life: %s, %s%n",
                alone, beside, CROWD, before, after);
        assertTrue(after.isLevelWith(before), "one life's memory is not level: " + before + ", " + after);
        assertTrue(beside >= RATE_MIN * alone, beside + "/s beside the others, " + alone + "/s without; "
                + "refused: " + work.refusals);
        return beside / alone;
    }

    private double rate(Workload work, long ms) throws InterruptedException {
        long before = work.done.get();
        long begun = System.nanoTime();
        pause(ms);
        return (work.done.get() - before) * 1e9 / (System.nanoTime() - begun);
    }

    private void pause(long ms) throws InterruptedException {
        never.await(ms, TimeUnit.MILLISECONDS);
    }

    private void round(int number, Crowd crowd) throws Exception {
        int host = number % hosts.size();
        hosts.get(host).kill();
        pause(ROUND_MS / 4);
        hosts.set(host, FakeOllamaProcess.start(hosts.get(host).port(), MODEL));
        Path rubbish = fill();
        // the prepared space is used up
        Await.until("the disk is full", () -> server.post("/api/tasks", LARGE).statusCode() == 507);
        pause(ROUND_MS / 4);
        Files.delete(rubbish);
        pause(ROUND_MS / 2);
        lives.add(Usage.of(server.process()));
        if (Effort.isProof()) {
            heaps.add(held());
        }
        server.close();
        start();
        crowd.comeAgain();
    }

    private Path fill() throws IOException {
        Path rubbish = disk.resolve("rubbish");
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(rubbish)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            assertTrue(full.getMessage().contains("No space left"), full.getMessage());
        }
        return rubbish;
    }

    /// Checks that everything acknowledged exists, and has ended as it should.
    private void check(Workload work) throws Exception {
        assertTrue(work.wrong.isEmpty(), () -> work.wrong.stream().limit(5).toList() + "\n" + server.logged());
        Await.until(() -> "all have ended: " + server.get("/api/status").body(), () -> {
            Json.Obj status = ServerProcess.object(server.get("/api/status").body());
            return status.integer("running_tasks", -1) == 0
                    && status.integer("pending_tasks", -1) == status.integer("scheduled_tasks", 0);
        });
        Map<String, String> statuses = new HashMap<>();
        ServerProcess.lines(server.url() + "/api/tasks?limit=100000000",
                task -> statuses.put(task.text("id"), task.text("status")));
        List<String> wrong = new ArrayList<>();
        for (String id : work.submitted) {
            String is = String.valueOf(statuses.get(id));
            boolean right = is.equals("cancelled") ? work.unwanted.contains(id)
                    : is.equals("completed") && !work.cancelled.contains(id);
            if (!right) {
                wrong.add(id + " is " + is);
            }
        }
        long last = ServerProcess.object(server.get("/api/status").body()).integer("last_seq", -1);
        Await.until(() -> "event " + last + " is told, now " + work.lastSeq, () -> work.lastSeq >= last);
        // a full disk has no room for some results: their callers have the answers, and the tasks say so
        Set<String> answered = new HashSet<>(work.answered);
        answered.removeAll(work.resultless);
        // it also deletes calls that have ended
        answered.stream().filter(id -> !"completed".equals(statuses.getOrDefault(id, "completed")))
                .forEach(id -> wrong.add("the call " + id + " is " + statuses.get(id) + ", though it was answered"));
        Stream.concat(work.submitted.stream().filter(id -> !work.unwanted.contains(id)), answered.stream())
                .filter(id -> !work.completions.containsKey(id))
                // a call may have been deleted before its follower reconnects, who is then told that it is too late
                .filter(id -> work.resets.get() == 0 || statuses.containsKey(id))
                .forEach(id -> wrong.add(id + " was never told to be completed"));
        assertTrue(wrong.isEmpty(), () -> wrong.size() + ", " + work.resets + " resets: " + wrong.stream().limit(5)
                .map(text -> text + " " + server.get("/api/tasks/" + text.replaceFirst(".*(task_\\w+).*", "$1")).body())
                .toList());
        assertTrue(work.submitted.size() > 100 && !work.answered.isEmpty() && !work.cancelled.isEmpty(),
                work.submitted.size() + " submits");
    }

    private Usage usage() {
        try {
            return Usage.of(server.process());
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    private Held held() throws Exception {
        long tasks = ServerProcess.object(server.get("/api/status").body()).integer("total_tasks", -1);
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(server.process().pid()), "GC.class_histogram").start();
        String total = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip()
                .replaceFirst("(?s).*\\nTotal +\\d+ +", "");
        assertEquals(0, jcmd.waitFor());
        return new Held(Long.parseLong(total), tasks);
    }

    /// Checks that later lives of the server used no more than earlier ones.
    private void checkLevel() {
        if (!Effort.isProof()) {
            return;
        }
        for (int later = 1; later < heaps.size(); later++) {
            Held heap = heaps.get(later);
            assertTrue(heaps.subList(0, later).stream().allMatch(heap::isLevelWith), "memory is not level: " + heaps);
        }
        assertTrue(lives.size() >= LIVES_MIN || SECONDS < 600, "too few lives: " + lives.size());
        if (lives.size() < LIVES_MIN) {
            return;
        }
        double early = lives.subList(0, lives.size() / 2).stream().mapToLong(Usage::residentKb).average().orElse(0);
        double late = lives.subList(lives.size() / 2, lives.size()).stream().mapToLong(Usage::residentKb).average()
                .orElse(0);
        assertTrue(late < early * 1.3, "memory is not level: " + lives);
        long threads = lives.stream().mapToLong(Usage::threads).max().orElse(0);
        assertTrue(threads <= lives.getFirst().threads() + 40, "threads: " + lives);
        long files = lives.stream().mapToLong(Usage::files).max().orElse(0);
        assertTrue(files < 3L * (CROWD + Workload.WORKERS), "descriptors: " + lives);
    }
}
