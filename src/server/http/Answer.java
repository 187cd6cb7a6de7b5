package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import shared.Problem;
import shared.TextPlace;
import server.access.Guard;
import shared.json.JsonWriter;

/// What a handler answers.
public sealed interface Answer {

    String JSON = "application/json";
    String TEXT = "text/plain; charset=utf-8";
    String NDJSON = "application/x-ndjson";

    /// Returns names and values of further headers, in turn.
    String[] headers();

    /// @param bytes  the body, up to `length`
    /// @param length 0 is no body
    record Whole(int status, String type, byte[] bytes, int length, String... headers) implements Answer {
    }

    /// An answer whose body is written as it comes.
    ///
    /// @param type   null: none is told
    /// @param length of the body, in bytes; -1 if it is not known before its end
    record Streamed(int status, String type, long length, StreamBody body, String... headers) implements Answer {

        /// A 200 whose length is not known.
        public Streamed(String type, StreamBody body, String... headers) {
            this(200, type, -1, body, headers);
        }
    }

    interface StreamBody {
        /// Flush what must not wait. An error here can only cut the connection.
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

    /// Returns the one form of all errors: `{"error":"what is wrong"}`. Where a text is wrong, `error` ends with the
    /// place, and the sentence without it (`reason`), `line`, `column` and `path` stand beside it. A 401 says what is
    /// wanted, a 429 and a 503 when to come again.
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
