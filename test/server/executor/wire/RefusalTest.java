package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
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
        "301 |  | ACCOUNT",
        "302 |  | ACCOUNT",
        "400 | unexpected EOF | FINAL",
        "400 | invalid model name | MODEL_MISSING",
        "400 | API key not valid. Please pass a valid API key. | ACCOUNT",
        "401 | unauthorized | ACCOUNT",
        "402 | Insufficient credits | ACCOUNT",
        "403 |  | ACCOUNT",
        "403 | your subscription does not include this model | ACCOUNT",
        "403 | Your input was flagged | FINAL",
        "403 | request too large | FINAL",
        "404 | model 'x' not found | MODEL_MISSING",
        "404 | model \"x\" not found, try pulling it first | MODEL_MISSING",
        "404 | 404 page not found | FRONT",
        "404 |  | FRONT",
        "405 | 405 method not allowed | FRONT",
        "407 |  | ACCOUNT",
        "408 |  | PASSING",
        "413 |  | FRONT",
        "414 |  | FRONT",
        "415 |  | FRONT",
        "422 |  | FINAL",
        "425 |  | PASSING",
        "429 | slow down | ACCOUNT",
        "429 | you have reached your session usage limit | ACCOUNT",
        "429 | Request too large for gpt on tokens per min (TPM) | FINAL",
        "431 |  | FRONT",
        "499 |  | FINAL",
        "500 |  | PASSING",
        "500 | llama runner process has terminated: signal: killed | PASSING",
        "500 | model requires more system memory (8.0 GiB) than is available (2.0 GiB) | PASSING",
        "500 | option \"num_ctx\" must be of type integer | FINAL",
        "500 | invalid format: \"xml\"; expected \"json\" or a valid JSON Schema object | FINAL",
        "500 | Failed to create new sequence: failed to process inputs: bad image | FINAL",
        "500 | failed to encode response: json: unsupported value: NaN | FINAL",
        "500 | json: unsupported value: -Inf | FINAL",
        "500 | the input length exceeds the context length | FINAL",
        "500 | input exceeds maximum context length | FINAL",
        "500 | template: :1: unexpected \"}\" in operand | FINAL",
        "501 | this model does not support embeddings | FRONT",
        "501 |  | FRONT",
        "502 |  | PASSING",
        "503 | server busy | BUSY",
        "503 |  | BUSY",
        "504 |  | PASSING",
        "511 |  | ACCOUNT",
        "524 |  | PASSING",
        "529 | overloaded | BUSY",
        "600 |  | PASSING",
    })
    void of_statusAndText_tellWhoseFaultItIs(int status, String text, Cause cause) {
        Outcome.Failed failed = of(status, text == null ? "" : text, Map.of());
        assertEquals(cause, failed.cause());
        assertNull(failed.retryAfter());
    }

    @Test
    void of_redirect_tellsWhereTo() {
        assertEquals("gpu:1 answered 308, moved to https://gpu/ (it sends clients elsewhere, as for a login: "
                + "check its address)",
                of(308, "", Map.of("Location", List.of("https://gpu/"))).message());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "7 | 7", "0 | 0", "2.5 | 2.5", "Fri, 02 Jan 2026 03:05:05 GMT | 60", "Fri, 02 Jan 2026 03:00:00 GMT | 0",
        "soon | ", "-1 | ", "99999999999 | "
    })
    void retryAfter_secondsOrDate_areRead(String value, Double seconds) {
        assertEquals(seconds == null ? null : Duration.ofMillis((long) (seconds * 1_000)),
                of(429, "", Map.of("retry-after", List.of(value))).retryAfter());
    }

    private static Outcome.Failed of(int status, String text, Map<String, List<String>> headers) {
        return new Refusal("gpu:1", "is it an Ollama?", NOW).of(status,
                HttpHeaders.of(headers, (name, value) -> true), text.getBytes(StandardCharsets.UTF_8), "x");
    }
}
