package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.Outcome.Cause;

final class RefusedModelsTest {

    private final RefusedModels refused = new RefusedModels(60_000);

    @Test
    void anotherSince_isOneThatWasRefusedWithTheSameStatus() {
        refused.refuse("a", answered(403), 0, 10);
        assertFalse(refused.anotherSince("a", 0), "itself");
        refused.refuse("b", answered(402), 0, 20);
        assertFalse(refused.anotherSince("b", 0), "the host says something else of b");
        refused.refuse("c", answered(403), 0, 30);
        assertTrue(refused.anotherSince("c", 0));
        assertFalse(refused.anotherSince("c", 10), "something worked since a was refused");
    }

    @Test
    void inShort_isTheHostsOwnStatusWithoutItsWords() {
        assertEquals("answered 302", answered(302).inShort());
        assertEquals("failed the call", new Outcome.Failed(Cause.ACCOUNT, "secret", null).inShort());
    }

    private static Outcome.Failed answered(int status) {
        return new Outcome.Failed(Cause.ACCOUNT, "a answered " + status + ": its words", null,
                new HostAnswer(new HostHead(status, null, -1, null, null), new byte[0]));
    }
}
