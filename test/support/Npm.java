package support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Npm packages that tests use, installed by version, once, in `build/npm`. Without npm or a network the test is
/// skipped with the reason, which counts as a failure if `CI` is set.
public final class Npm {

    private static final Path HERE = Path.of("build/npm").toAbsolutePath();
    private static final int INSTALL_SECONDS = 90;

    private Npm() {
    }

    /// Returns the folder of an installed package.
    public static Path folder(String name, String version) {
        Path home = HERE.resolve(name);
        Path folder = home.resolve("node_modules").resolve(name);
        try {
            if (!Files.exists(folder.resolve("package.json"))) {
                assumeTrue(onPath("npm"), "npm is not installed");
                install(home, name, version);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return folder;
    }

    public static boolean onPath(String program) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static void install(Path home, String name, String version) throws IOException, InterruptedException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("package.json"), "{\"private\":true,\"dependencies\":{\"" + name + "\":\""
                + version + "\"}}\n");
        Path log = home.resolve("install.log");
        Process npm = new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                "--ignore-scripts").directory(home.toFile()).redirectErrorStream(true).redirectOutput(log.toFile())
                .start();
        boolean ended = npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS);
        npm.destroyForcibly();
        assumeTrue(ended && npm.exitValue() == 0, "npm cannot install " + name + ": " + Files.readString(log).strip());
    }
}
