package support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import shared.json.Json;

/// Reads server-sent events according to their standard, with the JDK's oldest client.
public final class EventReader implements AutoCloseable {

    /// One event.
    public record Told(String event, String id, String json) {

        public Json.Obj data() {
            return (Json.Obj) Json.parse(json);
        }

        public long seq() {
            return data().integer("seq", -1);
        }

        public String what() {
            return data().text("what");
        }
    }

    private final HttpURLConnection connection;
    private final BufferedReader lines;
    private String place = "";
    private int pings;

    /// @param headers names and values in turn
    public EventReader(String url, String... headers) throws IOException {
        connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        for (int i = 0; i < headers.length; i += 2) {
            connection.setRequestProperty(headers[i], headers[i + 1]);
        }
        connection.setReadTimeout(60_000);
        lines = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Returns a header of the answer.
    public String header(String name) {
        return connection.getHeaderField(name);
    }

    /// Returns the next event; null at the stream's end.
    ///
    /// @throws IOException also if the stream breaks off
    public Told next() throws IOException {
        String event = "message";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty() && !data.isEmpty()) {
                return new Told(event, place, data);
            } else if (line.startsWith(":")) {
                pings++;
            } else if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
            } else if (line.startsWith("id: ")) {
                place = line.substring("id: ".length());
            } else if (line.startsWith("data: ")) {
                data += line.substring("data: ".length());
            } else if (!line.isEmpty()) {
                throw new IOException("not a line of an event: " + line);
            }
        }
        return null;
    }

    /// Returns the next line as it is; null at the stream's end.
    public String line() throws IOException {
        return lines.readLine();
    }

    /// Returns the last id that came; empty if none did.
    public String place() {
        return place;
    }

    public int pings() {
        return pings;
    }

    @Override
    public void close() {
        connection.disconnect();
    }
}
