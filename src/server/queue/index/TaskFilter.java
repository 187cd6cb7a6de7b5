package server.queue.index;

import java.util.Set;

import shared.TaskStatus;
import shared.TaskType;

/// Which tasks a listing shows; an empty set or a null text matches all.
///
/// @param clients names; a task without a client matches only an empty set
/// @param relayed whether the task came as a call of a host's API; null matches both
/// @param cut     whether its answer ended because it had reached its maximum length; null matches both
/// @param hosts   names of the hosts that run the tasks or ran them last
/// @param times   when they were created and ended
/// @param causes  ids of [ErrorPattern]s; only failed tasks match
/// @param crons ids of the cron tasks that created the tasks
/// @param query text searched for, in any case, in id, model, client, host, cron task's name, error, metadata, prompt
///              and answer, newest first, in at most the last 100,000 tasks
public record TaskFilter(Set<TaskStatus> statuses, Set<TaskType> types, Set<Integer> priorities, Set<String> models,
        Set<String> clients, Boolean relayed, Boolean cut, Set<String> hosts, TaskTimes times,
        Set<Long> causes, Set<Long> crons, String query) {

    public static final TaskFilter ALL = of(Set.of());

    /// Returns a filter for tasks of some statuses; an empty set matches all.
    public static TaskFilter of(Set<TaskStatus> statuses) {
        return new TaskFilter(statuses, Set.of(), Set.of(), Set.of(), Set.of(), null, null, Set.of(), TaskTimes.ALL,
                Set.of(), Set.of(), null);
    }

    /// Returns the same filter with other statuses, priorities and models.
    public TaskFilter with(Set<TaskStatus> otherStatuses, Set<Integer> otherPriorities, Set<String> otherModels) {
        return new TaskFilter(otherStatuses, types, otherPriorities, otherModels, clients, relayed, cut, hosts, times,
                causes, crons, query);
    }

    /// Returns the filter for those of its tasks that have this status; if it excludes the status, no task matches.
    public TaskFilter only(TaskStatus status) {
        // no task's model has an empty name
        return with(Set.of(status), priorities, allows(status) ? models : Set.of(""));
    }

    /// Returns whether tasks of a status may match.
    boolean allows(TaskStatus status) {
        return statuses.isEmpty() || statuses.contains(status);
    }

    /// Returns the same filter for these clients' tasks only.
    public TaskFilter ofClients(Set<String> others) {
        return new TaskFilter(statuses, types, priorities, models, others, relayed, cut, hosts, times, causes, crons,
                query);
    }

    /// Returns the same filter for these cron tasks' tasks only.
    public TaskFilter ofCrons(Set<Long> others) {
        return new TaskFilter(statuses, types, priorities, models, clients, relayed, cut, hosts, times, causes, others,
                query);
    }

    /// Returns the same filter for tasks that match a text.
    public TaskFilter searching(String text) {
        return new TaskFilter(statuses, types, priorities, models, clients, relayed, cut, hosts, times, causes, crons,
                text);
    }

    /// Returns whether a walk in order of arrival that the counts of each chunk shorten finds the matching tasks: the
    /// filter restricts neither text, causes, cron tasks, hosts nor times.
    public boolean isWalked() {
        return crons.isEmpty() && !isSearched() && hosts.isEmpty() && times.isAll();
    }

    /// Returns whether it takes work to find out whether a task matches, which must not be done under a lock.
    public boolean isSearched() {
        return hasQuery() || !causes.isEmpty();
    }

    /// Returns whether it restricts only statuses; its query, causes and cron tasks are ignored.
    boolean isOfStatuses() {
        return types.isEmpty() && priorities.isEmpty() && models.isEmpty() && clients.isEmpty() && relayed == null
                && cut == null && hosts.isEmpty() && times.isAll();
    }

    /// Returns whether a text is searched for.
    public boolean hasQuery() {
        return query != null && !query.isEmpty();
    }
}
