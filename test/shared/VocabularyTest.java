package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small words of both programs: types, statuses, what a message shows, and what may have been meant.
class VocabularyTest {

    @Test
    void parse_everyName_isItsConstant() {
        assertEquals(List.of("chat", "generate", "embed"), Stream.of(TaskType.values()).map(t -> t.text).toList());
        assertEquals(List.of("pending", "running", "completed", "failed", "cancelled"),
                Stream.of(TaskStatus.values()).map(s -> s.text).toList());
        for (TaskType type : TaskType.values()) {
            assertSame(type, TaskType.parse(type.text));
        }
        for (TaskStatus status : TaskStatus.values()) {
            assertSame(status, TaskStatus.parse(status.text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Chat", "PENDING", "chat ", "done"})
    void parse_unknownName_namesThoseThatAre(String text) {
        assertEquals("type must be chat, generate or embed, not \"" + text + "\"",
                assertThrows(Problem.class, () -> TaskType.parse(text)).getMessage());
        assertEquals("status must be pending, running, completed, failed or cancelled, not \"" + text + "\"",
                assertThrows(Problem.class, () -> TaskStatus.parse(text)).getMessage());
    }

    @Test
    void ended_onlyFinalStatuses_are() {
        assertEquals(List.of(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED),
                Stream.of(TaskStatus.values()).filter(TaskStatus::ended).toList());
    }

    @Test
    void shown_longOrControlling_isCutAndHarmless() {
        assertEquals("x".repeat(60), Problem.shown("x".repeat(60)));
        assertEquals("x".repeat(60) + "\u2026", Problem.shown("x".repeat(61)));
        assertEquals("a\ufffd[31mb\ufffdc\ufffd", Problem.shown("a\033[31mb\nc\u009b"));
    }

    @ParameterizedTest
    @CsvSource({"--prot, ; did you mean --port?", "sumbit, ; did you mean submit?", "submit, ; did you mean submit?",
        "chat, ''", "'', ''", "statsu, ; did you mean status?", "past, ''", "subm, ; did you mean submit?", "sub, ''",
        "x-queue-prio, ; did you mean x-queue-priority?"})
    void hint_nearOrFar_namesTheNearestOrNothing(String word, String hint) {
        assertEquals(hint, Nearest.hint(word, List.of("--port", "--host", "submit", "status", "x-queue-keep",
                "x-queue-priority")));
    }
}
