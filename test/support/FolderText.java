package support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What a folder's files hold, while a server works in it: a file that is renamed during the reading (a prepared
/// segment becomes the journal's) begins it again.
public final class FolderText {

    private FolderText() {
    }

    /// Returns whether a file in the folder, or in a folder below it, has the text.
    public static boolean has(Path folder, String text) throws IOException {
        while (true) {
            try {
                for (Path file : files(folder)) {
                    if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                        return true;
                    }
                }
                return false;
            } catch (NoSuchFileException renamed) {
                continue;
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (UncheckedIOException walk) {
            throw walk.getCause();
        }
    }
}
