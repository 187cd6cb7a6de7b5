package bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import shared.json.Json;

/// The calls of a subject to a server whose tasks it examines one by one.
final class QueueCalls implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final String url;

    QueueCalls(Program queue) throws IOException {
        port = queue.port();
        url = "http://localhost:" + port + "/api/";
    }

    int port() {
        return port;
    }

    void post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
    }

    /// Waits until this many of the tasks that a query selects have completed. Returns how long they waited for their
    /// starts, in milliseconds, in the order of the submits.
    List<Long> waited(String query, int count) throws IOException, InterruptedException {
        return between("created_at", "started_at", query, count);
    }

    /// How long they took, likewise.
    List<Long> took(String query, int count) throws IOException, InterruptedException {
        return between("started_at", "completed_at", query, count);
    }

    private List<Long> between(String from, String to, String query, int count)
            throws IOException, InterruptedException {
        while (true) {
            String body = http.send(HttpRequest.newBuilder(URI.create(url + "tasks?status=completed&limit=1000&sort="
                    + "created_at&order=asc" + query)).build(), HttpResponse.BodyHandlers.ofString()).body();
            List<Json> tasks = ((Json.Arr) Json.parse(body)).values();
            if (tasks.size() >= count) {
                List<Long> times = new ArrayList<>();
                tasks.forEach(task -> times.add(millis(task, to) - millis(task, from)));
                return times;
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// Waits until this many tasks have completed.
    void awaitCompleted(int count) throws IOException, InterruptedException {
        String last = url + "tasks?status=completed&limit=1&offset=" + (count - 1);
        while (((Json.Arr) Json.parse(http.send(HttpRequest.newBuilder(URI.create(last)).build(),
                HttpResponse.BodyHandlers.ofString()).body())).values().isEmpty()) {
            LockSupport.parkNanos(100_000_000);
        }
    }

    /// Waits until this many event streams are open.
    void awaitStreams(int count) throws IOException, InterruptedException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (true) {
            String body = http.send(HttpRequest.newBuilder(URI.create(url + "settings")).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
            Json.Obj used = (Json.Obj) ((Json.Obj) Json.parse(body)).get("used");
            long open = used.integer("limits.event_streams", -1);
            if (open == count) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new IOException(open + " event streams are open, not " + count);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static long millis(Json task, String member) {
        return Instant.parse(((Json.Str) ((Json.Obj) task).get(member)).value()).toEpochMilli();
    }

    @Override
    public void close() {
        http.close();
    }
}
