package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;

import server.access.Asker;
import server.access.Guard.Request;
import server.http.Answer.Whole;
import server.http.Bodies.Body;
import shared.Problem;
import shared.json.JsonReader;

/// A request as a handler sees it.
public final class WebRequest implements AutoCloseable {

    /// How much of an unread body `jdk.httpserver` itself reads before it closes the connection.
    private static final int DRAINED_MAX_BYTES = 64 << 10;

    /// How much of a refused body is read and discarded, so that its sender sees the answer.
    private static final long DROPPED_MAX = 128 << 20;
    private static final Duration DROP_TIME = Duration.ofSeconds(10);

    /// An upload may take long, but bytes must keep arriving.
    private static final Duration UPLOAD_SILENCE = Duration.ofSeconds(30);

    private final HttpExchange exchange;
    private final Bodies bodies;
    private final Headers headers;
    private final SlowRequests.Arriving arriving;
    private final IncomingBody incoming;

    private Function<Problem, Whole> errors = Answer::error;
    private Asker asker = Asker.ANYBODY;
    private BooleanSupplier stillPasses = () -> true;
    private String id;
    private String hints;
    /// The path of its route; null: unknown path.
    private String route;
    private Query query;
    private Body body;
    private BodyStream lines;
    private boolean isUpload;
    private int held;
    private Runnable end = () -> { };

    WebRequest(HttpExchange exchange, Bodies bodies, SlowRequests.Arriving arriving) {
        this.arriving = arriving;
        this.exchange = exchange;
        this.bodies = bodies;
        this.headers = exchange.getRequestHeaders();
        incoming = new IncomingBody(exchange.getRequestBody(), arriving);
    }

    /// Sets what the route found in the URL. The query of a relayed route is left to the host.
    ///
    /// @throws Problem 400 for an unknown or malformed query parameter
    void found(Routes.Match match) {
        id = match.id();
        hints = match.hints();
        query = Query.parse(match.isRelayed() ? null : exchange.getRequestURI().getRawQuery(),
                match.route().parameters());
    }

    /// Sets who sent it.
    ///
    /// @param passes whether the request's token would still be accepted
    void by(Asker who, BooleanSupplier passes) {
        asker = who;
        stillPasses = passes;
    }

    /// Sets the path of its route.
    void route(String path) {
        route = path;
    }

    String route() {
        return route;
    }

    /// Sets the form of its errors.
    void errors(Function<Problem, Whole> form) {
        errors = form;
    }

    /// Returns the answer for an error, in the form of the API that was called.
    Whole error(Problem problem) {
        return errors.apply(problem);
    }

    /// Returns who sent the request, according to its token; on an open route [Asker#ANYBODY].
    public Asker asker() {
        return asker;
    }

    /// Returns whether the request would still be accepted, for long answers.
    boolean stillPasses() {
        return stillPasses.getAsBoolean();
    }

    /// Returns the method, in upper case.
    public String method() {
        return exchange.getRequestMethod();
    }

    /// Returns the text that `{id}` matched, decoded; null if the route has none.
    public String id() {
        return id;
    }

    /// Returns the parameters of the query.
    public Query query() {
        return query;
    }

    /// Returns the query as the client sent it, with non-ASCII bytes percent-encoded; null for none.
    public String rawQuery() {
        String raw = exchange.getRequestURI().getRawQuery();
        return raw == null ? null : Percent.ascii(raw);
    }

    /// Returns the path as the client sent it, without a preceding `/q/…`.
    public String path() {
        String path = exchange.getRequestURI().getRawPath();
        String rest = hints == null ? path : path.substring(Routes.HINTS.length() + hints.length());
        return rest.isEmpty() ? "/" : rest;
    }

    /// Returns the segment after `/q/`, in which a caller gives hints, percent-encoded as it was sent; null for none.
    public String hints() {
        return hints;
    }

    /// Returns the id of this request in logs: given by the client, or generated.
    public String requestId() {
        return exchange.getResponseHeaders().getFirst(Boundary.REQUEST_ID);
    }

