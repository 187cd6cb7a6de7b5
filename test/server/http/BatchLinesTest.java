package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLinesTest {

    private static final int LINES = 50_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void cut_largeBody_partsHaveAllLinesInOrder(int parts) {
        List<Integer> read = new ArrayList<>();
        List<BatchLines> cut = cut(body(-1), parts, read);
        assertEquals(parts, cut.size());
        for (BatchLines part : cut) {
            assertNull(part.read());
        }
        assertEquals(LINES, read.size());
        for (int i = 0; i < LINES; i++) {
            assertEquals(i + 1, read.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, LINES / 2, LINES})
    void read_mistakeInAnyPart_namesItsLineInTheBody(int line) {
        List<String> messages = new ArrayList<>();
        for (BatchLines part : cut(body(line), 3, new ArrayList<>())) {
            if (part.read() instanceof shared.Problem problem) {
                messages.add(problem.getMessage());
            }
        }
        assertEquals(List.of("line " + line + ": expected a number, found a string (column 1)"), messages);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1\n", "\n \r\n1\n\n"})
    void cut_smallBody_isOnePart(String body) {
        List<Integer> read = new ArrayList<>();
        List<BatchLines> cut = cut(body, 2, read);
        assertEquals(1, cut.size());
        assertNull(cut.getFirst().read());
        assertEquals(List.of(1), read);
    }

    /// A number on each line, with blank lines between; a string where the mistake is.
    private static String body(int mistake) {
        StringBuilder body = new StringBuilder();
        for (int i = 1; i <= LINES; i++) {
            body.append(i == mistake ? "\"x\"" : "" + i).append(" ".repeat(10)).append('\n');
        }
        return body.toString();
    }

    private static List<BatchLines> cut(String body, int parts, List<Integer> read) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return BatchLines.cut(new Bodies.Body(bytes, bytes.length, 200), parts, () -> null,
                (json, batch) -> read.add(Integer.parseInt(json.number())));
    }
}
