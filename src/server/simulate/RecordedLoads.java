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

/// Which attempts made their hosts load, how long that took, and how many models fit, as far as a record tells.
final class RecordedLoads {

    /// Of a model's usual load on a host, from this part on it is one.
    private static final int PART = 4;

    /// An attempt whose host told how long it loaded.
    private record Told(Attempt attempt, String model, long load) {
        boolean mayBeLoad() {
            return load > Residency.WARM_MAX_MS;
        }
    }

    private final Map<Attempt, Long> loads = new IdentityHashMap<>();
    private final Map<String, Integer> fits = new TreeMap<>();
    /// By host and model: how long each load took.
    private final Map<String, Map<String, List<Long>>> times = new HashMap<>();

    /// @param jobs that are whole
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
            // Ollama takes some time even for a model that is there; what imitates it takes none
            boolean loads = all.stream().anyMatch(told -> told.load > 0);
            fits.put(host, loads ? look(all, times.computeIfAbsent(host, absent -> new HashMap<>())) : 0);
        });
    }

    /// How many models fit on each host that ran any; 0 where it does not tell of loads.
    Map<String, Integer> fits() {
        return fits;
    }

    /// How long a host loaded for an attempt, in milliseconds; 0 if the model was there, or it waited for the load of
    /// another one.
    long of(Attempt attempt) {
        return loads.getOrDefault(attempt, 0L);
    }

    /// What a load takes on average, in milliseconds; where that is not on record as on other hosts, or as of other
    /// models.
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

    /// Looks at the attempts of a host in the order of their starts.
    ///
    /// @return how many models fit
    private int look(List<Told> all, Map<String, List<Long>> took) {
        Map<String, List<Long>> maybe = new HashMap<>();
        all.stream().filter(Told::mayBeLoad).forEach(told ->
                maybe.computeIfAbsent(told.model, absent -> new ArrayList<>()).add(told.load));
        maybe.values().forEach(each -> each.sort(null));
        Map<String, Long> busyUntil = new HashMap<>();
        // the models, those used last at the end
        List<String> used = new ArrayList<>();
        int most = 1;
        for (Told told : all) {
            List<Long> sorted = maybe.getOrDefault(told.model, List.of());
            boolean waited = told.mayBeLoad() && told.load > sorted.get(sorted.size() * 3 / 4) / PART;
            if (!waited && used.contains(told.model)) {
                // it was still there, and so were those that were used since
                most = Math.max(most, used.size() - used.indexOf(told.model));
            }
            // what came while another one of its model ran waited for that one's load
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
