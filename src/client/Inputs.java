package client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import shared.json.Json;
import shared.json.JsonException;

/// Reads what a command line points to: stdin and files.
final class Inputs {

    private Inputs() {
    }

    /// Standard input as text, without its last line end.
    static String stdin(Terminal terminal) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(stdinBytes(terminal))).toString();
            if (text.isBlank()) {
                throw Failure.usage("standard input is empty",
                        "give it a text, or use --prompt, --messages or --input");
            }
            return text.replaceFirst("\r?\n\\z", "");
        } catch (CharacterCodingException notText) {
            throw Failure.usage("standard input is not UTF-8 text", null);
        }
    }

    static byte[] stdinBytes(Terminal terminal) {
        try {
            return terminal.in().readAllBytes();
        } catch (IOException failed) {
            throw Failure.usage("cannot read standard input: " + failed.getMessage(), null);
        }
    }

    /// @param flag the one that names the file, for the message
    static byte[] file(String flag, String name) {
        try (InputStream in = open(flag, name)) {
            return in.readAllBytes();
        } catch (IOException failed) {
            throw Failure.usage(flag + ": cannot read " + name + ": " + failed.getMessage(), null);
        }
    }

    static InputStream open(String flag, String name) {
        try {
            return Files.newInputStream(Path.of(name));
        } catch (IOException | InvalidPathException failed) {
            String why = failed instanceof NoSuchFileException ? "no such file"
                    : failed instanceof AccessDeniedException ? "permission denied" : failed.getMessage();
            throw Failure.usage(flag + ": cannot read " + name + ": " + why, null);
        }
    }

    /// However deep it nests: the server's limit is a setting of its own, and it says so.
    ///
    /// @param what names the value in the message
    static Json json(String what, byte[] bytes) {
        try {
            return Json.parseOwn(bytes);
        } catch (JsonException bad) {
            throw Failure.usage(what + " is not JSON: " + bad.getMessage(), null);
        }
    }

    /// A JSON value, or the text itself where it is none.
    static Json jsonOrText(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException plainText) {
            return new Json.Str(text);
        }
    }
}
