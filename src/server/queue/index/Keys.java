package server.queue.index;

import java.util.HashMap;
import java.util.Map;

import server.task.TaskId;
import shared.Problem;

/// The idempotency keys of the tasks that were submitted with one.
///
/// Invariant: `byTask` has the key of each task in `byKey`, and no other.
public final class Keys {

    private record Known(long task, String fingerprint) {
    }

    private final Map<String, Known> byKey = new HashMap<>();
    private final Map<Long, String> byTask = new HashMap<>();

    /// Adds the key of a task; does nothing if the key is null.
    ///
    /// @param fingerprint the fingerprint of the body that came with the key
    public void add(String key, String fingerprint, long task) {
        if (key != null) {
            byKey.put(key, new Known(task, fingerprint));
            byTask.put(task, key);
        }
    }

    /// Forgets the key of a deleted task; does nothing if it had none.
    public void remove(long task) {
        String key = byTask.isEmpty() ? null : byTask.remove(task);
        if (key != null) {
            byKey.remove(key);
        }
    }

    /// Returns the id of the task that was submitted with a key; -1 if the key is null or unknown.
    ///
    /// @param fingerprint the fingerprint of the body that came with the key
    /// @throws Problem 409 if the key came with another body
    public long find(String key, String fingerprint) {
        Known known = key == null ? null : byKey.get(key);
        if (known == null) {
            return -1;
        }
        if (!known.fingerprint.equals(fingerprint)) {
            throw Problem.conflict("this Idempotency-Key was used before, with another body, for "
                    + TaskId.format(known.task) + "; use a new key for a new task");
        }
        return known.task;
    }
}
