package server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

import server.queue.index.ErrorPattern;
import server.queue.index.FailureCause;
import server.task.Task;

/// The tasks that failed in the last hour and are still failed, by cause. Not safe for several threads.
final class Failures {

    /// The most causes kept apart; all others are counted as one.
    static final int CAUSES_MAX = 100;

    /// The most tasks that are known one by one, the newest ones. An earlier one is counted for its hour, even if it is
    /// put back or deleted.
    static final int KNOWN_MAX = 50_000;

    private static final long MINUTE_MS = 60_000;
    private static final int MINUTES = 60;

    private record Key(ErrorPattern cause, String model, String host) {
    }

    /// How many tasks failed in one minute.
    private static final class Count {
        final long minute;
        long count;

        Count(long minute) {
            this.minute = minute;
        }
    }

    private record Failure(Count counted, long at, long task, String error) {
    }

    private static final class Group {
        final Deque<Count> minutes = new ArrayDeque<>();
        /// By the task's id, in the order of arrival.
        final SequencedMap<Long, Failure> known = new LinkedHashMap<>();
        long count;
        Failure last;
    }

    private final Map<Key, Group> groups = new LinkedHashMap<>();
    /// The keys of the groups of the tasks that are known, by the task's id, in the order of arrival.
    private final SequencedMap<Long, Key> known = new LinkedHashMap<>();
    /// The tasks that were removed before they were known: their failures may be in the earlier record.
    private final Set<Long> early = new HashSet<>();
    /// Whether the earlier record was added.
    private boolean joined;

    void add(Task task, long at) {
        forget(at);
        Key key = new Key(ErrorPattern.of(task), task.model(), task.state().host());
        if (!groups.containsKey(key) && groups.size() >= CAUSES_MAX) {
            key = new Key(ErrorPattern.OTHER, null, null);
        }
        Group group = groups.computeIfAbsent(key, absent -> new Group());
        long minute = Math.floorDiv(at, MINUTE_MS);
        if (group.minutes.isEmpty() || group.minutes.getLast().minute < minute) {
            group.minutes.add(new Count(minute));
        }
        group.minutes.getLast().count++;
        group.count++;
        group.last = new Failure(group.minutes.getLast(), at, task.id(), task.state().error());
        group.known.put(task.id(), group.last);
        known.put(task.id(), key);
        forgetMost();
    }

    /// Removes a task that was put back into the queue or deleted: its failure, if it had failed, no longer needs
    /// attention.
    void remove(long task) {
        Key key = known.remove(task);
        if (key == null) {
            if (!joined && early.size() < KNOWN_MAX) {
                early.add(task);
            }
            return;
        }
        Group group = groups.get(key);
        Failure failure = group.known.remove(task);
        failure.counted.count--;
        group.count--;
        if (group.last == failure && !group.known.isEmpty()) {
            group.last = group.known.lastEntry().getValue();
        }
        if (group.count == 0) {
            groups.remove(key);
        }
    }

    /// Returns the causes, the most frequent first.
    List<FailureCause> all(long now) {
        forget(now);
        List<FailureCause> all = new ArrayList<>();
        groups.forEach((key, group) -> all.add(new FailureCause(key.cause, key.model, key.host, group.count,
                group.last.at, group.last.task, group.last.error)));
        all.sort(Comparator.comparingLong(FailureCause::count).reversed());
        return all;
    }

    /// Adds the earlier failures.
    void before(Failures earlier) {
        joined = true;
        early.forEach(earlier::remove);
        early.clear();
        earlier.groups.forEach((key, group) -> {
            Group later = groups.putIfAbsent(key, group);
            if (later != null) {
                group.minutes.descendingIterator().forEachRemaining(later.minutes::addFirst);
                group.known.reversed().forEach(later.known::putFirst);
                later.count += group.count;
            }
        });
        earlier.known.reversed().forEach(known::putFirst);
        forgetMost();
    }

    private void forgetMost() {
        while (known.size() > KNOWN_MAX) {
            Map.Entry<Long, Key> oldest = known.pollFirstEntry();
            groups.get(oldest.getValue()).known.remove(oldest.getKey());
        }
    }

    private void forget(long now) {
        long first = Math.floorDiv(now, MINUTE_MS) - MINUTES;
        groups.values().forEach(group -> {
            while (!group.minutes.isEmpty() && group.minutes.getFirst().minute < first) {
                group.count -= group.minutes.removeFirst().count;
            }
            while (!group.known.isEmpty() && group.known.firstEntry().getValue().counted.minute < first) {
                known.remove(group.known.pollFirstEntry().getKey());
            }
        });
        groups.values().removeIf(group -> group.count == 0);
    }
}
