package server.simulate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

import server.dispatch.SimulatedHosts;
import server.order.OrderOptions;
import server.order.RunnerKey;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Explanation.Waiting;
import server.order.limits.OrderLimits;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.settings.Settings;
import server.task.Attempt;
import server.task.Task;
import shared.TaskStatus;

/// Runs a recording once under other settings: the queue's state and the choice of hosts are the server's own code,
/// time jumps from event to event, and attempts take as long as recorded. Times are milliseconds since the epoch.
public final class Simulation {

    /// If nothing has happened for this long, the tasks that are left will never run.
    private static final long PATIENCE_MS = Duration.ofDays(8).toMillis();

    private final Recording recording;
    private final SimulatedHosts hosts;
    private final QueueState state;
    private final Map<Long, JobRun> runs = new HashMap<>();
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private final List<Ran> ran = new ArrayList<>();
    private final long handover;
    private long number;
    private long seq;
    private long now;

    /// Something that happens at a moment known in advance.
    private record Due(long at, long number, Runnable step) {
    }

    private static final class JobRun {
        final Job job;
        int attempts;

        JobRun(Job job) {
            this.job = job;
        }
    }

    private Simulation(Recording recording, Settings settings, SimulatedHosts hosts) {
        this.recording = recording;
        this.hosts = hosts;
        handover = recording.handover();
        // nothing is deleted, and every submitted task is accepted
        state = new QueueState(new QueueOptions(Integer.MAX_VALUE, 0, Duration.ZERO, Duration.ZERO, Long.MAX_VALUE)
                .with(OrderLimits.of(settings)).with(OrderOptions.of(settings)));
    }

    /// Runs a recording.
    ///
    /// @param settings have been checked
    public static Figures run(Recording recording, Settings settings, SimulatedHosts hosts) {
        return new Simulation(recording, settings, hosts).run();
    }

    private Figures run() {
        for (Job job : recording.jobs()) {
            runs.put(job.submitted.task().id(), new JobRun(job));
            at(job.submitted.at(), () -> apply(job.submitted));
        }
        for (Event step : recording.steps()) {
            at(step.at(), () -> step(step));
        }
        long last = 0;
        while (true) {
            long next = next();
            if (next == Long.MAX_VALUE || due.isEmpty() && next > last + PATIENCE_MS) {
                break;
            }
            now = Math.max(now, next);
            int before = ran.size();
            boolean any = !due.isEmpty() && due.peek().at <= now;
            while (!due.isEmpty() && due.peek().at <= now) {
                due.poll().step.run();
            }
            start();
            last = any || ran.size() > before ? now : last;
        }
        Map<String, Integer> neverRan = new TreeMap<>();
        runs.values().stream().filter(run -> run.attempts == 0)
                .forEach(run -> neverRan.merge(whyNot(state.require(run.job.submitted.task().id())), 1, Integer::sum));
        return Figures.of(ran, neverRan);
    }

    /// Returns why a task did not run, for people.
    private String whyNot(Task task) {
        if (task.status().ended()) {
            return "it expired first";
        }
        Waiting held = state.standing(task, now).heldBy();
        String window = task.terms().placing().window();
        String on = task.terms().on();
        if (held != null) {
            return held.kind() == Reason.NO_WINDOW ? "the window " + window + " is not in these settings"
                    : held.kind() == Reason.WINDOW ? "the window " + window + " does not open" : held.text();
        }
        return state.mode() == QueueMode.PAUSED ? "the queue was paused"
                : on != null && !hosts.has(on) ? "no host is named " + on
                : "no host here accepts the model " + RunnerKey.plain(task.model());
    }

    private long next() {
        boolean waits = state.totals().of(TaskStatus.PENDING) > 0;
        // a task that is already due waits for something else
        long look = waits ? state.nextLook() : Long.MAX_VALUE;
        long wakes = look > now ? look : Long.MAX_VALUE;
        return due.isEmpty() ? wakes : Math.min(wakes, due.peek().at);
    }

    private void at(long when, Runnable step) {
        due.add(new Due(when, number++, step));
    }

    private void apply(Event event) {
        seq++;
        state.apply(event, seq, seq, 1);
    }

    private void step(Event step) {
        if (!(step instanceof Event.Change change)) {
            apply(step);
            return;
        }
        Task task = state.get(change.task().id());
        if (task != null && !task.status().ended()) {
            apply(state.changePriority(task.id(), change.task().priority(), Integer.MAX_VALUE, now));
        }
    }

    private void start() {
        for (Event event = state.due(now); event != null; event = state.due(now)) {
            apply(event);
        }
        while (true) {
            do {
                state.wake(now);
            } while (state.nextDue() == 0);
            Event.Change change = state.start(hosts.offers(state.readyCount(), now), now);
            if (change == null) {
                return;
            }
            apply(change);
            if (change.what() == Event.What.STARTED) {
                begin(change.task());
            }
        }
    }

    private void begin(Task task) {
        String host = task.state().host();
        JobRun run = runs.get(task.id());
        Attempt attempt = run.job.attempts.get(run.attempts++);
        SimulatedHosts.Begun begun = hosts.begin(task, host, run.job.keep, recording.loads().usual(host, task.model()));
        long started = now;
        long end = begun.readyAt() + run.job.answering(attempt);
        at(end, () -> {
            ran.add(new Ran(run.job.submitted.task(), run.attempts == 1, host, started, now,
                    begun.loads() ? begun.readyAt() - started : 0));
            apply(ended(state.require(task.id()), run, attempt, Math.max(0, begun.readyAt() - started)));
            at(now + handover, () -> hosts.end(task, host, now));
        });
    }

    private Event.Change ended(Task task, JobRun run, Attempt attempt, long loadMs) {
        if (run.attempts < run.job.attempts.size()) {
            long pause = run.job.pauses.getOrDefault(attempt.number(), 0L);
            return !attempt.counted() ? LifeCycle.cutOff(task, now)
                    : LifeCycle.retrying(task, attempt.error(), pause == 0 ? 0 : now + pause, true, false, now);
        }
        return attempt.error() == null ? LifeCycle.completed(task, null, false, loadMs, -1, now)
                : LifeCycle.failed(task, attempt.error(), null, now);
    }
}
