package server.task;

import java.time.Duration;
import java.util.List;

import server.access.ClientName;
import shared.Problem;
import shared.config.Durations;

/// Collects the fields of a submit that say how its task runs.
final class TermsBuilder {

    static final List<String> FIELDS = List.of("scheduled_at", "expires_at", "timeout", "max_retries", "initial_delay",
            "max_delay", "backoff_factor", "remote_execution", "on", "wait_for_model", "first_byte_timeout", "client",
            "endpoint", "window", "finish_by");

    /// Every later line of a task's journal repeats all its attempts, so their number is limited.
    static final int RETRIES_MAX = 100;
    static final long DURATION_MAX = 30 * 86_400_000L;
    static final double FACTOR_MAX = 100;
    static final int HOST_LENGTH_MAX = 255;

    private final Terms defaults;
    private long scheduledAt;
    private long expiresAt;
    private long timeout;
    private int maxRetries;
    private long initialDelay = -1;
    private long maxDelay = -1;
    private double backoffFactor;
    private boolean remote;
    private String on;
    private boolean waitForModel;
    private String client;
    private ApiPath endpoint;
    private String window;
    private long finishBy;
    /// The first-byte timeout that was given; 0 for none.
    private long firstByteGiven;
    private boolean timeoutGiven;
    private boolean changed;

    TermsBuilder(Terms defaults) {
        this.defaults = defaults;
        scheduledAt = defaults.scheduledAt();
        expiresAt = defaults.expiresAt();
        timeout = defaults.timeout();
        maxRetries = defaults.maxRetries();
        backoffFactor = defaults.backoffFactor();
        remote = defaults.remote();
        on = defaults.on();
        waitForModel = defaults.waitForModel();
    }

    /// Reads the value if the member is one of the terms.
    boolean read(String name, FieldReader fields) {
        switch (name) {
            case "scheduled_at" -> scheduledAt = Math.max(0, fields.time());
            case "expires_at" -> expiresAt = expiry(fields.time());
            case "timeout" -> {
                timeout = fields.duration(1, DURATION_MAX);
                timeoutGiven = true;
            }
            case "max_retries" -> maxRetries = fields.integer(0, RETRIES_MAX);
            case "initial_delay" -> initialDelay = fields.duration(0, DURATION_MAX);
            case "max_delay" -> maxDelay = fields.duration(0, DURATION_MAX);
            case "backoff_factor" -> backoffFactor = fields.number(1, FACTOR_MAX);
            case "remote_execution" -> remote = fields.json.bool();
            case "on" -> on = fields.text(HOST_LENGTH_MAX);
            case "wait_for_model" -> waitForModel = fields.json.bool();
            case "first_byte_timeout" -> firstByteGiven = fields.duration(1, DURATION_MAX);
            case "client" -> client = fields.parsed(ClientName::parse);
            case "window" -> window = fields.text(HOST_LENGTH_MAX);
            case "finish_by" -> finishBy = fields.parsed(TermsBuilder::finish);
            case "endpoint" -> endpoint = fields.parsed(ApiPath::parse);
            default -> {
                return false;
            }
        }
        changed = true;
        return true;
    }

    /// @param goZeros whether the submit comes from a Go client that sends every field without a value as zero: then a
    ///                `max_retries` of 0 means the default
    Terms build(boolean goZeros) {
        if (!changed) {
            return defaults;
        }
        if (expiresAt != 0 && expiresAt <= scheduledAt) {
            throw Problem.badRequest("expires_at must be later than scheduled_at");
        }
        if (initialDelay >= 0 && maxDelay >= 0 && initialDelay > maxDelay) {
            throw Problem.badRequest("max_delay must be at least as long as initial_delay");
        }
        // If only one of the two is given, the other's default adapts.
        long initial = initialDelay >= 0 ? initialDelay
                : maxDelay >= 0 ? Math.min(defaults.initialDelay(), maxDelay) : defaults.initialDelay();
        long max = maxDelay >= 0 ? maxDelay : Math.max(defaults.maxDelay(), initial);
        int retries = goZeros && maxRetries == 0 ? defaults.maxRetries() : maxRetries;
        Terms terms = new Terms(scheduledAt, expiresAt, timeout, retries, initial, max, backoffFactor, remote, on,
                waitForModel, firstByteTimeout(),
                client == null && endpoint == null ? Caller.NONE : new Caller(client, endpoint, false, false, true),
                null, window == null && finishBy == 0 ? Placing.NONE : new Placing(window, finishBy, false, null));
        return terms.equals(defaults) ? defaults : terms;
    }

    /// A timeout equal to the one that the journal omits would be taken for one that was not given, so it is kept here,
    /// too.
    private long firstByteTimeout() {
        if (firstByteGiven != 0) {
            return firstByteGiven;
        }
        return !timeoutGiven ? defaults.firstByteTimeout() : timeout == Terms.DEFAULT.timeout() ? timeout : 0;
    }

    /// Returns a time, or a duration after the submit as a negative number.
    private static long finish(String text) {
        if (text.startsWith("0001-01-01T00:00:00")) {
            return 0;
        }
        if (text.matches("\\d{4}-.*")) {
            return Math.max(1, Times.parse("finish_by", text));
        }
        long after;
        try {
            after = Durations.parse("finish_by", text).toMillis();
        } catch (Problem neither) {
            throw Problem.badRequest("finish_by must be a time such as 2026-01-02T03:04:05Z or a duration such as 90s, "
                    + "1h30m or 7d, not \"" + Problem.shown(text) + "\"");
        }
        if (after < 1 || after > DURATION_MAX) {
            throw Problem.badRequest("finish_by must be from 1ms to "
                    + Durations.format(Duration.ofMillis(DURATION_MAX)) + " from now, or a time");
        }
        return -after;
    }

    /// A time in the past makes a task that has already expired; Go's zero time, in the year 1, means none.
    private static long expiry(long time) {
        return time == SubmissionReader.GO_ZERO_TIME ? 0 : Math.max(1, time);
    }
}
