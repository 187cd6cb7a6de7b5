package client;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Reads a stream of server-sent events.
final class ServerEvents implements AutoCloseable {

    /// @param id   the last id in the stream; null for none yet
    /// @param data its lines, joined
    record Event(String id, String name, String data) {
    }

    private final Api api;
    private final Api.Reply reply;
    private final BufferedReader lines;
    /// The id of the last event that was read completely; an event that breaks off is sent again.
    private String id;

    /// @param after the id of the last event seen; null for all
    ServerEvents(Api api, String path, String after) {
        Map<String, String> headers = new HashMap<>(Map.of("Accept", "text/event-stream"));
        if (after != null) {
            headers.put("Last-Event-ID", after);
        }
        this.api = api;
        id = after;
        reply = api.send("GET", path, headers, null);
        lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
    }

    /// Waits for the next event and returns it; null at the end of the stream.
    Event next() {
        String name = "message";
        String place = id;
        StringBuilder data = null;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Failure.checkNotStopped();
                if (line.isEmpty()) {
                    id = place;
                    if (data != null) {
                        return new Event(id, name, data.toString());
                    }
                }
                int colon = line.indexOf(':');
                String field = colon < 0 ? line : line.substring(0, colon);
                String value = colon < 0 ? "" : line.substring(line.startsWith(": ", colon) ? colon + 2 : colon + 1);
                if (field.equals("id")) {
                    place = value;
                } else if (field.equals("event")) {
                    name = value;
                } else if (field.equals("data")) {
                    data = data == null ? new StringBuilder(value) : data.append('\n').append(value);
                }
            }
            return null;
        } catch (IOException lost) {
            throw api.lost(lost);
        }
    }

    /// Returns the last id in the stream; null if there was none yet.
    String id() {
        return id;
    }

    /// Makes the failure for a stream that ended too early, for example because the server stops.
    Failure ended() {
        return api.lost(new EOFException("the stream ended"));
    }

    @Override
    public void close() {
        reply.connection().disconnect();
    }
}
