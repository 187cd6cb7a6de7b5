package support.run;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import support.Effort;

/// The run's side of a [Lane]: its process, its connection and its folder for temporary files.
final class LaneProcess implements AutoCloseable {

    /// Short runs end before the second compiler pays off.
    private static final List<String> OPTIONS = List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "@build/test/java.args");
    private static final List<String> PROPERTIES = List.of("only", "part", "seed", "seconds", "minutes", "log",
            "limit");
    /// The hosts of the tests.
    private static final String LOCAL = "localhost,127.0.0.1,::1,.lan";
    /// By name, because JUnit is only on the lanes' class path.
    private static final String LANE = "support.run.Lane";
    /// The same as for a test: on a busy machine, starting a process may take a minute.
    private static final int START_MS = 300_000;
    /// Longer than the longest limit of a test: a lane that is silent for so long is dead in spite of its watchdog.
    /// Zero for no limit.
    private static final int SILENCE_MS = Effort.isProof() ? 0 : 600_000;
    private static final int END_SECONDS = 20;

    private final Process process;
    private final String mark;
    private final Path folder;
    private final Socket socket;
    private final BufferedWriter orders;
    private final ObjectInputStream reports;

    private LaneProcess(Process process, String mark, Path folder, Socket socket) throws IOException {
        this.process = process;
        this.mark = mark;
        this.folder = folder;
        this.socket = socket;
        socket.setSoTimeout(SILENCE_MS);
        orders = new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8));
        reports = new ObjectInputStream(socket.getInputStream());
    }

    /// Starts it and waits until it accepts orders.
    ///
    /// @param name differs from that of every other lane of this run
    static LaneProcess start(String name) throws IOException {
        String mark = ProcessHandle.current().pid() + "." + name;
        Path folder = Files.createTempDirectory("tests");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            door.setSoTimeout(START_MS);
            List<String> words = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
            words.addAll(OPTIONS);
            PROPERTIES.stream().filter(key -> System.getProperty(key) != null)
                    .forEach(key -> words.add("-D" + key + "=" + System.getProperty(key)));
            words.addAll(List.of("-Djava.io.tmpdir=" + temporary, LANE,
                    Integer.toString(door.getLocalPort())));
            ProcessBuilder builder = new ProcessBuilder(words).inheritIO()
                    .redirectInput(Path.of("/dev/null").toFile());
            builder.environment().put(Processes.MARK, mark);
            builder.environment().put("TMPDIR", temporary.toString());
            ignoreSettings(builder.environment());
            Process process = builder.start();
            try {
                return new LaneProcess(process, mark, folder, door.accept());
            } catch (IOException failure) {
                end(process, mark, folder);
                throw failure;
            }
        }
    }

    /// Takes away the settings of the machine and its user that would change what programs print or reach.
    private static void ignoreSettings(Map<String, String> environment) {
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        // the system's own errors are in English
        environment.put("LANGUAGE", "C");
        environment.put("TZ", "UTC");
        // a proxy stays for the packages that tests fetch
        List.of("no_proxy", "NO_PROXY").forEach(name -> environment.merge(name, LOCAL,
                (given, local) -> given + "," + local));
    }

    /// Runs a class.
    ///
    /// @param listener receives every report but the last
    /// @throws IOException if the lane died before it was done
    Report.Ended run(String name, Consumer<Report> listener) throws IOException {
        String running = name;
        try {
            orders.write(name + "\n");
            orders.flush();
            while (true) {
                Report report = (Report) reports.readObject();
                if (report instanceof Report.Ended ended) {
                    return ended;
                }
                running = report instanceof Report.Began began ? began.test() : running;
                listener.accept(report);
            }
        } catch (SocketTimeoutException silent) {
            throw new IOException("the lane said nothing for " + SILENCE_MS / 1000 + " s while it ran " + running);
        } catch (IOException gone) {
            throw new IOException("the lane died while it ran " + running + status());
        } catch (ClassNotFoundException never) {
            throw new IllegalStateException(never);
        }
    }

    private String status() {
        try {
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS) ? ": status " + process.exitValue() : "";
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// Ends it with everything that it started.
    @Override
    public void close() {
        try (socket) {
            // an empty name is the end
            orders.write("\n");
            orders.flush();
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException dead) {
            // killed below
        }
        end(process, mark, folder);
    }

    private static void end(Process process, String mark, Path folder) {
        Processes.kill(Processes.of(process.toHandle(), mark));
        process.destroyForcibly().onExit().join();
        Leftovers.delete(folder);
    }
}
