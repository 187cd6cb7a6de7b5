package server.relay;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import server.access.Scope;
import server.dispatch.HostAccess;
import server.dispatch.Hosts;
import server.executor.HostAnswer;
import server.executor.HostReport;
import server.executor.relay.ModelName;
import server.http.Answer;
import server.http.Answer.Whole;
import server.http.Handler;
import server.http.Routes;
import server.http.WebRequest;
import server.relay.ModelLists.Listed;
import server.task.RelayBody;
import shared.Problem;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The calls that are not tasks: lists, combined from those of all hosts, and questions about one model, passed on to a
/// host that has it.
public final class PassedCalls {

    private static final String TAGS = "/api/tags";
    private static final String PS = "/api/ps";
    private static final String VERSION = "/api/version";
    private static final String STATUS = "/api/status";
    private static final String SHOW = "/api/show";
    private static final String COUNT_TOKENS = "/v1/messages/count_tokens";

    /// The text by which Ollama's clients recognise an Ollama.
    private static final String RUNNING = "Ollama is running";
    private static final String LATEST = ":latest";
    /// The greatest age of what is reported of the hosts' own status.
    private static final long STATUS_AGE_NANOS = 60_000_000_000L;
    private static final Duration STATUS_WAIT = Duration.ofMillis(200);
    /// Clients give up on lists after some seconds.
    private static final Duration LIST_WAIT = Duration.ofSeconds(2);

    private final Hosts hosts;
    private final KnownVersions versions;
    private final int bodyMax;
    private final Supplier<RelayOptions> options;
    private final LastAnswers lists = new LastAnswers();
    private final AtomicLong statusAskedAt = new AtomicLong(System.nanoTime() - STATUS_AGE_NANOS);

    /// @param bodyMax the largest body of a question about a model, in bytes
    public PassedCalls(Hosts hosts, KnownVersions versions, int bodyMax, Supplier<RelayOptions> options) {
        this.hosts = hosts;
        this.versions = versions;
        this.bodyMax = bodyMax;
        this.options = options;
    }

