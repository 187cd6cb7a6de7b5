package server.queue.state;

import java.util.Map;

import server.queue.index.Totals;
import server.task.Task;
import shared.Problem;
import shared.TaskStatus;

/// Whether there is room for new tasks: for all together, for each client, for distinct kinds of tasks, and for their
/// metadata.
final class Admission {

    private final Totals totals;
    private final PendingTasks pending;
    private QueueOptions options;
    private long metadataBytes;

    Admission(QueueOptions options, Totals totals, PendingTasks pending) {
        this.options = options;
        this.totals = totals;
        this.pending = pending;
    }

    void reconfigure(QueueOptions newOptions) {
        options = newOptions;
    }

    /// Counts a task that now exists.
    void add(Task task) {
        metadataBytes += metadataLength(task);
    }

    /// Counts a task that no longer exists.
    void remove(Task task) {
        metadataBytes -= metadataLength(task);
    }

    /// @throws Problem 429 if there is no room
    void check(Wanted wanted) {
        int count = 0;
        for (Map.Entry<String, Integer> ofClient : wanted.counts.entrySet()) {
            count += ofClient.getValue();
            pending.admit(ofClient.getKey(), ofClient.getValue(), wanted.pendingMax());
        }
        long already = totals.of(TaskStatus.PENDING);
        int most = options.pendingMax();
        if (already + count > most) {
            throw new Problem(429, count == 1
                    ? "the queue is full: " + already + " tasks are pending, and at most " + most
                            + " may be; try again later"
                    : "the queue has no room for " + count + " tasks: " + already + " are pending, and at most " + most
                            + " may be; submit fewer at once" + (count > most ? "" : ", or try again later"));
        }
        int unlike = totals.with(wanted.variety);
        if (unlike > options.unlikeMax() && unlike > totals.unlike()) {
            throw new Problem(429, "the queue would have " + unlike + " kinds of tasks, by client, model, priority and "
                    + "options; at most " + options.unlikeMax() + " are allowed (limits.unlike_tasks): use fewer, or "
                    + "try again once tasks have been deleted");
        }
        long metadata = wanted.metadata();
        if (metadata > 0 && metadataBytes + metadata > options.metadataBytesMax()) {
            throw new Problem(429, "the metadata of all tasks together would exceed "
                    + options.metadataBytesMax() + " bytes; use less, or try again once tasks have been deleted");
        }
    }

    private static int metadataLength(Task task) {
        return task.metadata() == null ? 0 : task.metadata().length;
    }
}
