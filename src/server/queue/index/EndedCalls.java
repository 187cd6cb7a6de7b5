package server.queue.index;

import java.util.HashMap;
import java.util.Map;

import server.task.Task;

/// The calls that have ended, the oldest end first, and their size in the journal: that of the first line, which has
/// the body, and of the last line, which has the answer.
///
/// Invariant: `bytes` is the sum for `slots`; `sizes` has every call, ended or not.
public final class EndedCalls {

    private record Size(int first, int last) {
    }

    private final Map<Long, Size> sizes = new HashMap<>();
    private final SortedSlots slots = new SortedSlots();
    private long bytes;

    /// Records the length in bytes of a task's first line; does nothing if the task is not a call.
    public void arrived(Task task, int length) {
        if (task.terms().caller().relayed()) {
            sizes.put(task.id(), new Size(length, 0));
        }
    }

    /// Records the length in bytes of the line of a task's end, before [#add]; does nothing if the task is not a call.
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

    /// Removes a call that is about to change or to be deleted.
    public void remove(Task task, int slot) {
        slots.remove(task.state().endedAt(), slot);
        bytes -= bytesOf(task);
    }

    /// Forgets the sizes of a task that was deleted.
    public void forget(Task task) {
        sizes.remove(task.id());
    }

    /// Returns whether there is none.
    public boolean isEmpty() {
        return slots.isEmpty();
    }

    /// Returns when the call that ended first ended, in milliseconds since the epoch; there must be one.
    public long firstEnd() {
        return slots.firstKey();
    }

    /// Returns the slot of the call that ended first; there must be one.
    public int firstSlot() {
        return slots.firstSlot();
    }

    /// Returns the size of the ended calls in the journal, in bytes.
    public long bytes() {
        return bytes;
    }

    private long bytesOf(Task task) {
        Size size = sizes.get(task.id());
        return (long) size.first + size.last;
    }
}
