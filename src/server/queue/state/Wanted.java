package server.queue.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import server.queue.index.Totals;
import server.task.Submission;

/// What tasks that are to come take of the queue's limits together. For one thread.
public final class Wanted {

    /// How many tasks each client has, null being nobody in particular.
    final Map<String, Integer> counts = new HashMap<>();
    final Totals.Variety variety = new Totals.Variety();
    private long metadata;
    private int pendingMax;

    /// Of nothing.
    public Wanted() {
        this(Integer.MAX_VALUE);
    }

    private Wanted(int pendingMax) {
        this.pendingMax = pendingMax;
    }

    /// Of one task.
    static Wanted of(Submission asked) {
        Wanted wanted = new Wanted();
        wanted.add(asked);
        return wanted;
    }

    /// Of tasks that are here and are put back.
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

    /// Adds what others want.
    public void add(Wanted others) {
        others.counts.forEach((client, count) -> counts.merge(client, count, Integer::sum));
        variety.add(others.variety);
        metadata += others.metadata;
        pendingMax = Math.min(pendingMax, others.pendingMax);
    }

    /// Returns whose tasks they are; null is nobody in particular.
    public Set<String> clients() {
        return counts.keySet();
    }

    /// The bytes of their metadata.
    long metadata() {
        return metadata;
    }

    /// How many tasks each of the clients may have pending, by whoever asks.
    int pendingMax() {
        return pendingMax;
    }
}
