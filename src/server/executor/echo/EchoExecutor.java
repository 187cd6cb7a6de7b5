package server.executor.echo;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import server.executor.Call;
import server.executor.HostAnswer;
import server.executor.HostFailure;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.relay.OllamaNames;
import server.executor.relay.RunAsCall;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// A model that needs no machine: the same request gets the same answer each time, whatever the model's name. A chat
/// repeats the last user message, a generate the prompt, token by token, in the form of Ollama's answers. It also
/// accepts the bodies of OpenAI's completions and embeddings.
final class EchoExecutor implements TaskExecutor {

    /// A word with the space before it, as models split text; the pieces together are the whole text.
    private static final Pattern TOKEN = Pattern.compile("\\s*\\S+|\\s+");

    /// The calls that it accepts besides the questions of [EchoFacts].
    private static final Set<String> CALLS = Set.of("/api/chat", "/api/generate", "/api/embed", "/api/embeddings",
            "/v1/chat/completions", "/v1/completions", "/v1/embeddings");

    private final String address;
    private final Duration delay;
    private final InstantSource clock;
    private final EchoFacts facts;

    EchoExecutor(String address, Duration delay, InstantSource clock) {
        this.address = address;
        this.delay = delay;
        this.clock = clock;
        facts = new EchoFacts(clock.instant());
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String url() {
        return address;
    }

    /// Returns an empty list: it answers to every name.
    @Override
    public List<String> models() {
        return List.of();
    }

    @Override
    public void close() {
    }

    @Override
    public Outcome run(Call call, Pieces pieces) throws InterruptedException {
        long began = System.nanoTime();
        Slice payload = call.payload();
        Json.Obj request = (Json.Obj) Json.read(JsonReader.ofOwn(payload));
        try {
            return switch (call.type()) {
                case CHAT -> repeat(call, pieces, request, lastOfUser(request), began);
                case GENERATE -> repeat(call, pieces, request, prompt(request), began);
                case EMBED -> embed(call, request, began);
            };
        } catch (IllegalArgumentException wrong) {
            return failed(Outcome.Cause.FINAL, "echo: " + wrong.getMessage());
        }
    }

    @Override
    public boolean relays(String path) {
        return CALLS.contains(path) || EchoFacts.tells(path);
    }

    @Override
    public Outcome relay(RelayCall call, Pieces pieces, RelaySink to) throws InterruptedException {
        HostAnswer loaded = loaded(call.path(), call.body());
        if (loaded == null) {
            Outcome outcome = RunAsCall.run(this, call, pieces, to, clock);
            return outcome instanceof Outcome.Failed failed && failed.cause() == Outcome.Cause.FINAL
                    ? new Outcome.Failed(failed.cause(), failed.message(), null,
                            EchoFacts.refusal(call.path(), failed.message())) : outcome;
        }
        to.head(loaded.head());
        to.bytes(loaded.body(), 0, loaded.body().length);
        to.end();
        return new Outcome.Completed(Slice.of(loaded.body()));
    }

    @Override
    public HostAnswer ask(String method, String target, Map<String, String> headers, Slice body)
            throws HostFailure {
        String path = target.replaceFirst("\\?.*", "");
        HostAnswer answer = EchoFacts.tells(path) ? facts.answer(path) : loaded(path, body);
        if (answer == null) {
            throw new HostFailure(Outcome.Cause.FINAL, "echo: " + path + " is no question");
        }
        return answer;
    }

    /// Answers as Ollama does a chat without messages or a generate without a prompt, which only loads or unloads a
    /// model; returns null for other requests.
    private HostAnswer loaded(String path, Slice body) {
        boolean isChat = path.equals("/api/chat");
        if (body == null || !isChat && !path.equals("/api/generate")) {
            return null;
        }
        Json.Obj request = (Json.Obj) Json.read(JsonReader.ofOwn(OllamaNames.documented(path, body)));
        if (isChat ? request.get("messages") instanceof Json.Arr messages && !messages.values().isEmpty()
                : request.get("prompt") instanceof Json.Str prompt && !prompt.value().isEmpty()) {
            return null;
        }
        JsonWriter out = new JsonWriter().beginObject().name("model").string(request.text("model"))
                .name("created_at").string(clock.instant().toString());
        said(out, isChat, "");
        return EchoFacts.json(200, out.name("done").bool(true).name("done_reason")
                .string(isNothing(request.get("keep_alive")) ? "unload" : "load").endObject());
    }

    /// Returns whether a `keep_alive` is zero; Ollama's own command writes `"0s"`.
    private static boolean isNothing(Json time) {
        return time instanceof Json.Num number && number.digits().equals("0")
                || time instanceof Json.Str text && text.value().matches("0[a-z]*");
    }

    private static void said(JsonWriter out, boolean isChat, String text) {
        if (isChat) {
            out.name("message").beginObject().name("role").string("assistant").name("content").string(text).endObject();
        } else {
            out.name("response").string(text);
        }
    }

    private Outcome repeat(Call call, Pieces pieces, Json.Obj request, String prompt, long began)
            throws InterruptedException {
        List<String> tokens = tokens(prompt);
        int count = Math.min(tokens.size(), limit(request));
        StringBuilder answer = new StringBuilder();
        for (String token : tokens.subList(0, count)) {
            if (pause(call, began)) {
                return timedOut();
            }
            answer.append(token);
            pieces.text(token);
        }
        JsonWriter result = new JsonWriter().beginObject().name("model").string(call.model())
                .name("created_at").string(clock.instant().toString());
        said(result, call.type() == TaskType.CHAT, answer.toString());
        result.name("done").bool(true).name("done_reason").string(count < tokens.size() ? "length" : "stop")
                .name("total_duration").number(System.nanoTime() - began)
                .name("load_duration").number(0)
                .name("prompt_eval_count").number(tokens.size())
                .name("eval_count").number(count)
                .endObject();
        return completed(result);
    }

    private Outcome embed(Call call, Json.Obj request, long began) throws InterruptedException {
        List<String> inputs = inputs(request);
        long dimensions = request.integer("dimensions", WordVector.DIMENSIONS);
        if (dimensions < 1 || dimensions > WordVector.DIMENSIONS_MAX) {
            throw new IllegalArgumentException("dimensions must be 1 to " + WordVector.DIMENSIONS_MAX);
        }
        int words = 0;
        JsonWriter result = new JsonWriter().beginObject().name("model").string(call.model());
        result.name("embeddings").beginArray();
        for (String input : inputs) {
            if (pause(call, began)) {
                return timedOut();
            }
            words += tokens(input).size();
            result.beginArray();
            for (float value : WordVector.of(input, (int) dimensions)) {
                result.number(Float.toString(value));
            }
            result.endArray();
        }
        result.endArray().name("total_duration").number(System.nanoTime() - began)
                .name("load_duration").number(0)
                .name("prompt_eval_count").number(words)
                .endObject();
        return completed(result);
    }

    /// Waits for the delay, at most until the attempt's time is over; returns whether it is.
    private boolean pause(Call call, long began) throws InterruptedException {
        Duration left = call.timeout().minusNanos(System.nanoTime() - began);
        boolean over = delay.compareTo(left) > 0;
        if (!delay.isZero()) {
            Thread.sleep(over ? left : delay);
        } else if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return over;
    }

    private static Outcome timedOut() {
        return failed(Outcome.Cause.TIMEOUT, "echo: the attempt's time is over");
    }

    private static String lastOfUser(Json.Obj request) {
        if (!(request.get("messages") instanceof Json.Arr messages)) {
            throw new IllegalArgumentException("messages must be an array");
        }
        for (Json message : messages.values().reversed()) {
            if (message instanceof Json.Obj object && "user".equals(object.text("role"))) {
                return text(object.get("content"));
            }
        }
        throw new IllegalArgumentException("there is no user message to repeat");
    }

    /// Returns a message's text, which OpenAI's clients also send in parts.
    private static String text(Json content) {
        if (content instanceof Json.Arr parts) {
            return parts.values().stream().map(part -> part instanceof Json.Obj object ? object.text("text") : null)
                    .filter(Objects::nonNull).collect(Collectors.joining("\n"));
        }
        return content instanceof Json.Str string ? string.value() : "";
    }

    /// Returns the prompt; OpenAI's clients may send it in an array.
    private static String prompt(Json.Obj request) {
        Json prompt = request.get("prompt") instanceof Json.Arr prompts && prompts.values().size() == 1
                ? prompts.values().getFirst() : request.get("prompt");
        if (prompt instanceof Json.Str string) {
            return string.value();
        }
        throw new IllegalArgumentException("prompt must be a string");
    }

    private static List<String> inputs(Json.Obj request) {
        Json input = request.get("input");
        if (input instanceof Json.Str one) {
            return List.of(one.value());
        }
        List<String> inputs = new ArrayList<>();
        if (input instanceof Json.Arr many) {
            for (Json value : many.values()) {
                if (value instanceof Json.Str string) {
                    inputs.add(string.value());
                } else {
                    throw new IllegalArgumentException("input must be a string or an array of strings");
                }
            }
            return inputs;
        }
        throw new IllegalArgumentException("input must be a string or an array of strings");
    }

    /// Returns `options.num_predict`, or OpenAI's fields for it; as in Ollama, 0 and below mean no limit.
    private static int limit(Json.Obj request) {
        long limit = request.get("options") instanceof Json.Obj options ? options.integer("num_predict", 0)
                : request.integer("max_completion_tokens", request.integer("max_tokens", 0));
        return limit > 0 ? (int) Math.min(limit, Integer.MAX_VALUE) : Integer.MAX_VALUE;
    }

    private static List<String> tokens(String text) {
        return TOKEN.matcher(text).results().map(MatchResult::group).toList();
    }

    private static Outcome completed(JsonWriter result) {
        return new Outcome.Completed(new Slice(result.buffer(), 0, result.length()));
    }

    private static Outcome failed(Outcome.Cause cause, String message) {
        return new Outcome.Failed(cause, message, null);
    }
}
