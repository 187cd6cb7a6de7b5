package server.simulate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import server.queue.state.Event;
import server.task.Attempt;

/// The record of a task.
final class Job {

    final Event.Change submitted;
    /// How long its request keeps the model loaded afterwards, in milliseconds; null: it does not say.
    final Long keep;
    /// All attempts up to its last change.
    List<Attempt> attempts = List.of();
    boolean hasEnded;
    /// How long the host loaded for the last attempt, in milliseconds, as the result says; -1: it does not.
    long lastLoad = -1;
    /// How long the task then waited for its retry, in milliseconds, by the attempt's number.
    final Map<Integer, Long> pauses = new HashMap<>(2);

    Job(Event.Change submitted, Long keep) {
        this.submitted = submitted;
        this.keep = keep;
    }

    /// Returns whether the task can be simulated: it has run and has ended.
    boolean isWhole() {
        return hasEnded && !attempts.isEmpty();
    }

    /// Returns how long the host says that it loaded for an attempt, in milliseconds; -1 if that is not known.
    long load(Attempt attempt) {
        return attempt.loadMs() >= 0 || attempt != attempts.getLast() ? attempt.loadMs() : lastLoad;
    }

    /// Returns how long an attempt took without the load, in milliseconds.
    long answering(Attempt attempt) {
        return Math.max(0, attempt.endedAt() - attempt.startedAt() - Math.max(0, load(attempt)));
    }
}
