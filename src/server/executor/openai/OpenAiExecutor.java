package server.executor.openai;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.executor.Call;
import server.executor.HostAnswer;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.answer.CompletionAnswer;
import server.executor.answer.Members;
import server.executor.relay.HostRelay;
import server.executor.relay.ModelName;
import server.executor.wire.AnswerLines;
import server.executor.wire.CallTimes;
import server.executor.wire.CallWatch;
import server.executor.wire.HostClient;
import server.executor.wire.Refusal;
import server.executor.wire.Route;
import server.executor.wire.Sending;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.Slice;

/// One OpenAI-compatible host.
final class OpenAiExecutor implements TaskExecutor {

    /// The beginning of the API's paths for callers; a host's base URL contains it, or what the host has instead.
    private static final String VERSION = "/v1";

    /// How much of an error's text is read, in bytes.
    private static final int ERROR_MAX = 64 << 10;

    /// The time limit for questions about the host itself.
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(5);

    /// The statuses with which a host without a list of models may answer.
    private static final Set<Integer> NO_LIST = Set.of(404, 405, 501);

    private final Endpoint endpoint;
    private final InstantSource clock;
    private final Limits limits;
    private final Refusal refusal;
    private final HostClient client;
    private final HostRelay relay;
    /// Whether streams are asked to report their usage; false once the host has refused that.
    private volatile boolean asksForUsage = true;

    OpenAiExecutor(Endpoint endpoint, InstantSource clock, Limits limits) {
        this(endpoint, Route.USUAL, clock, limits);
    }

