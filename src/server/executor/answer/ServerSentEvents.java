package server.executor.answer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.wire.AnswerLines;
import shared.json.Slice;

/// Reads the data of server-sent events. Comments, which some hosts send as signs of life, and other fields are
/// ignored.
public final class ServerSentEvents {

    /// The beginning of an error inside a stream of older llama.cpp servers.
    private static final String ERROR = "error:";
    private static final String DATA = "data:";

    private final AnswerLines lines;
    private final String host;
    private final int max;
    private byte[] data = new byte[4096];

    /// @param max the longest data of one event, in bytes
    public ServerSentEvents(AnswerLines lines, String host, int max) {
        this.lines = lines;
        this.host = host;
        this.max = max;
    }

    /// Returns the next event's data, its lines joined by line feeds; valid until the next call. The last event of the
    /// stream need not be followed by an empty line.
    ///
    /// @return null at the end of the stream
    public Slice next() throws IOException {
        int length = -1;
        for (Slice line = lines.nextOrBlank(); line != null; line = lines.nextOrBlank()) {
            int end = line.to();
            if (end > line.from() && line.bytes()[end - 1] == '\r') {
                end--;
            }
            if (end == line.from()) {
                if (length > 0) {
                    break;
                }
                length = -1;
            } else if (begins(line, end, DATA)) {
                length = length < 0 ? 0 : put(length, "\n");
                int from = line.from() + DATA.length();
                length = put(length, line.bytes(), from < end && line.bytes()[from] == ' ' ? from + 1 : from, end);
            } else if (begins(line, end, ERROR)) {
                length = put(0, "{\"error\":");
                length = put(put(length, line.bytes(), line.from() + ERROR.length(), end), "}");
            }
        }
        return length <= 0 ? null : new Slice(data, 0, length);
    }

    private static boolean begins(Slice line, int end, String field) {
        if (end - line.from() < field.length()) {
            return false;
        }
        for (int i = 0; i < field.length(); i++) {
            if (line.bytes()[line.from() + i] != field.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private int put(int length, String text) throws HostFailure {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return put(length, bytes, 0, bytes.length);
    }

    private int put(int length, byte[] bytes, int from, int to) throws HostFailure {
        int sum = length + to - from;
        if (sum > max) {
            throw new HostFailure(Cause.FINAL, host + " sent an event longer than " + Limits.shown(max));
        }
        if (sum > data.length) {
            data = Arrays.copyOf(data, Math.max(sum, 2 * data.length));
        }
        System.arraycopy(bytes, from, data, length, to - from);
        return sum;
    }
}
