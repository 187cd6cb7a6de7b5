package server.queue.line;

import server.task.Submission;

/// Lets equal values share one instance, as far as a table of fixed size can: model names, hosts, terms and errors
/// repeat from task to task. A value that is displaced is merely held twice. Only for immutable values: threads may use
/// it at the same time, and at worst do not see what another one shared.
public final class Pool {

    private static final int SIZE = 1024;

    private final Object[] known = new Object[SIZE];

    /// Returns the submission with the values that it has in common with others shared.
    public Submission share(Submission asked) {
        return new Submission(asked.type(), share(asked.model()), asked.priority(), share(asked.terms()),
                asked.payload(), asked.metadata(), asked.preview(), asked.head(), asked.pendingMax());
    }

    /// Returns the value itself, or an equal one seen before.
    @SuppressWarnings("unchecked")
    public <T> T share(T value) {
        if (value == null) {
            return null;
        }
        int hash = value.hashCode();
        int at = (hash ^ hash >>> 16) & SIZE - 1;
        // read only once: another thread may replace the entry meanwhile
        Object there = known[at];
        if (value.equals(there)) {
            return (T) there;
        }
        known[at] = value;
        return value;
    }
}
