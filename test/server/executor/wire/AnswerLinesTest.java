package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import server.executor.AnswerRoom;
import server.executor.HostFailure;

final class AnswerLinesTest {

    private static final int MAX = 10;

    /// @param piece how many bytes come first
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 10, 11, 12})
    void line_atItsLimitAndBeyond_howeverItComes(int piece) throws IOException {
        assertEquals("0123456789", lines("0123456789\nrest", piece).next().text());
        assertEquals("sent a line longer than 10 bytes", assertThrows(HostFailure.class,
                () -> lines("0123456789x\nrest", piece).next()).getMessage().replace("box ", ""));
        assertThrows(HostFailure.class, () -> lines("0123456789x", piece).next());
    }

    private static AnswerLines lines(String text, int piece) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int first = Math.min(piece, bytes.length);
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(bytes, 0, first),
                new ByteArrayInputStream(bytes, first, bytes.length - first));
        return new AnswerLines(in, "box", MAX, AnswerRoom.UNBOUNDED.share());
    }
}
