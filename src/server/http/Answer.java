package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import shared.Problem;
import shared.TextPlace;
import server.access.Guard;
import shared.json.JsonWriter;

/// The answer of a handler: whole, or written as it is made.
public sealed interface Answer {

    String JSON = "application/json";
    String TEXT = "text/plain; charset=utf-8";
    String NDJSON = "application/x-ndjson";

    /// Returns further headers: names and values, alternating.
    String[] headers();

    /// @param type   the media type; null for none
    /// @param bytes  the body is its first `length` bytes
    /// @param length in bytes; 0 for no body
    record Whole(int status, String type, byte[] bytes, int length, String... headers) implements Answer {
    }

    /// An answer whose body is written while it is made.
    ///
    /// @param type   the media type; null for none
    /// @param length of the body, in bytes; -1 if it is not known before the end
    record Streamed(int status, String type, long length, StreamBody body, String... headers) implements Answer {

        /// Creates a 200 of unknown length.
        public Streamed(String type, StreamBody body, String... headers) {
            this(200, type, -1, body, headers);
        }
    }

    interface StreamBody {
        /// Writes the body. Must flush whatever must not wait. An error can only close the connection, because the
        /// status was sent.
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /// Returns an answer whose body is JSON.
    static Whole json(int status, JsonWriter json, String... headers) {
        return new Whole(status, JSON, json.buffer(), json.length(), headers);
    }

    /// Returns a 200 whose body is plain text.
    static Answer text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Whole(200, TEXT, bytes, bytes.length);
    }

    /// Returns an answer without a body.
    static Answer empty(int status, String... headers) {
        return new Whole(status, null, new byte[0], 0, headers);
    }

    /// Returns the answer of an error: `{"error":"what is wrong"}`. If the problem is at a place in a text, `error`
    /// ends with that place, and `reason` (the sentence without the place), `line`, `column` and `path` follow. A 401
    /// names the authentication scheme; a 429 or 503 says when to try again.
    static Whole error(Problem problem) {
        int status = problem.status();
        TextPlace place = problem.place();
        JsonWriter json = new JsonWriter().beginObject().name("error").string(problem.getMessage());
        if (place != null) {
            json.name("reason").string(problem.reason()).name("line").number(place.line())
                    .name("column").number(place.column()).name("path").string(place.path());
        }
        json.endObject();
        if (status == 401) {
            return json(status, json, "WWW-Authenticate", "Bearer realm=\"ollama-queue\"");
        }
        if (status != 429 && status != 503) {
            return json(status, json);
        }
        return json(status, json, "Retry-After", problem.retryAfter() > 0 ? Long.toString(problem.retryAfter())
                : Guard.RETRY_AFTER_SECONDS);
    }
}
