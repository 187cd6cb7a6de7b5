package server.order;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// How long the last completed attempts of each model took, on each host. Sorted only when somebody asks.
public final class Estimates {

    /// How many attempts of a model are remembered for each host.
    static final int KEPT = 200;
    /// How many models are remembered, those that ran last; and how many hosts of each.
    static final int MODELS_MAX = 200;
    static final int HOSTS_MAX = 32;
    /// With fewer attempts there is no ground.
    static final int GROUND = 3;

    private final Map<String, Model> models = newest(MODELS_MAX);
    /// Negative if it has to be found anew.
    private long longest;

    /// What attempts take, in milliseconds.
    ///
    /// @param median half of them took no longer
    /// @param p90    nine of ten took no longer
    /// @param count  how many were measured
    public record Estimate(long median, long p90, int count) {
    }

    private static final class Model {
        final Map<String, Runs> hosts = newest(HOSTS_MAX);
        /// Of all hosts; null if it has to be made anew.
        Estimate all;
    }

    private static final class Runs {
        /// A ring once it is full.
        private int[] millis = new int[8];
        private int count;
        private int next;
        /// Null if it has to be made anew.
        Estimate estimate;

        void add(long took) {
            if (count == millis.length && count < KEPT) {
                millis = Arrays.copyOf(millis, Math.min(KEPT, 2 * count));
            }
            millis[next] = (int) Math.min(Integer.MAX_VALUE, took);
            next = (next + 1) % KEPT;
            count = Math.min(KEPT, count + 1);
            estimate = null;
        }

        int[] all() {
            return Arrays.copyOf(millis, count);
        }
    }

    /// Counts an attempt that was completed.
    ///
    /// @param millis how long it took
    public void ran(String model, String host, long millis) {
        Model of = models.computeIfAbsent(RunnerKey.plain(model), absent -> new Model());
        of.hosts.computeIfAbsent(host, absent -> new Runs()).add(Math.max(0, millis));
        of.all = null;
        longest = -1;
    }

    /// How long the slower attempts take of the model for which that is longest, in milliseconds; 0 if nothing is
    /// known.
    public long longest() {
        if (longest < 0) {
            longest = 0;
            for (Model of : models.values()) {
                Estimate estimate = of(of);
                longest = Math.max(longest, estimate == null ? 0 : estimate.p90);
            }
        }
        return longest;
    }

    /// What an attempt of a model takes, wherever it runs; null if there is no ground to say.
    public Estimate of(String model) {
        Model of = models.get(RunnerKey.plain(model));
        return of == null ? null : of(of);
    }

    private static Estimate of(Model of) {
        if (of.all == null) {
            of.all = estimate(of.hosts.values().stream().flatMapToInt(runs -> Arrays.stream(runs.all())).toArray());
        }
        return of.all.count < GROUND ? null : of.all;
    }

    /// What an attempt of a model takes on a host; null if there is no ground to say.
    public Estimate of(String model, String host) {
        Model of = models.get(RunnerKey.plain(model));
        Runs runs = of == null ? null : of.hosts.get(host);
        if (runs == null) {
            return null;
        }
        if (runs.estimate == null) {
            runs.estimate = estimate(runs.all());
        }
        return runs.estimate.count < GROUND ? null : runs.estimate;
    }

    private static Estimate estimate(int[] millis) {
        Arrays.sort(millis);
        int count = millis.length;
        return new Estimate(millis[(count - 1) / 2], millis[(9 * count + 9) / 10 - 1], count);
    }

    private static <V> Map<String, V> newest(int most) {
        return new LinkedHashMap<>(8, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }
}
