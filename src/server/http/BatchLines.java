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

/// Reads the lines of a body as they come: it is cut into blocks of whole lines, each of which is read on whatever
/// processor is free, and then forgotten. So a large body is never in memory as a whole, and reading it takes hardly
/// longer than it takes to come.
///
/// @param begin   makes what gathers the values of a block
/// @param reading reads the value of a line into it
/// @param json    makes a reader of a block's texts
/// @param size    of a block, in bytes, but where a line is longer
public record BatchLines<T>(Supplier<T> begin, BiConsumer<JsonReader, T> reading, Supplier<JsonReader> json,
        int size) {

    public static final int BLOCK_BYTES = 512 << 10;

    /// So many blocks may wait for each processor: then the body has to wait.
    private static final int WAITING = 2;

    /// A block that was read.
    ///
    /// @param lines   how many it has, up to the mistake
    /// @param mistake in the last of them; null if there is none
    private record Block<T>(T values, int lines, Problem mistake) {
    }

    /// Reads all lines.
    ///
    /// @param most so many bytes will come at most
    /// @return what each block's values were gathered in, in order
    /// @throws Problem the first mistake, with the number of its line; the rest was read and forgotten
    public List<T> read(InputStream in, long most) throws IOException, InterruptedException {
        List<T> all = new ArrayList<>();
        List<Future<Block<T>>> blocks = new ArrayList<>();
        int waitingMax = WAITING * Runtime.getRuntime().availableProcessors();
        // one byte more, so that a body of one block is known to end with it
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
                        // most clients read no answer before they have sent all, however long that takes
                        in.transferTo(OutputStream.nullOutputStream());
                        throw block.mistake.inLine(lines);
                    }
                    all.add(block.values);
                }
            }
        }
        return all;
    }

    /// How long the next block may be, which begins with these bytes of an unfinished line. No longer than what is to
    /// come: a body of one line takes no more than its length.
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

    /// 0 if no line ends there.
    private static int afterLastLine(byte[] bytes, int to) {
        int end = to;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    /// A loop of its own, which looks at every byte of the body and does nothing else.
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
