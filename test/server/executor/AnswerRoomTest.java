package server.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import server.executor.Outcome.Cause;

final class AnswerRoomTest {

    private final AnswerRoom room = new AnswerRoom(100);

    @Test
    void answer_upToAll_fits_oneByteMoreNeverWill() throws HostFailure {
        try (AnswerRoom.Portion share = room.share()) {
            share.line(60, "a");
            share.answer(100, "a");
            HostFailure failure = assertThrows(HostFailure.class, () -> share.answer(101, "a"));
            assertEquals(Cause.FINAL, failure.outcome().cause());
        }
    }

    @Test
    void answer_besideOthers_isPutOff_andFitsOnceTheyHaveEnded() throws HostFailure {
        try (AnswerRoom.Portion late = room.share()) {
            try (AnswerRoom.Portion early = room.share()) {
                early.answer(70, "a");
                late.answer(30, "b");
                HostFailure failure = assertThrows(HostFailure.class, () -> late.answer(31, "b"));
                assertEquals(Cause.OWN, failure.outcome().cause());
                early.answer(70, "a");
            }
            late.answer(100, "b");
        }
        try (AnswerRoom.Portion next = room.share()) {
            next.answer(100, "c");
        }
    }
}
