package server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

import server.access.Guard;
import server.access.Scope;
import server.http.Answer.Streamed;
import server.http.Answer.Whole;
import server.journal.JournalFailure;
import shared.LogValue;
import shared.Problem;
import shared.json.JsonException;

/// Where every request enters and every error ends: a mistake of the client becomes an error status; a fault of this
/// program is logged once, with its stack, and answered with a 500 without details.
///
/// If the connection breaks, an [IOException] is thrown instead of closing the exchange: only then does
/// `jdk.httpserver` forget the connection.
final class Boundary implements HttpHandler {

    private static final Logger LOG = System.getLogger("server.http");

    static final String REQUEST_ID = "X-request-id";
    private static final Pattern GIVEN_ID = Pattern.compile("[!-~]{1,128}");

    private final Guard guard;
    private final Routes routes;
    private final Bodies bodies;
    private final SlowRequests slow;
    private final Traffic traffic;
    private final BooleanSupplier stopping;

    /// @param stopping whether changes are refused because the server is stopping
    Boundary(Guard guard, Routes routes, Bodies bodies, SlowRequests slow, Traffic traffic, BooleanSupplier stopping) {
        this.guard = guard;
        this.routes = routes;
        this.bodies = bodies;
        this.slow = slow;
        this.traffic = traffic;
        this.stopping = stopping;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long begun = System.nanoTime();
        String id = requestId(exchange);
        exchange.getResponseHeaders().set(REQUEST_ID, id);
        SlowRequests.Arriving arriving = slow.current();
        try (WebRequest request = new WebRequest(exchange, bodies, arriving)) {
            arriving.body(() -> tellLate(exchange, request));
            Answer answer;
            try {
                answer = answer(exchange, request);
            } catch (Throwable thrown) {
                arriving.checkLate();
                answer = request.error(problem(exchange, id, thrown));
            }
            int status = answer instanceof Whole whole ? whole.status() : ((Streamed) answer).status();
            traffic.count(exchange.getRequestMethod(), request.route(), status);
            LOG.log(Level.DEBUG, () -> "event=request method=" + LogValue.of(exchange.getRequestMethod()) + " path="
                    + LogValue.of(exchange.getRequestURI().getRawPath()) + " status=" + status + " us="
                    + (System.nanoTime() - begun) / 1_000 + " request_id="
                    + LogValue.of(id));
            // no switch: rules of the start, on the front page of server
            if (answer instanceof Whole whole) {
                send(exchange, request, whole);
            } else {
                stream(exchange, request, id, (Streamed) answer);
            }
        } finally {
            slow.ended();
        }
    }

    /// Answers with 408 while the request is still being read, because it arrives too slowly.
    private void tellLate(HttpExchange exchange, WebRequest request) {
        Whole answer = request.error(new Problem(408, "the request arrives too slowly"));
        traffic.count(exchange.getRequestMethod(), request.route(), answer.status());
        try {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-type", answer.type());
            headers.set("Connection", "close");
            exchange.sendResponseHeaders(answer.status(), answer.length());
            exchange.getResponseBody().write(answer.bytes(), 0, answer.length());
            exchange.getResponseBody().flush();
        } catch (IOException gone) {
            // then there is no client to answer
        }
    }

    private Answer answer(HttpExchange exchange, WebRequest request) throws IOException, InterruptedException {
        String method = exchange.getRequestMethod();
        Routes.Match match = find(exchange, method, request);
        if (match.route() == null) {
            exchange.getResponseHeaders().set("Allow", match.allow());
            if (method.equals("OPTIONS")) {
                return Answer.empty(204);
            }
            throw new Problem(405, "this path has no " + method + "; it has " + match.allow());
        }
        if (stopping.getAsBoolean() && !method.equals("GET") && !method.equals("HEAD")) {
            throw new Problem(503, "the server is stopping");
        }
        request.found(match);
        return match.route().handler().handle(request);
    }

    /// Returns the route, if the client may see it: without the token, nobody learns which paths exist.
    private Routes.Match find(HttpExchange exchange, String method, WebRequest request) throws InterruptedException {
        Routes.Match match = null;
        try {
            match = routes.find(method, request.path());
            request.route(match.path());
        } finally {
            admit(exchange, method, match, request);
        }
        return match;
    }

