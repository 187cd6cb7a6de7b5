package server.queue.index;

import java.util.HashMap;
import java.util.Map;

import server.task.Task;

/// The calls that have ended, oldest end first, and what they take in the journal: their first line, which has the
/// body, and their last one, which has the answer.
///
/// Invariant: `bytes` is the sum over `slots`; `sizes` has every call, ended or not.
public final class EndedCalls {

    private record Size(int first, int last) {
    }

    private final Map<Long, Size> sizes = new HashMap<>();
    private final SortedSlots slots = new SortedSlots();
    private long bytes;

    /// Takes note of the first line of a task; does nothing for one that is no call.
    public void arrived(Task task, int length) {
        if (task.terms().caller().relayed()) {
            sizes.put(task.id(), new Size(length, 0));
        }
    }

    /// Takes note of the line of a task's end, before it is added.
    public void ended(Task task, int length) {
        if (task.terms().caller().relayed()) {
            sizes.compute(task.id(), (id, known) -> new Size(known.first, length));
        }
    }

    /// Adds a call that has ended.
    public void add(Task task, int slot) {
        slots.add(task.state().endedAt(), slot);
        bytes += bytesOf(task);
    }

    /// Removes a call that is about to change or go.
    public void remove(Task task, int slot) {
        slots.remove(task.state().endedAt(), slot);
        bytes -= bytesOf(task);
    }

    /// Forgets the size of a task that is gone.
    public void forget(Task task) {
        sizes.remove(task.id());
    }

    /// Returns whether there is none.
    public boolean isEmpty() {
        return slots.isEmpty();
    }

    /// Returns when the call that ended first did, in milliseconds since the epoch; there must be one.
    public long firstEnd() {
        return slots.firstKey();
    }

    /// Returns the slot of the one that ended first; there must be one.
    public int firstSlot() {
        return slots.firstSlot();
    }

    /// Returns what the ended calls take in the journal, in bytes.
    public long bytes() {
        return bytes;
    }

    private long bytesOf(Task task) {
        Size size = sizes.get(task.id());
        return (long) size.first + size.last;
    }
}
