package server.simulate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import server.order.Residency;
import server.order.RunnerKey;
import server.task.Attempt;

/// Finds, as far as the recording allows, which attempts made their hosts load a model, how long that took, and how
/// many models fit.
final class RecordedLoads {

    /// A wait longer than the usual load of a model on a host divided by this counts as a load.
    private static final int PART = 4;

    /// An attempt whose host reported how long it loaded.
    private record Told(Attempt attempt, String model, long load) {
        boolean mayBeLoad() {
            return load > Residency.WARM_MAX_MS;
        }
    }

    private final Map<Attempt, Long> loads = new IdentityHashMap<>();
    private final Map<String, Integer> fits = new TreeMap<>();
    /// How long each load took, by host and model.
    private final Map<String, Map<String, List<Long>>> times = new HashMap<>();

    /// @param jobs each of them is whole
    RecordedLoads(List<Job> jobs) {
        Map<String, List<Told>> byHost = new HashMap<>();
        for (Job job : jobs) {
            String model = RunnerKey.plain(job.submitted.task().model());
            for (Attempt attempt : job.attempts) {
                fits.putIfAbsent(attempt.host(), 0);
                if (job.load(attempt) >= 0) {
                    byHost.computeIfAbsent(attempt.host(), absent -> new ArrayList<>())
                            .add(new Told(attempt, model, job.load(attempt)));
                }
            }
        }
        byHost.forEach((host, all) -> {
            all.sort(Comparator.comparingLong(told -> told.attempt.startedAt()));
            // Ollama reports some time even for a loaded model; a host that imitates it reports none
            boolean loads = all.stream().anyMatch(told -> told.load > 0);
            fits.put(host, loads ? look(all, times.computeIfAbsent(host, absent -> new HashMap<>())) : 0);
        });
    }

    /// Returns how many models fit on each host that ran any, by the host's name; 0 for a host that reports no loads.
    Map<String, Integer> fits() {
        return fits;
    }

    /// Returns how long a host loaded for an attempt, in milliseconds; 0 if the model was loaded already, or the
    /// attempt waited for another one's load.
    long of(Attempt attempt) {
        return loads.getOrDefault(attempt, 0L);
    }

    /// Returns the average time of a load, in milliseconds; if no such load was recorded on this host, that of the
    /// model on other hosts or, failing that, of all models.
    long usual(String host, String name) {
        String model = RunnerKey.plain(name);
        List<Long> here = times.getOrDefault(host, Map.of()).getOrDefault(model, List.of());
        LongStream known = !here.isEmpty() ? here.stream().mapToLong(Long::longValue)
                : times.values().stream().anyMatch(models -> models.containsKey(model))
                ? all().filter(one -> one.getKey().equals(model)).flatMapToLong(RecordedLoads::millis)
                : all().flatMapToLong(RecordedLoads::millis);
        return Math.round(known.average().orElse(0));
    }

    private Stream<Map.Entry<String, List<Long>>> all() {
        return times.values().stream().flatMap(models -> models.entrySet().stream());
    }

    private static LongStream millis(Map.Entry<String, List<Long>> model) {
        return model.getValue().stream().mapToLong(Long::longValue);
    }

    /// Examines the attempts of a host in the order of their starts.
    ///
    /// @return how many models fit
    private int look(List<Told> all, Map<String, List<Long>> took) {
        Map<String, List<Long>> maybe = new HashMap<>();
        all.stream().filter(Told::mayBeLoad).forEach(told ->
                maybe.computeIfAbsent(told.model, absent -> new ArrayList<>()).add(told.load));
        maybe.values().forEach(each -> each.sort(null));
        Map<String, Long> busyUntil = new HashMap<>();
        // the models, the most recently used one last
        List<String> used = new ArrayList<>();
        int most = 1;
        for (Told told : all) {
            List<Long> sorted = maybe.getOrDefault(told.model, List.of());
            boolean waited = told.mayBeLoad() && told.load > sorted.get(sorted.size() * 3 / 4) / PART;
            if (!waited && used.contains(told.model)) {
                // it was still loaded, and so were those that were used since
                most = Math.max(most, used.size() - used.indexOf(told.model));
            }
            // an attempt that began while another one of its model ran waited for that one's load
            if (waited && told.attempt.startedAt() >= busyUntil.getOrDefault(told.model, 0L)) {
                loads.put(told.attempt, told.load);
                took.computeIfAbsent(told.model, absent -> new ArrayList<>()).add(told.load);
            }
            busyUntil.merge(told.model, told.attempt.endedAt(), Math::max);
            used.remove(told.model);
            used.add(told.model);
        }
        return most;
    }
}
