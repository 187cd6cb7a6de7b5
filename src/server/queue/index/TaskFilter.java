package server.queue.index;

import java.util.Set;

import shared.TaskStatus;
import shared.TaskType;

/// Which tasks a listing shows; an empty set or null text lets all pass.
///
/// @param clients names; a task without a client passes only an empty set
/// @param relayed whether it came as a call of a host's API; null lets both pass
/// @param cut     whether its answer ended because it had reached its greatest length; null lets both pass
/// @param crons ids of the cron tasks that made them
/// @param query text searched in id, model, cron task's name and prompt (case-insensitive), newest first, in at most
///              the last 100,000
public record TaskFilter(Set<TaskStatus> statuses, Set<TaskType> types, Set<Integer> priorities, Set<String> models,
        Set<String> clients, Boolean relayed, Boolean cut, Set<Long> crons, String query) {

    public static final TaskFilter ALL = new TaskFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), null,
            null, Set.of(), null);

    /// Whether a walk in the order of arrival finds what passes: nothing has to be searched for, or is known already.
    public boolean isWalked() {
        return crons.isEmpty() && !hasQuery();
    }

    /// Whether it asks for nothing but statuses; the query and cron tasks are left aside.
    boolean isOfStatuses() {
        return types.isEmpty() && priorities.isEmpty() && models.isEmpty() && clients.isEmpty() && relayed == null
                && cut == null;
    }

    /// The same, of the pending tasks only.
    public TaskFilter pending() {
        return new TaskFilter(Set.of(TaskStatus.PENDING), types, priorities, models, clients, relayed, cut, crons,
                query);
    }

    /// The same, of one client's tasks only.
    public TaskFilter of(String client) {
        return new TaskFilter(statuses, types, priorities, models, Set.of(client), relayed, cut, crons, query);
    }

    public boolean hasQuery() {
        return query != null && !query.isEmpty();
    }
}
