package server.queue.index;

import java.util.Set;

import shared.TaskStatus;
import shared.TaskType;

/// Which tasks a listing shows; an empty set or null text lets all pass.
///
/// @param crons ids of the cron tasks that made them
/// @param query text searched in id, model, cron task's name and prompt (case-insensitive), newest first, in at most
///              the last 100,000
public record TaskFilter(Set<TaskStatus> statuses, Set<TaskType> types, Set<Integer> priorities, Set<String> models,
        Set<Long> crons, String query) {

    public static final TaskFilter ALL = new TaskFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), null);

    /// Whether a walk in the order of arrival finds what passes: nothing has to be searched for, or is known already.
    public boolean isWalked() {
        return crons.isEmpty() && !hasQuery();
    }

    public boolean hasQuery() {
        return query != null && !query.isEmpty();
    }
}
