package server.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import server.access.Scope;
import server.dispatch.HostAccess;
import server.dispatch.Hosts;
import server.executor.HostFailure;
import server.executor.HostStream;
import server.executor.Outcome.Cause;
import server.executor.Upload;
import server.http.Answer;
import server.http.Answer.Streamed;
import server.http.GoneCallers;
import server.http.Routes;
import server.http.WebRequest;
import shared.Problem;

/// The calls that change a host's models: passed on to one local host, with requests and answers of any size, as they
/// arrive.
public final class ModelCalls {

    private static final String ABOUT = "as Ollama's: passed on to the local host, where the settings allow it | file "
            + "X-Queue-On | 200 any lines file 201 404 502";

    private static final String HAS = "whether the host has it | X-Queue-On | 200 any 404 502";
    private static final String BLOBS = "/api/blobs/";
    private static final Pattern DIGEST = Pattern.compile("sha256[:-][0-9a-f]{64}");
    /// Calls after which a host may have other models than before.
    private static final Set<String> CHANGES = Set.of("/api/pull", "/api/create", "/api/copy", "/api/delete");
    private static final int PIECE_BYTES = 16 << 10;

    private final Hosts hosts;
    private final Consumer<String> changed;
    private final GoneCallers gone;
    private final Supplier<RelayOptions> options;

    /// @param changed called with the name of a host whose models may have changed
    /// @param gone    reports callers that have left
    public ModelCalls(Hosts hosts, Consumer<String> changed, GoneCallers gone, Supplier<RelayOptions> options) {
        this.hosts = hosts;
        this.changed = changed;
        this.gone = gone;
        this.options = options;
    }

    /// Adds the routes of these calls.
    public void addTo(Routes routes) {
        for (String path : List.of("/api/pull", "/api/push", "/api/create", "/api/copy")) {
            add(routes, "POST", path);
        }
        add(routes, "DELETE", "/api/delete");
        for (String method : List.of("HEAD", "POST")) {
            String about = method.equals("HEAD") ? HAS : ABOUT;
            routes.addRelayed(method, BLOBS + "{id}", Scope.ADMIN, about, ApiForm.OLLAMA::error, request -> {
                check();
                if (!DIGEST.matcher(request.id()).matches()) {
                    throw Problem.badRequest("a digest must be sha256: and 64 hexadecimal digits");
                }
                return pass(BLOBS + request.id(), request);
            });
        }
    }

    private void add(Routes routes, String method, String path) {
        routes.addRelayed(method, path, Scope.ADMIN, ABOUT, ApiForm.OLLAMA::error, request -> {
            check();
            return pass(path, request);
        });
    }

    private void check() {
        options.get().checkEnabled();
        if (!options.get().modelManagement()) {
            throw new Problem(403, "models cannot be changed through this server; "
                    + RelayOptions.MODEL_MANAGEMENT.key() + " allows it");
        }
    }

    private Answer pass(String path, WebRequest request) throws InterruptedException {
        HostAccess host = host(path, RelayApi.hints(request).on());
        String target = request.rawQuery() == null ? path : path + "?" + request.rawQuery();
        long length = request.announced();
        Thread itself = Thread.currentThread();
        request.atEnd(gone.watch(request.local(), request.remote(), itself::interrupt)::close);
        HostStream answer;
        try {
            answer = host.executor().pass(request.method(), target, length == 0 ? null
                    : new Upload(request.upload(), length, request.header("Content-type")));
        } catch (IOException silent) {
            boolean away = silent instanceof HostFailure failure && failure.outcome().cause() == Cause.UNREACHABLE;
            throw new Problem(away ? 503 : 502, silent.getMessage());
        }
        request.atEnd(() -> {
            close(answer);
            if (CHANGES.contains(path)) {
                changed.accept(host.name());
            }
        });
        return new Streamed(answer.head().status(), answer.head().contentType(), answer.head().length(),
                out -> copy(answer, out));
    }

    /// Returns the only local host, or the one that the request names.
    private HostAccess host(String path, String on) {
        List<HostAccess> local = hosts.accesses().stream()
                .filter(host -> !host.remote() && host.executor().relays(path)).toList();
        if (on == null && local.size() == 1) {
            return local.getFirst();
        }
        String names = local.stream().map(HostAccess::name).collect(Collectors.joining(", "));
        return local.stream().filter(host -> host.name().equals(on)).findFirst().orElseThrow(() -> Problem.badRequest(
                local.isEmpty() ? "no local host takes this call" : on == null
                        ? "name the host in X-Queue-On or in the path, as in /q/on=" + local.getFirst().name() + path
                                + " (hosts: " + names + ")"
                        : "no local host that takes this call is named \"" + Problem.shown(on) + "\" (hosts: " + names
                                + ")"));
    }

    private static void copy(HostStream answer, OutputStream out) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        for (int count = answer.body().read(piece); count >= 0; count = answer.body().read(piece)) {
            out.write(piece, 0, count);
            out.flush();
        }
    }

    private static void close(HostStream answer) {
        try {
            answer.body().close();
        } catch (IOException closed) {
            // it is closed in any case
        }
    }
}
