package server.cron;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.Set;

import server.cron.plan.CronTask;
import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.order.limits.OrderLimits;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import server.queue.page.TaskSort;
import server.queue.state.QueueOptions;
import server.settings.Settings;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.Terms;
import shared.json.JsonReader;
import shared.json.Slice;
import support.FaultyStorage;
import support.SettableClock;

/// A queue with cron tasks on a disk in memory, under a clock that the test sets. Nothing runs by itself: the test
/// steps the timer and ends the tasks.
final class CronRig implements AutoCloseable {

    final SettableClock clock = new SettableClock("2026-01-02T00:00:00Z");
    private final QueueOptions options;
    FaultyStorage storage = new FaultyStorage();
    TaskQueue queue;
    CronRequests crons;
    CronStore store;
    CronTimer timer;
    /// How far the clock would be by the time that has passed.
    private long passedMs = clock.millis();

    CronRig() throws IOException {
        this(QueueOptions.DEFAULT);
    }

    CronRig(QueueOptions options) throws IOException {
        this.options = options;
        open();
    }

    private void open() throws IOException {
        queue = TaskQueue.open(storage, new JournalOptions(1 << 16), options, clock, () -> 0, new Random(passedMs));
        crons = new CronRequests(queue, new SubmissionReader(Settings.DEFAULT, OrderLimits::of, (name, remote) -> { }),
                ZoneId.of("Europe/Berlin"), clock);
        store = crons.store();
        timer = new CronTimer(crons, clock, () -> clock.millis() - passedMs);
        timer.begin();
    }

    /// Adds a cron task: `'` stand for the quotes of its JSON.
    CronTask add(String expression, String more) {
        int others = store.all().size();
        return crons.create(json("{'name':'n" + (others == 0 ? "" : others) + "','cron_expr':'" + expression
                + "','task_template':{'type':'generate','prompt':'p'}" + (more.isEmpty() ? "" : "," + more) + "}"),
                false);
    }

    static JsonReader json(String text) {
        return new JsonReader(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /// Lets time pass, and the timer do its work at each moment at which it asked to be called.
    void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            long ms = Math.min(timer.step(), Duration.between(clock.instant(), end).toMillis());
            clock.pass(Duration.ofMillis(ms));
            passedMs += ms;
        }
        timer.step();
    }

    /// The machine sleeps.
    void sleep(Duration time) {
        clock.pass(time);
        passedMs += time.toMillis();
    }

    /// SIGKILL once all that was done is on the disk, and a new start some time later.
    void kill(Duration down) throws IOException {
        queue.ledger().awaitDurable(queue.ledger().appendedSeq());
        killNow(down);
    }

    /// SIGKILL, whatever is on the disk by then.
    void killNow(Duration down) throws IOException {
        FaultyStorage left = storage.afterKill();
        queue.close();
        storage = left;
        clock.pass(down);
        open();
    }

    void loseThePower(Random random, Duration down) throws IOException {
        FaultyStorage left = storage.afterPowerLoss(random);
        queue.close();
        storage = left;
        clock.pass(down);
        open();
    }

    CronTask only() {
        return store.all().getFirst();
    }

    /// The tasks of all cron tasks, oldest first.
    List<Task> made() {
        return queue.list(TaskFilter.ALL, TaskSort.CREATED_AT,
                true, 1_000_000, 0, null).tasks().stream().filter(task -> task.cron() != null).toList();
    }

    /// The due times of these tasks, as `01:00:00`.
    List<String> due() {
        return made().stream().map(task -> Instant.ofEpochMilli(task.cron().dueAt()).toString().substring(11, 19))
                .toList();
    }

    Run start() {
        return queue.runs().startNext(LoadedOffers.at("h"));
    }

    void complete(Run run) {
        queue.runs().complete(run, Slice.of("{\"response\":\"fi\\\"ne\"}".getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        queue.close();
    }
}