    /// Adds the routes of these calls.
    ///
    /// @param page   what a browser gets at `/`
    /// @param status the server's own answer at `/api/status`, a path that Ollama has, too
    public void addTo(Routes routes, Handler page, Handler status) {
        routes.addRelayed("GET", "/", Scope.OPEN,
                "the page for browsers, or that Ollama is running | | 200 text html 304",
                ApiForm.OLLAMA::error, request -> root(request, page));
        routes.add("GET", "/q/{id}" + STATUS, Scope.READ, "", request -> {
            checkHints(request);
            return status.handle(request);
        });
        add(routes, "GET", VERSION, Scope.READ,
                "as Ollama's: the lowest version of the hosts | | 200 object", request -> version());
        add(routes, "GET", TAGS, Scope.READ,
                "as Ollama's: the models of all local hosts | | 200 object",
                request -> Answer.json(200, ModelLists.tags(installed())));
        add(routes, "GET", PS, Scope.READ,
                "as Ollama's: what each local host has loaded | | 200 object",
                request -> Answer.json(200, ModelLists.loaded(ModelLists.read(ask(PS)))));
        add(routes, "GET", "/v1/models", Scope.READ,
                "as OpenAI's: the models of all hosts | | 200 object", request -> models());
        add(routes, "GET", "/v1/models/{id*}", Scope.READ,
                "as OpenAI's: one model | | 200 object", request -> model(request.id()));
        add(routes, "POST", SHOW, Scope.READ,
                "as Ollama's: about one model | object | 200 any 404", request -> pass(SHOW, request));
        add(routes, "POST", COUNT_TOKENS, Scope.SUBMIT,
                "as Anthropic's: counts tokens | object | 200 any 404", request -> pass(COUNT_TOKENS, request));
        // after all other paths, so that an SDK gets a readable error
        for (String rest : List.of("/v1/messages/{id*}", "/v1", "/v1/{id*}")) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                add(routes, method, rest, Scope.READ, "", request -> {
                    throw Problem.notFound("nothing is at this path");
                });
            }
        }
    }

    /// Returns what the hosts' own status says about Ollama's cloud, in the words of the first host that says anything,
    /// at most some minutes old; null if none does, or nothing is known yet. Waits only briefly.
    public Slice cloud() {
        long now = System.nanoTime();
        long before = statusAskedAt.get();
        boolean ask = now - before >= STATUS_AGE_NANOS && statusAskedAt.compareAndSet(before, now);
        List<HostAccess> local = local(STATUS);
        try {
            if (ask) {
                lists.of(local, STATUS, STATUS_WAIT);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        return lists.known(local, STATUS).values().stream()
                .map(answer -> ModelLists.member(answer, "cloud")).filter(cloud -> cloud != null).findFirst()
                .orElse(null);
    }

    private void add(Routes routes, String method, String path, Scope scope, String about, Handler handler) {
        routes.addRelayed(method, path, scope, about, ApiForm.of(path)::error, request -> {
            options.get().checkEnabled();
            checkHints(request);
            return handler.handle(request);
        });
    }

    /// Few of these calls use them, but an invalid one is an error for each.
    private void checkHints(WebRequest request) {
        String on = RelayApi.hints(request).on();
        if (on != null) {
            hosts.check(on, false);
        }
    }

    private Answer root(WebRequest request, Handler page) throws IOException, InterruptedException {
        checkHints(request);
        boolean browser = request.method().equals("GET") && request.accepts("text/html");
        return browser || !options.get().enabled() ? page.handle(request) : Answer.text(RUNNING);
    }

    private Answer version() throws InterruptedException {
        List<HostAccess> local = local(VERSION);
        Map<String, byte[]> answers = lists.of(local, VERSION, LIST_WAIT);
        // without local hosts there is no Ollama to ask: then the version is that of the API spoken here
        String lowest = local.isEmpty() ? HostReport.OLLAMA_VERSION : ModelLists.lowest(local.stream().map(host -> {
            String told = ModelLists.version(answers.get(host.name()));
            return told == null ? versions.of(host.name()) : told;
        }));
        if (lowest == null) {
            throw new Problem(503, "no host has reported its version yet");
        }
        return Answer.json(200, new JsonWriter().beginObject().name("version").string(lowest).endObject());
    }

    private Answer models() throws InterruptedException {
        Map<String, Runnable> byId = new LinkedHashMap<>();
        JsonWriter out = new JsonWriter().beginObject().name("object").string("list").name("data").beginArray();
        installed().forEach(one -> byId.put(one.name(), () -> write(out, one.name(), one)));
        for (HostAccess endpoint : endpoints()) {
            endpoint.models().stream().sorted().forEach(name -> byId.putIfAbsent(name,
                    () -> ModelLists.model(out, name, Instant.EPOCH, endpoint.name())));
        }
        byId.values().forEach(Runnable::run);
        return Answer.json(200, out.endArray().endObject());
    }

    private Answer model(String id) throws InterruptedException {
        JsonWriter out = new JsonWriter();
        for (Listed one : installed()) {
            if (one.name().equals(id) || one.name().equals(id + LATEST)) {
                write(out, id, one);
                return Answer.json(200, out);
            }
        }
        for (HostAccess endpoint : endpoints()) {
            if (endpoint.has(id)) {
                ModelLists.model(out, id, Instant.EPOCH, endpoint.name());
                return Answer.json(200, out);
            }
        }
        throw notFound(id);
    }

    private static void write(JsonWriter out, String id, Listed one) {
        ModelLists.model(out, id, one.modifiedAt(), null);
    }

    /// Asks the hosts that may have the model one after another until one answers something other than 404, first those
    /// that are up and have it.
    private Answer pass(String path, WebRequest request) throws InterruptedException {
        Slice body = request.body(bodyMax, "a call").slice();
        String named = RelayBody.read(null, body).model();
        String model = named == null ? "" : named;
        String target = request.rawQuery() == null ? path : path + "?" + request.rawQuery();
        String on = RelayApi.hints(request).on();
        HostAnswer missing = null;
        IOException silent = null;
        for (HostAccess host : candidates(path, model, on)) {
            try {
                HostAnswer answer = host.executor().ask("POST", target, RelayApi.sentOn(request),
                        host.names().containsKey(model) ? ModelName.replaced(body, host.names().get(model)) : body);
                if (answer.head().status() != 404) {
                    return whole(answer);
                }
                missing = answer;
            } catch (IOException failure) {
                silent = failure;
            }
        }
        if (path.equals(SHOW) && isOfAnotherKind(model, on)) {
            return Answer.json(200, ModelLists.shown());
        }
        if (missing != null) {
            return whole(missing);
        }
        throw silent == null ? notFound(model) : new Problem(503, silent.getMessage());
    }

    /// Returns the hosts to ask: local hosts may have models that they have not listed; endpoints are asked only for
    /// their own.
    ///
    /// @param on the only one to ask; null: all
    private List<HostAccess> candidates(String path, String model, String on) {
        List<HostAccess> all = new ArrayList<>(local(path));
        endpoints().stream().filter(host -> host.executor().relays(path) && host.has(model)).forEach(all::add);
        all.removeIf(host -> on != null && !host.name().equals(on));
        // an unreachable host that does not list the model has nothing to contribute
        all.removeIf(host -> !host.isUp() && !host.has(model));
        all.sort(Comparator.comparing(host -> (host.isUp() ? 0 : 2) + (host.has(model) ? 0 : 1)));
        return all;
    }

    /// Returns whether a host has the model that cannot be asked about it, as Ollama can.
    private boolean isOfAnotherKind(String model, String on) {
        return hosts.accesses().stream().anyMatch(host -> (on == null || host.name().equals(on)) && host.has(model)
                && !host.executor().relays(SHOW));
    }

    private static Whole whole(HostAnswer answer) {
        List<String> headers = new ArrayList<>();
        if (answer.head().retryAfter() != null) {
            headers.addAll(List.of("Retry-After", answer.head().retryAfter()));
        }
        if (answer.head().requestId() != null) {
            headers.addAll(List.of("x-request-id", answer.head().requestId()));
        }
        return new Whole(answer.head().status(), answer.head().contentType(), answer.body(), answer.body().length,
                headers.toArray(new String[0]));
    }

    private static Problem notFound(String model) {
        return Problem.notFound("model '" + model + "' not found");
    }

    private List<Listed> installed() throws InterruptedException {
        List<Listed> all = new ArrayList<>(ModelLists.read(ask(TAGS)));
        for (HostAccess host : hosts.accesses()) {
            if (!host.remote() && !host.executor().relays(TAGS)) {
                host.models().stream().sorted().map(name -> Listed.of(host.name(), name)).forEach(all::add);
            }
        }
        return ModelLists.newest(all);
    }

    private Map<String, byte[]> ask(String path) throws InterruptedException {
        return lists.of(local(path), path, LIST_WAIT);
    }

    private List<HostAccess> local(String path) {
        return hosts.accesses().stream().filter(host -> !host.remote() && host.executor().relays(path)).toList();
    }

    private List<HostAccess> endpoints() {
        return hosts.accesses().stream().filter(HostAccess::remote).toList();
    }
}
