package server.task;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import server.settings.Setting;
import server.settings.Settings;
import shared.Problem;

/// What a submit may specify about how its task runs. Durations are milliseconds, times milliseconds since the epoch.
///
/// @param scheduledAt   the task does not start before this time; 0: at once
/// @param expiresAt     a task that is still pending then fails; 0: never
/// @param timeout       the longest duration of an attempt
/// @param maxRetries    how many failed attempts are retried; 0: none
/// @param initialDelay  the first backoff's upper bound
/// @param maxDelay      every backoff's upper bound
/// @param backoffFactor the factor by which the bound grows from one retry to the next, at least 1
/// @param remote        whether an endpoint must run it
/// @param on            the name of the one host that may run it; null: any
/// @param waitForModel  whether it waits, instead of failing, while no host has its model
/// @param firstByteTimeout the longest wait for the beginning of an attempt's answer; 0: as the server's settings say
/// @param caller        who asked for it, and by which API
/// @param runner        the options for which Ollama starts another runner, read from the payload; null: it has no
///                      options at all
/// @param placing       what it asks about its place in the order
public record Terms(long scheduledAt, long expiresAt, long timeout, int maxRetries, long initialDelay, long maxDelay,
        double backoffFactor, boolean remote, String on, boolean waitForModel, long firstByteTimeout,
        Caller caller, RunnerOptions runner, Placing placing) {

    private static final Setting<Duration> TIMEOUT = Setting.duration("task.timeout", "1ms", "30d").byDefault("30m")
            .live().alsoNamed("OLLAMA_TIMEOUT", "ollama_timeout")
            .says("longest time of an attempt, unless the task sets its own");
    private static final Setting<Integer> MAX_RETRIES = Setting.integer("retry.max_retries", 0, 100).byDefault("3")
            .live().alsoNamed("RETRY_MAX_RETRIES", "retry_config.max_retries")
            .says("how many times to retry a failed attempt, unless the task sets its own number");
    private static final Setting<Duration> INITIAL_DELAY = Setting.duration("retry.initial_delay", "0s", "30d")
            .byDefault("1s").live().alsoNamed("RETRY_INITIAL_DELAY", "retry_config.initial_delay")
            .says("longest pause before the first retry");
    private static final Setting<Duration> MAX_DELAY = Setting.duration("retry.max_delay", "0s", "30d")
            .byDefault("30s").live().alsoNamed("RETRY_MAX_DELAY", "retry_config.max_delay")
            .says("longest pause before any retry");
    private static final Setting<Double> BACKOFF_FACTOR = Setting.number("retry.backoff_factor", 1, 100)
            .byDefault("2").live().alsoNamed("RETRY_BACKOFF_FACTOR", "retry_config.backoff_factor")
            .says("factor by which the pause grows from one retry to the next");
    public static final List<Setting<?>> SETTINGS = List.of(TIMEOUT, MAX_RETRIES, INITIAL_DELAY, MAX_DELAY,
            BACKOFF_FACTOR, SubmissionReader.DEFAULT_MODEL, SubmissionReader.TASK_METADATA_BYTES,
            SubmissionReader.JSON_DEPTH);

    /// The terms that a journal line omits. They are part of the journal's format, so they stay the same even if the
    /// settings' defaults change. All tasks with these terms share this instance.
    public static final Terms DEFAULT = new Terms(0, 0, 30 * 60_000, 3, 1_000, 30_000, 2, false, null, false);

    /// Makes the terms of a submit that sets none.
    ///
    /// @throws Problem if the settings contradict each other
    public static Terms of(Settings settings) {
        if (settings.get(MAX_DELAY).compareTo(settings.get(INITIAL_DELAY)) < 0) {
            // the message has the place of the setting that was given
            throw settings.isGiven(MAX_DELAY)
                    ? settings.wrong(MAX_DELAY, " must be at least as long as " + settings.told(INITIAL_DELAY))
                    : settings.wrong(INITIAL_DELAY, " must be at most as long as " + settings.told(MAX_DELAY));
        }
        long timeout = settings.get(TIMEOUT).toMillis();
        return new Terms(0, 0, timeout, settings.get(MAX_RETRIES), settings.get(INITIAL_DELAY).toMillis(),
                settings.get(MAX_DELAY).toMillis(), settings.get(BACKOFF_FACTOR), false, null, false,
                settings.isGiven(TIMEOUT) && timeout == DEFAULT.timeout() ? timeout : 0, Caller.NONE, null,
                Placing.NONE);
    }

    /// Makes terms with the server's first-byte timeout and no caller, runner options or placing.
    public Terms(long scheduledAt, long expiresAt, long timeout, int maxRetries, long initialDelay, long maxDelay,
            double backoffFactor, boolean remote, String on, boolean waitForModel) {
        this(scheduledAt, expiresAt, timeout, maxRetries, initialDelay, maxDelay, backoffFactor, remote, on,
                waitForModel, 0, Caller.NONE, null, Placing.NONE);
    }

    /// Returns the same terms for a call by this caller.
    ///
    /// @param host the name of the one host that may run it; null: any
    /// @param expiry when it fails if it is still pending, milliseconds since the epoch; 0: never
    public Terms of(Caller by, String host, long expiry) {
        return new Terms(scheduledAt, expiry, timeout, maxRetries, initialDelay, maxDelay, backoffFactor, remote, host,
                waitForModel, firstByteTimeout, by, runner, placing);
    }

    /// Returns the same terms with another caller.
    Terms of(Caller by) {
        return by == caller ? this : of(by, on, expiresAt);
    }

    /// Returns the same terms with the runner options of a request.
    public Terms with(RunnerOptions next) {
        return next == null && runner == null ? this : new Terms(scheduledAt, expiresAt, timeout, maxRetries,
                initialDelay, maxDelay, backoffFactor, remote, on, waitForModel, firstByteTimeout, caller, next,
                placing);
    }

    /// Returns the same terms with another placing.
    public Terms with(Placing next) {
        return next.equals(placing) ? this : new Terms(scheduledAt, expiresAt, timeout, maxRetries, initialDelay,
                maxDelay, backoffFactor, remote, on, waitForModel, firstByteTimeout, caller, runner, next);
    }

    /// Returns the same terms with the priority that was asked for.
    ///
    /// @param priority null: it was not lowered
    public Terms asked(Integer priority) {
        return with(placing.asked(priority));
    }

    /// Each task's terms are looked up by their hash code, for which these members suffice: the others rarely differ.
    @Override
    public int hashCode() {
        return Objects.hashCode(on) + 31 * (caller.hashCode() + 31 * (placing.hashCode() + 31 * Long.hashCode(
                scheduledAt + 31 * (expiresAt + 31 * timeout))));
    }
}
