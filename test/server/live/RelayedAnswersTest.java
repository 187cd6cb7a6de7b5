package server.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import server.executor.AnswerRoom;
import server.executor.HostHead;
import server.live.RelayedAnswer.Look;
import server.task.Submission;
import shared.TaskType;
import shared.json.Slice;

class RelayedAnswersTest {

    private static final HostHead HEAD = new HostHead(200, "application/json", 3, null, null);

    private final RelayedAnswers answers = new RelayedAnswers(new AnswerRoom(10));

    @Test
    void answer_isThereAsLongAsSomebodyReadsOrWritesIt() {
        RelayedAnswer answer = answers.enter(7);
        assertSame(answer, answers.enter(7));
        answers.leave(7, answer);
        assertSame(answer, answers.begin(7, 3, "gpu", 1));
        answers.leave(7, answer);
        assertSame(answer, answers.find(7));
        answers.end(7, 3);
        assertNull(answers.find(7));
        assertNotNull(answers.begin(7, 4, "gpu", 2));
        answers.end(7, 4);
    }

    @Test
    void whatACallerBrought_canBeTakenOnce_andIsGoneOnceACallerHasLeft() {
        Submission brought = new Submission(TaskType.CHAT, "m", 5, null, Slice.of(new byte[] {'{', '}'}), null, "");
        RelayedAnswer answer = answers.enter(7);
        assertNull(answer.takeBrought());
        answer.bring(brought);
        assertSame(brought, answers.find(7).takeBrought());
        assertNull(answer.takeBrought());
        // the room of the request that had it is given back when its caller leaves, whoever is still there
        answers.enter(7);
        answer.bring(brought);
        answers.leave(7, answer);
        assertNull(answers.find(7).takeBrought());
        // also where an attempt goes on without any caller
        answer.bring(brought);
        answers.begin(7, 3, "gpu", 1);
        answers.leave(7, answer);
        assertNull(answers.find(7).takeBrought());
        answers.end(7, 3);
    }

    @Test
    void look_showsAllSoFar_andStaysAsItIs() throws InterruptedException {
        RelayedAnswer answer = answers.begin(7, 3, "gpu", 1);
        Look before = answer.look();
        assertTrue(before.isAsked() && before.host().equals("gpu") && before.head() == null);
        answer.head(HEAD);
        answer.bytes("xabcx".getBytes(StandardCharsets.UTF_8), 1, 2);
        Look first = answer.await(before.changes(), Duration.ofSeconds(10));
        answer.bytes("c".getBytes(StandardCharsets.UTF_8), 0, 1);
        answer.end();
        assertEquals("ab", first.bytes().text());
        assertFalse(first.hostEnded());
        assertEquals("abc", answer.look().bytes().text());
        assertTrue(answer.look().hostEnded() && answer.begun());
        // nothing has happened since
        long changes = answer.look().changes();
        assertEquals(changes, answer.await(changes, Duration.ofMillis(1)).changes());
    }

    @Test
    void anotherAttemptAfterAHead_isAnotherAnswer() {
        RelayedAnswer first = answers.begin(7, 3, "gpu", 1);
        first.head(HEAD);
        assertNotSame(first, answers.begin(7, 4, "gpu", 2));
    }

    @Test
    void answersWithoutRoom_areCut_untilTheOthersHaveLeft() {
        RelayedAnswer one = answers.begin(1, 3, "gpu", 1);
        one.head(HEAD);
        one.bytes(new byte[8], 0, 8);
        RelayedAnswer other = answers.begin(2, 3, "gpu", 1);
        other.head(HEAD);
        other.bytes(new byte[3], 0, 3);
        assertTrue(other.look().cut().message().startsWith("no memory is left"), other.look().cut().message());
        assertEquals(0, other.look().bytes().length());
        assertNull(one.look().cut());
        answers.end(1, 3);
        RelayedAnswer third = answers.begin(3, 3, "gpu", 1);
        third.head(HEAD);
        third.bytes(new byte[8], 0, 8);
        assertNull(third.look().cut());
    }

    @Test
    void attemptThatEndsWhenTheNextHasBegun_leavesThatOneItsAnswer() {
        RelayedAnswer answer = answers.enter(7);
        answers.begin(7, 3, "lacks it", 1);
        // it was put back, and another host asked, before the first one's thread had come to its end
        assertSame(answer, answers.begin(7, 4, "gpu", 2));
        answers.end(7, 3);
        assertTrue(answer.look().isAsked());
        answers.leave(7, answer);
        assertSame(answer, answers.find(7));
        answers.end(7, 4);
        assertNull(answers.find(7));
        assertAllRoomIsFree();
    }

    @Test
    void taskThatIsRetriedWhileACallerStillReads_leavesEachItsOwnAnswer() {
        RelayedAnswer first = answers.enter(7);
        answers.begin(7, 3, "gpu", 1);
        first.head(HEAD);
        first.bytes(new byte[4], 0, 4);
        answers.end(7, 3);
        RelayedAnswer second = answers.begin(7, 4, "gpu", 2);
        assertSame(second, answers.enter(7));
        answers.leave(7, first);
        answers.end(7, 4);
        // its caller still waits to be told
        assertSame(second, answers.find(7));
        answers.leave(7, second);
        assertNull(answers.find(7));
        assertAllRoomIsFree();
    }

    @Test
    void whatACancelledAttemptBringsLate_takesNoRoom() {
        RelayedAnswer first = answers.begin(7, 3, "gpu", 1);
        first.head(HEAD);
        first.bytes(new byte[4], 0, 4);
        answers.begin(7, 4, "gpu", 2);
        first.bytes(new byte[4], 0, 4);
        answers.end(7, 3);
        answers.end(7, 4);
        assertNull(answers.find(7));
        assertAllRoomIsFree();
    }

    private void assertAllRoomIsFree() {
        RelayedAnswer other = answers.begin(8, 5, "gpu", 3);
        other.head(HEAD);
        other.bytes(new byte[10], 0, 10);
        assertNull(other.look().cut());
        answers.end(8, 5);
    }
}
