package server.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class AnswerBufferTest {

    private final Answers answers = new Answers(64 << 20);

    @Test
    void read_lateReader_getsAllSoFarInOnePiece() {
        AnswerBuffer buffer = answers.begin(1, 1, 1);
        buffer.text("Hello");
        buffer.text(", wörld");
        assertEquals(new AnswerBuffer.Chunk(false, 0, 13, "Hello, wörld"), buffer.read(0));
        assertEquals(new AnswerBuffer.Chunk(false, 5, 13, ", wörld"), buffer.read(5));
        assertNull(buffer.read(13));
        assertNull(buffer.read(99));
    }

    @Test
    void read_kindsAlternate_piecesAreCutWhereTheKindChanges() {
        AnswerBuffer buffer = answers.begin(1, 1, 1);
        buffer.thinking("hm");
        buffer.thinking("!");
        buffer.text("yes");
        buffer.thinking("?");
        assertEquals(new AnswerBuffer.Chunk(true, 0, 3, "hm!"), buffer.read(0));
        assertEquals(new AnswerBuffer.Chunk(false, 3, 6, "yes"), buffer.read(3));
        assertEquals(new AnswerBuffer.Chunk(true, 6, 7, "?"), buffer.read(6));
        assertEquals(new AnswerBuffer.Chunk(false, 5, 6, "s"), buffer.read(5));
    }

    @Test
    void read_offsetInsideACharacter_meansItsBeginning() {
        AnswerBuffer buffer = answers.begin(1, 1, 1);
        buffer.text("aß😀b");
        assertEquals("ß😀b", buffer.read(2).text());
        for (int offset = 3; offset < 7; offset++) {
            assertEquals(new AnswerBuffer.Chunk(false, 3, 8, "😀b"), buffer.read(offset));
        }
    }

    @Test
    void read_longAnswer_comesInBoundedPiecesOfWholeCharacters() {
        AnswerBuffer buffer = answers.begin(1, 1, 1);
        String all = "x" + "😀".repeat(50_000);
        buffer.text(all);
        StringBuilder read = new StringBuilder();
        int offset = 0;
        for (AnswerBuffer.Chunk chunk = buffer.read(0); chunk != null; chunk = buffer.read(offset)) {
            assertEquals(offset, chunk.offset());
            assertTrue(chunk.end() - chunk.offset() <= AnswerBuffer.CHUNK_MAX);
            read.append(chunk.text());
            offset = chunk.end();
        }
        assertEquals(all, read.toString());
    }

    @Test
    void text_atTheLimitAndBeyond_keepsTheBeginningAndSaysSo() {
        AnswerBuffer buffer = answers.begin(1, 1, 1);
        buffer.text("a".repeat(Answers.TASK_MAX - 1));
        buffer.text("b");
        assertFalse(buffer.truncated());
        buffer.text("c");
        buffer.text("");
        assertTrue(buffer.truncated());
        assertEquals(Answers.TASK_MAX, buffer.length());
    }

    @Test
    void text_roomOfAllTogetherUsedUp_cutsAndGetsItBackAtTheEnd() {
        Answers small = new Answers(10);
        AnswerBuffer first = small.begin(1, 1, 1);
        AnswerBuffer second = small.begin(2, 1, 1);
        first.text("12345678");
        second.text("123");
        assertTrue(second.truncated());
        small.end(1, 1);
        AnswerBuffer third = small.begin(3, 1, 1);
        third.text("1234567890");
        assertFalse(third.truncated());
        assertEquals("12345678", first.read(0).text());
    }

    @Test
    void unfinished_keepsTheNewest() {
        for (int task = 0; task < 600; task++) {
            answers.begin(task, 1, 1).text("x".repeat(5_000));
            answers.breakOff(task, 1);
        }
        assertEquals("x".repeat(4_096), answers.unfinished(599, 1));
        assertEquals("x".repeat(4_096), answers.unfinished(600 - 512, 1));
        assertNull(answers.unfinished(599 - 512, 1));
        assertNull(answers.unfinished(599, 2));
    }

    @Test
    void end_ofAnEarlierAttempt_leavesTheCurrentOne() {
        answers.begin(7, 1, 1);
        AnswerBuffer second = answers.begin(7, 2, 2);
        answers.end(7, 1);
        assertSame(second, answers.find(7));
        answers.end(7, 2);
        assertNull(answers.find(7));
        second.text("too late");
        assertNull(second.read(0));
    }
}
