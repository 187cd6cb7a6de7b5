package server.order;

import java.util.LinkedHashMap;
import java.util.Map;

/// How long attempts usually take, by runner key: a mean in which the last ones count most.
final class Usual {

    private static final int KEYS_MAX = 1000;
    /// What a new attempt counts beside those before.
    private static final double NEW = 0.125;

    private final Map<RunnerKey, Double> means = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RunnerKey, Double> eldest) {
            return size() > KEYS_MAX;
        }
    };

    /// In milliseconds; 0 if it is not known.
    double of(RunnerKey key) {
        Double mean = means.get(key);
        return mean == null ? 0 : mean;
    }

    void takeAll(Usual others) {
        means.putAll(others.means);
    }

    void learn(RunnerKey key, long millis) {
        Double mean = means.get(key);
        means.put(key, mean == null ? millis : mean + NEW * (millis - mean));
    }
}
