package server.action.plan;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import server.task.TaskId;

/// An action and its progress. Immutable; a step creates a new one.
///
/// Invariants: `changed` and the sum of `refused` make up `done`; while it runs, `done` is the index of the next of
/// its `tasks`.
///
/// @param id         60 random bits, like a task's
/// @param done       how many of its tasks were handled
/// @param changed    how many of these were changed
/// @param refused    how many of these were not, by reason
/// @param endedAt    milliseconds since the epoch; 0 while it runs
/// @param tasks      the ids of the matching tasks, oldest first; null once it has ended, and in events except the
///                   first
/// @param acceptedAt the position of its first line in the journal, the only one with `tasks`
/// @param lastAt     the position of its last line
public record TaskAction(long id, ActionPlan plan, int done, int changed, SortedMap<String, Integer> refused,
        Status status, long endedAt, long[] tasks, long acceptedAt, long lastAt) {

    /// The prefix of an action's id.
    public static final String PREFIX = "action_";

    /// How many reasons of refusals are distinguished.
    static final int REASONS_MAX = 20;
    static final String OTHER_REASONS = "for other reasons";

    /// The state of an action; see the drawing on the front page of this room.
    public enum Status {
        RUNNING, COMPLETED, STOPPED;

        public final String text = name().toLowerCase(Locale.ROOT);

        /// Returns the status of a [#text] in the journal.
        public static Status parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /// Returns a new action.
    public static TaskAction accepted(long id, ActionPlan plan, long[] tasks) {
        return new TaskAction(id, plan, 0, 0, new TreeMap<>(), Status.RUNNING, 0, tasks, 0, 0);
    }

    /// Returns the id as text.
    public String name() {
        return PREFIX + TaskId.digits(id);
    }

    /// Returns whether it has ended.
    public boolean ended() {
        return status != Status.RUNNING;
    }

    /// Returns the same after more of its tasks were handled.
    ///
    /// @param more  how many of these were changed
    /// @param other how many were refused, by reason
    public TaskAction stepped(int more, Map<String, Integer> other) {
        SortedMap<String, Integer> reasons = new TreeMap<>(refused);
        int count = more;
        for (Map.Entry<String, Integer> reason : other.entrySet()) {
            boolean told = reasons.containsKey(reason.getKey()) || reasons.size() < REASONS_MAX;
            reasons.merge(told ? reason.getKey() : OTHER_REASONS, reason.getValue(), Integer::sum);
            count += reason.getValue();
        }
        return new TaskAction(id, plan, done + count, changed + more, reasons, status, endedAt, tasks, acceptedAt,
                lastAt);
    }

    /// Returns the same, ended.
    ///
    /// @param now milliseconds since the epoch
    public TaskAction ended(Status how, long now) {
        return new TaskAction(id, plan, done, changed, refused, how, Math.max(now, plan.createdAt()), null, acceptedAt,
                lastAt);
    }

    /// Returns the same with other tasks; null for none.
    public TaskAction with(long[] others) {
        return others == tasks ? this : new TaskAction(id, plan, done, changed, refused, status, endedAt, others,
                acceptedAt, lastAt);
    }

    /// Returns the action after an event.
    ///
    /// @param before   the action before the event; null if there was none
    /// @param position of the event's line in the journal
    TaskAction following(TaskAction before, long position) {
        return new TaskAction(id, plan, done, changed, refused, status, endedAt,
                ended() ? null : before == null ? tasks : before.tasks,
                before == null ? position : before.acceptedAt, position);
    }
}
