package client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Json;
import support.FakeApi;

final class InputsTest {

    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private static Inputs inputs(InputStream stdin, Api api) {
        return new Inputs(new Terminal(stdin, null, null, Map.of(), n -> false, () -> 80, null, null), api);
    }

    private static Inputs inputs(byte[] stdin) {
        return inputs(new ByteArrayInputStream(stdin), null);
    }

    @Test
    void json_deeperThanTheServersUsualLimit_isTaken() {
        byte[] deep = ("[".repeat(300) + "]".repeat(300)).getBytes(StandardCharsets.UTF_8);
        assertInstanceOf(Json.Arr.class, Inputs.json("--messages", 1, deep));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
    void text_utf16_isNamed(String charset) {
        Failure failure = assertThrows(Failure.class,
                () -> inputs("[{}]".getBytes(Charset.forName(charset))).text("", "-"));
        assertEquals("standard input is UTF-16, not UTF-8 text", failure.getMessage());
        assertEquals(Failure.USAGE, failure.exit);
    }

    @Test
    void lines_gzip_isNamed() throws IOException {
        Path file = Files.write(folder.resolve("t.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        Failure failure = assertThrows(Failure.class, () -> inputs(new byte[0]).lines("--file", file.toString(), null));
        assertEquals("--file " + file + " is compressed with gzip", failure.getMessage());
    }

    @Test
    void lines_latin1_namesTheLine() {
        TextLines lines = inputs("ok\nGr\u00fc\u00dfe\n".getBytes(StandardCharsets.ISO_8859_1)).lines("", "-", null);
        Failure failure = assertThrows(Failure.class, lines::next);
        assertEquals("standard input is not UTF-8 text, from line 1 on", failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a", "a\n", "a\r\nb", "a\n\nb\r\n", "\ufeffa\nb", "a\rb\n"})
    void next_allLineEnds_asByALineReader(String text) {
        TextLines lines = inputs(text.getBytes(StandardCharsets.UTF_8)).lines("", "-", null);
        for (String line : text.replace("\ufeff", "").replaceFirst("\r?\n\\z", "").split("\r?\n", -1)) {
            assertEquals(text.isEmpty() ? null : line, lines.next());
        }
        assertNull(lines.next());
    }

    @Test
    void next_lineLargerThanMemory_isRefused() {
        long max = Runtime.getRuntime().maxMemory() / 8;
        TextLines lines = inputs(endless(max + (1 << 14)), null).lines("", "-", null);
        assertEquals("standard input: line 1 is too long for the client's memory",
                assertThrows(Failure.class, lines::next).getMessage());
    }

    @Test
    void bytes_atTheServersLimitAndBeyond_isHeldAgainstItBeforeItIsRead() throws IOException {
        try (FakeApi server = new FakeApi()) {
            Api api = new Api(new Target(server.url(), null, null, null), null);
            Path file = Files.write(folder.resolve("image"), new byte[2 * MIB]);
            assertEquals(2 * MIB, inputs(null, api).bytes("--image", file.toString()).length);
            Files.write(file, new byte[2 * MIB + 1]);
            String name = "--image " + file;
            assertEquals(name + " is larger than 2 MiB, the most that this server takes for a task "
                    + "(its setting limits.task_bytes)",
                    assertThrows(Failure.class, () -> inputs(null, api).bytes("--image", file.toString()))
                            .getMessage());
            // all that a command reads counts together
            Files.write(file, new byte[MIB + 1]);
            Inputs inputs = inputs(null, api);
            inputs.bytes("--image", file.toString());
            assertThrows(Failure.class, () -> inputs.bytes("--image", file.toString()));
        }
    }

    @Test
    void open_stdinBeyondTheLimit_isNotReadToItsEnd() throws IOException {
        try (FakeApi server = new FakeApi()) {
            Api api = new Api(new Target(server.url(), null, null, null), null);
            InputStream in = endless(Long.MAX_VALUE);
            Failure failure = assertThrows(Failure.class, () -> inputs(in, api).text("", "-"));
            assertEquals("standard input is larger than 2 MiB, the most that this server takes for a task "
                    + "(its setting limits.task_bytes)", failure.getMessage());
            failure = assertThrows(Failure.class, () -> inputs(in, api).open("", "-", Inputs.BATCH)
                    .transferTo(new RequestBody.Builder()));
            assertEquals("standard input is larger than 3145729 bytes, the most that this server takes for a batch "
                    + "(its setting limits.batch_bytes)", failure.getMessage());
            assertEquals("ollama-queue import accepts any number of tasks, one per line", failure.hint);
            assertEquals(1, server.takeRequests().size());
        }
    }

    @Test
    void builder_piecesOfAnySize_areOneBody() throws IOException {
        RequestBody.Builder builder = new RequestBody.Builder();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int size : new int[] {0, 1, 65_535, 1, 65_536, 200_000}) {
            byte[] bytes = new byte[size];
            java.util.Arrays.fill(bytes, (byte) (expected.size() < 1 ? ' ' : '0' + size % 10));
            builder.write(bytes);
            expected.write(bytes);
        }
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        builder.body().writer().write(written);
        assertArrayEquals(expected.toByteArray(), written.toByteArray());
        assertEquals(expected.size(), builder.body().length());
        assertEquals('5', builder.first());
        assertEquals(-1, new RequestBody.Builder().first());
    }

    /// This many letters, none of which is in memory.
    private static InputStream endless(long length) {
        return new InputStream() {
            private long left = length;

            @Override
            public int read() {
                return left-- > 0 ? 'a' : -1;
            }

            @Override
            public int read(byte[] into, int from, int most) {
                int count = (int) Math.min(most, left);
                java.util.Arrays.fill(into, from, from + count, (byte) 'a');
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
    }
}
