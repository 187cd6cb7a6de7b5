package bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Relayed calls, compared with direct calls of the host, a bare relay of the JDK's parts and, where it is installed,
/// nginx. Also the cost of callers that wait, compared with as many waiting long polls.
final class RelayBench {

    private static final double WARM_SECONDS = 20;
    private static final double SECONDS = 3;
    private static final int MANY = 64;
    private static final int PIECES = 200;
    private static final int FIRSTS = 50;
    private static final int WAITING = 1_000;

    private RelayBench() {
    }

    static void run(Work work, Table table) throws Exception {
        try (Program fake = Program.java(work, "bench.FakeStream")) {
            int host = fake.port();
            Path config = work.folder().resolve("relay.yaml");
            Files.writeString(config, "queue: {workers: " + MANY + "}\nollama:\n  hosts:\n  - {name: fake, url: "
                    + "\"http://127.0.0.1:" + host + "\", max_concurrent: " + MANY + ", parallel: "
                    + MANY + "}\n");
            try (Program queue = Program.server(work, work.fresh("data"), "", "--config", config.toString());
                    Program bare = Program.java(work, "bench.BareRelay", Integer.toString(host));
                    Client client = new Client(work)) {
                calls(client, table, host, queue.port(), bare.port(), work);
            }
            try (Program queue = Program.server(work, work.fresh("data"), "", "--config", config.toString())) {
                waiting(table, queue);
            }
        }
    }

    private static void calls(Client client, Table table, int host, int queue, int bare, Work work)
            throws Exception {
        Path whole = request(client, "whole", "1", false);
        Path stream = request(client, "stream", Integer.toString(PIECES), true);
        for (int port : new int[] {host, bare, queue}) {
            client.time(port, MANY, WARM_SECONDS / 2, stream);
            client.time(port, MANY, WARM_SECONDS / 2, whole);
        }
        one(client, table, host, queue, whole);
        rates(client, table, "relay: " + MANY + " connections", 1, bare, queue, whole);
        rates(client, table, "relay: " + MANY + " streams, pieces", PIECES, bare, queue, stream);
        first(table, host, queue);
        try (Nginx nginx = Nginx.start(work, host)) {
            if (nginx != null) {
                client.time(nginx.port(), MANY, WARM_SECONDS / 2, whole);
                Figures rates = new Figures();
                Figures floors = new Figures();
                for (int i = 0; i < Subject.RUNS; i++) {
                    floors.add(client.time(nginx.port(), MANY, SECONDS, whole).perSecond());
                    rates.add(client.time(queue, MANY, SECONDS, whole).perSecond());
                }
                table.row("relay: " + MANY + " connections, against nginx", "1/s", rates, floors, Goal.NONE);
            }
        }
    }

    private static Path request(Client client, String name, String model, boolean stream) throws IOException {
        return client.request(name, "POST", "/api/chat", "application/json", ("{\"model\":\"" + model + "\",\"stream\":"
                + stream + ",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}")
                .getBytes(StandardCharsets.US_ASCII));
    }

    private static void one(Client client, Table table, int host, int queue, Path whole) throws IOException {
        Figures half = new Figures();
        Figures slow = new Figures();
        Figures directHalf = new Figures();
        Figures directSlow = new Figures();
        for (int i = 0; i < Subject.RUNS; i++) {
            Client.Result direct = client.time(host, 1, SECONDS, whole);
            Client.Result through = client.time(queue, 1, SECONDS, whole);
            half.add(through.p50() / 1e3);
            slow.add(through.p99() / 1e3);
            directHalf.add(direct.p50() / 1e3);
            directSlow.add(direct.p99() / 1e3);
        }
        table.row("relay: 1 connection, median, more than direct", "ms", half.minus(directHalf),
                Goal.atMost(1.5, "ms"));
        table.row("relay: 1 connection, p99, more than direct", "ms", slow.minus(directSlow), Goal.atMost(5, "ms"));
    }

    private static void rates(Client client, Table table, String subject, int each, int bare, int queue, Path request)
            throws IOException {
        Figures rates = new Figures();
        Figures floors = new Figures();
        for (int i = 0; i < Subject.RUNS; i++) {
            floors.add(each * client.time(bare, MANY, SECONDS, request).perSecond());
            rates.add(each * client.time(queue, MANY, SECONDS, request).perSecond());
        }
        table.row(subject + ", against a bare relay", "1/s", rates, floors, Goal.ratioAtLeast(0.6));
    }

    private static void first(Table table, int host, int queue) throws IOException {
        Figures more = new Figures();
        try (StreamReader direct = new StreamReader(host); StreamReader through = new StreamReader(queue)) {
            for (int i = 0; i < Subject.RUNS; i++) {
                Figures there = new Figures();
                Figures here = new Figures();
                for (int j = 0; j < FIRSTS; j++) {
                    direct.readDirectly(PIECES);
                    through.readDirectly(PIECES);
                    there.add(direct.firstNanos / 1e6);
                    here.add(through.firstNanos / 1e6);
                }
                more.add(here.median() - there.median());
            }
        }
        table.row("relay: first piece, more than direct", "ms", more, Goal.atMost(1.5, "ms"));
    }

