package bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import support.Programs;

/// A separate process, so that it shares neither heap nor compiler with what it is compared with. It receives commands
/// and reports results line by line.
final class Program implements AutoCloseable {

    /// The server's, as the Makefile has them.
    private static final List<String> FLAGS = List.of("-Xmx512m", "-XX:+UseParallelGC", "-XX:-UseAdaptiveSizePolicy",
            "-XX:InitialRAMPercentage=25", "-XX:NewRatio=8", "-XX:MaxTenuringThreshold=1",
            "-XX:-ClassUnloading", "-XX:InlineSmallCode=1500", "-XX:ReservedCodeCacheSize=64m",
            "-XX:+UseCompactObjectHeaders");

    private final Process process;
    private final BufferedReader out;
    private final BufferedWriter in;
    private final Path log;

    private Program(List<String> command, String javaOptions, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("OLLAMA_HOST");
        builder.environment().put("OLLAMA_QUEUE_JAVA_OPTS", javaOptions);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        this.log = log;
        process = builder.start();
        out = process.inputReader(StandardCharsets.UTF_8);
        in = process.outputWriter(StandardCharsets.UTF_8);
    }

    /// A main class of the tests, with the server's collector and heap.
    ///
    /// @param words options of Java, the class, its arguments
    static Program java(Work work, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(FLAGS);
        command.addAll(List.of("@build/test/java.args", "-da"));
        command.addAll(List.of(words));
        return new Program(command, "", work.log());
    }

    /// The server as users start it, and listening.
    ///
    /// @param javaOptions after the launcher's own; the executor of [NoOpProvider] is there if a host asks for it
    static Program server(Work work, Path dataDir, String javaOptions, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.server().toString(), "--port", "0", "--data-dir",
                dataDir.toString()));
        command.addAll(List.of(arguments));
        return new Program(command, javaOptions, work.log());
    }

    /// The port in its first line, `listening on http://HOST:PORT`.
    int port() throws IOException {
        String line = read();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    /// The next line that it prints.
    String read() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("it ended early; its log:\n" + Files.readString(log));
        }
        return line;
    }

    /// Sends it a line and returns its answer.
    String ask(String line) throws IOException {
        tell(line);
        return read();
    }

    /// Sends it a line.
    void tell(String line) throws IOException {
        in.write(line);
        in.newLine();
        in.flush();
    }

    /// How much of the machine's memory it takes now, in MB.
    double residentMb() throws IOException {
        return kilobytes("VmRSS:") / 1024.0;
    }

    /// The live heap in KB, as the JDK counts it. Counting alone would count garbage, too, that the collection before
    /// it did not move.
    double liveHeapKb() throws IOException {
        jcmd("GC.run");
        String said = jcmd("GC.class_histogram");
        String[] total = said.substring(said.lastIndexOf('\n') + 1).split("\\s+");
        if (!total[0].equals("Total")) {
            throw new IOException("no count of the heap: " + said);
        }
        return Long.parseLong(total[2]) / 1024.0;
    }

    private String jcmd(String command) throws IOException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                Long.toString(process.pid()), command).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private long kilobytes(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
            }
        }
        throw new IOException("no " + name + " of process " + process.pid());
    }

    /// Waits until it has ended by itself.
    void join() throws InterruptedException {
        process.waitFor();
    }

    /// Asks it to stop, and waits.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException hurried) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
