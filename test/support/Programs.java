package support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The two programs as tests start them: the images for users, which start in a third of the processor time, if they
/// are built from the current sources, as in every run of all tests; otherwise those in the checkout.
public final class Programs {

    private static final Path BUILD = Path.of("build").toAbsolutePath();
    private static final String[] PARTS = {"modules/ollamaqueue.shared/module-info.class",
            "modules/ollamaqueue.client/module-info.class", "modules/ollamaqueue.server/module-info.class",
            "web.copied", "single.copied"};

    private Programs() {
    }

    public static Path server() {
        return named("ollama-queue-server");
    }

    public static Path client() {
        return named("ollama-queue");
    }

    /// @param name `ollama-queue` or `ollama-queue-server`
    public static Path named(String name) {
        return BUILD.resolve(imagesAreNew() ? "dist/" + name + "/bin" : "bin").resolve(name);
    }

    /// Returns whether the images exist and are not older than their sources.
    public static boolean imagesAreNew() {
        Path made = BUILD.resolve("images.made");
        return Files.exists(made) && Stream.of(PARTS).map(BUILD::resolve)
                .allMatch(part -> !Files.exists(part) || millis(part) < millis(made));
    }

    private static long millis(Path file) {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
