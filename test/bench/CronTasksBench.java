package bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import server.cron.CronStore;
import server.cron.CronStore.Due;
import server.cron.plan.CronPlan;
import server.cron.plan.Missed;
import server.cron.plan.Overlap;
import server.journal.JournalOptions;
import server.journal.disk.FileStorage;
import server.order.limits.OrderLimits;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.settings.Settings;
import server.task.SubmissionReader;
import server.task.Terms;
import shared.json.Slice;

/// 100,000 cron tasks of different minutes and zones: their memory, the cost of one fire with everything that is read
/// and written for it, and the cost of the start after that. There is one run, because creating them takes long.
final class CronTasksBench {

    private static final int CALLS = 200_000;
    private static final int CRON_TASKS = 100_000;
    private static final int FIRES = 20_000;
    private static final int USERS = 1_000;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private CronTasksBench() {
    }

    static void run(Work work, Table table) throws IOException {
        Path directory = work.fresh("cron");
        Instant[] now = {START};
        Random random = new Random(1);
        SubmissionReader reader = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
                (name, remote) -> { });
        byte[] template = ("{\"type\":\"generate\",\"prompt\":\"" + "x".repeat(280) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        Submission submission = reader.read(template);
        long before = used();
        try (TaskQueue queue = open(directory, now, random)) {
            CronStore crons = new CronStore(queue.ledger());
            // many at a time, because each waits for the disk
            try (ExecutorService users = Executors.newFixedThreadPool(USERS, Thread.ofVirtual().factory())) {
                for (int i = 0; i < CRON_TASKS; i++) {
                    CronPlan plan = new CronPlan("cron task " + i, i % 60 + " " + i / 60 % 24 + " * * *",
                            i % 2 == 0 ? "UTC" : "America/New_York", true, Missed.SKIP, CronPlan.MISSED_MAX_AGE_MS,
                            Overlap.ALLOW, 0, 0, 0, 0, null);
                    users.submit(() -> crons.create(plan, Slice.of(template)));
                }
            }
            row(table, "memory of one", (used() - before) / CRON_TASKS, "B");
            int fires = 0;
            long begin = System.nanoTime();
            for (; fires < FIRES; now[0] = Instant.ofEpochMilli(crons.nextLook())) {
                for (Due due = crons.due(0, 1); due != null; due = crons.due(0, 1)) {
                    crons.template(due.cron());
                    crons.fire(due, submission);
                    fires++;
                }
            }
            queue.stats();
            row(table, "one fire, durable", (System.nanoTime() - begin) / fires, "ns");
            now[0] = now[0].minusMillis(1);
            begin = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                crons.due(0, 1);
                crons.nextLook();
            }
            row(table, "one look at the clock", (System.nanoTime() - begin) / CALLS, "ns");
        }
        long begin = System.nanoTime();
        open(directory, now, random).close();
        row(table, "start", (System.nanoTime() - begin) / 1_000_000, "ms");
    }

    private static TaskQueue open(Path directory, Instant[] now, Random random) throws IOException {
        return TaskQueue.open(new FileStorage(directory), JournalOptions.DEFAULT, QueueOptions.DEFAULT, () -> now[0],
                () -> 0, random);
    }

    private static void row(Table table, String what, long value, String unit) {
        Figures figures = new Figures();
        figures.add(value);
        table.row("100,000 cron tasks: " + what, unit, figures, Goal.NONE);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
