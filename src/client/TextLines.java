package client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The lines of a text, one after the other. A line that would not fit into memory is rejected.
final class TextLines implements AutoCloseable {

    /// The number of copies of a line in memory until it is sent.
    private static final int COPIES = 8;

    private final String name;
    private final Reader reader;
    private final char[] chars = new char[1 << 13];
    private final StringBuilder line = new StringBuilder();
    private int at;
    private int end;
    private int number;

    /// @param name names the text in messages
    TextLines(String name, InputStream utf8) {
        this.name = name;
        reader = new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder());
    }

    /// Returns the next line without its end; null after the last one.
    String next() {
        line.setLength(0);
        number++;
        try {
            while (end >= 0) {
                int from = at;
                while (at < end && chars[at] != '\n') {
                    at++;
                }
                line.append(chars, from, at - from);
                if (at < end) {
                    at++;
                    return withoutReturn();
                }
                if (line.length() > Runtime.getRuntime().maxMemory() / COPIES) {
                    throw Failure.usage(name + ": line " + number + " is too long for the client's memory",
                            "OLLAMA_QUEUE_JAVA_OPTS=-Xmx1g gives it more");
                }
                at = 0;
                end = reader.read(chars);
            }
        } catch (CharacterCodingException notText) {
            throw Failure.usage(name + " is not UTF-8 text, from line " + number + " on", null);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return line.length() == 0 ? null : withoutReturn();
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException ignored) {
            // it was only read
        }
    }

    private String withoutReturn() {
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
