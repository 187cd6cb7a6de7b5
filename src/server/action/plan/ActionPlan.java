package server.action.plan;

import java.util.Map;

import shared.TaskStatus;

/// What an action must do, and to which tasks.
///
/// @param priority   for [ActionKind#PRIORITY], the new priority; null for other kinds
/// @param filter     the filter as the user gave it, a JSON object on one line
/// @param client     the only client whose tasks it may change; null for all
/// @param pendingMax the requester's limit of pending tasks of each client, for [ActionKind#RETRY]
/// @param asOf       the sequence number of the last event that was applied when its tasks were selected
/// @param matched    how many tasks matched then, by status, without statuses that have none
/// @param createdAt  milliseconds since the epoch
/// @param changes    for [ActionKind#RETRY], the changes to the tasks; null for none
public record ActionPlan(ActionKind kind, Integer priority, String filter, String client, int pendingMax,
        long asOf, Map<TaskStatus, Integer> matched, long createdAt, Changes changes) {

    /// Creates a plan that does not change the requests of tasks.
    public ActionPlan(ActionKind kind, Integer priority, String filter, String client, int pendingMax, long asOf,
            Map<TaskStatus, Integer> matched, long createdAt) {
        this(kind, priority, filter, client, pendingMax, asOf, matched, createdAt, null);
    }

    /// The longest filter, in bytes: it is in each line of the journal about the action.
    public static final int FILTER_MAX = 4_096;

    /// Returns how many tasks matched.
    public int total() {
        return matched.values().stream().mapToInt(Integer::intValue).sum();
    }
}
