package support;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What a [FakeOpenAi] does with a request. A test may write its own as a lambda; these are the common ones.
public final class FakeOpenAiAnswer {

    /// What models with special names do, in any process.
    static final Map<String, FakeOllamaAnswer> NAMED = Map.ofEntries(
            Map.entry("fake-busy", status(503, "Loading model")),
            Map.entry("fake-limit", status(429, "too many requests", "Retry-After: 1")),
            Map.entry("fake-401", status(401, "Invalid API Key")),
            Map.entry("fake-500", status(500, "the worker died")),
            Map.entry("fake-missing", status(404, "The model `fake-missing` does not exist")),
            Map.entry("fake-error", error("One", " two")),
            Map.entry("fake-error-200", errorObject()),
            Map.entry("fake-malformed", malformed("One", " two")),
            Map.entry("fake-break", breakOff("One", " two")),
            Map.entry("fake-hang", FakeOllamaAnswer.hang()),
            Map.entry("fake-stall", stall("One", " two")),
            Map.entry("fake-slow", slow(100, 50)));

    private FakeOpenAiAnswer() {
    }

    /// Repeats the prompt word by word; embeddings get a vector each.
    public static FakeOllamaAnswer echo() {
        return (request, reply) -> {
            List<String> words = Pattern.compile("\\s*\\S+").matcher(request.prompt()).results()
                    .map(MatchResult::group).toList();
            tokens(words.toArray(String[]::new)).play(request, reply);
        };
    }

    /// Answers with these pieces; embeddings with one vector.
    public static FakeOllamaAnswer tokens(String... tokens) {
        return gated(new Semaphore(Integer.MAX_VALUE), tokens);
    }

    /// Sends one piece for each permit of the gate, and the end for one more.
    public static FakeOllamaAnswer gated(Semaphore gate, String... tokens) {
        return (request, reply) -> {
            if (request.path().endsWith("/embeddings")) {
                gate.acquire();
                reply.whole(200, "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                        + "\"embedding\":[0.6,0.8]}],\"usage\":{\"prompt_tokens\":3}}");
                return;
            }
            begin(reply);
            for (String token : tokens) {
                gate.acquire();
                token(request, reply, token);
            }
            gate.acquire();
            done(reply, tokens.length);
        };
    }

    /// Sends a token every so many milliseconds: for tests with processes, where nothing can hold a gate.
    public static FakeOllamaAnswer slow(int tokens, int milliseconds) {
        return (request, reply) -> {
            begin(reply);
            for (int i = 0; i < tokens; i++) {
                Thread.sleep(milliseconds);
                token(request, reply, " " + i);
            }
            done(reply, tokens);
        };
    }

    /// Answers with an error in OpenAI's words.
    public static FakeOllamaAnswer status(int status, String message, String... headers) {
        return (request, reply) -> reply.whole(status, "{\"error\":{\"message\":\"" + message.replace("\"", "\\\"")
                + "\",\"type\":\"some_error\",\"param\":null,\"code\":null}}", headers);
    }

    /// Answers with a 200 that contains an error.
    public static FakeOllamaAnswer errorObject() {
        return (request, reply) -> reply.whole(200, "{\"error\":{\"message\":\"upstream is overloaded\"}}");
    }

    /// Sends an error event after these pieces.
    public static FakeOllamaAnswer error(String... tokens) {
        return broken("data: {\"error\":{\"message\":\"the worker died\",\"code\":500}}\n\n", tokens);
    }

    /// Sends an invalid event after these pieces.
    public static FakeOllamaAnswer malformed(String... tokens) {
        return broken("data: {\"choices\":[{\"delta\":\n\n", tokens);
    }

    /// Breaks off the connection after these pieces.
    public static FakeOllamaAnswer breakOff(String... tokens) {
        return (request, reply) -> {
            pieces(request, reply, tokens);
            reply.breakOff();
        };
    }

    /// Never continues after these pieces.
    public static FakeOllamaAnswer stall(String... tokens) {
        return (request, reply) -> {
            pieces(request, reply, tokens);
            reply.hang();
        };
    }

    /// Sends these pieces, and then this text in the stream.
    public static FakeOllamaAnswer broken(String text, String... tokens) {
        return (request, reply) -> {
            pieces(request, reply, tokens);
            reply.part(text);
        };
    }

    // ---- the parts of an answer

    public static void begin(FakeOllamaReply reply) throws IOException {
        reply.begin("text/event-stream");
    }

    /// @param text the contents of a JSON string, without its quotes
    public static void token(FakeOllamaRequest request, FakeOllamaReply reply, String text) throws IOException {
        String said = request.path().endsWith("/chat/completions") ? "\"delta\":{\"content\":\"" + text + "\"}"
                : "\"text\":\"" + text + "\"";
        event(reply, "{\"choices\":[{\"index\":0," + said + ",\"finish_reason\":null}]}");
    }

    public static void event(FakeOllamaReply reply, String json) throws IOException {
        reply.part("data: " + json + "\n\n");
    }

    public static void done(FakeOllamaReply reply, int tokens) throws IOException {
        event(reply, "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}");
        event(reply, "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":" + tokens + "}}");
        event(reply, "[DONE]");
    }

    private static void pieces(FakeOllamaRequest request, FakeOllamaReply reply, String... tokens) throws IOException {
        begin(reply);
        for (String token : tokens) {
            token(request, reply, token);
        }
    }
}
