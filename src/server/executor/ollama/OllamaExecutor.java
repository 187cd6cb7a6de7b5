package server.executor.ollama;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import server.executor.Call;
import server.executor.HostAnswer;
import server.executor.HostFailure;
import server.executor.HostReport;
import server.executor.HostStream;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.Upload;
import server.executor.answer.StreamedAnswer;
import server.executor.relay.HostRelay;
import server.executor.wire.AnswerLines;
import server.executor.wire.CallTimes;
import server.executor.wire.ErrorText;
import server.executor.wire.HostClient;
import server.executor.wire.Refusal;
import server.executor.wire.Route;
import server.executor.wire.Sending;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// One Ollama host.
final class OllamaExecutor implements TaskExecutor {

    /// How much of an error's text is read, in bytes.
    private static final int ERROR_MAX = 64 << 10;

    /// The time limit for questions about the host itself.
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

    private final OllamaAddress address;
    /// For tasks: before a 404 fails one, the host is asked whether it is an Ollama server.
    private final Refusal refusal;
    /// For questions that every Ollama server answers.
    private final Refusal notItself;
    private final Limits limits;
    private final HostClient client;
    private final HostRelay relay;

    OllamaExecutor(OllamaAddress address, InstantSource clock, Limits limits) {
        this(address, Route.USUAL, clock, limits);
    }

    OllamaExecutor(OllamaAddress address, Route route, InstantSource clock, Limits limits) {
        this.address = address;
        refusal = new Refusal(address.name(), null, clock);
        notItself = new Refusal(address.name(), "is this the address of an Ollama server?", clock);
        this.limits = limits;
        client = new HostClient(address.name(), route);
        relay = new HostRelay(address.name(), client, refusal, limits, clock);
    }

    @Override
    public String name() {
        return address.name();
    }

    @Override
    public String url() {
        return address.base().toString();
    }

    @Override
    public Outcome run(Call call, Pieces pieces) throws InterruptedException {
        HttpRequest request = HostClient.traced(call, HttpRequest.newBuilder(address.at("/api/" + call.type().text)))
                .header("Content-Type", "application/json")
                .POST(body(call))
                .build();
        try {
            return client.exchange(request, CallTimes.of(call), (response, body, watch) -> {
                if (response.statusCode() / 100 != 2) {
                    return refusal.of(response, body.readNBytes(ERROR_MAX), call.model());
                }
                if (call.type() == TaskType.EMBED) {
                    return new Outcome.Completed(whole(call, body));
                }
                Slice result = new StreamedAnswer(call.type(), name(), limits, call.room(), pieces).read(body);
                HostClient.passTrailer(body, watch);
                return new Outcome.Completed(result);
            });
        } catch (HostFailure failure) {
            return failure.outcome();
        }
    }

    @Override
    public boolean relays(String path) {
        return true;
    }

    @Override
    public Outcome relay(RelayCall call, Pieces pieces, RelaySink to) throws InterruptedException {
        return relay.run(HttpRequest.newBuilder(address.at(call.target())), call, null, pieces, to);
    }

    @Override
    public HostAnswer ask(String method, String target, Map<String, String> headers, Slice body)
            throws IOException, InterruptedException {
        return relay.ask(method, HttpRequest.newBuilder(address.at(target)), headers, body);
    }

    @Override
    public HostStream pass(String method, String target, Upload body) throws IOException, InterruptedException {
        return relay.pass(method, HttpRequest.newBuilder(address.at(target)), body);
    }

    @Override
    public List<String> models() throws IOException, InterruptedException {
        return names(ask("/api/tags"));
    }

    @Override
    public HostReport report() throws IOException, InterruptedException {
        List<String> models = models();
        Json.Obj version = askIfKnown("/api/version");
        Json.Obj loaded = askIfKnown("/api/ps");
        return new HostReport(version == null ? null : version.text("version"), models,
                loaded == null ? null : names(loaded), loaded == null ? null : runners(loaded));
    }

