package server.dispatch;

import server.stats.Recent;
import shared.ResultText;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.Slice;

/// What a host has done since the server started. Guarded by its host.
final class HostCounters {

    private static final double NANOS = 1e9;
    private static final double MILLI_NANOS = 1e6;

    private final Recent recentlyCompleted;
    private final Recent recentlyFailed;
    private long completed;
    private long failed;
    private long tokens;
    /// Those of answers whose time is known, and that time.
    private long timedTokens;
    private double seconds;

    HostCounters(long now) {
        recentlyCompleted = new Recent(now);
        recentlyFailed = new Recent(now);
    }

    long completed() {
        return completed;
    }

    /// Attempts that ended with a failure of any kind but a missing model or a cancel.
    long failed() {
        return failed;
    }

    /// All that it has written.
    long tokens() {
        return tokens;
    }

    /// How fast it writes one answer, on average; 0 if it never said.
    double tokensPerSecond() {
        return seconds == 0 ? 0 : timedTokens / seconds;
    }

    /// In the last minutes.
    double completedPerMinute(long now) {
        return recentlyCompleted.perMinute(now);
    }

    double failedPerMinute(long now) {
        return recentlyFailed.perMinute(now);
    }

    void countFailed(long now) {
        failed++;
        recentlyFailed.add(1, now);
    }

    void completed(Pace pace, long now) {
        completed++;
        recentlyCompleted.add(1, now);
        tokens += (long) pace.tokens;
        if (pace.tokens > 0 && pace.nanos > 0) {
            timedTokens += (long) pace.tokens;
            seconds += pace.nanos / NANOS;
        }
    }

    /// What an answer tells of how fast it was written.
    ///
    /// @param loadNanos how long it loaded; negative: it does not tell
    record Pace(double tokens, double nanos, double loadNanos) {

        long loadMillis() {
            return loadNanos < 0 ? -1 : (long) (loadNanos / MILLI_NANOS);
        }

        /// @param result Ollama's final object: `eval_count` tokens in `eval_duration` nanoseconds; of other APIs the
        ///               `usage` tells the tokens and nothing the time
        static Pace of(Slice result) {
            double tokens = 0;
            double nanos = 0;
            double loadNanos = -1;
            try {
                JsonReader in = JsonReader.ofOwn(result);
                in.beginObject();
                for (String name = in.nextName(); name != null; name = in.nextName()) {
                    boolean number = in.peek() == JsonReader.Kind.NUMBER;
                    if (number && name.equals("eval_count")) {
                        tokens = Double.parseDouble(in.number());
                    } else if (number && name.equals("eval_duration")) {
                        nanos = Double.parseDouble(in.number());
                    } else if (number && name.equals("load_duration")) {
                        loadNanos = Double.parseDouble(in.number());
                    } else if (name.equals("usage")) {
                        tokens = ResultText.tokens(Json.read(in));
                    } else if (name.equals("text") && in.peek() == JsonReader.Kind.STRING) {
                        tokens = ResultText.tokens(in.string());
                    } else {
                        in.skip();
                    }
                }
            } catch (JsonException strange) {
                return new Pace(0, 0, -1);
            }
            return new Pace(tokens, nanos, loadNanos);
        }
    }
}
