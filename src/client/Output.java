package client;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import shared.Controls;

/// Standard output: the requested output, and nothing else. A failed write ends the command; without a message if the
/// reader has closed the pipe, as `head` does. A pipe gets text unchanged; on a terminal, control characters are made
/// visible ([Controls]). A command that was stopped writes nothing more.
final class Output {

    enum Form { TEXT, JSON, JSONL, TABLE }

    /// How a failed write says that the pipe has no reader any more.
    static final String NO_READER = "Broken pipe";

    final Form form;
    private final OutputStream out;
    private final boolean terminal;
    private final ShownPieces pieces = new ShownPieces();
    private boolean lineBegun;
    private String done;
    /// Whether a write is in progress, which lasts forever if the reader has stopped reading.
    private volatile boolean writing;

    /// @param terminal whether control characters must be kept from the output
    Output(OutputStream out, Form form, boolean terminal) {
        this.out = new BufferedOutputStream(out, 1 << 15);
        this.form = form;
        this.terminal = terminal;
    }

    /// Returns whether people read it: text or a table, not JSON.
    boolean isText() {
        return form == Form.TEXT || form == Form.TABLE;
    }

    /// Sets what the command has already done, which the user must learn even if nothing can be written.
    void setDone(String words) {
        done = words;
    }

    /// Prints a line of text.
    void line(String line) {
        styled(terminal ? Controls.shown(line, true) : line);
    }

    /// Prints a line that may contain colours; any foreign text in it must already be printable.
    void styled(String line) {
        endPieces();
        write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        lineBegun = false;
    }

    /// Prints JSON as the server gave it, and a line end.
    void json(byte[] json) {
        if (terminal) {
            styled(Controls.shown(new String(json, StandardCharsets.UTF_8), true));
        } else {
            write(json, json.length);
            styled("");
        }
    }

    /// Prints the JSON of a command that has nothing to say in text.
    void jsonIfAsked(byte[] json) {
        if (!isText()) {
            json(json);
        }
    }

    /// Prints text as it is, without a line end of its own.
    void text(String text) {
        if (!text.isEmpty()) {
            write((terminal ? pieces.next(text) : text).getBytes(StandardCharsets.UTF_8));
            lineBegun = !text.endsWith("\n");
        }
    }

    private void endPieces() {
        write(pieces.end().getBytes(StandardCharsets.UTF_8));
    }

    /// Returns a text that fits on one line on a terminal; elsewhere unchanged.
    String shown(String text) {
        return terminal ? Controls.shown(text, false) : text;
    }

    /// Ends the line of the last text, unless it did so itself, and flushes.
    void endLine() {
        if (lineBegun) {
            line("");
        }
        endPieces();
        flush();
    }

    /// Copies a stream that has a JSON value on each line: as an array if JSON was asked for, else as lines.
    ///
    /// @return how many values there were
    /// @throws IOException if the stream breaks off; what arrived until then is printed
    long copyLines(InputStream from) throws IOException {
        // one byte is one character, unless the characters matter; a value may be larger than the memory
        Charset charset = terminal ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        Reader lines = new InputStreamReader(from, charset);
        char[] chars = new char[1 << 13];
        long count = 0;
        boolean between = true;
        for (int length = lines.read(chars); length >= 0; length = lines.read(chars)) {
            for (int at = 0, end; at < length; at = end) {
                if (between) {
                    text(form != Form.JSON ? "" : count == 0 ? "[" : ",");
                    count++;
                }
                end = at;
                while (end < length && chars[end] != '\n') {
                    end++;
                }
                between = end < length;
                end += between ? 1 : 0;
                String piece = new String(chars, at, end - at);
                write((terminal ? pieces.next(piece) : piece).getBytes(charset));
            }
        }
        endPieces();
        if (form == Form.JSON) {
            line(count == 0 ? "[]" : "]");
        }
        return count;
    }

    void flush() {
        writing = true;
        try {
            out.flush();
        } catch (IOException failed) {
            throw failure(failed);
        } finally {
            writing = false;
        }
    }

    /// Returns whether a command that was stopped hangs in a write, which holds up every other one.
    boolean isStuck() {
        return writing;
    }

    private void write(byte[] bytes) {
        write(bytes, bytes.length);
    }

    private void write(byte[] bytes, int length) {
        Failure.checkNotStopped();
        writing = true;
        try {
            out.write(bytes, 0, length);
        } catch (IOException failed) {
            throw failure(failed);
        } finally {
            writing = false;
        }
    }

    private Failure failure(IOException failed) {
        String why = String.valueOf(failed.getMessage());
        return why.contains(NO_READER) ? new Failure(Failure.BROKEN_PIPE, null, null)
                : new Failure(Failure.FAILED, "cannot write to standard output: " + why
                        + (done == null ? "" : "; " + done), null);
    }
}
