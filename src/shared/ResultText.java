package shared;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.Slice;

/// The text of a result in any API's form:
///
/// | form | its text, its thinking |
/// |---|---|
/// | Ollama's object | `message.content` and `message.thinking`, or `response` and `thinking` |
/// | OpenAI's completion | `choices[0].message.content` and `reasoning`, or `choices[0].text` |
/// | OpenAI's response | in `output[].content[]` and `output[].summary[]` |
/// | Anthropic's message | in `content[]` |
/// | a stream of the last two, `{"content_type":"text/event-stream","text":…}` | in its events |
///
/// Any other result has no text, such as an embedding, or what a host answered to a call that failed.
///
/// @param runs the lengths of thinking, text, thinking and so on in the order in which they came, in UTF-8 bytes, if
///             they alternated; empty: all thinking came first
public record ResultText(String text, String thinking, List<Long> runs) {

    private static final String EVENTS = "text/event-stream";
    private static final String DATA = "data:";

    /// The members that say why an answer ended, the values that mean that it reached its maximum length, and the
    /// objects that contain these members.
    private static final Set<String> REASONS = Set.of("done_reason", "finish_reason", "stop_reason", "reason");
    private static final Set<String> CUT = Set.of("length", "max_tokens", "max_output_tokens",
            "model_context_window_exceeded");
    private static final Set<String> ENDS = Set.of("incomplete_details", "response", "delta");

    /// The members of a result that are read; others may be large.
    private static final Set<String> READ = Set.of("message", "response", "content", "thinking", "choices", "output",
            "content_type", "text", "status", "runs");

