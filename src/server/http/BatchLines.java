package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;

/// Reads the lines of a body as they arrive. The body is cut into blocks of whole lines; each block is read on any free
/// processor and then dropped. So a large body is never in memory as a whole, and reading takes hardly longer than
/// receiving.
///
/// @param begin   creates the collector of a block's values
/// @param reading reads a line and adds its value to the collector
/// @param json    creates a reader of a block's lines
/// @param size    of a block, in bytes; a longer line gets a larger block
public record BatchLines<T>(Supplier<T> begin, BiConsumer<JsonReader, T> reading, Supplier<JsonReader> json,
        int size) {

    public static final int BLOCK_BYTES = 512 << 10;

    /// The number of blocks that may wait for each processor; beyond it, the body is read no further for the time
    /// being.
    private static final int WAITING = 2;

    /// A block that was read.
    ///
    /// @param lines   how many it has, up to and including the wrong one
    /// @param mistake in the last of them; null if all are right
    private record Block<T>(T values, int lines, Problem mistake) {
    }

    /// Reads all lines. Empty ones are skipped.
    ///
    /// @param most the maximum number of bytes that will arrive
    /// @return the collector of each block, in order
    /// @throws Problem the first mistake, with its line number; the rest of the body was read and discarded
    public List<T> read(InputStream in, long most) throws IOException, InterruptedException {
        List<T> all = new ArrayList<>();
        List<Future<Block<T>>> blocks = new ArrayList<>();
        int waitingMax = WAITING * Runtime.getRuntime().availableProcessors();
        // one byte more than the body, so that a body of one block is seen to end with it
        byte[] bytes = new byte[(int) Math.min(size, most + 1)];
        int length = 0;
        long left = most;
        int lines = 0;
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            boolean more = true;
            while (more || all.size() < blocks.size()) {
                if (more && blocks.size() - all.size() < waitingMax) {
                    int count = in.readNBytes(bytes, length, bytes.length - length);
                    length += count;
                    left -= count;
                    more = length == bytes.length;
                    int end = more ? afterLastLine(bytes, length) : length;
                    if (end > 0) {
                        byte[] block = bytes;
                        blocks.add(readers.submit(() -> read(block, end)));
                        length -= end;
                        bytes = more ? Arrays.copyOfRange(block, end, end + next(length, left)) : null;
                    } else if (more) {
                        bytes = Arrays.copyOf(bytes, next(length, left));
                    }
                } else {
                    Block<T> block = result(blocks.get(all.size()));
                    lines += block.lines;
                    if (block.mistake != null) {
                        // most clients read the answer only after they have sent everything, however long that takes
                        in.transferTo(OutputStream.nullOutputStream());
                        throw block.mistake.inLine(lines);
                    }
                    all.add(block.values);
                }
            }
        }
        return all;
    }

    /// Returns the size of the next block, which begins with `length` bytes of an unfinished line. It is no larger than
    /// what is still to come, so that a body of one line takes no more memory than its length.
    private int next(int length, long left) {
        return (int) Math.min(Math.max(size, 2L * length), length + left + 1);
    }

    private static <T> T result(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("a block could not be read", failed.getCause());
        }
    }

    private Block<T> read(byte[] bytes, int to) {
        T values = begin.get();
        JsonReader reader = json.get();
        int lines = 0;
        for (int at = 0; at < to;) {
            int end = lineEnd(bytes, at, to);
            lines++;
            try {
                if (!blank(bytes, at, end)) {
                    reading.accept(reader.begin(bytes, at, end), values);
                    reader.end();
                }
            } catch (JsonException notJson) {
                return new Block<>(values, lines, notJson.problem());
            } catch (Problem problem) {
                return new Block<>(values, lines, problem);
            }
            at = end + 1;
        }
        return new Block<>(values, lines, null);
    }

    /// Returns the position after the last line end; 0 if there is none.
    private static int afterLastLine(byte[] bytes, int to) {
        int end = to;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /// Returns the position of the next line end. A method of its own, for a tight loop over every byte of the body.
    private static int lineEnd(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private static boolean blank(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r')) {
            at++;
        }
        return at == to;
    }
}
