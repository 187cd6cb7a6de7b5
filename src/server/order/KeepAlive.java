package server.order;

import server.task.RunnerOptions;
import shared.Problem;
import shared.config.Durations;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// How long a request keeps its model loaded after it: `keep_alive`, seconds as a number or a duration in Go's
/// notation; below 0: forever.
public final class KeepAlive {

    private static final double MAX_SECONDS = Long.MAX_VALUE / 1e3;

    private KeepAlive() {
    }

    /// Returns how long a request keeps its model loaded.
    ///
    /// @param payload the request's body
    /// @return in milliseconds, Long.MAX_VALUE forever; null: not given, or a value that Ollama rejects
    public static Long of(Slice payload) {
        Long keep = null;
        try {
            JsonReader json = JsonReader.ofOwn(payload);
            json.beginObject();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (RunnerOptions.folded(name).equals("keep_alive")) {
                    keep = value(json);
                } else {
                    json.skip();
                }
            }
        } catch (JsonException noObject) {
            return null;
        }
        return keep;
    }

    private static Long value(JsonReader json) {
        if (json.peek() == Kind.NUMBER) {
            double seconds = Double.parseDouble(json.number());
            return seconds < 0 || seconds >= MAX_SECONDS ? Long.MAX_VALUE : (Long) (long) (seconds * 1e3);
        }
        if (json.peek() != Kind.STRING) {
            json.skip();
            return null;
        }
        String text = json.string();
        boolean forEver = text.startsWith("-");
        try {
            long ms = Durations.parse("keep_alive", forEver ? text.substring(1) : text).toMillis();
            return forEver ? (Long) Long.MAX_VALUE : (Long) ms;
        } catch (Problem wrong) {
            return null;
        }
    }
}
