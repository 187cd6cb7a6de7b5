package server.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import server.order.Offers;
import server.queue.index.TaskFilter;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskId;
import server.task.TaskState;
import server.task.Times;
import shared.TaskStatus;
import shared.TaskType;

/// What [QueueState] should do, in the simplest form: one list that is sorted and searched again each time.
final class QueueModel {

    static final long DAY = 86_400_000;

    /// A task with everything that its life changes.
    static final class Entry {
        long id;
        TaskType type;
        String model;
        String on;
        String client;
        boolean relayed;
        boolean keep;
        boolean cut;
        int priority;
        TaskStatus status = TaskStatus.PENDING;
        long createdAt;
        long scheduledAt;
        long expiresAt;
        long retryAt;
        long order;
        long arrival;
        String error;
        String host;
        long startedAt;
        long endedAt;
        int retries;
        String key;
        final List<String> attempts = new ArrayList<>();

        long wakeAt() {
            return Math.max(scheduledAt, retryAt);
        }

        boolean passes(TaskFilter filter) {
            return (filter.statuses().isEmpty() || filter.statuses().contains(status))
                    && (filter.types().isEmpty() || filter.types().contains(type))
                    && (filter.priorities().isEmpty() || filter.priorities().contains(priority))
                    && (filter.models().isEmpty() || filter.models().contains(model))
                    && (filter.clients().isEmpty() || client != null && filter.clients().contains(client))
                    && (filter.relayed() == null || filter.relayed() == relayed)
                    && (filter.cut() == null || filter.cut() == cut);
        }

        boolean runsAlone() {
            return attempts.stream().filter(attempt -> attempt.contains(LifeCycle.DIED)).count() >= 3;
        }

        /// Everything, to be compared with [QueueModel#text(Task)].
        @Override
        public String toString() {
            return TaskId.format(id) + " " + type + " " + model + " " + on + " p" + priority + " " + status
                    + " created " + createdAt + " scheduled " + scheduledAt + " expires " + expiresAt + " retry "
                    + retryAt + " order " + order + " arrival " + arrival + " error " + error + " host " + host
                    + " from " + startedAt + " to " + endedAt + " retries " + retries + " attempts "
                    + (status.ended() ? List.of() : attempts);
        }
    }

    static String text(Task task) {
        long retryAt = task.status() == TaskStatus.PENDING
                ? ((TaskState.Pending) task.state()).retryAt() : 0;
        return task.name() + " " + task.type() + " " + task.model() + " " + task.terms().on() + " p" + task.priority()
                + " " + task.status() + " created " + task.createdAt() + " scheduled " + task.terms().scheduledAt()
                + " expires " + task.terms().expiresAt() + " retry " + retryAt + " order " + task.order() + " arrival "
                + task.arrival() + " error " + task.state().error() + " host " + task.state().host() + " from "
                + task.state().startedAt() + " to " + task.state().endedAt() + " retries " + task.retries()
                + " attempts " + texts(task.attempts());
    }

    static List<String> texts(List<Attempt> attempts) {
        return attempts.stream().map(a -> a.number() + " " + a.host() + " " + a.startedAt() + "-" + a.endedAt() + " "
                + a.error() + " " + a.counted()).toList();
    }

    final QueueOptions options;
    final List<Entry> tasks = new ArrayList<>();
    /// The lengths of each task's first and last line.
    private final Map<Long, int[]> lengths = new HashMap<>();
    OrderModel order;
    /// What the last call of [#next] chose.
    OrderModel.Chosen chosen;
    QueueMode mode = QueueMode.RUNNING;

    QueueModel(QueueOptions options) {
        this.options = options;
        order = new OrderModel(options);
    }

    Entry get(long id) {
        return tasks.stream().filter(task -> task.id == id).findFirst().orElse(null);
    }

    long count(TaskStatus status) {
        return tasks.stream().filter(task -> task.status == status).count();
    }

    void wrote(long id, int length) {
        if (lengths.putIfAbsent(id, new int[] {length, 0}) != null) {
            lengths.get(id)[1] = length;
        }
    }

    private long bytes(Entry task) {
        return lengths.get(task.id)[0] + lengths.get(task.id)[1];
    }

    void submit(Submission asked, long id, String key, long seq, long now) {
        Entry task = new Entry();
        task.id = id;
        task.type = asked.type();
        task.model = asked.model();
        task.on = asked.terms().on();
        task.client = asked.terms().caller().client();
        task.relayed = asked.terms().caller().relayed();
        task.keep = asked.terms().caller().keep();
        task.priority = asked.priority();
        task.createdAt = now;
        task.scheduledAt = asked.terms().scheduledAt();
        task.expiresAt = asked.terms().expiresAt();
        task.order = seq;
        task.arrival = seq;
        task.key = key;
        tasks.add(task);
    }

    /// The task that a call of `start` deals with: to be started, or to be failed if it has expired; null for none.
    Entry next(Offers offers, long now) {
        if (mode == QueueMode.PAUSED
                || tasks.stream().anyMatch(task -> task.status == TaskStatus.RUNNING && task.runsAlone())) {
            return null;
        }
        order.wake(now);
        order.age(now);
        List<Entry> expired = select(task -> task.status == TaskStatus.PENDING && expired(task, now),
                Comparator.<Entry>comparingLong(task -> task.expiresAt).thenComparing(task -> task.arrival));
        if (!expired.isEmpty()) {
            return expired.getFirst();
        }
        chosen = order.choose(offers, now);
        Entry next = chosen == null ? null : get(chosen.task().id());
        return next == null || next.runsAlone() && count(TaskStatus.RUNNING) > 0 ? null : next;
    }

