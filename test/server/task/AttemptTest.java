package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptTest {

    @ParameterizedTest
    @ValueSource(strings = {"first", "loaded task_7k3f9q2m4x8z", "overdue load task_000000000000", "pressing load"})
    void textOfAChoice_comesBack(String text) {
        assertEquals(text, Attempt.Chosen.parse(text).toString());
    }

    @Test
    void parse_ofALaterVersion_keepsWhatIsKnown() {
        assertNull(Attempt.Chosen.parse("paid load"));
        assertEquals(new Attempt.Chosen(Attempt.Chosen.By.FIRST, false, -1), Attempt.Chosen.parse("first soon"));
    }
}
