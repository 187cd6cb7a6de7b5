package server.executor.wire;

import java.nio.charset.StandardCharsets;

import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.Slice;

/// What a host says about an error, shortened to fit one line of a message.
public final class ErrorText {

    /// Longer texts are cut: some hosts repeat the request in their errors.
    static final int LENGTH_MAX = 1_000;

    private ErrorText() {
    }

    /// Returns the text of an error inside an answer.
    ///
    /// @param value the value of an `error` member: a string, or an object with a `message`
    public static String of(Slice value) {
        return tidy(of(Json.read(JsonReader.ofOwn(value))));
    }

    /// Returns the text of an answer that is an error.
    ///
    /// @return empty if there is nothing that a person could read
    public static String ofBody(byte[] body) {
        try {
            if (Json.parse(body) instanceof Json.Obj object && object.get("error") != null) {
                return tidy(of(object.get("error")));
            }
        } catch (JsonException notJson) {
            // a proxy's page, or Ollama's plain "404 page not found"
        }
        String text = new String(body, StandardCharsets.UTF_8).strip();
        return text.startsWith("<") ? "" : tidy(text);
    }

    /// Returns the `code` of OpenAI's error object, such as `model_not_found`; empty if there is none.
    static String codeOf(byte[] body) {
        try {
            return Json.parse(body) instanceof Json.Obj object && object.get("error") instanceof Json.Obj error
                    && error.text("code") instanceof String code ? code : "";
        } catch (JsonException notJson) {
            return "";
        }
    }

    private static String of(Json error) {
        if (error instanceof Json.Str string) {
            return string.value();
        }
        String message = error instanceof Json.Obj object ? object.text("message") : null;
        return message == null ? error.text() : message;
    }

    private static String tidy(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        if (line.length() <= LENGTH_MAX) {
            return line;
        }
        // half a secret would no longer be recognised by the code that hides secrets, so no run of ASCII is cut
        int end = LENGTH_MAX;
        while (end > 0 && isInSecret(line.charAt(end - 1)) && isInSecret(line.charAt(end))) {
            end--;
        }
        return line.substring(0, end).strip() + "…";
    }

    /// Returns whether a secret in a header may have this character: a space separates it from its scheme.
    private static boolean isInSecret(char c) {
        return c > ' ' && c < 127;
    }
}
