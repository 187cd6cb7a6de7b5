package server.executor;

import java.time.Duration;
import java.util.Set;

import shared.json.Slice;

/// How an attempt ended.
public sealed interface Outcome {

    /// @param result Ollama's final object with the pieces joined
    record Completed(Slice result) implements Outcome {
    }

    /// @param message    for people: what happened, and where
    /// @param retryAfter the pause that the host requested; null if none
    /// @param answer     the host's answer to a call; null for none
    record Failed(Cause cause, String message, Duration retryAfter, HostAnswer answer) implements Outcome {

        /// Returns the HTTP status that the caller of a call gets.
        public int callStatus() {
            int said = answer == null ? 0 : answer.head().status();
            // a status with another meaning between a program and its own server becomes a bad gateway: a login page, a
            // proxy
            if (said >= 400 && said != 407 && said != 511) {
                return said;
            }
            return switch (cause) {
                case MODEL_MISSING -> 404;
                case TIMEOUT -> 504;
                case UNREACHABLE, BUSY, OWN -> 503;
                case ACCOUNT, FRONT, PASSING, FINAL -> 502;
            };
        }

        /// Returns the failure without the host's own words, which may quote a prompt.
        public String inShort() {
            return answer == null ? "failed the call" : "answered " + answer.head().status();
        }

        /// Returns whether a host refused with one of the statuses by which programs recognise trouble with their key
        /// or account: the caller gets such a status at once.
        public boolean isAccounts() {
            return cause == Cause.ACCOUNT && ACCOUNTS.contains(callStatus());
        }

        /// Makes the failure of an attempt that left no answer for a caller.
        public Failed(Cause cause, String message, Duration retryAfter) {
            this(cause, message, retryAfter, null);
        }

        /// Returns the failure for a request that cannot be made to a host, as its kind knows: nothing was sent to it,
        /// and the caller of a call gets a 400.
        ///
        /// @param message says what would be right
        public static Failed ofRequest(String message) {
            return new Failed(Cause.FINAL, message, null, new HostAnswer(new HostHead(400, null, -1, null, null),
                    null));
        }

        private static final Set<Integer> ACCOUNTS = Set.of(401, 402, 403, 429);

        /// The longest pause that a host is granted; a host that requests more has a wrong clock.
        public static final Duration RETRY_AFTER_MAX = Duration.ofDays(31);

        public Failed {
            if (retryAfter != null && retryAfter.compareTo(RETRY_AFTER_MAX) > 0) {
                retryAfter = RETRY_AFTER_MAX;
            }
        }
    }

    /// Whose fault a failure is; this decides what happens next.
    enum Cause {
        /// The host could not be connected to. Uses up no attempt; after several of these the host is left alone.
        UNREACHABLE,
        /// The host is busy or still loading (503). Uses up no attempt; the host is left alone for a while.
        BUSY,
        /// The host does not have the model. Uses up no attempt; the other hosts are asked, and if none has it the
        /// task fails.
        MODEL_MISSING,
        /// The host refuses this model for a reason of its own or its account's, not the task's: an expired key, no
        /// credit, a quota, a login page. Uses up no attempt; this model is not requested there until a try succeeds.
        /// The task goes elsewhere or waits.
        ACCOUNT,
        /// The front of this host rejects such a request: too large, a lost backend, an older version. Uses up no
        /// attempt; the other hosts are asked, and if none accepts it the task fails.
        FRONT,
        /// This server's own trouble: it has no file descriptors or no memory left. Uses up no attempt; no attempts
        /// begin for a while.
        OWN,
        /// May succeed next time: a lost connection, the idle timeout, 408, 5xx, an error inside the stream. Retried
        /// while the task has retries left.
        PASSING,
        /// Will not succeed: an invalid request, an answer that is too large. The task fails.
        FINAL,
        /// The attempt's time limit has passed. The task fails.
        TIMEOUT
    }
}
