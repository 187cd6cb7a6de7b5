package bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The longest delay of `/healthz` and of a submit while a crowd sends expensive requests to a server that has just
/// started and has many tasks. A figure is the longest of a run, and each run has to reach the goal. Of a submit counts
/// what it took longer than the longest sync of a bare file meanwhile: no queue is quicker than its disk.
final class CrowdBench {

    private static final int SERVERS = 3;
    private static final int RUNS = 3;
    private static final int TASKS = 73_000;
    private static final int BATCH = 7_300;
    private static final double SECONDS = 3;
    private static final Goal GOAL = Goal.atMost(100, "ms");

    /// @param deaf whether its members stay and read nothing, rather than leave at once
    private record Crowd(String name, int members, String path, boolean deaf) {
    }

    private static final List<Crowd> CROWDS = List.of(
            new Crowd("1,000 deaf streams", 1_000, "/api/events?since=0", true),
            new Crowd("32 abandoned searches", 32, "/api/tasks?q=zzzzzz", false),
            new Crowd("128 abandoned searches", 128, "/api/tasks?q=zzzzzz", false),
            new Crowd("128 abandoned replays", 128, "/api/events?since=0&status=failed", false));

    private CrowdBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Map<Crowd, Figures> health = new HashMap<>();
        Map<Crowd, Figures> submit = new HashMap<>();
        Figures syncs = new Figures();
        for (int i = 0; i < SERVERS; i++) {
            try (Program queue = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:");
                    QueueCalls calls = new QueueCalls(queue);
                    DiskBeside disk = new DiskBeside(work.folder().resolve("beside"))) {
                fill(calls);
                for (Crowd crowd : CROWDS) {
                    for (int j = 0; j < RUNS; j++) {
                        // beyond the limit a stream is refused, which costs less
                        calls.awaitStreams(0);
                        beside(work, calls, crowd, disk, health.computeIfAbsent(crowd, one -> new Figures()),
                                submit.computeIfAbsent(crowd, one -> new Figures()), syncs);
                    }
                }
            }
        }
        for (Crowd crowd : CROWDS) {
            table.eachRow("crowd: /healthz beside " + crowd.name, "ms", health.get(crowd), GOAL);
            table.eachRow("crowd: submit - sync, " + crowd.name, "ms", submit.get(crowd), GOAL);
        }
        table.eachRow("crowd: the longest bare sync meanwhile", "ms", syncs, Goal.NONE);
    }

    private static void fill(QueueCalls calls) throws Exception {
        String task = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\""
                + "Hello world, this is a prompt. ".repeat(12) + "\"}";
        for (int i = 0; i < TASKS; i += BATCH) {
            calls.post("tasks/batch", "[" + (task + ",").repeat(BATCH - 1) + task + "]");
        }
        calls.awaitCompleted(TASKS);
    }

    private static void beside(Work work, QueueCalls calls, Crowd crowd, DiskBeside disk, Figures health,
            Figures submit, Figures syncs) throws Exception {
        int port = calls.port();
        byte[] ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] task = ("POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
                + "application/json\r\nContent-Length: " + Client.TASK.length() + "\r\n\r\n" + Client.TASK)
                .getBytes(StandardCharsets.US_ASCII);
        try (Program members = Program.java(work, "bench.CrowdBench", Integer.toString(port),
                Integer.toString(crowd.members), crowd.path, Boolean.toString(crowd.deaf))) {
            members.read();
            for (int i = 0; i < 20; i++) {
                took(port, ask, "200");
                took(port, task, "201");
            }
            double longestHealth = 0;
            double longestSubmit = 0;
            double longestSync = 0;
            members.tell("begin");
            long end = System.nanoTime() + (long) (SECONDS * 1e9);
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(3_000_000);
                longestHealth = Math.max(longestHealth, took(port, ask, "200"));
                disk.begin();
                double submitted = took(port, task, "201");
                longestSubmit = Math.max(longestSubmit, submitted - disk.longest());
                longestSync = Math.max(longestSync, disk.longest());
            }
            if (crowd.deaf) {
                calls.awaitStreams(crowd.members);
            }
            health.add(longestHealth);
            submit.add(longestSubmit);
            syncs.add(longestSync);
        }
    }

    /// @return milliseconds, on a connection of its own
    private static double took(int port, byte[] request, String status) throws IOException {
        long begun = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            if (!answer.startsWith("HTTP/1.1 " + status)) {
                throw new IOException(answer);
            }
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    /// The crowd, a separate program: it connects on command, and stays until the program ends.
    ///
    /// @param args the port, how many, the path, whether they are deaf
    public static void main(String[] args) throws IOException {
        byte[] request = ("GET " + args[2] + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        List<Socket> deaf = new ArrayList<>();
        System.out.println("ready");
        System.in.read();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(server);
            socket.getOutputStream().write(request);
            if (args[3].equals("true")) {
                deaf.add(socket);
            } else {
                socket.close();
            }
        }
        while (System.in.read() >= 0) {
            // its end is the end of the run
        }
    }
}
