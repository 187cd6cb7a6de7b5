package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import server.executor.Outcome;
import server.executor.Outcome.Cause;

class RefusalTest {

    private static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "301 |  | FINAL",
        "400 | unexpected EOF | FINAL",
        "401 | unauthorized | FINAL",
        "403 |  | FINAL",
        "404 | model 'x' not found | MODEL_MISSING",
        "404 | model \"x\" not found, try pulling it first | MODEL_MISSING",
        "404 | 404 page not found | FINAL",
        "404 |  | FINAL",
        "405 | 405 method not allowed | FINAL",
        "408 |  | PASSING",
        "413 |  | FINAL",
        "422 |  | FINAL",
        "429 | slow down | LIMITED",
        "500 |  | PASSING",
        "500 | llama runner process has terminated: signal: killed | PASSING",
        "500 | model requires more system memory (8.0 GiB) than is available (2.0 GiB) | PASSING",
        "500 | option \"num_ctx\" must be of type integer | FINAL",
        "500 | invalid format: \"xml\"; expected \"json\" or a valid JSON Schema object | FINAL",
        "500 | Failed to create new sequence: failed to process inputs: bad image | FINAL",
        "500 | template: :1: unexpected \"}\" in operand | FINAL",
        "501 | this model does not support embeddings | FINAL",
        "502 |  | PASSING",
        "503 | server busy | BUSY",
        "503 |  | BUSY",
        "504 |  | PASSING",
        "524 |  | PASSING",
    })
    void of_statusAndText_tellWhoseFaultItIs(int status, String text, Cause cause) {
        Outcome.Failed failed = of(status, text == null ? "" : text, Map.of());
        assertEquals(cause, failed.cause());
        assertNull(failed.retryAfter());
    }

    @Test
    void of_redirect_tellsWhereTo() {
        assertEquals("gpu:1 answered 308 (moved to https://gpu/)",
                of(308, "", Map.of("Location", List.of("https://gpu/"))).message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "7 | 7", "0 | 0", "Fri, 02 Jan 2026 03:05:05 GMT | 60", "Fri, 02 Jan 2026 03:00:00 GMT | 0",
        "soon | ", "-1 | ", "99999999999 | "
    })
    void retryAfter_secondsOrDate_areRead(String value, Long seconds) {
        assertEquals(seconds == null ? null : Duration.ofSeconds(seconds),
                of(429, "", Map.of("retry-after", List.of(value))).retryAfter());
    }

    private static Outcome.Failed of(int status, String text, Map<String, List<String>> headers) {
        return Refusal.of(status, HttpHeaders.of(headers, (name, value) -> true), text, "gpu:1", "x", NOW);
    }
}