    /// Returns null if the host does not know the path: older versions and imitations of Ollama lack some.
    private Json.Obj askIfKnown(String path) throws IOException, InterruptedException {
        try {
            return ask(path);
        } catch (HostFailure failure) {
            if (failure.outcome().cause() == Cause.FRONT) {
                return null;
            }
            throw failure;
        }
    }

    private static List<String> names(Json.Obj list) {
        return named(list).stream().map(model -> model.text("name")).toList();
    }

    private static List<HostReport.ReportedRunner> runners(Json.Obj list) {
        return named(list).stream().map(model -> new HostReport.ReportedRunner(model.text("name"),
                whole(model, "context_length"), time(model.text("expires_at")), whole(model, "size"),
                whole(model, "size_vram"))).toList();
    }

    private static List<Json.Obj> named(Json.Obj list) {
        List<Json.Obj> named = new ArrayList<>();
        if (list.get("models") instanceof Json.Arr models) {
            for (Json model : models.values()) {
                if (model instanceof Json.Obj object && object.text("name") != null) {
                    named.add(object);
                }
            }
        }
        return named;
    }

    private static long whole(Json.Obj model, String name) {
        return model.get(name) instanceof Json.Num number ? (long) Double.parseDouble(number.digits()) : 0;
    }

    /// Parses a time as Go writes it: with nanoseconds and an offset. Returns 0 if it cannot.
    private static long time(String text) {
        try {
            return text == null ? 0 : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException strange) {
            return 0;
        }
    }

    /// Gets what the host reports about itself.
    ///
    /// @param path `/api/tags`, `/api/version`, `/api/ps`
    /// @throws IOException with a message for people
    Json.Obj ask(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.at(path)).build();
        return client.exchange(request, CallTimes.within(ASK_TIMEOUT), (response, body, watch) -> {
            byte[] bytes = body.readNBytes(limits.line());
            if (response.statusCode() != 200) {
                throw new HostFailure(notItself.of(response, bytes, ""));
            }
            try {
                if (Json.parse(bytes) instanceof Json.Obj object) {
                    return object;
                }
            } catch (JsonException notJson) {
                throw noAnswer(notJson.getMessage());
            }
            throw noAnswer("expected an object");
        });
    }

    @Override
    public void close() {
        client.close();
    }

    /// Returns the payload with `model` and `stream` in front of its members, whose bytes stay unchanged.
    private static Sending body(Call call) {
        Slice payload = call.payload();
        JsonWriter head = new JsonWriter().beginObject().name("model").string(call.model());
        if (call.type() != TaskType.EMBED) {
            head.name("stream").bool(true);
        }
        int members = AnswerLines.pastBlanks(payload.bytes(), payload.from() + 1, payload.to());
        String comma = payload.bytes()[members] == '}' ? "" : ",";
        return new Sending(head + comma, new Slice(payload.bytes(), members, payload.to()));
    }

    /// Reads the answer to an embed, which is one object.
    private Slice whole(Call call, InputStream body) throws IOException {
        byte[] bytes = AnswerLines.whole(body, -1, name(), limits.answer(), call.room());
        boolean embeddings = false;
        Slice error = null;
        int from;
        int to;
        try {
            JsonReader in = new JsonReader(bytes, 0, bytes.length, limits.depth());
            from = in.position();
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                JsonReader.Kind kind = in.peek();
                Slice value = in.raw();
                embeddings |= name.equals("embeddings") && kind == JsonReader.Kind.ARRAY;
                error = name.equals("error") && kind != JsonReader.Kind.NULL ? value : error;
            }
            to = in.position();
            in.end();
        } catch (JsonException notJson) {
            throw noAnswer(notJson.getMessage());
        }
        if (error != null) {
            String text = ErrorText.of(error);
            throw new HostFailure(Refusal.cause(500, text), name() + " answered: " + text);
        }
        if (!embeddings) {
            throw noAnswer("it has no embeddings");
        }
        AnswerLines.joinLines(bytes, from, to);
        return new Slice(bytes, from, to);
    }

    private HostFailure noAnswer(String why) {
        return new HostFailure(Cause.PASSING, name() + " sent an answer that is not valid in Ollama's API: " + why);
    }
}