    /// Checks whether the client may make this request. A browser's preflight request carries no token.
    ///
    /// @param match null: the path does not exist
    private void admit(HttpExchange exchange, String method, Routes.Match match, WebRequest request)
            throws InterruptedException {
        boolean relayed = match != null && match.isRelayed();
        if (relayed) {
            request.errors(match.errors());
        }
        Guard.Request asked = Guard.Request.of(exchange);
        boolean tokenNeeded = guard.check(asked, 0, relayed);
        boolean preflight = method.equals("OPTIONS");
        String[] forItsPage = guard.headers(asked, relayed, preflight).toArray(new String[0]);
        set(exchange.getResponseHeaders(), forItsPage);
        Scope scope = match == null ? Scope.READ : match.scope();
        if (scope != Scope.OPEN && !(preflight && forItsPage.length > 0)) {
            guard.checkSite(asked);
            String token = guard.token(asked, relayed);
            request.by(guard.identify(asked, token, scope, tokenNeeded), () -> guard.stillPasses(token));
        }
    }

    /// Returns the id that the client gave, or a new one. If a host answers, its id replaces this one in the answer.
    private static String requestId(HttpExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst(REQUEST_ID);
        return given != null && GIVEN_ID.matcher(given).matches() ? given
                : "req_" + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
    }

    private Problem problem(HttpExchange exchange, String id, Throwable thrown) {
        return switch (thrown) {
            case Problem problem -> problem;
            case JsonException notJson -> notJson.problem();
            case JournalFailure failure -> new Problem(503, failure.getMessage());
            case InterruptedException ended -> stopping.getAsBoolean() ? new Problem(503, "the server is stopping")
                    : new Problem(499, "its caller has left");
            case CancellationException stopped -> new Problem(503, "the server is stopping");
            default -> {
                LOG.log(Level.ERROR, "event=internal_error method=" + LogValue.of(exchange.getRequestMethod())
                        + " path=" + LogValue.of(exchange.getRequestURI().getRawPath()) + " request_id="
                        + LogValue.of(id), thrown);
                yield new Problem(500, "internal error; the server's log has more");
            }
        };
    }

    private static void send(HttpExchange exchange, WebRequest request, Whole answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        if (answer.type() != null) {
            headers.set("Content-type", answer.type());
        }
        set(headers, answer.headers());
        if (request.muchUnread() || request.last()) {
            headers.set("Connection", "close");
        }
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            headers.set("Content-length", Integer.toString(answer.length()));
        }
        if (head || answer.length() == 0) {
            sendHead(exchange, request, answer.status());
            return;
        }
        exchange.sendResponseHeaders(answer.status(), answer.length());
        OutputStream out = request.answer();
        out.write(answer.bytes(), 0, answer.length());
        if (request.trailers()) {
            out.flush();
            throw new IOException("closed before the trailer fields");
        }
        end(out, request);
    }

    /// Sends an answer without a body. It ends with its head, and the request cannot be read after the end of the
    /// answer.
    private static void sendHead(HttpExchange exchange, WebRequest request, int status) throws IOException {
        if (request.unread()) {
            request.dropRest();
        }
        exchange.sendResponseHeaders(status, -1);
    }

    private static void end(OutputStream out, WebRequest request) throws IOException {
        if (request.unread()) {
            out.flush();
            request.dropRest();
        }
        out.close();
    }

    private void stream(HttpExchange exchange, WebRequest request, String id, Streamed answer)
            throws IOException {
        Headers headers = exchange.getResponseHeaders();
        if (request.muchUnread() || request.last()) {
            headers.set("Connection", "close");
        }
        if (answer.type() != null) {
            headers.set("Content-type", answer.type());
        }
        set(headers, answer.headers());
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head && answer.length() > 0) {
            headers.set("Content-length", Long.toString(answer.length()));
        }
        if (head || answer.length() == 0) {
            sendHead(exchange, request, answer.status());
            return;
        }
        exchange.sendResponseHeaders(answer.status(), Math.max(0, answer.length()));
        try {
            OutputStream out = request.answer();
            answer.body().writeTo(out);
            end(out, request);
        } catch (IOException gone) {
            throw gone;
        } catch (InterruptedException stopped) {
            throw new IOException("the server is stopping");
        } catch (Throwable thrown) {
            // the status was sent already: a body that is cut off is the only sign of the error
            problem(exchange, id, thrown);
            throw new IOException("the answer could not be finished");
        }
    }

    private static void set(Headers headers, String[] namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.set(namesAndValues[i], namesAndValues[i + 1]);
        }
    }
}