    // ---- callers that wait

    private static void waiting(Table table, Program queue) throws Exception {
        int port = queue.port();
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            ask(http, port, "POST", "/api/queue/pause");
            String id = ask(http, port, "POST", "/api/tasks", "{\"type\":\"chat\",\"model\":\"m\",\"prompt\":\"x\"}")
                    .replaceFirst("(?s).*\"task_id\":\"(\\w+)\".*", "$1");
            String poll = "GET /api/tasks/" + id + "?wait=10m HTTP/1.1\r\nHost: localhost\r\n\r\n";
            String body = "{\"model\":\"m\",\"prompt\":\"" + "x".repeat(300) + "\"}";
            String call = "POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            Figures calls = new Figures();
            Figures polls = new Figures();
            Figures vanished = new Figures();
            for (int i = -1; i < 3; i++) {
                double none = queue.liveHeapKb();
                double polling = held(port, poll, queue, http, vanished, -1) - none;
                double quiet = queue.liveHeapKb();
                double calling = held(port, call, queue, http, vanished, i) - quiet;
                if (i >= 0) {
                    polls.add(polling / WAITING);
                    calls.add((calling - WAITING * body.length() / 1024.0) / WAITING);
                }
            }
            table.row("relay: a caller that waits, against a long-poll", "KB", calls, polls, Goal.ratioAtMost(1.5));
            table.row("relay: a vanished caller's cancel", "ms", vanished, Goal.atMost(2_000, "ms"));
        }
    }

    /// @param run from 0 on one of the callers vanishes, too
    /// @return the live heap while this many of these requests wait, in KB
    private static double held(int port, String request, Program queue, HttpClient http, Figures vanished, int run)
            throws Exception {
        List<Socket> all = new ArrayList<>();
        try {
            for (int i = 0; i < WAITING; i++) {
                all.add(send(port, request));
            }
            if (request.startsWith("POST")) {
                await(http, port, "\"callers_waiting\":" + WAITING + "[,}]", "/api/status");
            } else {
                // nothing reports them: each was accepted before the answer to this one, whose connection came later
                LockSupport.parkNanos(2_000_000_000L);
            }
            double heap = queue.liveHeapKb();
            if (run >= 0) {
                String client = "vanishes" + run;
                Socket gone = send(port, request.replaceFirst("\r\n\r\n",
                        "\r\nX-Queue-Client: " + client + "\r\n\r\n"));
                await(http, port, "\"pending\"", "/api/tasks?client=" + client);
                gone.close();
                long begun = System.nanoTime();
                await(http, port, "\"cancelled\"", "/api/tasks?client=" + client);
                vanished.add((System.nanoTime() - begun) / 1e6);
            }
            return heap;
        } finally {
            for (Socket socket : all) {
                socket.close();
            }
            await(http, port, "\"callers_waiting\":0[,}]", "/api/status");
        }
    }

    private static Socket send(int port, String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void await(HttpClient http, int port, String pattern, String path) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!ask(http, port, "GET", path).replaceAll("\\s", "").matches("(?s).*" + pattern + ".*")) {
            if (System.nanoTime() > end) {
                throw new IOException(path + " has no " + pattern + ": " + ask(http, port, "GET", path));
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static String ask(HttpClient http, int port, String method, String path, String... body)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json").method(method, body.length == 0
                        ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body[0])).build(),
                BodyHandlers.ofString()).body();
    }

    /// nginx in front of the host, without buffering of answers.
    private record Nginx(Process process, int port) implements AutoCloseable {

        /// Null where it is not installed.
        static Nginx start(Work work, int host) throws IOException {
            Path program = Stream.of("/usr/sbin/nginx", "/usr/bin/nginx").map(Path::of).filter(Files::isExecutable)
                    .findFirst().orElse(null);
            if (program == null) {
                return null;
            }
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Path config = work.folder().resolve("nginx.conf");
            Files.writeString(config, "daemon off; pid " + work.folder() + "/nginx.pid; error_log stderr;\n"
                    + "worker_processes auto;\nevents { worker_connections 1024; }\nhttp { access_log off;\n"
                    + "upstream host { server 127.0.0.1:" + host + "; keepalive 64; }\n"
                    + "server { listen 127.0.0.1:" + port + "; keepalive_requests 1000000000;\n"
                    + "location / { proxy_pass http://host; proxy_http_version 1.1; proxy_set_header Connection '';\n"
                    + "proxy_buffering off; } } }\n");
            Process process = new ProcessBuilder(program.toString(), "-p", work.folder().toString(), "-c",
                    config.toString()).redirectErrorStream(true).redirectOutput(work.log().toFile()).start();
            while (true) {
                try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return new Nginx(process, there.getPort());
                } catch (IOException notYet) {
                    if (!process.isAlive()) {
                        throw notYet;
                    }
                    LockSupport.parkNanos(10_000_000);
                }
            }
        }

        @Override
        public void close() {
            process.destroy();
        }
    }
}
