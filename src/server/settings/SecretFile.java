package server.settings;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import shared.Problem;
import shared.Utf8;

/// A file that holds one secret.
final class SecretFile {

    private static final int LENGTH_MAX = 4_096;

    private SecretFile() {
    }

    /// @param what for messages, which never hold a part of the secret
    static String read(String what, Path path) {
        try {
            if (Files.size(path) > LENGTH_MAX) {
                throw Problem.badRequest(what + ": " + path + " holds more than " + LENGTH_MAX
                        + " bytes; it must hold the secret alone");
            }
            String name = what + ": " + path;
            return (String) Type.secret().read(name, List.of(Utf8.decode(name, Files.readAllBytes(path))));
        } catch (IOException unreadable) {
            throw Problem.badRequest(what + ": cannot read " + path + ": " + (unreadable instanceof NoSuchFileException
                    ? "there is no such file" : unreadable instanceof AccessDeniedException ? "permission denied"
                    : unreadable.getMessage()));
        }
    }
}
