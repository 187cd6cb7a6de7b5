package server.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;
import shared.json.JsonReader;

final class BatchLinesTest {

    private static final int LINES = 20_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1_000, 100_000, 10_000_000})
    void read_blocksOfAnySize_haveAllLinesInOrder(int size) throws Exception {
        List<Integer> expected = IntStream.rangeClosed(1, LINES).boxed().toList();
        assertEquals(expected, read(body(LINES, -1), size, true));
        assertEquals(expected, read(body(LINES, -1), size, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, LINES / 2, LINES})
    void read_mistakeInAnyBlock_namesItsLineInTheBody(int line) {
        Problem mistake = assertThrows(Problem.class, () -> read(body(LINES, line), 1_000, true));
        assertEquals("expected a number, found a string (line " + line + ", column 1)", mistake.getMessage());
    }

    @Test
    void read_mistake_isToldOnceTheBodyIsThere() {
        InputStream in = new ByteArrayInputStream(body(LINES, 1).getBytes(StandardCharsets.UTF_8));
        assertThrows(Problem.class, () -> lines(16).read(in, Integer.MAX_VALUE));
        assertEquals(0, assertDoesNotThrow(in::available), "who is still sending would lose the answer");
    }

    @Test
    void read_twoMistakes_namesTheFirst() {
        Problem mistake = assertThrows(Problem.class, () -> read("1\n2\n\n[]\n5\n{}\n".repeat(9), 4, false));
        assertEquals("expected a number, found an array (line 4, column 1)", mistake.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1\n", "\n \r\n1\n\n", "     1     "})
    void read_smallBody_hasOneLine(String body) throws Exception {
        for (int size = 1; size < 12; size++) {
            assertEquals(List.of(1), read(body, size, true), "blocks of " + size);
            assertEquals(List.of(1), read(body, size, false), "blocks of " + size);
        }
    }

    @Test
    void read_nothing_isNothing() throws Exception {
        assertEquals(List.of(), read("", 10, true));
        assertEquals(List.of(), read(" \n\n", 10, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 11, 20, 21, 40, 41, 100, 1_000})
    void read_lineLongerThanABlock_isRead_whereverTheBodyEnds(int length) throws Exception {
        String one = " ".repeat(length - 1) + "1";
        for (String body : List.of(one, one + "\n", one + "\n\n", "1\n" + one, one + "\n1", "1\n" + one + "\n1\n")) {
            List<Integer> expected = body.replaceAll("[^1]", "").chars().mapToObj(digit -> 1).toList();
            assertEquals(expected, read(body, 10, true), body);
            assertEquals(expected, read(body, 10, false), body);
        }
    }

    @Test
    void read_bodyInSmallPieces_isTheSame() throws Exception {
        byte[] bytes = body(100, -1).getBytes(StandardCharsets.UTF_8);
        int[] at = {0};
        InputStream slow = new InputStream() {
            @Override
            public int read() {
                return at[0] == bytes.length ? -1 : bytes[at[0]++];
            }

            @Override
            public int read(byte[] into, int from, int most) {
                int count = Math.min(Math.min(most, 3), bytes.length - at[0]);
                System.arraycopy(bytes, at[0], into, from, count);
                at[0] += count;
                return count == 0 ? -1 : count;
            }
        };
        assertEquals(100, all(lines(64).read(slow, bytes.length)).size());
    }

    @Test
    void read_bodyThatBreaksOff_isItsError() {
        InputStream broken = new InputStream() {
            private int left = 1_000;

            @Override
            public int read() {
                if (left-- == 0) {
                    throw Problem.badRequest("broken");
                }
                return left % 3 == 0 ? '\n' : '1';
            }
        };
        assertEquals("broken", assertThrows(Problem.class, () -> lines(64).read(broken, 2_000)).getMessage());
    }

    /// A number on each line, with blank lines between; a string where the mistake is.
    private static String body(int lines, int mistake) {
        StringBuilder body = new StringBuilder();
        for (int i = 1; i <= lines; i++) {
            body.append(i == mistake ? "\"x\"" : "" + i).append(" ".repeat(10)).append('\n');
        }
        return body.toString();
    }

    private static List<Integer> read(String body, int size, boolean announced) throws IOException,
            InterruptedException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return all(lines(size).read(new ByteArrayInputStream(bytes), announced ? bytes.length : Integer.MAX_VALUE));
    }

    private static List<Integer> all(List<List<Integer>> blocks) {
        return blocks.stream().flatMap(List::stream).toList();
    }

    private static BatchLines<List<Integer>> lines(int size) {
        return new BatchLines<>(ArrayList::new, (json, block) -> block.add(Integer.parseInt(json.number())),
                () -> new JsonReader(new byte[0]), size);
    }
}
