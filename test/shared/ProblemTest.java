package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;

import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void at_anUnnamedText_tellsThePlaceBehindTheReason() {
        Problem problem = Problem.conflict("taken").at(new TextPlace(null, 2, 7, "a[1].b"));
        assertEquals("taken (line 2, column 7, at a[1].b)", problem.getMessage());
        assertEquals("taken", problem.reason());
        assertEquals(409, problem.status());
        assertEquals("taken (line 3, column 1)", problem.at(new TextPlace(null, 3, 1, "")).getMessage());
    }

    @Test
    void at_aFile_tellsThePlaceBeforeTheReason() {
        Problem problem = Problem.badRequest("no").at(new TextPlace("f.yaml", 2, 7, "a.b"));
        assertEquals("f.yaml, line 2, column 7: no", problem.getMessage());
        assertEquals(new TextPlace("f.yaml", 2, 7, "a.b"), problem.place());
    }

    @Test
    void all_areInTheOrderOfTheirPlaces_thoseWithoutOneFirst() {
        Problem late = Problem.badRequest("late").at(new TextPlace("f", 10, 1, ""));
        Problem early = Problem.badRequest("early").at(new TextPlace("f", 2, 9, ""));
        Problem flag = Problem.badRequest("flag");
        Problem all = Problem.all(List.of(late, early, flag));
        assertEquals(List.of(flag, early, late), all.each());
        assertEquals("flag\nf, line 2, column 9: early\nf, line 10, column 1: late", all.getMessage());
    }

    @Test
    void all_ofOne_isIt() {
        Problem one = Problem.notFound("gone");
        assertSame(one, Problem.all(List.of(one)));
        assertEquals(List.of(one), one.each());
        assertNull(one.place());
    }

    @Test
    void at_aLongPath_leavesOutItsMiddle() {
        String deep = "a.".repeat(199) + "bb";
        assertEquals(deep, new TextPlace(null, 1, 1, deep).path());
        String deeper = "a.".repeat(5_000) + "b";
        assertEquals("a.".repeat(100) + "\u2026" + deeper.substring(deeper.length() - 200),
                new TextPlace(null, 1, 1, deeper).path());
    }
}
