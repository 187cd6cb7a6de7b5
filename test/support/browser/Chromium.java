package support.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A headless Chromium as a process of its own, with an empty profile. It reaches nothing but this machine.
public final class Chromium implements AutoCloseable {

    private static final long START_SECONDS = 60;
    private static final String ADDRESS = "DevTools listening on ";

    private final Process process;
    private final Path profile;
    private final Thread atExit;
    private final DevTools tools;
    private final String context;

    private Chromium(Process process, Path profile, URI address) {
        this.process = process;
        this.profile = profile;
        atExit = Thread.ofPlatform().unstarted(this::kill);
        Runtime.getRuntime().addShutdownHook(atExit);
        tools = new DevTools(address);
        context = tools.call(null, "Target.createBrowserContext", "disposeOnDetach", true).text("browserContextId");
    }

    /// Started when it is first asked for, and kept until this process ends.
    private static final class OfLane {
        static final Chromium BROWSER = start();
    }

    /// The one that all classes of this process have together.
    public static Chromium ofLane() {
        return OfLane.BROWSER;
    }

    public static boolean isInstalled() {
        return installed() != null;
    }

    /// Where it is installed: in `CHROMIUM` or on the `PATH`; null if nowhere.
    private static Path installed() {
        String named = System.getenv("CHROMIUM");
        if (named != null) {
            return Path.of(named);
        }
        return Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable).findFirst().orElse(null);
    }

    /// Starts it and waits until it can be driven.
    public static Chromium start() {
        try {
            Path profile = Files.createTempDirectory("chromium");
            List<String> command = new ArrayList<>(List.of(installed().toString(), "--headless",
                    "--remote-debugging-port=0", "--user-data-dir=" + profile, "--no-first-run", "--disable-gpu",
                    "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--disable-default-apps",
                    "--disable-component-update", "--disable-background-networking", "--no-proxy-server",
                    "--force-color-profile=srgb", "--lang=en-GB", "--font-render-hinting=none",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"));
            if (System.getProperty("user.name").equals("root")) {
                // its sandbox refuses to be root, as containers are
                command.add("--no-sandbox");
            }
            command.add("about:blank");
            Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return new Chromium(process, profile, address(process));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The address that it prints among its complaints, all of which are read to the end lest it blocks.
    private static URI address(Process process) {
        CompletableFuture<URI> address = new CompletableFuture<>();
        StringBuilder complaints = new StringBuilder();
        Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith(ADDRESS)) {
                        address.complete(URI.create(line.substring(ADDRESS.length()).strip()));
                    } else if (!address.isDone()) {
                        complaints.append(line).append('\n');
                    }
                }
            } catch (IOException killed) {
                // said below
            }
            address.completeExceptionally(new IllegalStateException("it ended and said:\n" + complaints));
        });
        try {
            return address.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception failure) {
            process.destroyForcibly();
            throw new AssertionError("Chromium does not start: " + failure.getMessage(), failure);
        }
    }

    /// A page without what another left of cookies, storage and permissions. What the browser has loaded and compiled
    /// is kept: to do it again for each page would take most of the tests' time.
    ///
    /// @param width in CSS pixels
    public Page open(int width, int height) {
        tools.call(null, "Browser.resetPermissions", "browserContextId", context);
        return Page.in(tools, context, true).viewport(width, height);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        tools.close();
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
            // in the system's folder for temporary files
        }
    }
}
