package server.queue.state;

import java.util.EnumMap;
import java.util.Map;

import server.queue.index.EndedCalls;
import server.queue.index.SortedSlots;
import server.task.Task;
import shared.TaskStatus;

/// The tasks that have ended, and when each is deleted. Relayed calls have rules of their own, because each carries a
/// whole conversation, and its caller has the answer.
///
/// Invariant: every ended task is in `calls` if it was a relayed call, otherwise in `ended` of its status.
final class Retention {

    private static final long DAY_MS = 86_400_000;
    private static final long AT_ONCE = 0;

    private final Map<TaskStatus, SortedSlots> ended = new EnumMap<>(TaskStatus.class);
    private final EndedCalls calls = new EndedCalls();
    private QueueOptions options;
    private boolean roomShort;

    Retention(QueueOptions options) {
        this.options = options;
        for (TaskStatus status : TaskStatus.values()) {
            if (status.ended()) {
                ended.put(status, new SortedSlots());
            }
        }
    }

    void reconfigure(QueueOptions newOptions) {
        options = newOptions;
    }

    /// While the disk is nearly full, calls are deleted whatever their age.
    void lackRoom(boolean isShort) {
        roomShort = isShort;
    }

    /// Records a task's first line.
    ///
    /// @param length of the line, in bytes
    void arrived(Task task, int length) {
        calls.arrived(task, length);
    }

    /// Records the line of a task's end, before the task is added.
    ///
    /// @param length of the line, in bytes
    void ended(Task task, int length) {
        calls.ended(task, length);
    }

    void add(Task task, int slot) {
        if (task.terms().caller().relayed()) {
            calls.add(task, slot);
        } else {
            ended.get(task.status()).add(task.state().endedAt(), slot);
        }
    }

    void remove(Task task, int slot) {
        if (task.terms().caller().relayed()) {
            calls.remove(task, slot);
        } else {
            ended.get(task.status()).remove(task.state().endedAt(), slot);
        }
    }

    /// Discards the lines of a deleted task.
    void forget(Task task) {
        calls.forget(task);
    }

    /// Returns the slot of a task that must be deleted now; -1 if there is none.
    ///
    /// @param heldBefore what ended before this is kept, because it is not known how long it has been kept
    int due(long heldBefore, long now) {
        long callDue = callForgottenAt();
        if (callDue == AT_ONCE || callDue <= now && calls.firstEnd() >= heldBefore) {
            return calls.firstSlot();
        }
        for (Map.Entry<TaskStatus, SortedSlots> entry : ended.entrySet()) {
            if (!entry.getValue().isEmpty() && forgottenAt(entry.getKey(), entry.getValue()) <= now
                    && entry.getValue().firstKey() >= heldBefore) {
                return entry.getValue().firstSlot();
            }
        }
        return -1;
    }

    /// Returns when something must be deleted next; Long.MAX_VALUE if never.
    ///
    /// @param isHeld whether nothing is deleted because of its age
    long nextDue(boolean isHeld) {
        long next = callForgottenAt();
        if (isHeld) {
            return next == AT_ONCE ? next : Long.MAX_VALUE;
        }
        for (Map.Entry<TaskStatus, SortedSlots> entry : ended.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                next = Math.min(next, forgottenAt(entry.getKey(), entry.getValue()));
            }
        }
        return next;
    }

    /// Returns when the first of these tasks must be deleted. None is deleted by count in its first 24 hours.
    private long forgottenAt(TaskStatus status, SortedSlots tasks) {
        long age = (status == TaskStatus.FAILED ? options.failedAge() : options.completedAge()).toMillis();
        long byAge = age > 0 ? tasks.firstKey() + age : Long.MAX_VALUE;
        boolean tooMany = status == TaskStatus.COMPLETED && options.completedMax() > 0
                && tasks.size() > options.completedMax();
        return inRounds(tooMany ? Math.min(byAge, tasks.firstKey() + DAY_MS) : byAge);
    }

    /// Returns when the first of the calls must be deleted: at once if calls take too much room, whatever the clock
    /// says.
    private long callForgottenAt() {
        if (calls.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (roomShort || options.relayedBytesMax() > 0 && calls.bytes() > options.relayedBytesMax()) {
            return AT_ONCE;
        }
        long age = options.relayedAge().toMillis();
        return age > 0 ? inRounds(calls.firstEnd() + age) : Long.MAX_VALUE;
    }

    private long inRounds(long time) {
        long interval = Math.max(1, options.interval().toMillis());
        return time == Long.MAX_VALUE ? time : Math.ceilDiv(time, interval) * interval;
    }
}
