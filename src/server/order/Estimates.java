package server.order;

import java.util.Arrays;
import java.util.Collection;
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
    /// By how much an attempt may be longer than all before, besides half of that, until it is out of the ordinary.
    private static final long SLACK_MS = 1_000;

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

    /// What is left of an attempt, in milliseconds.
    ///
    /// @param mean      on average
    /// @param deviation the standard deviation from it
    /// @param low       one of ten ends earlier
    /// @param high      nine of ten end earlier
    public record Left(double mean, double deviation, double low, double high) {
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

        Runs copy() {
            Runs copy = new Runs();
            copy.millis = millis.clone();
            copy.count = count;
            copy.next = next;
            return copy;
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

    /// What is left of an attempt that has lasted so long, by those which lasted longer; null if there is no ground to
    /// say. Of one that lasts longer than all before, some more time.
    ///
    /// @param elapsed 0: it has not begun
    public Left left(String model, String host, long elapsed) {
        Model of = models.get(RunnerKey.plain(model));
        if (of == null) {
            return null;
        }
        Runs there = of.hosts.get(host);
        int[] all = there != null && there.count >= GROUND ? there.all()
                : of.hosts.values().stream().flatMapToInt(runs -> Arrays.stream(runs.all())).toArray();
        if (all.length < GROUND) {
            return null;
        }
        double[] left = Arrays.stream(all).filter(took -> took > elapsed).mapToDouble(took -> took - elapsed).sorted()
                .toArray();
        if (left.length == 0) {
            int most = Arrays.stream(all).max().orElseThrow();
            return elapsed > most + most / 2 + SLACK_MS ? null : new Left(most / 4.0, most / 8.0, 0, most / 2.0);
        }
        double mean = Arrays.stream(left).average().orElseThrow();
        double square = Arrays.stream(left).map(each -> (each - mean) * (each - mean)).average().orElseThrow();
        return new Left(mean, Math.sqrt(square), left[(left.length - 1) / 10], left[(9 * left.length + 9) / 10 - 1]);
    }

    /// Takes over what another one knows of some models.
    ///
    /// @param plain without `:latest`
    public void take(Estimates others, Collection<String> plain) {
        longest = others.longest();
        for (String name : plain) {
            Model from = others.models.get(name);
            if (from != null) {
                Model model = new Model();
                from.hosts.forEach((host, runs) -> model.hosts.put(host, runs.copy()));
                models.put(name, model);
            }
        }
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
