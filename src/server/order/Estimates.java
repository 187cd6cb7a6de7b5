package server.order;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;

import server.task.Task;
import server.task.TaskState;

/// How long the last completed attempts of each model took, without their loads, and how many tokens they wrote, on
/// each host and in total; and how long its loads took.
///
/// Models and hosts are forgotten by when they last ran, never by who asks: so the estimates follow from the events
/// alone, and a replay produces the same.
public final class Estimates {

    /// The number of models that are remembered, those that ran last; and the number of hosts of each.
    static final int MODELS_MAX = 200;
    static final int HOSTS_MAX = 32;
    /// The weight of a new attempt in the mean.
    private static final double NEW = 0.125;

    private final LinkedHashMap<String, Model> models = new LinkedHashMap<>();
    /// Negative if it must be computed.
    private long longest;
    /// The model to which `longest` belongs; null if that is not known.
    private Model slowest;

    /// The durations of attempts, in milliseconds.
    ///
    /// @param median half of them took no longer
    /// @param p90    nine in ten took no longer
    /// @param count  how many were measured
    public record Estimate(long median, long p90, int count) {
    }

    /// The time left of an attempt, in milliseconds.
    ///
    /// @param mean      on average
    /// @param deviation the standard deviation
    /// @param low       one in ten ends earlier
    /// @param high      nine in ten end earlier
    public record Left(double mean, double deviation, double low, double high) {

        /// Computes it from the time that each of several attempts had left.
        static Left of(double[] left) {
            Arrays.sort(left);
            double mean = Arrays.stream(left).average().orElseThrow();
            double square = Arrays.stream(left).map(each -> (each - mean) * (each - mean)).average().orElseThrow();
            return new Left(mean, Math.sqrt(square), left[(left.length - 1) / 10],
                    left[(9 * left.length + 9) / 10 - 1]);
        }

        Left after(double millis) {
            return new Left(mean + millis, deviation, low + millis, high + millis);
        }

        /// It may end at any time until then.
        static Left upTo(double most) {
            return new Left(most / 2, most / 4, 0, most);
        }
    }

    private static final class Model {
        final LinkedHashMap<String, Sample> hosts = new LinkedHashMap<>();
        Sample all = new Sample();
        /// In milliseconds; the most recent attempts count most.
        double mean;
        /// The duration of a load, likewise; 0: not known.
        double load;
    }

    /// Counts a completed attempt.
    ///
    /// @param millis how long it took, without the load for which it waited
    /// @param tokens how many it wrote; below 0: not known
    public void ran(String model, String host, long millis, long tokens) {
        String plain = RunnerKey.plain(model);
        long took = Math.max(0, millis);
        Model of = models.get(plain);
        of = of == null ? new Model() : of;
        models.putLast(plain, of);
        if (models.size() > MODELS_MAX && models.pollFirstEntry().getValue() == slowest) {
            longest = -1;
        }
        of.mean = of.all.count() == 0 ? took : of.mean + NEW * (took - of.mean);
        of.all.add(took, tokens);
        Sample there = of.hosts.get(host);
        there = there == null ? new Sample() : there;
        there.add(took, tokens);
        of.hosts.putLast(host, there);
        if (of.hosts.size() > HOSTS_MAX) {
            of.hosts.pollFirstEntry();
        }
        Estimate estimate = of.all.estimate();
        if (estimate != null && longest >= 0 && estimate.p90() >= longest) {
            longest = estimate.p90();
            slowest = of;
        } else if (slowest == of) {
            longest = -1;
        }
    }

    /// Counts the load for which a counted attempt waited, in milliseconds.
    public void loaded(String model, long millis) {
        Model of = models.get(RunnerKey.plain(model));
        of.load = of.load == 0 ? millis : of.load + NEW * (millis - of.load);
    }

    /// Returns when the load with which a running task began is probably over, in milliseconds since the epoch; 0 if
    /// its host did not need to load.
    public long loadedAt(Task running) {
        TaskState.Running run = (TaskState.Running) running.state();
        Model of = run.chosen() != null && run.chosen().loads() ? models.get(RunnerKey.plain(running.model())) : null;
        return of == null ? 0 : run.startedAt() + (long) of.load;
    }

    /// Returns the time left of a running task's attempt; null if there is not enough data.
    ///
    /// @param so       what it has written so far; nothing while its host loads
    /// @param loadedAt when the load for which it waits is probably over; 0: it waits for none
    public Left left(Task running, Written so, long loadedAt, long now) {
        long loaded = so.tokens() > 0 ? Math.min(loadedAt, now) : loadedAt;
        long began = Math.max(running.state().startedAt(), loaded);
        Left left = left(running.model(), running.state().host(), Math.max(0, now - began), so);
        return left == null ? null : left.after(Math.max(0, began - now));
    }

    /// Returns the usual duration of an attempt of a model, in milliseconds: a mean in which the last attempts count
    /// most; 0 if none has completed yet.
    double usual(String model) {
        Model of = models.get(RunnerKey.plain(model));
        return of == null ? 0 : of.mean;
    }

    /// Returns how long slower attempts take, for the model for which that is longest, in milliseconds; 0 if nothing is
    /// known.
    public long longest() {
        if (longest < 0) {
            longest = 0;
            for (Model of : models.values()) {
                Estimate estimate = of.all.estimate();
                if (estimate != null && estimate.p90() >= longest) {
                    longest = estimate.p90();
                    slowest = of;
                }
            }
        }
        return longest;
    }

    /// Returns the durations of attempts of a model on any host; null if there is not enough data.
    Estimate of(String model) {
        Model of = models.get(RunnerKey.plain(model));
        return of == null ? null : of.all.estimate();
    }

    /// Returns the durations of attempts of a model on one host; null if there is not enough data.
    Estimate of(String model, String host) {
        Model of = models.get(RunnerKey.plain(model));
        Sample there = of == null ? null : of.hosts.get(host);
        return there == null ? null : there.estimate();
    }

    /// Returns the time left of an attempt, from those that ran longer, or wrote more; null if there is not enough
    /// data.
    ///
    /// @param elapsed how long it has been running; 0: it has not begun
    /// @param so      what it has written so far
    public Left left(String model, String host, long elapsed, Written so) {
        Model of = models.get(RunnerKey.plain(model));
        Sample there = of == null ? null : of.hosts.get(host);
        Sample best = there != null && there.estimate() != null ? there : of == null ? new Sample() : of.all;
        return best.left(elapsed, so);
    }

    /// Copies another instance's data on some models.
    ///
    /// @param plain without `:latest`
    public void take(Estimates others, Collection<String> plain) {
        longest = others.longest();
        for (String name : plain) {
            Model from = others.models.get(name);
            if (from != null) {
                Model model = new Model();
                model.mean = from.mean;
                model.load = from.load;
                model.all = from.all.copy();
                from.hosts.forEach((host, sample) -> model.hosts.put(host, sample.copy()));
                models.put(name, model);
            }
        }
    }
}
