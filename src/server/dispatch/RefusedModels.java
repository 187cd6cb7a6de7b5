package server.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.dispatch.Backend.Refused;
import server.executor.Outcome;
import server.order.RunnerKey;

/// The models that one host refuses for a reason which is its own or its account's (an expired key, no credit, a
/// quota), or for which it is busy. Such a model is left alone in doubling steps up to a maximum, or for as long as the
/// host asks, with one try at the end of each step. Guarded by its host.
final class RefusedModels {

    static final long PAUSE_MAX_MS = 60_000;
    /// Some hosts answer to every name: the eldest are forgotten.
    private static final int MODELS_MAX = 1_000;

    private final long pauseMax;
    private final Map<String, Pair> pairs = new LinkedHashMap<>();
    /// When a model that was refused worked again.
    private final Map<String, Long> recovered = new LinkedHashMap<>();

    private static final class Pair {
        final Circuit circuit;
        final long since;
        Outcome.Failed refusal;

        Pair(Circuit circuit, long since) {
            this.circuit = circuit;
            this.since = since;
        }
    }

    /// @param pauseMax the longest pause that the host did not ask for, in milliseconds
    RefusedModels(long pauseMax) {
        this.pauseMax = pauseMax;
    }

    /// Whether the host refuses no model.
    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /// Whether a task of this model may be sent now.
    boolean allows(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null || pair.circuit.allows(now);
    }

    /// Why the model is refused; null if it is not.
    String error(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? null : pair.refusal.message();
    }

    /// With what the model was refused, and how long it is left alone from now on; null if it is not refused.
    Outcome.Failed refusal(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? null : new Outcome.Failed(pair.refusal.cause(), pair.refusal.message(),
                Duration.ofMillis(Math.max(0, pair.circuit.pauseEnd(now) - now)), pair.refusal.answer());
    }

    /// A task of this model is being sent.
    void sent(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        if (pair != null) {
            pair.circuit.sent();
        }
    }

    /// Whether a task of this model that was sent then is the one try at the end of a pause.
    boolean isTry(String model, long sentAt) {
        Pair pair = pairs.isEmpty() ? null : pairs.get(RunnerKey.plain(model));
        return pair != null && pair.circuit.isTry(sentAt);
    }

    /// A try told nothing of whether the model is still refused.
    void unknown(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        if (pair != null) {
            pair.circuit.unknown();
        }
    }

    /// The host refuses a model.
    ///
    /// @param retryAfterMs what it asked for; 0: nothing
    /// @return whether it did not refuse it before
    boolean refuse(String model, Outcome.Failed refusal, long retryAfterMs, long now) {
        String name = RunnerKey.plain(model);
        boolean first = !pairs.containsKey(name);
        Pair pair = pairs.computeIfAbsent(name, absent -> new Pair(new Circuit(pauseMax), now));
        pair.refusal = refusal;
        pair.circuit.busy(now, retryAfterMs);
        bound(pairs);
        return first;
    }

    /// The host answered a task of this model. It may have come before the refusal, so a pause goes on.
    void answered(String model, long now) {
        String name = RunnerKey.plain(model);
        Pair pair = pairs.get(name);
        if (pair != null) {
            pair.circuit.answered(now);
            if (pair.circuit.allows(now)) {
                pairs.remove(name);
            }
        }
    }

    /// The host took a task of this model, which ends all pauses.
    ///
    /// @return whether it refused the model before
    boolean accept(String model, long now) {
        String name = RunnerKey.plain(model);
        if (pairs.isEmpty() || pairs.remove(name) == null) {
            return false;
        }
        recovered.put(name, now);
        bound(recovered);
        return true;
    }

    /// Whether the model was refused and worked again after this moment.
    boolean recoveredSince(String model, long at) {
        return recovered.getOrDefault(RunnerKey.plain(model), 0L) > at;
    }

    /// Whether a model besides this one, which is refused, has been refused for the same since a moment.
    boolean anotherSince(String model, long at) {
        String name = RunnerKey.plain(model);
        String same = pairs.get(name).refusal.inShort();
        return pairs.entrySet().stream().anyMatch(pair -> !pair.getKey().equals(name) && pair.getValue().since > at
                && pair.getValue().refusal.inShort().equals(same));
    }

    /// When a model may be asked for again, milliseconds since the epoch; 0: now, or when its one try has ended.
    long pauseEnd(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? 0 : pair.circuit.pauseEnd(now);
    }

    /// When the next of them may be tried again, milliseconds since the epoch; Long.MAX_VALUE: none waits for that.
    long nextTry(long now) {
        long next = Long.MAX_VALUE;
        for (Pair pair : pairs.values()) {
            long end = pair.circuit.pauseEnd(now);
            next = end == 0 ? next : Math.min(next, end);
        }
        return next;
    }

    /// The names of those that may not be asked for now, without `:latest`.
    List<String> notNow(long now) {
        if (pairs.isEmpty()) {
            return List.of();
        }
        return pairs.entrySet().stream().filter(pair -> !pair.getValue().circuit.allows(now)).map(Map.Entry::getKey)
                .toList();
    }

    /// All of them, for people.
    List<Refused> all(long now) {
        List<Refused> all = new ArrayList<>();
        pairs.forEach((model, pair) -> all.add(new Refused(model, pair.since, pair.circuit.pauseEnd(now),
                pair.refusal.message())));
        return all;
    }

    private static void bound(Map<String, ?> models) {
        if (models.size() > MODELS_MAX) {
            models.remove(models.keySet().iterator().next());
        }
    }
}
