package bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How long the images' programs take to start, compared with a program that only says hello, in an image of the same
/// modules with the same flags and its own class archive. Also the memory that they take.
final class StartupBench {

    /// A start is so short that more of them are needed.
    private static final int RUNS = 3 * Subject.RUNS;
    private static final String CLIENT = "build/dist/ollama-queue/bin/ollama-queue";
    private static final Path TIME = Path.of("/usr/bin/time");

    private StartupBench() {
    }

    static void run(Work work, Table table) throws Exception {
        try (Program server = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:")) {
            String url = "http://localhost:" + server.port();
            row(work, table, "startup: client status", Goal.ratioAtMost(2.5), "--server", url, "status");
            row(work, table, "startup: client version", Goal.ratioAtMost(1.4), "version");
            row(work, table, "startup: client --help", Goal.ratioAtMost(1.4), "--help");
            if (!Files.isExecutable(TIME)) {
                throw new IOException("GNU time is needed (Debian and Ubuntu: apt-get install time)");
            }
            Figures peak = new Figures();
            for (int i = 0; i < Subject.RUNS; i++) {
                Path kilobytes = work.folder().resolve("time");
                wall(work, TIME.toString(), "-f", "%M", "-o", kilobytes.toString(), CLIENT, "--server", url, "status");
                peak.add(Long.parseLong(Files.readString(kilobytes).strip()) / 1024.0);
            }
            table.row("startup: client's peak", "MB", peak, Goal.atMost(60, "MB"));
        }
        server(work, table);
    }

    private static void row(Work work, Table table, String name, Goal goal, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(CLIENT));
        command.addAll(List.of(words));
        Figures times = new Figures();
        Figures floors = new Figures();
        for (int i = -1; i < RUNS; i++) {
            double floor = hello(work, "ollama-queue");
            double time = wall(work, command.toArray(String[]::new));
            if (i >= 0) {
                floors.add(floor);
                times.add(time);
            }
        }
        table.row(name, "ms", times, floors, goal);
    }

    private static void server(Work work, Table table) throws Exception {
        Figures times = new Figures();
        Figures floors = new Figures();
        Figures idle = new Figures();
        for (int i = -1; i < RUNS; i++) {
            double floor = hello(work, "ollama-queue-server");
            Path folder = work.fresh("data");
            long begun = System.nanoTime();
            try (Program server = Program.server(work, folder, "", "--ollama-host", "echo:")) {
                String url = "http://localhost:" + server.port() + "/readyz";
                while (status(url) != 200) {
                    Thread.onSpinWait();
                }
                double time = (System.nanoTime() - begun) / 1e6;
                if (i >= 0) {
                    floors.add(floor);
                    times.add(time);
                    idle.add(server.residentMb());
                }
            }
        }
        table.row("startup: server to the first 200 on /readyz", "ms", times, floors, Goal.ratioAtMost(4));
        table.row("startup: server idle", "MB", idle, Goal.atMost(80, "MB"));
    }

    private static double hello(Work work, String image) throws Exception {
        return wall(work, "build/hello/" + image + "/bin/java", "-m", "hello/hello.Hello");
    }

    /// Milliseconds from exec to the end.
    private static double wall(Work work, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(work.log().toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        long begun = System.nanoTime();
        int status = builder.start().waitFor();
        double time = (System.nanoTime() - begun) / 1e6;
        if (status != 0) {
            throw new IOException(List.of(command) + " ended with " + status + ": " + Files.readString(work.log()));
        }
        return time;
    }

    private static int status(String url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        try {
            int status = connection.getResponseCode();
            try (InputStream body = status == 200 ? connection.getInputStream() : connection.getErrorStream()) {
                body.readAllBytes();
            }
            return status;
        } finally {
            connection.disconnect();
        }
    }
}