    OpenAiExecutor(Endpoint endpoint, Route route, InstantSource clock, Limits limits) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.limits = limits;
        refusal = new Refusal(endpoint.name(), "base_url must reach to where the API begins, " + endpoint.baseUrl()
                + " does not", clock);
        client = new HostClient(endpoint.name(), route);
        relay = new HostRelay(endpoint.name(), client, refusal, limits, clock);
    }

    @Override
    public String name() {
        return endpoint.name();
    }

    @Override
    public String url() {
        return endpoint.baseUrl().toString();
    }

    @Override
    public Outcome run(Call call, Pieces pieces) throws InterruptedException {
        return switch (attempt(call, pieces)) {
            case Outcome.Completed completed -> completed;
            case Outcome.Failed failed -> redacted(failed);
        };
    }

    @Override
    public boolean relays(String path) {
        return path.startsWith("/v1/");
    }

    @Override
    public Outcome relay(RelayCall call, Pieces pieces, RelaySink to) throws InterruptedException {
        String model = endpoint.modelOf(call.model());
        if (model == null) {
            return notAsked(call.model());
        }
        RelayCall renamed = model.equals(call.model()) ? call : call.with(ModelName.replaced(call.body(), model));
        Duration own = endpoint.timeout();
        Outcome outcome = relay.run(endpoint.request(call.target().substring(VERSION.length())), renamed, own, pieces,
                to);
        return outcome instanceof Outcome.Failed failed ? redacted(failed) : outcome;
    }

    @Override
    public HostAnswer ask(String method, String target, Map<String, String> headers, Slice body)
            throws IOException, InterruptedException {
        try {
            HostAnswer answer = relay.ask(method, endpoint.request(target.substring(VERSION.length())), headers, body);
            return answer.head().status() / 100 == 2 ? answer : endpoint.redact(answer);
        } catch (HostFailure failure) {
            throw new HostFailure(redacted(failure.outcome()));
        }
    }

    /// Returns the models in the settings, if there are any, whatever the host says: some hosts list a file's name and
    /// answer to any. Otherwise returns the host's own models; none if it has no list.
    @Override
    public List<String> models() throws IOException, InterruptedException {
        try {
            HttpRequest request = endpoint.request("/models").build();
            List<String> listed = client.exchange(request, CallTimes.within(ASK_TIMEOUT), (response, body, watch) -> {
                byte[] bytes = body.readNBytes(limits.line());
                int status = response.statusCode();
                if (status == 200) {
                    return names(bytes);
                } else if (NO_LIST.contains(status)) {
                    return List.of();
                }
                throw new HostFailure(refusal.of(response, bytes, ""));
            });
            return endpoint.models().isEmpty() ? listed : endpoint.models().keySet().stream().sorted().toList();
        } catch (HostFailure failure) {
            throw new HostFailure(redacted(failure.outcome()));
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private Outcome.Failed notAsked(String model) {
        return new Outcome.Failed(Cause.MODEL_MISSING, "model '" + model + "' is not among those of " + name(), null);
    }

    private Outcome.Failed redacted(Outcome.Failed failed) {
        return new Outcome.Failed(failed.cause(), endpoint.redact(failed.message()), failed.retryAfter(),
                failed.answer() == null ? null : endpoint.redact(failed.answer()));
    }

    private Outcome attempt(Call call, Pieces pieces) throws InterruptedException {
        String model = endpoint.modelOf(call.model());
        if (model == null) {
            return notAsked(call.model());
        }
        boolean usage = asksForUsage;
        Outcome outcome = attempt(call, model, usage, pieces);
        return outcome != null ? outcome : attempt(call, model, false, pieces);
    }

    /// @return null if the host refused the request for the usage, which is then never made again
    private Outcome attempt(Call call, String model, boolean usage, Pieces pieces) throws InterruptedException {
        Translation translation;
        try {
            translation = new Translation(call, model, endpoint, usage);
        } catch (IllegalArgumentException | JsonException wrong) {
            return Outcome.Failed.ofRequest(name() + " cannot take the task: " + wrong.getMessage());
        }
        HttpRequest request = HostClient.traced(call, endpoint.request(translation.path()))
                .setHeader("Content-Type", "application/json")
                .POST(new Sending("", translation.body()))
                .build();
        boolean shorter = endpoint.timeout() != null && endpoint.timeout().compareTo(call.timeout()) < 0;
        long began = System.nanoTime();
        try {
            CallTimes times = CallTimes.of(call);
            return client.exchange(request, shorter ? times.shortened(endpoint.timeout()) : times,
                    (response, body, watch) -> {
                        int status = response.statusCode();
                        if (status / 100 != 2) {
                            byte[] error = body.readNBytes(ERROR_MAX);
                            if (usage && status / 100 == 4 && translation.blamedForUsage(error)) {
                                asksForUsage = false;
                                return null;
                            }
                            return refusal.of(response, error, call.model());
                        }
                        return new Outcome.Completed(call.type() == TaskType.EMBED
                                ? embeddings(call, translation, body, began)
                                : completion(call, translation, response, body, watch,
                                        new CompletionAnswer(name(), limits, call.room(), began, pieces)));
                    });
        } catch (HostFailure failure) {
            Outcome.Failed failed = failure.outcome();
            // the task has time left, perhaps for another host
            return shorter && failed.cause() == Cause.TIMEOUT
                    ? new Outcome.Failed(Cause.PASSING, failed.message() + ", the endpoint's timeout", null) : failed;
        }
    }

    private Slice embeddings(Call call, Translation translation, InputStream body, long began)
            throws IOException {
        Slice input = Members.of(call.payload(), "the payload").get("input");
        return new EmbeddingsAnswer(name(), limits, began).result(whole(call, body), call.model(), input,
                translation.leftOut());
    }

    private Slice completion(Call call, Translation translation, HttpResponse<?> response, InputStream body,
            CallWatch watch, CompletionAnswer answer) throws IOException, InterruptedException {
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (type.contains("json")) {
            answer.add(Slice.of(whole(call, body)));
        } else {
            answer.read(body);
            HostClient.passTrailer(body, watch);
        }
        if (!answer.finished() && !answer.says()) {
            throw new HostFailure(Cause.PASSING, name() + " sent no answer"
                    + (type.startsWith("text/event-stream") ? "" : ", but " + (type.isEmpty() ? "no type" : type)));
        }
        return answer.result(call.type(), call.model(), clock.instant().toString(), translation.leftOut());
    }

    private byte[] whole(Call call, InputStream body) throws IOException {
        return AnswerLines.whole(body, -1, name(), limits.answer(), call.room());
    }

    private List<String> names(byte[] body) throws HostFailure {
        List<String> names = new ArrayList<>();
        try {
            if (Json.parse(body) instanceof Json.Obj list && list.get("data") instanceof Json.Arr models) {
                for (Json model : models.values()) {
                    if (model instanceof Json.Obj object && object.text("id") != null) {
                        names.add(object.text("id"));
                    }
                }
                return names;
            }
        } catch (JsonException notJson) {
            throw new HostFailure(Cause.PASSING, name() + " sent no list of models: " + notJson.getMessage());
        }
        throw new HostFailure(Cause.PASSING, name() + " sent no list of models: it has no data");
    }
}
