package server.executor.echo;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import server.executor.Call;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.TaskExecutor;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// A model that needs no machine: the same request gives the same answer each time, whatever the model is called.
/// Chat repeats the last user message, generate the prompt, token by token, in the shape that Ollama answers in.
final class EchoExecutor implements TaskExecutor {

    /// A word with the space before it, as models cut text; the pieces make up the whole text.
    private static final Pattern TOKEN = Pattern.compile("\\s*\\S+|\\s+");

    private final String address;
    private final Duration delay;
    private final InstantSource clock;

    EchoExecutor(String address, Duration delay, InstantSource clock) {
        this.address = address;
        this.delay = delay;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String url() {
        return address;
    }

    @Override
    public List<String> models() {
        return List.of("echo");
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

    private Outcome repeat(Call call, Pieces pieces, Json.Obj request, String prompt, long began)
            throws InterruptedException {
        List<String> tokens = tokens(prompt);
        int count = Math.min(tokens.size(), limit(request));
        StringBuilder answer = new StringBuilder();
        for (String token : tokens.subList(0, count)) {
            pause();
            if (Duration.ofNanos(System.nanoTime() - began).compareTo(call.timeout()) > 0) {
                return failed(Outcome.Cause.TIMEOUT, "echo: the attempt's time is over");
            }
            answer.append(token);
            pieces.text(token);
        }
        JsonWriter result = begin(call);
        if (call.type() == TaskType.CHAT) {
            result.name("message").beginObject().name("role").string("assistant")
                    .name("content").string(answer.toString()).endObject();
        } else {
            result.name("response").string(answer.toString());
        }
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
            pause();
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

    private JsonWriter begin(Call call) {
        return new JsonWriter().beginObject().name("model").string(call.model())
                .name("created_at").string(clock.instant().toString());
    }

    private void pause() throws InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay);
        } else if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private static String lastOfUser(Json.Obj request) {
        if (!(request.get("messages") instanceof Json.Arr messages)) {
            throw new IllegalArgumentException("messages must be an array");
        }
        for (Json message : messages.values().reversed()) {
            if (message instanceof Json.Obj object && "user".equals(object.text("role"))) {
                String content = object.text("content");
                return content == null ? "" : content;
            }
        }
        throw new IllegalArgumentException("there is no user message to repeat");
    }

    private static String prompt(Json.Obj request) {
        if (request.get("prompt") instanceof Json.Str prompt) {
            return prompt.value();
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

    /// `options.num_predict`; as in Ollama, 0 and below mean no limit.
    private static int limit(Json.Obj request) {
        long limit = request.get("options") instanceof Json.Obj options ? options.integer("num_predict", 0) : 0;
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
