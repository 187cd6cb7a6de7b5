package bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import shared.json.Json;

/// Events to many subscribers, and what subscribers cost the clients that submit.
final class FanoutBench {

    private static final int READERS = 250;
    private static final int FOLLOWERS = 500;
    private static final int PER_SECOND = 130;
    private static final int PACED = 5 * PER_SECOND;
    private static final int BATCH = 50;
    /// How many events may be under way while the sustainable rate is searched.
    private static final int OPEN_MAX = 6 * BATCH;
    private static final int HELD = 20 * BATCH;
    private static final double SECONDS = 2;

    /// The kinds of subscribers, each as its request.
    private static final Map<String, String> KINDS = Map.of(
            "SSE", "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "WebSocket", "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

    private FanoutBench() {
    }

    static void readers(Work work, Table table) throws Exception {
        for (String kind : KINDS.keySet()) {
            Figures lost = new Figures();
            Figures held = new Figures();
            try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                    Program listeners = Program.java(work, "bench.Listeners");
                    HttpClient http = HttpClient.newHttpClient()) {
                int port = queue.port();
                post(http, port, "/api/queue/pause", "");
                int at = kind.equals("WebSocket") ? wsPort(http, port) : port;
                open(work, listeners, at, READERS, KINDS.get(kind));
                // the pause was the first
                long seq = 1;
                for (int i = -1; i < Subject.RUNS; i++) {
                    seq = paced(http, port, seq);
                    lost.add(lost(listeners, seq));
                    double rate = held(http, listeners, port, seq);
                    seq += HELD;
                    if (i >= 0) {
                        held.add(rate);
                    }
                }
            }
            table.row("fanout: 250 " + kind + " readers, 130 events/s, lost", "", lost, Goal.atMost(0, "lost"));
            table.row("fanout: 250 " + kind + " readers, most messages", "1/s", held, Goal.atLeast(65_000, "1/s"));
        }
    }

    static void followers(Work work, Table table) throws Exception {
        Figures with = new Figures();
        Figures without = new Figures();
        try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                Client client = new Client(work);
                HttpClient http = HttpClient.newHttpClient()) {
            int port = queue.port();
            Path submit = client.submit();
            post(http, port, "/api/queue/pause", "");
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < FOLLOWERS; i++) {
                String id = ((Json.Obj) Json.parse(post(http, port, "/api/tasks", Client.TASK))).text("id");
                requests.append("GET /api/tasks/").append(id).append("/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            client.time(port, 64, SECONDS, submit);
            for (int i = -1; i < Subject.RUNS; i++) {
                double alone = client.time(port, 64, SECONDS, submit).perSecond();
                try (Program listeners = Program.java(work, "bench.Listeners")) {
                    open(work, listeners, port, FOLLOWERS, requests.toString());
                    double beside = client.time(port, 64, SECONDS, submit).perSecond();
                    if (i >= 0) {
                        with.add(beside);
                        without.add(alone);
                    }
                }
            }
        }
        table.row("followers: submits beside 500 followers", "1/s", with, without, Goal.ratioAtLeast(0.8));
    }

    private static void open(Work work, Program listeners, int port, int count, String requests) throws IOException {
        Path file = Files.writeString(work.folder().resolve("requests"), requests, StandardCharsets.US_ASCII);
        listeners.ask("open " + port + " " + count + " " + file);
    }

    /// How many of the events up to this one have not reached a reader yet.
    private static long lost(Program listeners, long seq) throws IOException {
        return Long.parseLong(listeners.ask("await " + seq).split(" ")[1]);
    }

    /// @return the last event's number
    private static long paced(HttpClient http, int port, long seq) throws Exception {
        long begun = System.nanoTime();
        for (int i = 1; i <= PACED; i++) {
            post(http, port, "/api/tasks", Client.TASK);
            LockSupport.parkNanos(begun + i * 1_000_000_000L / PER_SECOND - System.nanoTime());
        }
        return seq + PACED;
    }

    /// @return messages a second, to all readers together
    private static double held(HttpClient http, Program listeners, int port, long seq) throws Exception {
        String batch = "[" + (Client.TASK + ",").repeat(BATCH - 1) + Client.TASK + "]";
        long begun = System.nanoTime();
        for (long sent = BATCH; sent <= HELD; sent += BATCH) {
            post(http, port, "/api/tasks/batch", batch);
            listeners.ask("await " + Math.max(seq, seq + sent - OPEN_MAX));
        }
        listeners.ask("await " + (seq + HELD));
        return (double) READERS * HELD / ((System.nanoTime() - begun) / 1e9);
    }

    private static int wsPort(HttpClient http, int port) throws Exception {
        String info = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/info")).build(),
                BodyHandlers.ofString()).body();
        return (int) ((Json.Obj) Json.parse(info)).integer("ws_port", 0);
    }

    private static String post(HttpClient http, int port, String path, String body) throws Exception {
        var answer = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