    /// Joins the texts of a result; each is empty, not null, if the result has none.
    public static ResultText of(Slice result) {
        JsonReader json = JsonReader.ofOwn(result);
        Map<String, Json> members = new LinkedHashMap<>();
        if (json.peek() == JsonReader.Kind.OBJECT) {
            json.beginObject();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (READ.contains(name)) {
                    members.put(name, Json.read(json));
                } else {
                    json.skip();
                }
            }
        }
        return of(new Json.Obj(members));
    }

    /// Does the same for a result that has been read.
    public static ResultText of(Json.Obj result) {
        Parts parts = new Parts();
        if (result.text("content_type") == null) {
            parts.object(result);
        } else if (isStream(result)) {
            parts.stream(result.text("text"));
        }
        return parts.joined(result.get("runs"));
    }

    /// Returns what one event of a stream of OpenAI's responses or Anthropic's messages adds.
    ///
    /// @param data the event's data
    public static ResultText ofEvent(Slice data) {
        Parts parts = new Parts();
        Json.Obj event = event(data);
        if (event != null) {
            parts.event(event);
        }
        return parts.joined(null);
    }

    /// What a result says about its attempt.
    ///
    /// @param cut        whether the answer ended because it had reached its maximum length
    /// @param loadMillis how long the host loaded the model, in milliseconds, according to Ollama's object; -1: not
    ///                   known
    /// @param tokens     how many tokens were generated; -1: not known
    public record Told(boolean cut, long loadMillis, long tokens) {

        private static final Told NOTHING = new Told(false, -1, -1);
    }

    /// Returns what a result says about its attempt; nothing if it is not JSON.
    public static Told told(Slice result) {
        try {
            return told(JsonReader.ofOwn(result));
        } catch (JsonException strange) {
            return Told.NOTHING;
        }
    }

    private static Told told(JsonReader in) {
        if (in.peek() != JsonReader.Kind.OBJECT) {
            return Told.NOTHING;
        }
        boolean cut = false;
        boolean stream = false;
        long load = -1;
        long tokens = -1;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            boolean text = in.peek() == JsonReader.Kind.STRING;
            boolean number = in.peek() == JsonReader.Kind.NUMBER;
            if (number && name.equals("eval_count")) {
                tokens = (long) Double.parseDouble(in.number());
            } else if (number && name.equals("load_duration")) {
                load = (long) (Double.parseDouble(in.number()) / 1e6);
            } else if (name.equals("usage")) {
                tokens = written(tokens(Json.read(in)));
            } else if (text && name.equals("content_type")) {
                stream = in.string().startsWith(EVENTS);
            } else if (text && stream && name.equals("text")) {
                String events = in.string();
                cut |= isCut(events);
                tokens = written(tokens(events));
            } else {
                cut |= isCut(in, name);
            }
        }
        return new Told(cut, load, tokens);
    }

    private static long written(TokenCounts told) {
        return told.written > 0 ? told.written : -1;
    }

    /// Returns whether a member says that its answer was cut.
    private static boolean isCut(JsonReader in, String name) {
        boolean cut = false;
        if (in.peek() == JsonReader.Kind.STRING && REASONS.contains(name)) {
            cut = CUT.contains(in.string());
        } else if (name.equals("choices") && in.peek() == JsonReader.Kind.ARRAY) {
            in.beginArray();
            while (in.nextElement()) {
                cut |= isCut(in);
            }
        } else if (ENDS.contains(name)) {
            cut = isCut(in);
        } else {
            in.skip();
        }
        return cut;
    }

    /// Returns the same for the object that the reader is at.
    private static boolean isCut(JsonReader in) {
        if (in.peek() != JsonReader.Kind.OBJECT) {
            in.skip();
            return false;
        }
        boolean cut = false;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            cut |= isCut(in, name);
        }
        return cut;
    }

    /// Returns the same for a stream of events.
    private static boolean isCut(String events) {
        for (String line : (Iterable<String>) events.lines()::iterator) {
            if (line.startsWith(DATA) && (line.contains("\"stop_reason\"") || line.contains("\"incomplete_details\""))
                    && isCut(Slice.of(line.substring(DATA.length()).getBytes(StandardCharsets.UTF_8)))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCut(Slice event) {
        try {
            return isCut(JsonReader.ofOwn(event));
        } catch (JsonException strange) {
            return false;
        }
    }

    /// How many tokens a model read and generated; 0 if not known.
    public record TokenCounts(long read, long written) {
    }

    /// Returns the counts in the `usage` of OpenAI's or Anthropic's API.
    public static TokenCounts tokens(Json usage) {
        return !(usage instanceof Json.Obj object) ? new TokenCounts(0, 0)
                : new TokenCounts(object.integer("prompt_tokens", object.integer("input_tokens", 0)),
                        object.integer("completion_tokens", object.integer("output_tokens", 0)));
    }

    /// Returns the counts in a stream of events, the last of which counts.
    public static TokenCounts tokens(String events) {
        TokenCounts tokens = new TokenCounts(0, 0);
        for (String line : (Iterable<String>) events.lines()::iterator) {
            Json.Obj event = line.contains("\"usage\"") ? event(line) : null;
            if (event != null) {
                // Responses give it in their `response`; Messages give what was read in the `message` with which they
                // begin
                Json whole = event.get("response") == null ? event.get("message") : event.get("response");
                TokenCounts told = tokens((whole instanceof Json.Obj response ? response : event).get("usage"));
                tokens = new TokenCounts(told.read > 0 ? told.read : tokens.read,
                        told.written > 0 ? told.written : tokens.written);
            }
        }
        return tokens;
    }

    /// Returns whether a result is a stream as it came.
    public static boolean isStream(Json.Obj result) {
        return result.get("status") == null && result.text("text") != null
                && String.valueOf(result.text("content_type")).startsWith(EVENTS);
    }

    /// Reads a line that is an event's data; returns null if it is not.
    private static Json.Obj event(String line) {
        return line.startsWith(DATA)
                ? event(Slice.of(line.substring(DATA.length()).getBytes(StandardCharsets.UTF_8))) : null;
    }

    /// Reads the data of an event; returns null if it is not an object.
    private static Json.Obj event(Slice data) {
        try {
            JsonReader reader = JsonReader.ofOwn(data);
            return reader.peek() == JsonReader.Kind.OBJECT ? (Json.Obj) Json.read(reader) : null;
        } catch (JsonException strange) {
            return null;
        }
    }

    private static final class Parts {

        private final StringBuilder text = new StringBuilder();
        private final StringBuilder thinking = new StringBuilder();

        ResultText joined(Json runs) {
            return new ResultText(text.toString(), thinking.toString(), numbers(runs));
        }

        void object(Json.Obj result) {
            message(result);
            if (result.get("message") instanceof Json.Obj message) {
                message(message);
            }
            if (result.get("choices") instanceof Json.Arr choices && !choices.values().isEmpty()
                    && choices.values().get(0) instanceof Json.Obj choice) {
                object(choice);
                add(text, choice.text("text"));
            }
            if (result.get("output") instanceof Json.Arr items) {
                for (Json item : items.values()) {
                    if (item instanceof Json.Obj object) {
                        content(object.get("summary"));
                        content(object.get("content"));
                    }
                }
            }
        }

        private void message(Json.Obj message) {
            add(text, message.text("response"));
            content(message.get("content"));
            add(text, message.text("refusal"));
            String thoughts = message.text("thinking");
            thoughts = thoughts == null ? message.text("reasoning_content") : thoughts;
            add(thinking, thoughts == null ? message.text("reasoning") : thoughts);
        }

        private void content(Json content) {
            if (content instanceof Json.Str string) {
                text.append(string.value());
            } else if (content instanceof Json.Arr blocks) {
                blocks.values().forEach(this::block);
            }
        }

        private void block(Json block) {
            if (block instanceof Json.Obj object) {
                String type = String.valueOf(object.text("type"));
                boolean isThought = type.equals("reasoning_text") || type.equals("summary_text");
                add(isThought ? thinking : text, object.text("text"));
                add(text, object.text("refusal"));
                add(thinking, object.text("thinking"));
            }
        }

        /// Adds the texts of a stream. A host that sent no pieces has everything in the last event.
        void stream(String events) {
            Json.Obj whole = null;
            for (String line : (Iterable<String>) events.lines()::iterator) {
                Json.Obj event = ResultText.event(line);
                if (event != null) {
                    event(event);
                    whole = event.get("response") instanceof Json.Obj response ? response : whole;
                }
            }
            if (whole != null && text.length() == 0 && thinking.length() == 0) {
                object(whole);
            }
        }

        void event(Json.Obj event) {
            switch (String.valueOf(event.text("type"))) {
                case "response.output_text.delta", "response.refusal.delta" -> add(text, event.text("delta"));
                case "response.reasoning_text.delta", "response.reasoning_summary_text.delta" ->
                        add(thinking, event.text("delta"));
                case "content_block_start" -> block(event.get("content_block"));
                case "content_block_delta" -> block(event.get("delta"));
                default -> {
                    // nothing new
                }
            }
        }

        private static void add(StringBuilder to, String piece) {
            if (piece != null) {
                to.append(piece);
            }
        }
    }

    /// Returns an empty list for anything but an array of numbers: then the member is the host's own.
    private static List<Long> numbers(Json runs) {
        List<Long> numbers = new ArrayList<>();
        if (runs instanceof Json.Arr array) {
            for (Json value : array.values()) {
                if (!(value instanceof Json.Num number) || !number.digits().matches("\\d{1,10}")) {
                    return List.of();
                }
                numbers.add(Long.parseLong(number.digits()));
            }
        }
        return numbers;
    }
}
