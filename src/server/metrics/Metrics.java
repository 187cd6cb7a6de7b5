package server.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;

import server.dispatch.Hosts;
import server.http.Answer;
import server.http.Traffic;
import server.http.WebRequest;
import server.live.EventHub;
import server.order.ahead.Outlook;
import server.order.ahead.Outlook.State;
import server.queue.Compaction;
import server.queue.TaskQueue;
import server.queue.index.Totals.Traits;
import server.queue.state.QueueMode;
import server.queue.state.QueueStats;
import server.stats.Buckets;
import server.stats.History;
import server.stats.SoFar;
import shared.TaskStatus;
import shared.Version;

/// Answers `GET /metrics`, for monitoring. Everything is read from counts that are kept anyway.
public final class Metrics {

    static final String OURS = "ollama_queue_";
    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;
    /// How many combinations of route, method and status have their own sample.
    private static final int ROUTES_MAX = 400;
    private static final TaskStatus[] STATUSES = TaskStatus.values();

    private final TaskQueue queue;
    private final Hosts hosts;
    private final History history;
    private final EventHub events;
    private final Compaction compaction;
    private final IntFunction<Outlook> outlook;
    private final Traffic traffic;
    private final InstantSource clock;
    private final Buckets syncs = new Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5);
    private final Buckets batches = new Buckets(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096);
    private final Buckets written = new Buckets();

    /// The queue at one moment.
    private record Seen(QueueStats stats, Traits traits) {
    }

    /// @param outlook returns the state of all pending tasks, and this many of those that start next
    public Metrics(TaskQueue queue, Hosts hosts, History history, EventHub events, Compaction compaction,
            IntFunction<Outlook> outlook, Traffic traffic, InstantSource clock) {
        this.outlook = outlook;
        this.queue = queue;
        this.hosts = hosts;
        this.history = history;
        this.events = events;
        this.compaction = compaction;
        this.traffic = traffic;
        this.clock = clock;
        queue.ledger().onSync((lines, bytes, nanos) -> {
            syncs.add(nanos / NANOS);
            batches.add(lines);
            written.add(bytes);
        });
    }

    /// Returns an answer with all metrics.
    public Answer show(WebRequest request) {
        Exposition out = new Exposition();
        tasks(out, queue.ledger().look(state -> new Seen(state.stats(queue.ledger().appendedSeq()),
                state.totals().traits())).durable());
        pending(out, outlook.apply(0));
        work(out, history.soFar());
        HostMetrics.write(out, hosts.backends());
        journal(out);
        out.gauge(OURS + "subscribers", "Clients that follow events or answers now.").sample(events.subscribers());
        http(out);
        Machine.write(out);
        byte[] bytes = out.end().getBytes(StandardCharsets.UTF_8);
        return new Answer.Whole(200, Exposition.TYPE, bytes, bytes.length);
    }

    private void tasks(Exposition out, Seen seen) {
        out.gauge(OURS + "build_info", "The server's version; always 1.").sample(1, "version", Version.TEXT);
        out.gauge(OURS + "mode", "1 for the queue's mode: running, paused or draining.");
        for (QueueMode mode : QueueMode.values()) {
            out.sample(mode == seen.stats.mode() ? 1 : 0, "mode", mode.text);
        }
        out.gauge(OURS + "tasks", "Tasks by status.");
        for (TaskStatus status : STATUSES) {
            out.sample(seen.stats.byStatus().get(status), "status", status.text);
        }
        by(out, "type", seen.traits.type(), type -> type.text);
        by(out, "model", seen.traits.model(), model -> model);
        by(out, "client", seen.traits.client(), client -> client);
        by(out, "priority", seen.traits.priority(), priority -> priority.toString());
        out.gauge(OURS + "waiting_callers", "Relayed calls whose callers wait for a host.")
                .sample(seen.stats.callersWaiting());
    }

    /// Writes the state of pending tasks, as in the API's status.
    private void pending(Exposition out, Outlook outlook) {
        out.gauge(OURS + "pending_tasks", "Pending tasks by what they wait for: their turn (ready), their next "
                + "attempt, their time, or a problem that needs attention (blocked).");
        for (State state : State.values()) {
            out.sample(outlook.count(state), "state", state.text());
        }
        long oldest = outlook.groups().stream().filter(group -> group.state() == State.READY && group.first() != null)
                .mapToLong(group -> Math.max(group.first().createdAt(), group.first().wakeAt())).min().orElse(0);
        out.gauge(OURS + "oldest_waiting_seconds", "How long the oldest of the ready tasks has waited; 0 for none.")
                .sample(oldest == 0 ? 0 : Math.max(0, clock.millis() - oldest) / MILLIS);
    }

    private static <V> void by(Exposition out, String label, Map<V, long[]> counts, Function<V, String> text) {
        out.gauge(OURS + "tasks_by_" + label, "Tasks by " + label + " and status.");
        Most.of(counts, text).forEach((value, byStatus) -> {
            for (TaskStatus status : STATUSES) {
                out.sample(byStatus[status.ordinal()], label, value, "status", status.text);
            }
        });
    }

    private static void work(Exposition out, SoFar soFar) {
        out.counter(OURS + "submitted_tasks_total", "Tasks that were submitted.").sample(soFar.submitted());
        out.counter(OURS + "ended_tasks_total", "Tasks that ended, by how.")
                .sample(soFar.completed(), "status", TaskStatus.COMPLETED.text)
                .sample(soFar.failed(), "status", TaskStatus.FAILED.text)
                .sample(soFar.cancelled(), "status", TaskStatus.CANCELLED.text);
        out.histogram(OURS + "wait_seconds", "From a task's submit, or scheduled_at, to its first attempt.",
                soFar.waits());
        out.histogram(OURS + "run_seconds", "How long the attempts took that completed their tasks.", soFar.runs());
        out.histogram(OURS + "load_seconds", "How long hosts took to load a model.", soFar.loads());
        out.histogram(OURS + "first_piece_seconds", "From an attempt's start to the first piece of its answer.",
                soFar.firstPieces());
    }

    private void journal(Exposition out) {
        out.histogram(OURS + "journal_sync_seconds", "How long syncs of the journal took.", syncs.counted());
        out.histogram(OURS + "journal_batch_lines", "Events that shared a sync.", batches.counted());
        out.counter(OURS + "journal_written_bytes_total", "Bytes of events that were written.")
                .sample(written.counted().sum());
        try {
            long bytes = queue.ledger().journalBytes();
            out.gauge(OURS + "journal_bytes", "Bytes of the journal on the disk.").sample(bytes);
        } catch (IOException unreadable) {
            // a compaction has just replaced a file: the next scrape has the value
        }
        out.gauge(OURS + "journal_dead_ratio", "Share of the journal's bytes that a compaction would drop.")
                .sample(compaction.deadShare());
        out.gauge(OURS + "disk_full", "1 while the disk is too full to take new tasks.")
                .sample(queue.full() == null ? 0 : 1);
    }

    private void http(Exposition out) {
        Map<Traffic.Answered, Long> counts = new TreeMap<>(Comparator.comparing(Traffic.Answered::route)
                .thenComparing(Traffic.Answered::method).thenComparingInt(Traffic.Answered::status));
        traffic.counts().entrySet().stream().sorted(Map.Entry.<Traffic.Answered, Long>comparingByValue().reversed())
                .forEach(entry -> counts.merge(counts.size() < ROUTES_MAX ? entry.getKey()
                        : new Traffic.Answered(Most.OTHER, Most.OTHER, entry.getKey().status()), entry.getValue(),
                        Long::sum));
        out.counter(OURS + "http_requests_total", "Requests that were answered, by route and status.");
        counts.forEach((answered, count) -> out.sample(count, "method", answered.method(), "route", answered.route(),
                "status", Integer.toString(answered.status())));
    }
}
