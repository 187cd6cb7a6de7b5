package server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import shared.Problem;

final class StartFailureTest {

    @Test
    void of_fullDisk_isNoMistakeInTheSettings() {
        assertEquals("the disk is full", StartFailure.of(new Problem(507, "the disk is full")).getMessage());
        Problem mistake = Problem.badRequest("host must be a name");
        assertSame(mistake, assertThrows(Problem.class, () -> StartFailure.of(mistake)));
    }
}
