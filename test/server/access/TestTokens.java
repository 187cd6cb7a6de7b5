package server.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// The named tokens of a folder.
public final class TestTokens {

    private TestTokens() {
    }

    /// Of none: nobody has added any.
    public static NamedTokens none() {
        return in(Path.of("no-such-folder"));
    }

    public static NamedTokens in(Path directory) {
        try {
            return NamedTokens.open(directory, InstantSource.system());
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }
}
