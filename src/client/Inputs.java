package client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

import shared.json.Json;
import shared.json.JsonException;

/// Reads what a command line points to: stdin and files.
final class Inputs {

    private Inputs() {
    }

    /// Standard input as text, without its last line end.
    static String stdin(Terminal terminal) {
        String text = text("standard input", stdinBytes(terminal));
        int end = text.endsWith("\r\n") ? text.length() - 2 : text.endsWith("\n") ? text.length() - 1 : text.length();
        if (text.isBlank()) {
            throw Failure.usage("standard input is empty", "give it a text, or use --prompt, --messages or --input");
        }
        return text.substring(0, end);
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
        try {
            return Files.readAllBytes(Path.of(name));
        } catch (NoSuchFileException none) {
            throw Failure.usage(flag + ": no such file: " + name, null);
        } catch (AccessDeniedException denied) {
            throw Failure.usage(flag + ": not allowed to read " + name, null);
        } catch (FileSystemException failed) {
            throw Failure.usage(flag + ": cannot read " + name + ": " + failed.getReason(), null);
        } catch (IOException | InvalidPathException failed) {
            throw Failure.usage(flag + ": cannot read " + name + ": " + failed.getMessage(), null);
        }
    }

    /// @param what names the text in the message
    static String text(String what, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw Failure.usage(what + " is not UTF-8 text", null);
        }
    }

    /// @param what names the value in the message
    static Json json(String what, byte[] bytes) {
        try {
            return Json.parse(bytes);
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
