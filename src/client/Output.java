package client;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Standard output: what was asked for, and nothing else. A write that fails ends the command; without a word when the
/// reader has gone away, as with `head`. A command that was stopped writes nothing more.
final class Output {

    enum Form { TEXT, JSON, JSONL, TABLE }

    final Form form;
    private final OutputStream out;
    private final boolean terminal;
    private boolean lineBegun;

    /// @param terminal whether control characters must be kept from it
    Output(OutputStream out, Form form, boolean terminal) {
        this.out = new BufferedOutputStream(out, 1 << 15);
        this.form = form;
        this.terminal = terminal;
    }

    /// Whether people read it: text or a table, not JSON.
    boolean isText() {
        return form == Form.TEXT || form == Form.TABLE;
    }

    /// A line of our own; may hold colours.
    void line(String line) {
        json(line.getBytes(StandardCharsets.UTF_8));
    }

    /// JSON as the server gave it, and a line end.
    void json(byte[] json) {
        write(json, json.length);
        write(new byte[] {'\n'}, 1);
        lineBegun = false;
    }

    /// Text from elsewhere as it is; on a terminal without its control characters.
    void text(String text) {
        if (!text.isEmpty()) {
            byte[] bytes = (terminal ? printable(text) : text).getBytes(StandardCharsets.UTF_8);
            write(bytes, bytes.length);
            lineBegun = !text.endsWith("\n");
        }
    }

    /// Ends the last text's line, if it did not do so itself, and lets all be seen.
    void endLine() {
        if (lineBegun) {
            line("");
        }
        flush();
    }

    /// All of a stream.
    void copy(InputStream from) throws IOException {
        byte[] bytes = new byte[1 << 15];
        for (int length = from.read(bytes); length >= 0; length = from.read(bytes)) {
            write(bytes, length);
        }
    }

    void flush() {
        try {
            out.flush();
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    /// Without control characters but line ends and tabs: an answer must not steer the reader's terminal.
    static String printable(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\t' || !Character.isISOControl(c)) {
                kept.append(c);
            }
        }
        return kept.toString();
    }

    private void write(byte[] bytes, int length) {
        Failure.checkNotStopped();
        try {
            out.write(bytes, 0, length);
        } catch (IOException failed) {
            throw failure(failed);
        }
    }

    private static Failure failure(IOException failed) {
        String why = String.valueOf(failed.getMessage());
        return why.contains("Broken pipe") ? new Failure(Failure.BROKEN_PIPE, null, null)
                : new Failure(Failure.FAILED, "cannot write to standard output: " + why, null);
    }
}
