package support;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// An OpenAI-compatible server for tests: a [FakeOllama]'s sockets and script, with OpenAI's answers
/// ([FakeOpenAiAnswer]). It requires a key, if it has one, and may list models that it does not have ([#lists]).
///
/// As a program of its own (`java test/support/FakeOpenAi.java [PORT [KEY]]`) the models named in
/// [FakeOpenAiAnswer#NAMED] misbehave as their names say; its first line is then
/// `listening on http://127.0.0.1:PORT/v1`.
public final class FakeOpenAi implements AutoCloseable {

    private final FakeOllama http;
    private final String key;
    private volatile List<String> models = List.of();

    private FakeOpenAi(FakeOllama http, String key) {
        this.http = http;
        this.key = key;
        lists("fake");
        otherwise(FakeOpenAiAnswer.echo());
        FakeOpenAiAnswer.NAMED.forEach(this::on);
    }

    public static FakeOpenAi start() throws IOException {
        return start(0, "");
    }

    /// @param port 0 for any free port
    /// @param key  empty: none is required
    public static FakeOpenAi start(int port, String key) throws IOException {
        return new FakeOpenAi(FakeOllama.start(port), key);
    }

    public static void main(String[] args) throws Exception {
        FakeOpenAi fake = start(args.length == 0 ? 0 : Integer.parseInt(args[0]), args.length < 2 ? "" : args[1]);
        System.out.println("listening on " + fake.url());
        Thread.currentThread().join();
    }

    // ---- script

    /// Answers the next task with this; several calls are queued.
    public FakeOpenAi next(FakeOllamaAnswer answer) {
        http.next(guarded(answer));
        return this;
    }

    /// Answers every task of this model with this, if no [#next] is left.
    public FakeOpenAi on(String model, FakeOllamaAnswer answer) {
        http.on(model, guarded(answer));
        return this;
    }

    /// Answers every other task with this.
    public FakeOpenAi otherwise(FakeOllamaAnswer answer) {
        http.otherwise(guarded(answer));
        return this;
    }

    /// Has only these models (others get a 404).
    public FakeOpenAi models(String... names) {
        models = List.of(names);
        return lists(names);
    }

    /// Lists these models, whichever it has.
    public FakeOpenAi lists(String... names) {
        String data = Arrays.stream(names).map(name -> "{\"id\":\"" + name + "\",\"object\":\"model\"}")
                .collect(Collectors.joining(","));
        return info("/v1/models", (request, reply) ->
                reply.whole(200, "{\"object\":\"list\",\"data\":[" + data + "]}"));
    }

    /// Answers a `GET` of this path with this.
    public FakeOpenAi info(String path, FakeOllamaAnswer answer) {
        http.info(path, guarded(answer));
        return this;
    }

    // ---- its address, what it saw, dying and coming back

    public String url() {
        return http.url() + "/v1";
    }

    /// Returns the parts that all fakes share: the requests, how many at once, [FakeOllama#kill] and
    /// [FakeOllama#restart].
    public FakeOllama http() {
        return http;
    }

    @Override
    public void close() throws IOException {
        http.close();
    }

    private FakeOllamaAnswer guarded(FakeOllamaAnswer answer) {
        return (request, reply) -> {
            if (!key.isEmpty() && !("Bearer " + key).equals(request.header("authorization"))) {
                FakeOpenAiAnswer.status(401, "Invalid API Key: " + request.header("authorization"))
                        .play(request, reply);
            } else if (request.method().equals("POST") && !models.isEmpty() && !models.contains(request.model())) {
                FakeOpenAiAnswer.status(404, "The model `" + request.model() + "` does not exist").play(request, reply);
            } else {
                answer.play(request, reply);
            }
        };
    }
}
