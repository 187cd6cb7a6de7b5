package server.queue.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

class ErrorPatternTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "CUDA out of memory (4,096.5 MiB at 0xdeadBEEF)|CUDA out of memory (… MiB at …)",
        "rig-4090 answered 500: no slot for task_7k3f9q2m4x8z|rig-4090 answered 500: no slot for …",
        "gpu answered 404: model \"x:7b\" not found, pull it|gpu answered 404: model … not found, pull it",
        "model 'a' not found on any host (asked: a, b)|model … not found on any host (asked: a, b)",
        "the host's key doesn't fit 'this' one|the host's key doesn't fit … one",
        "cannot connect to http://10.1.2.3:11434/api/chat: refused|cannot connect to … refused",
        "cannot connect to gpu-1.local:11434: connection refused|cannot connect to …: connection refused",
        "cannot connect to [::1]:11434: connection refused|cannot connect to …: connection refused",
        "took 3, 4, 5 and 6 of 7/8 (9.1.2)|took … and … of … (…)",
        "10.0.0.7:8080 gave no answer for 90s|… gave no answer for …s",
        "runner 3f9a0b12cd gone|runner … gone",
        "request 123e4567-e89b-12d3-a456-426614174000 dropped|request … dropped",
        "expired in the queue at 2026-01-02T03:04:05.678Z|expired in the queue at …",
        "^^|no reason given"})
    void text_isTheErrorWithoutWhatDiffers(String error, String text) {
        assertEquals(text, ErrorPattern.of(error).text());
    }

    @Test
    void text_isTheFirstLine_cutOff() {
        assertEquals("one", ErrorPattern.of("one\nat line 7").text());
        assertEquals("no reason given", ErrorPattern.of((String) null).text());
        assertEquals(201, ErrorPattern.of("x".repeat(500)).text().length());
    }

    @Test
    void id_followsFromTheText_andIsReadBack() {
        ErrorPattern cause = ErrorPattern.of("took 5 s");
        assertEquals("725w", cause.name().substring(0, 4));
        assertEquals(cause, ErrorPattern.of("took 77 s"));
        assertNotEquals(cause.id(), ErrorPattern.of("took long").id());
        assertEquals(cause.id(), ErrorPattern.parse(cause.name()));
        assertThrows(Problem.class, () -> ErrorPattern.parse("took"));
        assertThrows(Problem.class, () -> ErrorPattern.parse("task_7k3f9q2m4x8z"));
    }
}
