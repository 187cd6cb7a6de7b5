package server.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.dispatch.Backend.Refused;
import server.executor.Outcome;
import server.order.RunnerKey;

/// The models that one host refuses for a reason of its own or its account's (an expired key, no credit, a quota), or
/// for which it is busy. Such a model is left alone in doubling steps up to a maximum, or for as long as the host asks,
/// with one try at the end of each step. Guarded by its host.
final class RefusedModels {

    static final long PAUSE_MAX_MS = 60_000;
    /// Some hosts answer to every name: the oldest entries are dropped.
    private static final int MODELS_MAX = 1_000;

    private final long pauseMax;
    private final Map<String, Pair> pairs = new LinkedHashMap<>();
    /// When a refused model worked again.
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

    /// @param pauseMax the longest pause that the host does not request, in milliseconds
    RefusedModels(long pauseMax) {
        this.pauseMax = pauseMax;
    }

    /// Returns whether the host refuses no model.
    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /// Returns whether a task of this model may be sent now.
    boolean allows(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null || pair.circuit.allows(now);
    }

    /// Returns why the model is refused; null if it is not.
    String error(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? null : pair.refusal.message();
    }

    /// Returns with what the model was refused, and how long it is left alone from now on; null if it is not refused.
    Outcome.Failed refusal(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? null : new Outcome.Failed(pair.refusal.cause(), pair.refusal.message(),
                Duration.ofMillis(Math.max(0, pair.circuit.pauseEnd(now) - now)), pair.refusal.answer());
    }

    /// Notes that a task of this model is being sent.
    void sent(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        if (pair != null) {
            pair.circuit.sent();
        }
    }

    /// Returns whether a task of this model that was sent then is the one try at the end of a pause.
    boolean isTry(String model, long sentAt) {
        Pair pair = pairs.isEmpty() ? null : pairs.get(RunnerKey.plain(model));
        return pair != null && pair.circuit.isTry(sentAt);
    }

    /// Notes that a try did not show whether the model is still refused.
    void unknown(String model) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        if (pair != null) {
            pair.circuit.unknown();
        }
    }

    /// Records that the host refuses a model.
    ///
    /// @param retryAfterMs the pause that it requested; 0: none
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

    /// Notes that the host answered a task of this model. The task may have been sent before the refusal, so a pause
    /// continues.
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

    /// Notes that the host accepted a task of this model, which ends all pauses.
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

    /// Returns whether the model was refused and has worked again after this moment.
    boolean recoveredSince(String model, long at) {
        return recovered.getOrDefault(RunnerKey.plain(model), 0L) > at;
    }

    /// Returns whether a model other than this refused one has been refused for the same since a moment.
    boolean anotherSince(String model, long at) {
        String name = RunnerKey.plain(model);
        String same = pairs.get(name).refusal.inShort();
        return pairs.entrySet().stream().anyMatch(pair -> !pair.getKey().equals(name) && pair.getValue().since > at
                && pair.getValue().refusal.inShort().equals(same));
    }

    /// Returns when a model may be tried again, milliseconds since the epoch; 0: now, or when its one try has ended.
    long pauseEnd(String model, long now) {
        Pair pair = pairs.get(RunnerKey.plain(model));
        return pair == null ? 0 : pair.circuit.pauseEnd(now);
    }

    /// Returns when the next of them may be tried again, milliseconds since the epoch; Long.MAX_VALUE: none waits for
    /// that.
    long nextTry(long now) {
        long next = Long.MAX_VALUE;
        for (Pair pair : pairs.values()) {
            long end = pair.circuit.pauseEnd(now);
            next = end == 0 ? next : Math.min(next, end);
        }
        return next;
    }

    /// Returns the names of the models that may not be asked for now, without `:latest`.
    List<String> notNow(long now) {
        if (pairs.isEmpty()) {
            return List.of();
        }
        return pairs.entrySet().stream().filter(pair -> !pair.getValue().circuit.allows(now)).map(Map.Entry::getKey)
                .toList();
    }

    /// Returns all of them, for people.
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
