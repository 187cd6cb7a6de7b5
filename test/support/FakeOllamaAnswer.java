package support;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a [FakeOllama] does with a request. A test may write its own as a lambda; these are the common ones.
@FunctionalInterface
public interface FakeOllamaAnswer {

    /// Runs on its own thread, which is interrupted when the client leaves. Afterwards a streamed answer is ended.
    void play(FakeOllamaRequest request, FakeOllamaReply reply) throws IOException, InterruptedException;

    /// Returns what a model with a special name does, in any process: `fake-busy` 503, `fake-limit` 429 with
    /// `Retry-After: 1`, `fake-500`, `fake-wrong` a 500 for a wrong option, `fake-missing` 404, `fake-break` breaks off
    /// after two tokens, `fake-error` an error line after two, `fake-big` 10 MiB, `fake-endless` a line without end,
    /// `fake-hang` never answers, `fake-stall` hangs after two tokens, `fake-slow` 100 tokens, one every 50 ms,
    /// `fake-brisk` 10 tokens, one every 10 ms, `fake-repeat` the prompt, a word every 10 ms, or as a whole if no
    /// stream is wanted.
    ///
    /// @return null for any other name
    static FakeOllamaAnswer named(String model) {
        return switch (model) {
            case "fake-busy" -> busy();
            case "fake-limit" -> limited(1);
            case "fake-500" -> status(500, "llama runner process has terminated: exit status 2");
            case "fake-wrong" -> status(500, "option \"temperature\" must be of type float32");
            case "fake-missing" -> missing(model);
            case "fake-break" -> breakOff("One", " two");
            case "fake-error" -> errorLine("One", " two");
            case "fake-big" -> big(10 << 20);
            case "fake-endless" -> endlessLine();
            case "fake-hang" -> hang();
            case "fake-stall" -> stall("One", " two");
            case "fake-slow" -> slow(100, 50);
            case "fake-brisk" -> slow(10, 10);
            case "fake-repeat" -> repeat(10);
            default -> null;
        };
    }

    /// Repeats the prompt word by word; an embed gets a vector for each input.
    static FakeOllamaAnswer echo() {
        return (request, reply) -> {
            List<String> words = Pattern.compile("\\s*\\S+").matcher(request.prompt()).results()
                    .map(MatchResult::group).toList();
            tokens(words.toArray(String[]::new)).play(request, reply);
        };
    }

    /// Answers a chat or generate with these pieces, an embed with one vector.
    static FakeOllamaAnswer tokens(String... tokens) {
        return gated(new Semaphore(Integer.MAX_VALUE), tokens);
    }

    /// Sends one piece for each permit of the gate, and the last line for one more: `gate.release(2)` in the test
    /// releases two.
    static FakeOllamaAnswer gated(Semaphore gate, String... tokens) {
        return (request, reply) -> {
            if (request.path().equals("/api/embed")) {
                gate.acquire();
                reply.whole(200, "{\"model\":\"" + request.model() + "\",\"embeddings\":[[0.6,0.8]],"
                        + "\"total_duration\":1000,\"load_duration\":1000,\"prompt_eval_count\":3}");
                return;
            }
            reply.begin();
            for (String token : tokens) {
                gate.acquire();
                reply.token(token);
            }
            gate.acquire();
            reply.done(tokens.length);
        };
    }

    /// Sends a token every so many milliseconds: for demos and tests with processes, where nothing can hold a gate.
    static FakeOllamaAnswer slow(int tokens, int milliseconds) {
        return (request, reply) -> {
            reply.begin();
            for (int i = 0; i < tokens; i++) {
                Thread.sleep(milliseconds);
                reply.token(" " + i);
            }
            reply.done(tokens);
        };
    }

    /// Repeats the prompt, a word every so many milliseconds; as a whole, after the same time, if no stream is wanted.
    static FakeOllamaAnswer repeat(int milliseconds) {
        return (request, reply) -> {
            String[] words = request.prompt().split("(?= )");
            if (request.body().contains("\"stream\":false")) {
                Thread.sleep((long) words.length * milliseconds);
                reply.wholeText(request.prompt());
                return;
            }
            for (String word : words) {
                Thread.sleep(milliseconds);
                reply.token(word);
            }
            reply.done(words.length);
        };
    }

    /// Answers with an error in Ollama's words.
    ///
    /// @param headers such as `Retry-After: 7`
    static FakeOllamaAnswer status(int status, String error, String... headers) {
        return (request, reply) ->
                reply.whole(status, "{\"error\":\"" + error.replace("\"", "\\\"") + "\"}", headers);
    }

    static FakeOllamaAnswer busy() {
        return status(503, "server busy, please try again.  maximum pending requests exceeded");
    }

    static FakeOllamaAnswer limited(int retryAfterSeconds) {
        return status(429, "too many requests", "Retry-After: " + retryAfterSeconds);
    }

    static FakeOllamaAnswer missing(String model) {
        return status(404, "model '" + model + "' not found");
    }

    /// Breaks off the connection after these pieces; without any, before the answer's head.
    static FakeOllamaAnswer breakOff(String... tokens) {
        return (request, reply) -> {
            for (String token : tokens) {
                reply.token(token);
            }
            reply.breakOff();
        };
    }

    /// Sends an error line after these pieces.
    static FakeOllamaAnswer errorLine(String... tokens) {
        return (request, reply) -> {
            for (String token : tokens) {
                reply.token(token);
            }
            reply.line("{\"error\":\"an error was encountered while running the model: unexpected EOF\"}");
        };
    }

    /// Sends an answer of this many characters, in pieces of 64 Ki.
    static FakeOllamaAnswer big(int characters) {
        return (request, reply) -> {
            String piece = "0123456789abcdef".repeat(4 << 10);
            int tokens = 0;
            for (int left = characters; left > 0; left -= piece.length()) {
                reply.token(piece.substring(0, Math.min(left, piece.length())));
                tokens++;
            }
            reply.done(tokens);
        };
    }

    /// Sends a line that never ends.
    static FakeOllamaAnswer endlessLine() {
        return (request, reply) -> {
            reply.part("{\"response\":\"");
            String piece = "x".repeat(64 << 10);
            while (!Thread.interrupted()) {
                reply.part(piece);
            }
        };
    }

    /// Takes the request and never answers.
    static FakeOllamaAnswer hang() {
        return (request, reply) -> reply.hang();
    }

    /// Never continues after these pieces; without any, after the answer's head.
    static FakeOllamaAnswer stall(String... tokens) {
        return (request, reply) -> {
            reply.begin();
            for (String token : tokens) {
                reply.token(token);
            }
            reply.hang();
        };
    }

    /// Answers `GET /api/tags`, `/api/version`, `/api/ps` and `/`.
    static FakeOllamaAnswer info(Set<String> models) {
        return (request, reply) -> {
            Collection<String> names = models.isEmpty() ? Set.of("fake") : models;
            String list = names.stream().sorted().map(name -> name.contains(":") ? name : name + ":latest")
                    .map(name -> "{\"name\":\"" + name + "\",\"model\":\"" + name + "\",\"size\":1}")
                    .collect(Collectors.joining(","));
            switch (request.path()) {
                case "/api/tags" -> reply.whole(200, "{\"models\":[" + list + "]}");
                case "/api/ps" -> reply.whole(200, "{\"models\":[]}");
                case "/api/version" -> reply.whole(200, "{\"version\":\"0.0.0-fake\"}");
                case "/" -> reply.whole(200, "Ollama is running");
                default -> reply.whole(404, "404 page not found");
            }
        };
    }
}
