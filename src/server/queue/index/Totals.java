package server.queue.index;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

import server.task.Caller;
import server.task.RunnerOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;

/// Counts the tasks of each status, type, priority, model and client, so that no listing has to.
///
/// Invariants: `groups` has no empty group; `byStatus` is their sum, `callersWaiting` that of their pending relayed
/// calls.
public final class Totals {

    private final Map<Group, Group> groups = new HashMap<>();
    private final long[] byStatus = new long[TaskStatus.values().length];
    private long callersWaiting;

    /// Tasks that differ in nothing a filter counts by, and for which Ollama starts the same runner. Two groups are
    /// equal whatever their counts.
    private static final class Group {
        final TaskStatus status;
        final TaskType type;
        final int priority;
        final String model;
        final String client;
        final RunnerOptions runner;
        final boolean relayed;
        final boolean cut;
        private long count;

        private Group(TaskStatus status, TaskType type, int priority, String model, Terms terms, boolean cut) {
            this.status = status;
            this.type = type;
            this.priority = priority;
            this.model = model;
            client = terms.caller().client();
            relayed = terms.caller().relayed();
            runner = terms.runner();
            this.cut = cut;
        }

        private Group(Task task) {
            this(task.status(), task.type(), task.priority(), task.model(), task.terms(), task.state().cut());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Group that && status == that.status && type == that.type
                    && priority == that.priority && model.equals(that.model) && relayed == that.relayed
                    && cut == that.cut
                    && Objects.equals(client, that.client) && Objects.equals(runner, that.runner);
        }

        @Override
        public int hashCode() {
            int named = (Objects.hashCode(client) * 31 + Objects.hashCode(runner)) * 31 + model.hashCode();
            return ((named * 31 + priority) * 31 + type.ordinal()) * 31
                    + status.ordinal();
        }
    }

    /// The number of tasks with each value of a trait, by the ordinal of their status.
    ///
    /// @param client excludes tasks without a client
    public record Traits(Map<TaskType, long[]> type, Map<String, long[]> model, Map<String, long[]> client,
            Map<Integer, long[]> priority) {
    }

    /// The groups of tasks that are about to be submitted. To sort, count and choose, memory holds about 1.5 KB per
    /// group; further tasks of a group cost little.
    public static final class Variety {
        private final Set<Group> groups = new HashSet<>();

        public Variety() {
        }

        /// Adds the group of a task.
        public void add(Submission asked) {
            groups.add(new Group(TaskStatus.PENDING, asked.type(), asked.priority(), asked.model(), asked.terms(),
                    false));
        }

        /// Adds all groups of another variety.
        public void add(Variety others) {
            groups.addAll(others.groups);
        }
    }

    /// Returns the number of groups.
    public int unlike() {
        return groups.size();
    }

    /// Returns the number of groups that there would be with these.
    public int with(Variety more) {
        int unlike = groups.size();
        for (Group group : more.groups) {
            unlike += groups.containsKey(group) ? 0 : 1;
        }
        return unlike;
    }

    /// Counts a task.
    public void add(Task task) {
        Group group = new Group(task);
        Group known = groups.putIfAbsent(group, group);
        (known == null ? group : known).count++;
        count(group, 1);
    }

    /// Stops counting a task, which must be in the same state as when it was counted.
    public void remove(Task task) {
        Group group = new Group(task);
        Group known = groups.get(group);
        if (--known.count == 0) {
            groups.remove(known);
        }
        count(group, -1);
    }

    private void count(Group group, int by) {
        byStatus[group.status.ordinal()] += by;
        callersWaiting += group.relayed && group.status == TaskStatus.PENDING ? by : 0;
    }

    /// Returns how many relayed calls are pending.
    public long callersWaiting() {
        return callersWaiting;
    }

    /// Returns how many tasks have this status.
    public long of(TaskStatus status) {
        return byStatus[status.ordinal()];
    }

