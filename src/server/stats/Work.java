package server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import server.task.Task;
import shared.TaskStatus;

/// The hosts' time that the tasks which ended in the last day used, kept task by task so that it can be summed up by
/// priority, model and client. Not safe for several threads. Times are milliseconds, moments since the epoch.
final class Work {

    /// The most tasks kept, the newest ones.
    static final int MOST = 50_000;
    /// The most values of one kind kept apart; the rest are summed up as one.
    static final int VALUES_MAX = 20;
    static final String OTHER = "others";

    private static final long DAY_MS = 86_400_000;
    /// The most tasks of which the end or the measurement is awaited: two threads report them, in either order.
    private static final int EARLY_MAX = 1_000;

    /// One task, with its last attempt.
    private static final class Done {
        final long at;
        final long waited;
        final long ran;
        final int priority;
        final String model;
        final String client;
        final boolean failed;
        long tokens;
        long loadMillis;

        Done(Task task, long at) {
            this.at = at;
            waited = Math.max(0, task.state().startedAt() - Math.max(task.createdAt(), task.terms().scheduledAt()));
            ran = Math.max(0, task.state().endedAt() - task.state().startedAt());
            priority = task.priority();
            model = task.model();
            client = task.terms().caller().client();
            failed = task.status() == TaskStatus.FAILED;
        }
    }

    private record Measured(long tokens, long loadMillis) {
    }

    private final Deque<Done> all = new ArrayDeque<>();
    private final Map<Long, Done> unmeasured = bounded();
    private final Map<Long, Measured> early = bounded();

    private static <V> Map<Long, V> bounded() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
                return size() > EARLY_MAX;
            }
        };
    }

    /// Adds a task that has run and ended.
    void ended(Task task, long at) {
        Done done = new Done(task, at);
        Measured measured = early.remove(task.id());
        if (measured == null) {
            unmeasured.put(task.id(), done);
        } else {
            done.tokens = measured.tokens;
            done.loadMillis = measured.loadMillis;
        }
        all.add(done);
        while (all.size() > MOST || all.getFirst().at < at - DAY_MS) {
            all.removeFirst();
        }
    }

    /// Records the measurements of a task's answer, before or after the task's end.
    ///
    /// @param loadMillis how long its host loaded the model; 0: not at all
    void measured(long task, long tokens, long loadMillis) {
        Done done = unmeasured.remove(task);
        if (done == null) {
            early.put(task, new Measured(tokens, loadMillis));
        } else {
            done.tokens = tokens;
            done.loadMillis = loadMillis;
        }
    }

    /// Puts the earlier tasks in front.
    void before(Work earlier) {
        earlier.all.descendingIterator().forEachRemaining(done -> {
            if (all.size() < MOST) {
                all.addFirst(done);
            }
        });
    }

    /// Returns the time from which every task is included; 0 if none was left out.
    long since() {
        return all.size() < MOST ? 0 : all.getFirst().at;
    }

    List<WorkOf> byPriority(long since) {
        return by(done -> Integer.toString(done.priority), since);
    }

    List<WorkOf> byModel(long since) {
        return by(done -> done.model, since);
    }

    List<WorkOf> byClient(long since) {
        return by(done -> done.client, since);
    }

    /// Returns the groups, those that used the hosts' time most first.
    private List<WorkOf> by(Function<Done, String> value, long since) {
        Map<String, List<Done>> groups = new HashMap<>();
        for (Done done : all) {
            if (done.at >= since) {
                groups.computeIfAbsent(value.apply(done), first -> new ArrayList<>()).add(done);
            }
        }
        List<Map.Entry<String, List<Done>>> sorted = new ArrayList<>(groups.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, List<Done>> group) -> busy(group.getValue()))
                .reversed());
        List<WorkOf> told = new ArrayList<>();
        List<Done> rest = new ArrayList<>();
        for (Map.Entry<String, List<Done>> group : sorted) {
            if (told.size() < VALUES_MAX) {
                told.add(work(group.getKey(), group.getValue()));
            } else {
                rest.addAll(group.getValue());
            }
        }
        if (!rest.isEmpty()) {
            told.add(work(OTHER, rest));
        }
        return told;
    }

    private static long busy(List<Done> group) {
        return group.stream().mapToLong(done -> done.ran).sum();
    }

    private static WorkOf work(String name, List<Done> group) {
        long[] waits = group.stream().mapToLong(done -> done.waited).sorted().toArray();
        long[] runs = group.stream().mapToLong(done -> done.ran).sorted().toArray();
        return new WorkOf(name, group.size(), group.stream().filter(done -> done.failed).count(), at(waits, 0.5),
                at(waits, 0.95), waits[waits.length - 1], at(runs, 0.5), at(runs, 0.95), Arrays.stream(runs).sum(),
                group.stream().mapToLong(done -> done.tokens).sum(),
                group.stream().filter(done -> done.loadMillis > 0).count(),
                group.stream().mapToLong(done -> done.loadMillis).sum());
    }

    /// Returns the smallest value that is not exceeded by a given share of all.
    private static long at(long[] sorted, double share) {
        return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }
}
