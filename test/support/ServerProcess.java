package support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import shared.json.Json;

/// The real server in its own process, on a free port, with an independent HTTP client.
public final class ServerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /// Short runs end before the second compiler pays off, and the first one pays off only for frequent calls: with the
    /// server's own thresholds, a third of a short life is compilation.
    private static final String BRIEF = "-XX:TieredStopAtLevel=1 -XX:Tier0InvokeNotifyFreqLog=7 "
            + "-XX:Tier3MinInvocationThreshold=500 -XX:Tier3InvocationThreshold=1000 -XX:Tier3CompileThreshold=6000";

    private final Process process;
    private final HttpClient http;
    private final Path log;
    private final String url;

    private ServerProcess(Process process, Path log, String url) {
        this.process = process;
        this.log = log;
        this.url = url;
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /// Starts it and waits until it listens. It logs to `server.log` in the data directory's parent.
    ///
    /// @param arguments further arguments of its command line
    public static ServerProcess start(Path dataDir, String... arguments) {
        return start(Map.of(), dataDir, arguments);
    }

    /// @param environment added to this process's own
    public static ServerProcess start(Map<String, String> environment, Path dataDir, String... arguments) {
        List<String> words = new ArrayList<>(List.of(Programs.server().toString(), "--port", "0", "--data-dir",
                dataDir.toString()));
        words.addAll(List.of(arguments));
        return of(words, environment, dataDir.resolveSibling("server.log"));
    }

    /// Starts it with this command, and waits until it listens.
    public static ServerProcess of(List<String> command, Map<String, String> environment, Path log) {
        try {
            Process process = launch(environment, command, log);
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            String line = out.readLine();
            if (line == null || !line.startsWith("listening on ")) {
                process.waitFor();
                throw new AssertionError("the server ended with " + process.exitValue() + ", printed " + line
                        + " and logged:\n" + Files.readString(log));
            }
            return new ServerProcess(process, log, line.substring("listening on ".length()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Starts it with exactly these arguments, for starts that must fail.
    public static Process launch(List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.server().toString()));
        command.addAll(arguments);
        return launch(Map.of(), command, log);
    }

    private static Process launch(Map<String, String> environment, List<String> command, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        // no setting of the machine or the user affects it
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", log.getParent().toString());
        builder.environment().putAll(environment);
        builder.environment().merge("OLLAMA_QUEUE_JAVA_OPTS", BRIEF, (given, brief) -> brief + " " + given);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return builder.start();
    }

    /// Returns a port for a program that must be told one. A connection that was closed on it keeps the system from
    /// giving it to anybody who asks for any free port, for a minute.
    public static int freePort() throws IOException {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket other = new Socket(port.getInetAddress(), port.getLocalPort())) {
            // the side that closes first remembers
            port.accept().close();
            other.getInputStream().readAllBytes();
            return port.getLocalPort();
        }
    }

    public String url() {
        return url;
    }

    public Process process() {
        return process;
    }

    public String logged() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).GET());
    }

    public HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /// Posts a task and returns its id.
    public String submit(String json) {
        HttpResponse<String> answer = post("/api/tasks", json);
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return object(answer.body()).text("task_id");
    }

    /// Returns the task once it has ended; fails after a minute.
    public Json.Obj awaitEnd(String id) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Json.Obj task = object(get("/api/tasks/" + id + "?wait=10s").body());
            if (!List.of("pending", "running").contains(task.text("status"))) {
                return task;
            }
        }
        throw new AssertionError(id + " did not end: " + get("/api/tasks/" + id).body() + "\n" + logged());
    }

    /// Reads a list of hundreds of thousands, which must not be in memory all at once.
    public static void lines(String url, Consumer<Json.Obj> reader) throws IOException {
        URLConnection list = URI.create(url).toURL().openConnection();
        list.setRequestProperty("Accept", "application/x-ndjson");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(list.getInputStream(),
                StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> reader.accept(object(line)));
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        }
    }

    /// Returns what it is doing, for the message of a failure: how it ended, or its threads; and its log.
    public String condition() {
        if (!process.isAlive()) {
            return "ended with " + process.exitValue() + ", logged:\n" + logged();
        }
        try {
            Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(process.pid()), "Thread.print").redirectErrorStream(true).start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8) + "\nlogged:\n" + logged();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Returns the pieces of a task's answer from its event stream: the first `most`, or all up to the stream's end.
    public List<Json.Obj> chunks(String id, int most) throws IOException {
        List<Json.Obj> chunks = new ArrayList<>();
        try (InputStream stream = URI.create(url + "/api/tasks/" + id + "/events").toURL().openStream();
                BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            boolean chunk = false;
            for (String line = lines.readLine(); line != null && chunks.size() < most; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    chunk = line.equals("event: chunk");
                } else if (chunk && line.startsWith("data: ")) {
                    chunks.add(object(line.substring("data: ".length())));
                    chunk = false;
                }
            }
        }
        return chunks;
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    public static Json.Obj object(String json) {
        return (Json.Obj) Json.parse(json);
    }

    /// Sends SIGHUP; returns once the log contains the expected text.
    public void hangUp(String expected) {
        int before = logged().length();
        try {
            new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
        awaitLogged(before, expected);
    }

    /// Returns once the log contains this.
    public void awaitLogged(String expected) {
        awaitLogged(0, expected);
    }

    private void awaitLogged(int from, String expected) {
        Await.until(() -> "not logged: " + expected + "\n" + logged(), () -> {
            boolean ended = !process.isAlive();
            boolean found = logged().substring(from).contains(expected);
            if (ended && !found) {
                throw new AssertionError("the server ended and did not log " + expected + "\n" + logged());
            }
            return found;
        });
    }

    /// Sends SIGKILL.
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /// Sends SIGTERM.
    ///
    /// @return the exit status
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    /// Repeats something in a thread until the server that it needs dies.
    public static Thread untilItDies(Runnable work) {
        return Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    work.run();
                }
            } catch (UncheckedIOException | AssertionError itDied) {
                // what was not acknowledged may or may not exist
            }
        });
    }

    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the server did not end:\n" + logged());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Override
    public void close() {
        http.close();
        kill();
    }
}
