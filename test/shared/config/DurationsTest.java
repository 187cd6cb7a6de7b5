package shared.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({"0, PT0S", "0s, PT0S", "90s, PT1M30S", "1h30m, PT1H30M", "1h30m0s, PT1H30M", "1.5h, PT1H30M",
        "250ms, PT0.25S", "1.5s, PT1.5S", "7d, PT168H", "2w, PT336H", "1us, PT0.000001S", "1\u00b5s, PT0.000001S",
        "1\u03bcs, PT0.000001S", "3ns, PT0.000000003S", "0.5ns, PT0S", "1m1m, PT2M", "30m1h, PT1H30M",
        "999999999999s, PT999999999999S"})
    void parse_everySpelling_isItsDuration(String text, Duration duration) {
        assertEquals(duration, Durations.parse("timeout", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "s", "1 s", "-1s", "+1s", "1h30", "1H", "1.s", ".5s", "1..5s", "1e3s", "1s ",
        "5 minutes", "\u0661s", "1s1"})
    void parse_notADuration_saysWhatOneIs(String text) {
        Problem problem = assertThrows(Problem.class, () -> Durations.parse("timeout", text));
        assertEquals(400, problem.status());
        assertEquals("timeout must be a duration such as 90s, 1h30m or 7d, not \"" + text + "\"", problem.getMessage());
    }

    @Test
    void parse_tooLong_isRefused() {
        assertEquals("max_delay is too long: 999999999999w",
                assertThrows(Problem.class, () -> Durations.parse("max_delay", "999999999999w")).getMessage());
        assertEquals("max_delay must be a duration such as 90s, 1h30m or 7d, not \"" + "1s".repeat(30) + "\u2026\"",
                assertThrows(Problem.class, () -> Durations.parse("max_delay", "1s".repeat(1_000_000))).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT0.0009S, 0s", "PT0.25S, 250ms", "PT1.5S, 1s500ms", "PT90S, 1m30s", "PT1H30M, 1h30m",
        "PT168H, 168h", "PT24H0.001S, 24h1ms"})
    void format_anyDuration_readsBackAsTheSameMilliseconds(Duration duration, String text) {
        assertEquals(text, Durations.format(duration));
        assertEquals(duration.toMillis(), Durations.parse("it", text).toMillis());
    }
}
