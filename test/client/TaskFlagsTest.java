package client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.ZonedDateTime;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A time of day is the next moment at which the clock on the wall shows it, also where the clocks change.
final class TaskFlagsTest {

    @ParameterizedTest
    @CsvSource({
        // any day
        "2026-01-02T03:04:05+01:00, 15:30, 2026-01-02T14:30:00Z",
        "2026-01-02T03:04:05+01:00, 3:04, 2026-01-03T02:04:00Z",
        // 02:30 is skipped: it is over by then, and tomorrow it is there again
        "2026-03-29T01:00:00+01:00, 02:30, 2026-03-29T01:30:00Z",
        "2026-03-29T04:00:00+02:00, 02:30, 2026-03-30T00:30:00Z",
        // 02:30 comes twice
        "2026-10-25T01:00:00+02:00, 02:30, 2026-10-25T00:30:00Z",
        "2026-10-25T02:45:00+02:00, 02:30, 2026-10-25T01:30:00Z",
        "2026-10-25T02:15:00+01:00, 02:30, 2026-10-25T01:30:00Z",
        "2026-10-25T02:45:00+01:00, 02:30, 2026-10-26T01:30:00Z"})
    void time_ofDay_isTheNextOne(String now, String text, String expected) {
        assertEquals(expected, TaskFlags.time("--at", text,
                ZonedDateTime.parse(now + "[Europe/Berlin]")).toString());
    }
}