    /// Returns how many tasks have each status.
    public Map<TaskStatus, Long> byStatus() {
        Map<TaskStatus, Long> all = new EnumMap<>(TaskStatus.class);
        for (TaskStatus status : TaskStatus.values()) {
            all.put(status, of(status));
        }
        return all;
    }

    /// Returns how many tasks match; the filter's query, causes, cron tasks, hosts and times are ignored.
    public long of(TaskFilter filter) {
        long total = 0;
        if (filter.isOfStatuses()) {
            for (TaskStatus status : TaskStatus.values()) {
                total += filter.allows(status) ? of(status) : 0;
            }
            return total;
        }
        for (Group group : groups.keySet()) {
            total += passes(filter, group) ? group.count : 0;
        }
        return total;
    }

    /// Returns how many tasks of a status there are, by priority, the highest first.
    public SortedMap<Integer, Long> byPriority(TaskStatus status) {
        return by(group -> group.priority, group -> group.status == status, false);
    }

    /// Returns how many tasks match, by status; here and below, the same parts of the filter are ignored.
    public SortedMap<TaskStatus, Long> byStatus(TaskFilter filter, boolean ascending) {
        return by(group -> group.status, group -> passes(filter, group), ascending);
    }

    /// Returns how many tasks match, by priority.
    public SortedMap<Integer, Long> byPriority(TaskFilter filter, boolean ascending) {
        return by(group -> group.priority, group -> passes(filter, group), ascending);
    }

    /// Returns how many tasks match, by model.
    public SortedMap<String, Long> byModel(TaskFilter filter, boolean ascending) {
        return by(group -> group.model, group -> passes(filter, group), ascending);
    }

    /// Returns how many tasks have each value of each trait.
    public Traits traits() {
        Traits traits = new Traits(new EnumMap<>(TaskType.class), new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (Group group : groups.keySet()) {
            count(traits.type, group.type, group);
            count(traits.model, group.model, group);
            count(traits.priority, group.priority, group);
            if (group.client != null) {
                count(traits.client, group.client, group);
            }
        }
        return traits;
    }

    private static <V> void count(Map<V, long[]> counts, V value, Group group) {
        counts.computeIfAbsent(value, absent -> new long[TaskStatus.values().length])[group.status.ordinal()] +=
                group.count;
    }

    private <V extends Comparable<V>> SortedMap<V, Long> by(Function<Group, V> value, Predicate<Group> wanted,
            boolean ascending) {
        SortedMap<V, Long> counts = new TreeMap<>(
                ascending ? Comparator.<V>naturalOrder() : Comparator.<V>reverseOrder());
        for (Group group : groups.keySet()) {
            if (wanted.test(group)) {
                counts.merge(value.apply(group), group.count, Long::sum);
            }
        }
        return counts;
    }

    /// Returns whether a task matches; the filter's query, causes and cron tasks are ignored.
    public static boolean passes(Task task, TaskFilter filter) {
        Caller caller = task.terms().caller();
        return passes(filter, task.status(), task.type(), task.priority(), task.model(), caller.client(),
                caller.relayed(), task.state().cut())
                && (filter.hosts().isEmpty() || task.state().host() != null
                        && filter.hosts().contains(task.state().host()))
                && filter.times().passes(task);
    }

    private static boolean passes(TaskFilter filter, Group group) {
        return passes(filter, group.status, group.type, group.priority, group.model, group.client, group.relayed,
                group.cut);
    }

    private static boolean passes(TaskFilter filter, TaskStatus status, TaskType type, int priority, String model,
            String client, boolean relayed, boolean cut) {
        return filter.allows(status)
                && (filter.types().isEmpty() || filter.types().contains(type))
                && (filter.priorities().isEmpty() || filter.priorities().contains(priority))
                && (filter.models().isEmpty() || filter.models().contains(model))
                && (filter.clients().isEmpty() || client != null && filter.clients().contains(client))
                && (filter.relayed() == null || filter.relayed() == relayed)
                && (filter.cut() == null || filter.cut() == cut);
    }
}
