package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PriorityTest {

    @Test
    void parse_namesAndNumbers_areTheirValues() {
        assertEquals(1, Priority.parse("low"));
        assertEquals(5, Priority.parse("Normal"));
        assertEquals(10, Priority.parse("high"));
        assertEquals(15, Priority.parse("CRITICAL"));
        assertEquals(-7, Priority.parse("-7"));
        assertEquals(Integer.MAX_VALUE, Priority.parse("2147483647"));
    }

    @Test
    void parse_notAPriority_namesWhatIsAllowed() {
        for (String text : new String[] {"", "urgent", "1.5", "2147483648", "5 "}) {
            Problem problem = assertThrows(Problem.class, () -> Priority.parse(text));
            assertEquals(400, problem.status());
            assertEquals("priority must be an integer from -2147483648 to 2147483647, or low (1), normal (5), "
                    + "high (10) or critical (15), not \"" + text + "\"", problem.getMessage());
        }
    }
}
