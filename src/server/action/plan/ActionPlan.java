package server.action.plan;

import java.util.Map;

import shared.TaskStatus;

/// What an action was asked to do, and to which tasks.
///
/// @param priority  of [ActionKind#PRIORITY], the new one; null for the other kinds
/// @param filter    the filter as its user gave it, a JSON object on one line
/// @param client    whose tasks alone it may touch; null for everybody's
/// @param pendingMax how many tasks of each client may be pending by whoever asks, which [ActionKind#RETRY] heeds
/// @param asOf      the sequence number of the last event that counted when its tasks were chosen
/// @param matched   how many tasks matched then, by their status; without those of which there were none
/// @param createdAt milliseconds since the epoch
/// @param changes   of [ActionKind#RETRY], what is to be otherwise; null: nothing
public record ActionPlan(ActionKind kind, Integer priority, String filter, String client, int pendingMax,
        long asOf, Map<TaskStatus, Integer> matched, long createdAt, Changes changes) {

    /// Of tasks that stay as they are.
    public ActionPlan(ActionKind kind, Integer priority, String filter, String client, int pendingMax, long asOf,
            Map<TaskStatus, Integer> matched, long createdAt) {
        this(kind, priority, filter, client, pendingMax, asOf, matched, createdAt, null);
    }

    /// The longest filter, in bytes: it stands in each line of the journal about the action.
    public static final int FILTER_MAX = 4_096;

    /// Returns how many tasks matched.
    public int total() {
        return matched.values().stream().mapToInt(Integer::intValue).sum();
    }
}
