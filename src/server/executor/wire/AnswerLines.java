package server.executor.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import shared.json.Slice;

/// Splits a host's answer into lines of limited length. The JDK's own line readers have no limit.
public final class AnswerLines {

    private static final int CAPACITY_BYTES = 16 << 10;

    private final InputStream in;
    private final String host;
    private final int max;
    private final AnswerRoom.Portion room;

    /// The bytes read so far are in [from, to); up to `scanned` they contain no line end.
    private byte[] buffer = new byte[CAPACITY_BYTES];
    private int from;
    private int to;
    private int scanned;

    /// @param max  the longest line, in bytes
    /// @param room the attempt's portion of the answers' memory
    public AnswerLines(InputStream in, String host, int max, AnswerRoom.Portion room) {
        this.in = in;
        this.host = host;
        this.max = max;
        this.room = room;
    }

    /// Returns the whole of an answer that is not a stream of lines.
    ///
    /// @param announced its announced length in bytes; -1 if it is not known
    /// @param max       the longest answer, in bytes
    /// @throws HostFailure if it is longer
    public static byte[] whole(InputStream in, long announced, String host, int max, AnswerRoom.Portion room)
            throws IOException {
        // one byte more than announced, so that the end is read without growing
        byte[] bytes = new byte[announced < 0 ? CAPACITY_BYTES : (int) Math.min(CAPACITY_BYTES, announced + 1)];
        int length = 0;
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes, length, bytes.length - length)) {
            length += count;
            if (length > max) {
                throw new HostFailure(Cause.FINAL, host + " sent an answer larger than " + Limits.shown(max));
            }
            if (length == bytes.length) {
                int more = (int) Math.min(2L * length, max + 1L);
                room.line(more, host);
                bytes = Arrays.copyOf(bytes, more);
            }
        }
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    /// Returns the next line that is not blank, without its line end, which the last line need not have. The line is
    /// valid until the next call.
    ///
    /// @return null at the end of the answer
    /// @throws HostFailure if the line is too long
    public Slice next() throws IOException {
        Slice line = line();
        while (line != null && pastBlanks(line.bytes(), line.from(), line.to()) == line.to()) {
            line = line();
        }
        return line;
    }

    /// Returns the next line, blank or not.
    ///
    /// @return as for [#next]
    public Slice nextOrBlank() throws IOException {
        return line();
    }

    /// Replaces the line ends in a JSON value by spaces, because a line of the journal is one event. Strings contain
    /// none.
    public static void joinLines(byte[] json, int from, int to) {
        for (int i = from; i < to; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
    }

    /// Returns the first position from `from` on that is not JSON whitespace; `to` if there is none.
    public static int pastBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at;
    }

    private Slice line() throws IOException {
        while (true) {
            for (; scanned < to; scanned++) {
                if (buffer[scanned] == '\n') {
                    check(scanned - from);
                    Slice line = new Slice(buffer, from, scanned);
                    from = ++scanned;
                    return line;
                }
            }
            check(to - from);
            if (!fill()) {
                Slice rest = new Slice(buffer, from, to);
                from = to;
                return rest.length() == 0 ? null : rest;
            }
        }
    }

    /// Refuses a line that is too long, even if all of it has already arrived.
    private void check(int length) throws HostFailure {
        if (length > max) {
            throw new HostFailure(Cause.FINAL, host + " sent a line longer than " + Limits.shown(max));
        }
    }

    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            scanned -= from;
            from = 0;
        }
        if (to == buffer.length) {
            int more = (int) Math.min(2L * to, max + CAPACITY_BYTES);
            room.line(more, host);
            buffer = Arrays.copyOf(buffer, more);
        }
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            return false;
        }
        to += count;
        return true;
    }
}
