package server.api;

import java.io.IOException;
import java.util.function.Predicate;

import server.websocket.RawClient;
import shared.json.Json;

/// A client of the live messages.
final class LiveClient implements AutoCloseable {

    private final RawClient socket;

    /// @param query empty, or as `?since=5`
    LiveClient(int port, String query) throws IOException {
        socket = new RawClient(port);
        String answer = socket.ask(RawClient.request("/ws" + query));
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(answer);
        }
    }

    LiveClient say(String json) throws IOException {
        socket.say(json);
        return this;
    }

    LiveClient subscribe(String... ids) throws IOException {
        return say("{\"subscribe\":[\"" + String.join("\",\"", ids) + "\"]}");
    }

    /// The next message.
    Json.Obj next() throws IOException {
        RawClient.Frame frame = socket.next();
        if (frame == null || frame.first() != 0x81) {
            throw new IOException("no message but " + (frame == null ? "the end" : frame.shown()));
        }
        return (Json.Obj) Json.parse(frame.payload());
    }

    /// The next message of this kind; others are passed over.
    Json.Obj next(String event) throws IOException {
        return next(message -> event.equals(message.text("event")));
    }

    Json.Obj next(Predicate<Json.Obj> wanted) throws IOException {
        Json.Obj message = next();
        while (!wanted.test(message)) {
            message = next();
        }
        return message;
    }

    /// Events of tasks as `what seq`, pieces as `attempt.offset text`, others as their kind.
    String shown() throws IOException {
        return shown(next());
    }

    static String shown(Json.Obj message) {
        return switch (message.text("event")) {
            case "task" -> message.text("what") + " " + message.integer("seq", -1);
            case "chunk" -> message.integer("attempt", -1) + "." + message.integer("offset", -1) + "-"
                    + message.integer("end", -1) + " " + (message.text("text") == null
                    ? "(" + message.text("thinking") + ")" : message.text("text"));
            case "subscribed", "unsubscribed" -> message.text("event") + " " + message.text("status");
            case "error" -> "error " + message.text("error");
            default -> message.text("event") + " " + message.integer("seq", -1);
        };
    }

    RawClient raw() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
