package server.order;

import server.task.RunnerOptions;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// The number of tokens to which a request limits its answer: `options.num_predict`, or its name in OpenAI's and
/// Anthropic's APIs.
public final class AnswerLimit {

    private AnswerLimit() {
    }

    /// Returns the greatest number of tokens in the answer to a request.
    ///
    /// @param payload the request's body
    /// @return 0: no limit, or none given
    public static long of(Slice payload) {
        long limit = 0;
        try {
            JsonReader json = JsonReader.ofOwn(payload);
            json.beginObject();
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                switch (RunnerOptions.folded(name)) {
                    case "options" -> limit = ofOptions(json);
                    case "max_tokens", "max_completion_tokens", "max_output_tokens" -> limit = number(json);
                    default -> json.skip();
                }
            }
        } catch (JsonException noObject) {
            return 0;
        }
        return limit;
    }

    private static long ofOptions(JsonReader json) {
        long limit = 0;
        if (json.peek() != Kind.OBJECT) {
            json.skip();
            return 0;
        }
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            if (name.equals("num_predict")) {
                limit = number(json);
            } else {
                json.skip();
            }
        }
        return limit;
    }

    /// Reads a limit. Ollama treats a value below 0 as no limit.
    private static long number(JsonReader json) {
        if (json.peek() != Kind.NUMBER) {
            json.skip();
            return 0;
        }
        return (long) Math.clamp(Double.parseDouble(json.number()), 0, Integer.MAX_VALUE);
    }
}
