package server.simulate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The figures of a run that are compared. Times are milliseconds.
///
/// @param total    from the first task's arrival to the last one's end
/// @param loads    how many times hosts loaded a model
/// @param neverRan how many tasks did not run, by the reason
/// @param all      how long tasks waited for their first attempts
public record Figures(long total, int loads, Map<String, Integer> neverRan, Map<String, Busy> hosts, WaitTimes all,
        Map<Integer, WaitTimes> byPriority, Map<String, WaitTimes> byClient) {

    /// The name shown for tasks without a client.
    static final String NOBODY = "-";

    /// @param loads   how many times it loaded a model
    /// @param busy    how long it ran at least one attempt
    /// @param loading how long it loaded, as a part of that
    public record Busy(int loads, long busy, long loading) {
    }

    public record WaitTimes(int tasks, long p50, long p95, long longest) {

        private static WaitTimes of(List<Ran> first) {
            long[] sorted = first.stream().mapToLong(Ran::waited).sorted().toArray();
            return sorted.length == 0 ? new WaitTimes(0, 0, 0, 0) : new WaitTimes(sorted.length,
                    at(sorted, 0.5), at(sorted, 0.95), sorted[sorted.length - 1]);
        }

        /// Returns the smallest value that is not exceeded by a given share of all, as the server's statistics do.
        private static long at(long[] sorted, double share) {
            return sorted[(int) Math.ceil(share * sorted.length) - 1];
        }
    }

    static Figures of(List<Ran> all, Map<String, Integer> neverRan) {
        long begin = all.stream().mapToLong(ran -> ran.task().createdAt()).min().orElse(0);
        long end = all.stream().mapToLong(Ran::endedAt).max().orElse(0);
        Map<String, Busy> hosts = new TreeMap<>();
        groups(all, Ran::host).forEach((host, attempts) -> hosts.put(host, busy(attempts)));
        List<Ran> first = all.stream().filter(Ran::first).toList();
        return new Figures(end - begin, hosts.values().stream().mapToInt(Busy::loads).sum(), neverRan, hosts,
                WaitTimes.of(first), waits(first, ran -> -ran.task().priority(), priority -> -priority),
                waits(first, ran -> ran.task().terms().caller().client() == null ? NOBODY
                        : ran.task().terms().caller().client(), client -> client));
    }

    private static Busy busy(List<Ran> attempts) {
        long busy = 0;
        long until = Long.MIN_VALUE;
        attempts.sort(Comparator.comparingLong(Ran::startedAt));
        for (Ran ran : attempts) {
            busy += Math.max(0, ran.endedAt() - Math.max(until, ran.startedAt()));
            until = Math.max(until, ran.endedAt());
        }
        return new Busy((int) attempts.stream().filter(ran -> ran.loadMs() > 0).count(), busy,
                attempts.stream().mapToLong(Ran::loadMs).sum());
    }

    /// @param shown returns the form of a sorted key that is shown
    private static <K extends Comparable<K>> Map<K, WaitTimes> waits(List<Ran> first, Function<Ran, K> key,
            Function<K, K> shown) {
        Map<K, WaitTimes> waits = new LinkedHashMap<>();
        groups(first, key).forEach((group, some) -> waits.put(shown.apply(group), WaitTimes.of(some)));
        return waits;
    }

    private static <K extends Comparable<K>> Map<K, List<Ran>> groups(List<Ran> all, Function<Ran, K> key) {
        Map<K, List<Ran>> groups = new TreeMap<>();
        all.forEach(ran -> groups.computeIfAbsent(key.apply(ran), absent -> new ArrayList<>()).add(ran));
        return groups;
    }
}
