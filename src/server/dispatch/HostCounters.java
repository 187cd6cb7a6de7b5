package server.dispatch;

import java.util.Map;
import java.util.TreeMap;

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
    private long tokensRead;
    /// How many attempts ended in each way.
    private final Map<String, Long> outcomes = new TreeMap<>();
    private long loads;
    /// The tokens of answers whose duration is known, and that duration.
    private long timedTokens;
    private double seconds;

    HostCounters(long now) {
        recentlyCompleted = new Recent(now);
        recentlyFailed = new Recent(now);
    }

    long completed() {
        return completed;
    }

    /// Returns the attempts that ended with any failure but a missing model or a cancel.
    long failed() {
        return failed;
    }

    /// Returns all tokens that it has written.
    long tokens() {
        return tokens;
    }

    long tokensRead() {
        return tokensRead;
    }

    /// Returns how many attempts ended in each way: a cause, `completed` or `interrupted`.
    Map<String, Long> outcomes() {
        return Map.copyOf(outcomes);
    }

    long loads() {
        return loads;
    }

    /// Returns the average speed of one answer; 0 if it never reported it.
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

    void ended(String outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    void loaded() {
        loads++;
    }

    void countFailed(long now) {
        failed++;
        recentlyFailed.add(1, now);
    }

    void completed(Speed pace, long now) {
        completed++;
        recentlyCompleted.add(1, now);
        tokens += (long) pace.tokens;
        tokensRead += (long) pace.tokensRead;
        if (pace.tokens > 0 && pace.nanos > 0) {
            timedTokens += (long) pace.tokens;
            seconds += pace.nanos / NANOS;
        }
    }

    /// What an answer reveals about the speed at which it was written.
    ///
    /// @param loadNanos how long the load took; negative: not reported
    record Speed(double tokens, double nanos, double loadNanos, double tokensRead) {

        long loadMillis() {
            return loadNanos < 0 ? -1 : (long) (loadNanos / MILLI_NANOS);
        }

        /// @param result Ollama's final object: `eval_count` tokens in `eval_duration` nanoseconds, after
        ///               `prompt_eval_count` tokens were read; in other APIs `usage` has the tokens, and nothing has
        ///               the time
        static Speed of(Slice result) {
            double tokens = 0;
            double nanos = 0;
            double loadNanos = -1;
            double read = 0;
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
                    } else if (number && name.equals("prompt_eval_count")) {
                        read = Double.parseDouble(in.number());
                    } else if (name.equals("usage")) {
                        ResultText.TokenCounts told = ResultText.tokens(Json.read(in));
                        tokens = told.written();
                        read = told.read();
                    } else if (name.equals("text") && in.peek() == JsonReader.Kind.STRING) {
                        ResultText.TokenCounts told = ResultText.tokens(in.string());
                        tokens = told.written();
                        read = told.read();
                    } else {
                        in.skip();
                    }
                }
            } catch (JsonException strange) {
                return new Speed(0, 0, -1, 0);
            }
            return new Speed(tokens, nanos, loadNanos, read);
        }
    }
}
