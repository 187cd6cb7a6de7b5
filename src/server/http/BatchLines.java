package server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import server.http.Bodies.Body;
import server.queue.Batch;
import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;

/// Some of the lines of a batch's body, which is cut so that all processors can read it at once.
final class BatchLines {

    /// A smaller part is not worth another thread, in bytes.
    private static final int PART_MIN = 64 << 10;

    private final Body body;
    private final byte[] bytes;
    private final int from;
    private final int to;
    private final Batch batch;
    private final BiConsumer<JsonReader, Batch> reading;

    private BatchLines(Body body, int from, int to, Batch batch, BiConsumer<JsonReader, Batch> reading) {
        this.body = body;
        bytes = body.bytes();
        this.from = from;
        this.to = to;
        this.batch = batch;
        this.reading = reading;
    }

    /// Cuts a body into parts of whole lines.
    ///
    /// @param partsMax into so many at most
    /// @param reading  reads one task and adds it
    static List<BatchLines> cut(Body body, int partsMax, Supplier<Batch> newBatch,
            BiConsumer<JsonReader, Batch> reading) {
        int length = body.length();
        int size = Math.max(PART_MIN, length / partsMax + 1);
        List<BatchLines> parts = new ArrayList<>();
        for (int from = 0; from < length;) {
            int to = length - from <= size ? length : Math.min(length, lineEnd(body.bytes(), from + size, length) + 1);
            parts.add(new BatchLines(body, from, to, newBatch.get(), reading));
            from = to;
        }
        return parts;
    }

    /// The tasks of these lines, once they were read.
    Batch batch() {
        return batch;
    }

    /// Reads them.
    ///
    /// @return the first mistake, with the number of its line in the body; null if there is none
    Problem read() {
        JsonReader json = body.json(from, to);
        for (int at = from; at < to;) {
            int end = lineEnd(bytes, at, to);
            try {
                if (!blank(at, end)) {
                    reading.accept(json.begin(bytes, at, end), batch);
                    json.end();
                }
            } catch (JsonException notJson) {
                // its reader knows one line only, the first
                return Problem.badRequest("line " + number(at) + ": "
                        + notJson.getMessage().replace("(line 1, ", "("));
            } catch (Problem problem) {
                return new Problem(problem.status(), "line " + number(at) + ": " + problem.getMessage());
            }
            at = end + 1;
        }
        return null;
    }

    /// A loop of its own, which looks at every byte of the body and does nothing else.
    private static int lineEnd(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private boolean blank(int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at++;
        }
        return at == to;
    }

    /// Of the line that begins here, from 1.
    private int number(int lineStart) {
        int number = 1;
        for (int i = 0; i < lineStart; i++) {
            number += bytes[i] == '\n' ? 1 : 0;
        }
        return number;
    }
}
