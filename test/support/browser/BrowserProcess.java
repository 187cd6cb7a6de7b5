package support.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/// A browser in its own process, with an empty profile. It ends with this process at the latest.
final class BrowserProcess implements AutoCloseable {

    private static final long START_SECONDS = 60;

    private final Process process;
    private final Path profile;
    private final Thread atExit = Thread.ofPlatform().unstarted(this::kill);
    private final URI address;

    /// Starts it and waits until it can be driven.
    ///
    /// @param command returns the command that starts it with this folder as its profile
    /// @param says    what comes before the address in a line on its stderr
    BrowserProcess(Function<Path, List<String>> command, String says) {
        try {
            profile = Files.createTempDirectory("browser");
            process = new ProcessBuilder(command.apply(profile)).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        address = address(process, says);
    }

    /// Returns the first of these programs on the `PATH`; null if there is none.
    static Path installed(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    URI address() {
        return address;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Returns the address that it prints on its stderr, which is read to the end so that it does not block.
    private static URI address(Process process, String says) {
        CompletableFuture<URI> address = new CompletableFuture<>();
        StringBuilder complaints = new StringBuilder();
        // a virtual thread would occupy a carrier: the read of a pipe blocks it
        Thread.ofPlatform().daemon().name("browser").start(() -> {
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(says)) {
                        address.complete(URI.create(line.substring(says.length()).strip()));
                    } else if (!address.isDone()) {
                        complaints.append(line).append('\n');
                    }
                }
            } catch (IOException killed) {
                // reported below
            }
            address.completeExceptionally(new IllegalStateException("it ended and said:\n" + complaints));
        });
        try {
            return address.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failure) {
            process.destroyForcibly();
            throw new AssertionError("the browser does not start: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        kill();
    }

    private void kill() {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException left) {
            // it is in the system's folder for temporary files
        }
    }
}
