package server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.queue.index.ErrorPattern;
import server.queue.index.FailureCause;
import server.task.Task;

/// The tasks that failed in the last hour and are still failed, by cause. Not safe for several threads.
final class Failures {

    /// The most causes kept apart; all others are counted as one.
    static final int CAUSES_MAX = 100;

    private static final long MINUTE_MS = 60_000;
    private static final int MINUTES = 60;

    private record Key(ErrorPattern cause, String model, String host) {
    }

    private static final class Group {
        final Deque<long[]> minutes = new ArrayDeque<>();
        long count;
        long lastAt;
        long task;
        String error;
    }

    private final Map<Key, Group> groups = new LinkedHashMap<>();

    void add(Task task, long at) {
        forget(at);
        Key key = new Key(ErrorPattern.of(task), task.model(), task.state().host());
        if (!groups.containsKey(key) && groups.size() >= CAUSES_MAX) {
            key = new Key(ErrorPattern.OTHER, null, null);
        }
        Group group = groups.computeIfAbsent(key, absent -> new Group());
        long minute = Math.floorDiv(at, MINUTE_MS);
        if (group.minutes.isEmpty() || group.minutes.getLast()[0] < minute) {
            group.minutes.add(new long[] {minute, 0});
        }
        group.minutes.getLast()[1]++;
        group.count++;
        group.lastAt = at;
        group.task = task.id();
        group.error = task.state().error();
    }

    /// Removes a task that was put back into the queue or deleted: its failure no longer needs attention.
    ///
    /// @param error why it had failed; null if there was no reason
    /// @param host  null if no host had run it
    /// @param at    when it had failed, milliseconds since the epoch
    void remove(String model, String error, String host, long at) {
        Group group = groups.get(new Key(ErrorPattern.of(error), model, host));
        long minute = Math.floorDiv(at, MINUTE_MS);
        if (group == null || group.minutes.isEmpty() || minute < group.minutes.getFirst()[0]) {
            return;
        }
        // the event may belong to the minute after the attempt's end
        long[] counted = group.minutes.stream().filter(one -> one[0] >= minute && one[1] > 0).findFirst().orElse(null);
        if (counted != null) {
            counted[1]--;
            group.count--;
            groups.values().removeIf(one -> one.count == 0);
        }
    }

    /// Returns the causes, the most frequent first.
    List<FailureCause> all(long now) {
        forget(now);
        List<FailureCause> all = new ArrayList<>();
        groups.forEach((key, group) -> all.add(new FailureCause(key.cause, key.model, key.host, group.count,
                group.lastAt, group.task, group.error)));
        all.sort(Comparator.comparingLong(FailureCause::count).reversed());
        return all;
    }

    /// Adds the earlier failures.
    void before(Failures earlier) {
        earlier.groups.forEach((key, group) -> {
            Group later = groups.putIfAbsent(key, group);
            if (later != null) {
                group.minutes.descendingIterator().forEachRemaining(later.minutes::addFirst);
                later.count += group.count;
            }
        });
    }

    private void forget(long now) {
        long first = Math.floorDiv(now, MINUTE_MS) - MINUTES;
        groups.values().forEach(group -> {
            while (!group.minutes.isEmpty() && group.minutes.getFirst()[0] < first) {
                group.count -= group.minutes.removeFirst()[1];
            }
        });
        groups.values().removeIf(group -> group.count == 0);
    }
}
