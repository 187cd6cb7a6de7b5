package server.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import server.executor.Outcome;
import server.executor.Outcome.Cause;

/// By task: the answers of hosts that do not end the task but send it to another host. Kept in memory until the task
/// has ended; after a restart the hosts are asked again. For any thread.
final class Asked {

    private final Map<Long, Refusals> byTask = new ConcurrentHashMap<>();

    /// @param at milliseconds since the epoch
    private record LastRefusal(Outcome.Failed failure, long at) {
    }

    /// Immutable.
    ///
    /// @param without the hosts to which the task need not be sent again
    private record Refusals(Map<String, LastRefusal> byHost, Set<String> without) {

        static final Refusals NONE = new Refusals(Map.of(), Set.of());

        Refusals with(String host, LastRefusal refusal) {
            Map<String, LastRefusal> more = new LinkedHashMap<>(byHost);
            more.put(host, refusal);
            Set<String> lacking = new LinkedHashSet<>();
            more.forEach((name, said) -> {
                if (said.failure.cause() != Cause.ACCOUNT) {
                    lacking.add(name);
                }
            });
            return new Refusals(more, lacking);
        }
    }

    /// The hosts that lack the task's model, or whose front rejects such a request.
    Set<String> without(long task) {
        return byTask.getOrDefault(task, Refusals.NONE).without;
    }

    /// Records a host's answer.
    void refused(long task, String host, Outcome.Failed failure, long now) {
        byTask.compute(task, (id, before) -> (before == null ? Refusals.NONE : before)
                .with(host, new LastRefusal(failure, now)));
    }

    /// Returns when this host last refused the task, in milliseconds since the epoch; 0: never.
    long refusedAt(long task, String host) {
        LastRefusal refusal = byTask.getOrDefault(task, Refusals.NONE).byHost.get(host);
        return refusal == null ? 0 : refusal.at;
    }

    /// Returns whether a host lacks the task's model.
    boolean anyLacksModel(long task) {
        return byTask.getOrDefault(task, Refusals.NONE).byHost.values().stream()
                .anyMatch(refusal -> refusal.failure.cause() == Cause.MODEL_MISSING);
    }

    /// Returns why no host accepts the task, after all were asked.
    String verdict(long task, String model) {
        Refusals answers = byTask.getOrDefault(task, Refusals.NONE);
        List<String> reasons = new ArrayList<>();
        boolean missing = true;
        for (String host : answers.without) {
            Outcome.Failed failure = answers.byHost.get(host).failure;
            missing &= failure.cause() == Cause.MODEL_MISSING;
            reasons.add(failure.message());
        }
        return missing
                ? "model '" + model + "' not found on any host (asked: " + String.join(", ", answers.without) + ")"
                : String.join("; ", reasons);
    }

    void forget(long task) {
        byTask.remove(task);
    }
}