    /// Returns the value of a header; null if it is absent.
    ///
    /// @throws Problem 400 if it appears twice or contains a control character
    public String header(String name) {
        List<String> values = headers.get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            throw Problem.badRequest("the header " + name + " appears twice");
        }
        String value = values.getFirst();
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) == 0x7f) {
                throw Problem.badRequest("the header " + name + " holds a control character");
            }
        }
        return value;
    }

    /// Returns the headers whose names are in a set or begin with one of some texts, by name in lower case; several
    /// values of one header are joined by commas, as HTTP defines.
    ///
    /// @param names  in lower case
    /// @param starts in lower case
    public Map<String, String> headers(Set<String> names, List<String> starts) {
        Map<String, String> found = new TreeMap<>();
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (names.contains(lower) || starts.stream().anyMatch(lower::startsWith)) {
                found.put(lower, String.join(", ", values));
            }
        });
        return found;
    }

    /// Returns whether there is a header whose name begins with this text, ignoring case.
    public boolean hasHeader(String start) {
        for (String name : headers.keySet()) {
            if (name.regionMatches(true, 0, start, 0, start.length())) {
                return true;
            }
        }
        return false;
    }

    /// Returns the server's end of the connection.
    public InetSocketAddress local() {
        return exchange.getLocalAddress();
    }

    /// Returns the client's end of the connection.
    public InetSocketAddress remote() {
        return exchange.getRemoteAddress();
    }

    /// Returns whether the header `Accept` names this media type.
    public boolean accepts(String type) {
        List<String> accept = headers.get("Accept");
        return accept != null && String.join(",", accept).toLowerCase(Locale.ROOT).contains(type);
    }

    /// Returns the media type of the body, in lower case and without parameters; empty if the request names none.
    ///
    /// @throws Problem 415 if its charset is not UTF-8
    private String contentType() {
        String header = header("Content-type");
        if (header == null) {
            return "";
        }
        int semicolon = header.indexOf(';');
        if (semicolon >= 0 && !utf8(header.substring(semicolon + 1))) {
            throw new Problem(415, "the body must be UTF-8, not \"" + header + "\"");
        }
        return (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }

    /// Returns whether no parameter names another charset. Other parameters have no meaning for JSON.
    private static boolean utf8(String parameters) {
        for (String parameter : parameters.toLowerCase(Locale.ROOT).split(";")) {
            String text = parameter.strip().replace("\"", "");
            if (text.startsWith("charset=") && !text.equals("charset=utf-8") && !text.equals("charset=utf8")) {
                return false;
            }
        }
        return true;
    }

    /// Reads the body, which must be JSON.
    ///
    /// @param max  the limit in bytes
    /// @param what what the limit belongs to, in its error message
    /// @throws Problem 400 if it is empty, 413 if it is larger, 415 if it has another type or an encoding
    public JsonReader json(int max, String what) {
        checkEncoding();
        String type = bodyType();
        if (!isJson(type)) {
            throw wrongType(type, Answer.JSON);
        }
        read(max, what);
        return body.json();
    }

    /// Reads the body whatever its type is, because some clients send JSON with another type.
    ///
    /// @param max  the limit in bytes
    /// @param what what the limit belongs to, in its error message
    public Body body(int max, String what) {
        checkEncoding();
        read(max, what);
        return body;
    }

    /// Returns the body as a stream, of any type and size; it is not kept in memory.
    public InputStream upload() {
        checkEncoding();
        isUpload = true;
        arriving.silence(UPLOAD_SILENCE);
        return incoming;
    }

    /// Reads the body if it is JSON; if its type is JSON lines, returns it as a stream, which must be closed when
    /// nothing of it is in memory any more.
    ///
    /// @param max  the limit in bytes
    /// @param what what the limit belongs to, in its error message
    /// @return the stream; null if the body is JSON, which [#body] returns
    /// @throws Problem 400 if it is empty, 413 if it is larger, 415 if it is neither
    public InputStream linesOrJson(int max, String what) {
        checkEncoding();
        String type = bodyType();
        if (type.equals(Answer.NDJSON) || type.equals("application/ndjson") || type.equals("application/jsonl")) {
            lines = bodies.open(incoming, announced(), max, what);
            return lines;
        }
        if (!isJson(type)) {
            throw wrongType(type, "application/json or application/x-ndjson");
        }
        read(max, what);
        return null;
    }

    /// Returns the body that was read; null if none was.
    public Body body() {
        return body;
    }

    private void checkEncoding() {
        String encoding = header("Content-encoding");
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw new Problem(415, "the body must be sent without Content-Encoding, not as " + encoding);
        }
    }

    private String bodyType() {
        return announced() == 0 ? Answer.JSON : contentType();
    }

    private static boolean isJson(String type) {
        return type.equals(Answer.JSON) || type.startsWith("application/") && type.endsWith("+json");
    }

    private static Problem wrongType(String type, String wanted) {
        return new Problem(415, "Content-Type must be " + wanted
                + (type.isEmpty() ? "; the request has none" : ", not " + type));
    }

    private void read(int max, String what) {
        body = bodies.read(incoming, announced(), max, what);
        if (body.length() == 0) {
            throw Problem.badRequest("the body is empty; it must be JSON");
        }
    }

    /// Returns the announced length of the body, in bytes; -1 if it comes in chunks, 0 if there is no body.
    ///
    /// @throws Problem 400 if `Content-Length` is not a number
    public long announced() {
        String length = header("Content-length");
        if (length == null) {
            return headers.containsKey("Transfer-encoding") ? -1 : 0;
        }
        // jdk.httpserver takes "+5" for 5; a proxy before it may not
        for (int i = 0; i < length.length(); i++) {
            if (length.charAt(i) < '0' || length.charAt(i) > '9') {
                throw Problem.badRequest("Content-Length must be digits, not \"" + length + "\"");
            }
        }
        return Long.parseLong(length);
    }

    /// Returns whether the connection must be closed after this request, because nothing that follows may be read as
    /// another request. A proxy in front, or the JDK's reader, may disagree about where the body ends: the reader takes
    /// chunk sizes modulo 2^32, and a bare CR as the end of a header.
    boolean last() {
        return headers.containsKey("Transfer-encoding") || headers.containsKey("Content-length")
                && !headers.getFirst("Content-length").equals("0")
                && (headers.containsKey("Via") || Request.of(exchange).forwarded());
    }

    /// Returns whether trailer fields are left unread.
    boolean trailers() {
        return incoming.trailers();
    }

    /// Returns whether a part of the body was not read.
    boolean unread() {
        if (body != null || lines != null && lines.ended() || incoming.ended()) {
            return false;
        }
        String length = headers.getFirst("Content-length");
        return length == null ? headers.containsKey("Transfer-encoding") : !length.equals("0");
    }

    /// Returns whether more of the body is unread than `jdk.httpserver` would read before it closes the connection. A
    /// client that is still sending would then lose the answer.
    boolean muchUnread() {
        String length = headers.getFirst("Content-length");
        return unread() && (length == null || length.length() > 5 || Integer.parseInt(length) > DRAINED_MAX_BYTES);
    }

    /// Reads the rest of the body and discards it: of an upload everything, of another body up to a limit.
    /// `jdk.httpserver` would wait for it without limit.
    ///
    /// @throws IOException if the body did not end
    void dropRest() throws IOException {
        arriving.answered(DROP_TIME);
        byte[] bin = new byte[DRAINED_MAX_BYTES];
        long left = isUpload ? Long.MAX_VALUE : DROPPED_MAX;
        try {
            while (left > 0 && !incoming.ended()) {
                left -= incoming.read(bin);
            }
        } catch (RuntimeException broken) {
            throw new IOException(broken);
        }
        if (!incoming.ended()) {
            throw new IOException("closed before the end of the request");
        }
    }

    /// Reserves memory for bytes of an answer until its client has taken them.
    ///
    /// @throws Problem 503 if there is no room for them
    public void hold(int bytes) {
        bodies.take(bytes);
        held += bytes;
    }

    /// Releases this many of the held bytes, because the client has taken them.
    public void letGo(int bytes) {
        held -= bytes;
        bodies.giveBack(bytes);
    }

    /// Returns the output for its answer, until the request is over.
    OutputStream answer() {
        OutInPieces answer = bodies.answer(exchange.getResponseBody());
        atEnd(() -> bodies.written(answer));
        return answer;
    }

    /// Runs an action once the request is over, however it ends; also if another one of them throws.
    public void atEnd(Runnable action) {
        Runnable before = end;
        end = () -> {
            try {
                action.run();
            } finally {
                before.run();
            }
        };
    }

    @Override
    public void close() {
        try {
            end.run();
        } finally {
            letGo(held);
            if (body != null) {
                bodies.release(body);
            }
        }
    }
}
