package server.queue.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import server.queue.index.Totals;
import server.task.Submission;

/// What tasks to be submitted use of the queue's limits together. For one thread.
public final class Wanted {

    /// The number of tasks of each client; the key null stands for none.
    final Map<String, Integer> counts = new HashMap<>();
    final Totals.Variety variety = new Totals.Variety();
    private long metadata;
    private int pendingMax;

    /// Makes one for no tasks.
    public Wanted() {
        this(Integer.MAX_VALUE);
    }

    private Wanted(int pendingMax) {
        this.pendingMax = pendingMax;
    }

    /// Makes one for one task.
    static Wanted of(Submission asked) {
        Wanted wanted = new Wanted();
        wanted.add(asked);
        return wanted;
    }

    /// Makes one for existing tasks that are put back.
    static Wanted again(Map<String, Integer> counts, int pendingMax) {
        Wanted wanted = new Wanted(pendingMax);
        wanted.counts.putAll(counts);
        return wanted;
    }

    /// Adds a task.
    public void add(Submission asked) {
        counts.merge(asked.terms().caller().client(), 1, Integer::sum);
        variety.add(asked);
        metadata += asked.metadataBytes();
        pendingMax = Math.min(pendingMax, asked.pendingMax());
    }

    /// Adds what another instance contains.
    public void add(Wanted others) {
        others.counts.forEach((client, count) -> counts.merge(client, count, Integer::sum));
        variety.add(others.variety);
        metadata += others.metadata;
        pendingMax = Math.min(pendingMax, others.pendingMax);
    }

    /// Returns the clients of the tasks; null stands for none.
    public Set<String> clients() {
        return counts.keySet();
    }

    /// Returns the bytes of their metadata.
    long metadata() {
        return metadata;
    }

    /// Returns how many tasks each of the clients may have pending, by the limits of whoever asks.
    int pendingMax() {
        return pendingMax;
    }
}
