package server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import server.task.Task;

/// The tasks that failed in the last hour, by cause. Not safe for several threads.
final class Failures {

    /// So many causes are kept apart; the rest is one.
    static final int CAUSES_MAX = 100;
    static final String OTHER = "other causes";

    private static final long MINUTE = 60_000;
    private static final int MINUTES = 60;
    private static final int CAUSE_MAX = 200;
    /// What differs between two errors of one cause: ids, addresses in memory, numbers.
    private static final Pattern VARIABLE = Pattern.compile(
            "\\b(task|cron)_[0-9a-z]{12}\\b|\\b0x[0-9a-fA-F]+\\b"
            + "|\\b(?=[a-f]*\\d)[0-9a-f]{8,}\\b|(?<![\\w-]|answered )\\d+([.,:]\\d+)*");

    private record Key(String cause, String model, String host) {
    }

    private static final class Group {
        final Deque<long[]> minutes = new ArrayDeque<>();
        long count;
        long lastAt;
        long task;
    }

    private final Map<Key, Group> groups = new LinkedHashMap<>();

    void add(Task task, long at) {
        forget(at);
        Key key = new Key(cause(task.state().error()), task.model(), task.state().host());
        if (!groups.containsKey(key) && groups.size() >= CAUSES_MAX) {
            key = new Key(OTHER, null, null);
        }
        Group group = groups.computeIfAbsent(key, absent -> new Group());
        long minute = Math.floorDiv(at, MINUTE);
        if (group.minutes.isEmpty() || group.minutes.getLast()[0] < minute) {
            group.minutes.add(new long[] {minute, 0});
        }
        group.minutes.getLast()[1]++;
        group.count++;
        group.lastAt = at;
        group.task = task.id();
    }

    /// The most frequent first.
    List<FailureCause> all(long now) {
        forget(now);
        List<FailureCause> all = new ArrayList<>();
        groups.forEach((key, group) -> all.add(new FailureCause(key.cause, key.model, key.host, group.count,
                group.lastAt, group.task)));
        all.sort(Comparator.comparingLong(FailureCause::count).reversed());
        return all;
    }

    private void forget(long now) {
        long first = Math.floorDiv(now, MINUTE) - MINUTES;
        groups.values().forEach(group -> {
            while (!group.minutes.isEmpty() && group.minutes.getFirst()[0] < first) {
                group.count -= group.minutes.removeFirst()[1];
            }
        });
        groups.values().removeIf(group -> group.count == 0);
    }

    /// An error without what differs from one failure to the next.
    static String cause(String error) {
        if (error == null) {
            return "no reason given";
        }
        String line = error.lines().findFirst().orElse("");
        String cause = VARIABLE.matcher(line.length() > 2 * CAUSE_MAX ? line.substring(0, 2 * CAUSE_MAX) : line)
                .replaceAll("…");
        return cause.length() > CAUSE_MAX ? cause.substring(0, CAUSE_MAX) + "…" : cause;
    }
}
