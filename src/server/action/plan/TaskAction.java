package server.action.plan;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import server.task.TaskId;

/// An action and how far it has come. Immutable; a step makes a new one.
///
/// Invariants: `changed` and the sum of `refused` make up `done`; while it runs, `done` is the index of the next of
/// its `tasks`.
///
/// @param id       60 random bits, as a task's
/// @param done     how many of its tasks were tried
/// @param changed  how many of these were changed
/// @param refused  how many of these were not, by the reason
/// @param endedAt  milliseconds since the epoch; 0 while it runs
/// @param tasks    the ids of those that matched, oldest first; null once it has ended, and in events but the first
/// @param acceptedAt where its first line lies in the journal, which alone has `tasks`
/// @param lastAt     where its last line lies
public record TaskAction(long id, ActionPlan plan, int done, int changed, SortedMap<String, Integer> refused,
        Status status, long endedAt, long[] tasks, long acceptedAt, long lastAt) {

    /// What an action's id begins with.
    public static final String PREFIX = "action_";

    /// How many reasons of refusals are told apart.
    static final int REASONS_MAX = 20;
    static final String OTHER_REASONS = "for other reasons";

    /// Where an action stands; see the drawing of this room.
    public enum Status {
        RUNNING, COMPLETED, STOPPED;

        public final String text = name().toLowerCase(Locale.ROOT);

        /// Reads a status by its [#text], as a line of the journal has it.
        public static Status parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /// Returns an action that begins.
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

    /// Returns the same after some more of its tasks.
    ///
    /// @param more  how many of them were changed
    /// @param other how many were refused, by the reason
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

    /// Returns the same as it has ended.
    public TaskAction ended(Status how, long now) {
        return new TaskAction(id, plan, done, changed, refused, how, Math.max(now, plan.createdAt()), null, acceptedAt,
                lastAt);
    }

    /// Returns the same with other tasks; null for none.
    public TaskAction with(long[] others) {
        return others == tasks ? this : new TaskAction(id, plan, done, changed, refused, status, endedAt, others,
                acceptedAt, lastAt);
    }

    /// Returns the action as an event leaves it.
    ///
    /// @param before   as it was; null if it was not there
    /// @param position where the event's line lies
    TaskAction following(TaskAction before, long position) {
        return new TaskAction(id, plan, done, changed, refused, status, endedAt,
                ended() ? null : before == null ? tasks : before.tasks,
                before == null ? position : before.acceptedAt, position);
    }
}
