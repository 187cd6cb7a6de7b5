package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;
import shared.json.JsonWriter;

class TimesTest {

    private static final DateTimeFormatter JAVA = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'")
            .withZone(ZoneOffset.UTC);

    @Test
    void format_anyTime_equalsJavaTimeAndIsReadBack() {
        long seed = 1;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long time = random.nextLong(Times.MIN, Times.MAX + 1);
            String text = JAVA.format(Instant.ofEpochMilli(time));
            assertEquals(text, Times.format(time), "seed " + seed);
            assertEquals(time, Times.parse("t", text), "seed " + seed);
        }
    }

    @Test
    void format_everyDayOfTwoCenturies_equalsJavaTime() {
        for (long day = -80 * 366; day < 140 * 366; day++) {
            long time = day * 86_400_000;
            assertEquals(JAVA.format(Instant.ofEpochMilli(time)), Times.format(time));
        }
    }

    @Test
    void format_ends_areTheYears0And9999() {
        assertEquals("0000-01-01T00:00:00.000Z", Times.format(Times.MIN));
        assertEquals("9999-12-31T23:59:59.999Z", Times.format(Times.MAX));
        assertThrows(IllegalArgumentException.class, () -> Times.format(Times.MIN - 1));
        assertThrows(IllegalArgumentException.class, () -> Times.format(Times.MAX + 1));
    }

    @Test
    void write_none_isNull() {
        assertEquals("[null,\"1970-01-01T00:00:00.001Z\"]",
                Times.write(Times.write(new JsonWriter().beginArray(), 0), 1).endArray().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.1Z", "2026-01-02T03:04:05.123456789Z",
        "2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05.5-11:30", "2024-02-29T23:59:59Z", "2000-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z", "2026-12-31T23:59:59+00:00", "2026-01-02T03:04:05-00:00"})
    void parse_rfc3339_equalsJavaTime(String text) {
        assertEquals(OffsetDateTime.parse(text).toInstant().toEpochMilli(), Times.parse("t", text));
    }

    @Test
    void parse_otherForms_areRead() {
        assertEquals(Times.parse("t", "2026-01-02T03:04:05Z"), Times.parse("t", "2026-01-02t03:04:05z"));
        assertEquals(Times.parse("t", "2026-01-02T03:04:05Z"), Times.parse("t", "2026-01-02 03:04:05Z"));
        assertEquals(Times.parse("t", "2017-01-01T00:00:00Z"), Times.parse("t", "2016-12-31T23:59:60Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tomorrow", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:05",
        "2026-01-02T03:04:05.Z", "2026-13-02T03:04:05Z", "2026-00-02T03:04:05Z", "2026-02-29T03:04:05Z",
        "2100-02-29T03:04:05Z", "2026-04-31T03:04:05Z", "2026-01-00T03:04:05Z", "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:05Z", "2026-01-02T03:04:61Z", "2026-01-02T03:04:05+2:00", "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+02:60", "2026-01-02T03:04:05+0200", "2026-01-02T03:04:05ZZ", "2026-01-02X03:04:05Z",
        "2026-1-2T03:04:05Z   ", "-026-01-02T03:04:05Z", "+2026-01-02T03:04:05Z", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01", "1767323045", "2026-01-02T03:04:05.678 Z"})
    void parse_noTime_isNamed(String text) {
        Problem problem = assertThrows(Problem.class, () -> Times.parse("scheduled_at", text));
        assertEquals("scheduled_at must be a time such as 2026-01-02T03:04:05Z or 2026-01-02T03:04:05+02:00 "
                + "(RFC 3339), not \"" + text + "\"", problem.getMessage());
    }
}
