package server.executor;

import java.time.Duration;

import shared.json.Slice;

/// How an attempt ended.
public sealed interface Outcome {

    /// @param result Ollama's final object with the pieces put together
    record Completed(Slice result) implements Outcome {
    }

    /// @param message    for people: what happened, and where
    /// @param retryAfter what the host asked for; null if it did not
    record Failed(Cause cause, String message, Duration retryAfter) implements Outcome {

        /// The longest pause that a host is granted; one that asks for more has a wrong clock.
        public static final Duration RETRY_AFTER_MAX = Duration.ofDays(31);

        public Failed {
            if (retryAfter != null && retryAfter.compareTo(RETRY_AFTER_MAX) > 0) {
                retryAfter = RETRY_AFTER_MAX;
            }
        }
    }

    /// Whose fault a failure is decides what happens next.
    enum Cause {
        /// The host could not be connected to. Uses up no attempt.
        UNREACHABLE,
        /// The host answered that it is busy or still loading (503). Uses up no attempt.
        BUSY,
        /// The host does not have the model (404). Another one may.
        MODEL_MISSING,
        /// The host takes fewer requests than it gets (429). May do better later; until then the host is left alone.
        LIMITED,
        /// May do better next time: a lost connection, the idle timeout, 408, 5xx, an error inside the stream.
        PASSING,
        /// Will not do better: another 4xx, 501, a request that is itself wrong, an answer too large.
        FINAL,
        /// The attempt's whole time ran out. Final.
        TIMEOUT
    }
}
