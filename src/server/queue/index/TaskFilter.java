package server.queue.index;

import java.util.Set;

import shared.TaskStatus;
import shared.TaskType;

/// Which tasks a listing shows; an empty set or null text lets all pass.
///
/// @param clients names; a task without a client passes only an empty set
/// @param relayed whether it came as a call of a host's API; null lets both pass
/// @param cut     whether its answer ended because it had reached its greatest length; null lets both pass
/// @param hosts   names of the hosts that ran them, or run them
/// @param times   when they were created and ended
/// @param causes  ids of [ErrorPattern]s; what passes has failed
/// @param crons ids of the cron tasks that made them
/// @param query text searched, in any case, in id, model, client, host, cron task's name, error, metadata, prompt and
///              answer, newest first, in at most the last 100,000
public record TaskFilter(Set<TaskStatus> statuses, Set<TaskType> types, Set<Integer> priorities, Set<String> models,
        Set<String> clients, Boolean relayed, Boolean cut, Set<String> hosts, TaskTimes times,
        Set<Long> causes, Set<Long> crons, String query) {

    public static final TaskFilter ALL = of(Set.of());

    /// Returns the tasks of some statuses; an empty set lets all pass.
    public static TaskFilter of(Set<TaskStatus> statuses) {
        return new TaskFilter(statuses, Set.of(), Set.of(), Set.of(), Set.of(), null, null, Set.of(), TaskTimes.ALL,
                Set.of(), Set.of(), null);
    }

    /// Returns the same with other statuses, priorities and models.
    public TaskFilter with(Set<TaskStatus> otherStatuses, Set<Integer> otherPriorities, Set<String> otherModels) {
        return new TaskFilter(otherStatuses, types, otherPriorities, otherModels, clients, relayed, cut, hosts, times,
                causes, crons, query);
    }

    /// Returns the same with other statuses.
    public TaskFilter with(Set<TaskStatus> otherStatuses) {
        return with(otherStatuses, priorities, models);
    }

    /// Returns the same of these clients' tasks alone.
    public TaskFilter ofClients(Set<String> others) {
        return new TaskFilter(statuses, types, priorities, models, others, relayed, cut, hosts, times, causes, crons,
                query);
    }

    /// Returns the same of these cron tasks' tasks alone.
    public TaskFilter ofCrons(Set<Long> others) {
        return new TaskFilter(statuses, types, priorities, models, clients, relayed, cut, hosts, times, causes, others,
                query);
    }

    /// Returns the same of tasks that match a text.
    public TaskFilter searching(String text) {
        return new TaskFilter(statuses, types, priorities, models, clients, relayed, cut, hosts, times, causes, crons,
                text);
    }

    /// Returns whether a walk in the order of arrival finds what passes: nothing has to be searched for, or is known
    /// already.
    public boolean isWalked() {
        return crons.isEmpty() && !isSearched() && hosts.isEmpty() && times.isAll();
    }

    /// Returns whether it takes work to find out whether a task passes, which is not to be done under a lock.
    public boolean isSearched() {
        return hasQuery() || !causes.isEmpty();
    }

    /// Whether it asks for nothing but statuses; the query, causes and cron tasks are left aside.
    boolean isOfStatuses() {
        return types.isEmpty() && priorities.isEmpty() && models.isEmpty() && clients.isEmpty() && relayed == null
                && cut == null && hosts.isEmpty() && times.isAll();
    }

    /// Returns whether a text is searched for.
    public boolean hasQuery() {
        return query != null && !query.isEmpty();
    }
}