    boolean expired(Entry task, long now) {
        return task.expiresAt != 0 && task.expiresAt <= now;
    }

    void start(Entry task, String host, long now) {
        task.status = TaskStatus.RUNNING;
        task.startedAt = now;
        task.host = host;
        task.error = null;
        task.retryAt = 0;
    }

    void endRun(Entry task, TaskStatus status, String error, boolean counted, long now) {
        end(task, status, error, Math.max(now, task.startedAt));
        attempt(task, status == TaskStatus.CANCELLED && error == null ? "cancelled" : error, counted, now);
    }

    /// Of a task that does not run.
    void endPending(Entry task, TaskStatus status, String error, long now) {
        task.host = null;
        task.startedAt = 0;
        end(task, status, error, now);
    }

    private void end(Entry task, TaskStatus status, String error, long now) {
        task.status = status;
        task.error = error;
        task.retryAt = 0;
        task.endedAt = now;
    }

    private void attempt(Entry task, String error, boolean counted, long now) {
        task.attempts.add(task.attempts.size() + 1 + " " + task.host + " " + task.startedAt + "-"
                + Math.max(now, task.startedAt) + " " + error + " " + counted);
    }

    /// The server is started again after a crash.
    void restart(Entry task, long now) {
        boolean callerGone = task.relayed && !task.keep;
        if (task.status == TaskStatus.RUNNING && callerGone) {
            endRun(task, TaskStatus.CANCELLED, LifeCycle.CALLER_GONE, false, now);
        } else if (task.status == TaskStatus.RUNNING && task.runsAlone()) {
            attempt(task, LifeCycle.DIED, false, now);
            end(task, TaskStatus.FAILED, LifeCycle.DIED + ", repeatedly, the last time while nothing else ran",
                    Math.max(now, task.startedAt));
        } else if (task.status == TaskStatus.RUNNING) {
            attempt(task, LifeCycle.DIED, false, now);
            pending(task, LifeCycle.DIED + (task.runsAlone() ? ", repeatedly; next it runs alone" : ""), 0);
        } else if (task.status == TaskStatus.PENDING && callerGone) {
            endPending(task, TaskStatus.CANCELLED, LifeCycle.CALLER_GONE, now);
        }
    }

    void expire(Entry task, long now) {
        endPending(task, TaskStatus.FAILED, "expired in the queue at " + Times.format(task.expiresAt)
                + (task.error == null ? "" : "; its last trouble: " + task.error), now);
    }

    void putBack(Entry task, String error, long retryAt, boolean recorded, boolean counted, long now) {
        if (recorded) {
            attempt(task, error, counted, now);
        }
        task.retries += counted ? 1 : 0;
        pending(task, error, retryAt);
    }

    void retry(Entry task, long seq, long now) {
        if (expired(task, now)) {
            task.expiresAt = 0;
        }
        task.retries = 0;
        task.keep = true;
        task.order = seq;
        pending(task, null, 0);
    }

    private void pending(Entry task, String error, long retryAt) {
        task.status = TaskStatus.PENDING;
        task.error = error;
        task.retryAt = retryAt;
        task.host = null;
        task.startedAt = 0;
        task.endedAt = 0;
    }

    /// What one call after the other of `due` does, until nothing is due.
    void due(long now) {
        for (Entry task : tasks) {
            if (task.status == TaskStatus.PENDING && expired(task, now)) {
                expire(task, now);
            }
        }
        dueCalls(now);
        tasks.removeIf(task -> (task.status == TaskStatus.COMPLETED || task.status == TaskStatus.CANCELLED)
                && !task.relayed && task.endedAt + options.completedAge().toMillis() <= now);
        tasks.removeIf(task -> task.status == TaskStatus.FAILED && !task.relayed
                && task.endedAt + options.failedAge().toMillis() <= now);
        List<Entry> completed = select(task -> task.status == TaskStatus.COMPLETED && !task.relayed,
                Comparator.<Entry>comparingLong(task -> task.endedAt).thenComparing(task -> task.arrival));
        for (int i = 0; i < completed.size() - options.completedMax() && completed.get(i).endedAt + DAY <= now; i++) {
            tasks.remove(completed.get(i));
        }
    }

    private void dueCalls(long now) {
        List<Entry> calls = select(task -> task.relayed && task.status.ended(),
                Comparator.<Entry>comparingLong(task -> task.endedAt).thenComparing(task -> task.arrival));
        long bytes = calls.stream().mapToLong(this::bytes).sum();
        for (Entry call : calls) {
            if (bytes <= options.relayedBytesMax() && call.endedAt + options.relayedAge().toMillis() > now) {
                return;
            }
            bytes -= bytes(call);
            tasks.remove(call);
        }
    }

    List<Entry> select(Predicate<Entry> passes, Comparator<Entry> order) {
        return tasks.stream().filter(passes).sorted(order).toList();
    }
}
