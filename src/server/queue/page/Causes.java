package server.queue.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.queue.index.ErrorPattern;
import server.queue.index.FailureCause;
import server.task.Task;

/// Groups failed tasks by cause, model and host. For one thread.
final class Causes {

    private record Key(ErrorPattern cause, String model, String host) {
    }

    private static final class Group {
        private long count;
        private Task last;
        private long firstAt = Long.MAX_VALUE;
        private final int[] hours = new int[CauseInTime.HOURS];
    }

    private static final long HOUR_MS = 3_600_000;

    private final Map<Key, Group> groups = new HashMap<>();
    private final long now;

    Causes(long now) {
        this.now = now;
    }

    /// Adds a task; ignores one that has not failed.
    void add(Task task) {
        ErrorPattern cause = ErrorPattern.of(task);
        if (cause == null) {
            return;
        }
        Group group = groups.computeIfAbsent(new Key(cause, task.model(), task.state().host()), first -> new Group());
        group.count++;
        long at = task.state().endedAt();
        if (group.last == null || at > group.last.state().endedAt()) {
            group.last = task;
        }
        group.firstAt = Math.min(group.firstAt, at);
        // a task that failed after the request arrived counts as failing now
        long ago = Math.max(0, now - at) / HOUR_MS;
        if (ago < CauseInTime.HOURS) {
            group.hours[CauseInTime.HOURS - 1 - (int) ago]++;
        }
    }

    /// The most frequent first; among equals, the one that occurred last.
    List<CauseInTime> all() {
        List<CauseInTime> all = new ArrayList<>();
        groups.forEach((key, group) -> all.add(new CauseInTime(new FailureCause(key.cause, key.model, key.host,
                group.count, group.last.state().endedAt(), group.last.id(), group.last.state().error()),
                group.firstAt, Arrays.stream(group.hours).boxed().toList())));
        all.sort(Comparator.comparingLong((CauseInTime one) -> one.cause().count())
                .thenComparingLong(one -> one.cause().lastAt()).reversed());
        return all;
    }
}
