package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The single-file client, from exec to its end: `status` of a server, compared with a program of one line that is
/// started the same way, on this JDK and on JDK 17 where it is installed.
final class SingleBench {

    private static final Path CLIENT = Path.of("build/dist/Client.java").toAbsolutePath();

    private SingleBench() {
    }

    static void run(Work work, Table table) throws Exception {
        Path hello = work.fresh("hello");
        Files.createDirectories(hello);
        Files.writeString(hello.resolve("Hello.java"),
                "class Hello { public static void main(String[] words) { System.out.println(\"hello\"); } }\n");
        try (Program server = Program.server(work, work.fresh("data"), "", "--ollama-host", "echo:")) {
            String url = "http://localhost:" + server.port();
            for (Path jdk : jdks()) {
                String java = jdk.resolve("bin/java").toString();
                Map<String, String> home = Map.of("JAVA_HOME", jdk.toString(), "XDG_CACHE_HOME",
                        work.folder().toString());
                int version = version(jdk);
                List<String> client = List.of(java, CLIENT.toString(), "--server", url, "status");
                List<String> source = List.of(java, hello.resolve("Hello.java").toString());
                row(table, "single: java Client.java status, JDK " + version, Goal.ratioAtMost(2.5), client, source,
                        () -> home);
                row(table, "single: its first start, no cache, JDK " + version, Goal.NONE, client, source,
                        () -> Map.of("XDG_CACHE_HOME", work.fresh("cache").toString()));
                time(List.of(jdk.resolve("bin/javac").toString(), "-d", hello.toString(),
                        hello.resolve("Hello.java").toString()), Map.of());
                row(table, "single: sh Client.java status, JDK " + version, Goal.ratioAtMost(3),
                        List.of("sh", CLIENT.toString(), "--server", url, "status"),
                        List.of(java, "-cp", hello.toString(), "Hello"), () -> home);
            }
        }
    }

    private interface Surroundings {
        Map<String, String> variables() throws IOException;
    }

    /// The first run of both is for the caches.
    private static void row(Table table, String subject, Goal goal, List<String> command, List<String> floor,
            Surroundings surroundings) throws IOException, InterruptedException {
        Figures times = new Figures();
        Figures floors = new Figures();
        for (int i = -1; i < 2 * Subject.RUNS + 1; i++) {
            Map<String, String> environment = surroundings.variables();
            double bare = time(floor, environment);
            double whole = time(command, environment);
            if (i >= 0) {
                floors.add(bare);
                times.add(whole);
            }
        }
        table.row(subject, "s", times, floors, goal);
    }

    private static double time(List<String> command, Map<String, String> environment) throws IOException,
            InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        long begun = System.nanoTime();
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("it failed: " + command);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private static List<Path> jdks() throws IOException {
        List<Path> jdks = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
            found.sorted().filter(jdk -> version(jdk) == 17).limit(1).forEach(jdks::add);
        }
        return jdks;
    }

    /// 0 for what is none.
    private static int version(Path jdk) {
        try {
            String release = Files.readString(jdk.resolve("release"));
            return Integer.parseInt(release.replaceFirst("(?s).*JAVA_VERSION=\"(\\d+).*", "$1"));
        } catch (IOException | NumberFormatException none) {
            return 0;
        }
    }
}
