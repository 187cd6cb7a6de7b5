package server.executor.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.wire.AnswerLines;
import shared.TaskType;
import shared.json.Slice;
import support.Collected;

class StreamedAnswerTest {

    private final Collected pieces = new Collected();

    @Test
    void add_nestedToTheLimitAndDeeper() throws HostFailure {
        String three = "{\"response\":\"a\",\"x\":[[1]],\"done\":true}";
        assertTrue(answer(new Limits(1 << 20, 1 << 20, 3)).add(Slice.of(three.getBytes(StandardCharsets.UTF_8))));
        String message = assertThrows(HostFailure.class, () -> answer(new Limits(1 << 20, 1 << 20, 2))
                .add(Slice.of(three.getBytes(StandardCharsets.UTF_8)))).getMessage();
        assertTrue(message.contains("nested deeper than 2"), message);
    }

    @Test
    void result_chat_joinsTextsAndConcatenatesLists() throws Exception {
        assertEquals("""
                {"model":"q","message":{"role":"assistant","content":"Hel\\u003clo","thinking":"hm, yes",\
                "tool_calls":[{"a":1},{"b":2},{"c":3}]},"done":true,"logprobs":[{"t":-0.10},{"t":-2e-3}],\
                "eval_count":12345678901234567890}""",
                join(TaskType.CHAT, """
                {"model":"q","message":{"role":"assistant","content":"","thinking":"hm, "},"done":false}
                {"model":"q","message":{"role":"assistant","content":"Hel\\u003c","thinking":"yes",\
                "tool_calls":[{"a":1}]},"logprobs":[{"t":-0.10}],"done":false}
                {"model":"q","message":{"role":"assistant","content":"lo","tool_calls":[ ]},"logprobs":[],"done":false}
                {"model":"q","message":{"role":"assistant","content":"","tool_calls":[{"b":2},{"c":3}]},"done":false}
                {"model":"q","message":{"role":"assistant","content":""},"logprobs":[{"t":-2e-3}],"done":true,\
                "eval_count":12345678901234567890}
                """));
        assertEquals(List.of("Hel<", "lo"), pieces.texts);
        assertEquals(List.of("hm, ", "yes"), pieces.thoughts);
    }

    @Test
    void result_generate_keepsWhatTheLastObjectLacks() throws Exception {
        assertEquals("""
                {"model":"q","response":"ab","thinking":"t","new_field":{"x":[2]},"done":true,"images":["B"],\
                "context":[1]}""",
                join(TaskType.GENERATE, """
                {"model":"q","response":"a","thinking":"t","new_field":{"x":[1]},"done":false}
                {"model":"q","response":"b","new_field":{"x":[2]},"images":["A"],"done":false}
                {"model":"q","response":null,"images":["B"],"done":true,"context":[1]}
                """));
    }

    @Test
    void result_lastObjectWithoutMessage_keepsIt() throws Exception {
        assertEquals("{\"message\":{\"content\":\"a\"},\"done\":true}",
                join(TaskType.CHAT, "{\"message\":{\"content\":\"a\"}}\n{\"message\":null,\"done\":true}"));
    }

    @Test
    void result_whole_isItself() throws Exception {
        String whole = "{\"model\":\"q\",\"response\":\"a\\n\\ud83d\\ude00\",\"n\":1.0E+2,\"done\":true}";
        assertEquals(whole, join(TaskType.GENERATE, whole));
        assertEquals(List.of("a\n😀"), pieces.texts);
    }

    @Test
    void add_blankLinesAndCarriageReturns_arePassedOver() throws Exception {
        assertEquals("{\"response\":\"ab\",\"done\":true}",
                join(TaskType.GENERATE, "\r\n\n{\"response\":\"a\"}\r\n \r\n{\"response\":\"b\",\"done\":true}\r\n"));
    }

    @Test
    void add_onlyLoaded_isNoAnswer() {
        for (String reason : List.of("load", "unload")) {
            HostFailure failure = assertThrows(HostFailure.class, () -> join(TaskType.CHAT,
                    "{\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"" + reason + "\"}"));
            assertEquals(Cause.FINAL, failure.outcome().cause());
            assertEquals("gpu:1 has only " + reason + "ed the model, because the task has no messages",
                    failure.getMessage());
        }
    }

    @Test
    void add_loadedWithText_isAnAnswer() throws Exception {
        String answer = "{\"response\":\"a\",\"done\":true,\"done_reason\":\"load\"}";
        assertEquals(answer, join(TaskType.GENERATE, answer));
    }

    @Test
    void add_emptyAnswer_isOne() throws Exception {
        String answer = "{\"response\":\"\",\"done\":true,\"done_reason\":\"stop\"}";
        assertEquals(answer, join(TaskType.GENERATE, answer));
        assertTrue(pieces.texts.isEmpty());
    }

    @Test
    void add_errors_passAndAreWorded() {
        for (String line : List.of("{\"error\":\"gone\\nwrong\"}",
                "{\"error\":{\"message\":\"gone wrong\",\"code\":1}}",
                "{\"done\":true,\"error\":\"gone wrong\"}")) {
            HostFailure failure = assertThrows(HostFailure.class, () -> join(TaskType.CHAT, line));
            assertEquals(Cause.PASSING, failure.outcome().cause());
            assertEquals("gpu:1 broke off: gone wrong", failure.getMessage());
        }
    }

    @Test
    void add_firstLineBlamesTheRequest_isFinal() {
        String error = "{\"error\":\"invalid format: \\\"xml\\\"; expected \\\"json\\\"\"}";
        assertEquals(Cause.FINAL,
                assertThrows(HostFailure.class, () -> join(TaskType.GENERATE, error)).outcome().cause());
        assertEquals(Cause.PASSING, assertThrows(HostFailure.class,
                () -> join(TaskType.GENERATE, "{\"response\":\"a\"}\n" + error)).outcome().cause());
    }

    @Test
    void add_notJson_passes() {
        for (String line : List.of("hello", "[1]", "{\"response\":\"a\"} x", "{\"response\":\"a", "{\"a\":01}")) {
            HostFailure failure = assertThrows(HostFailure.class, () -> join(TaskType.GENERATE, line));
            assertEquals(Cause.PASSING, failure.outcome().cause(), line);
        }
    }

    @Test
    void add_atTheLimit_passesAndBeyondFails() throws Exception {
        String answer = "{\"response\":\"0123456789\"}\n{\"response\":\"012345678\",\"done\":true}";
        int size = join(TaskType.GENERATE, answer).length();
        StreamedAnswer fits = answer(new Limits(1 << 20, size + 10, 200));
        add(fits, answer);
        StreamedAnswer tight = answer(new Limits(1 << 20, size - 10, 200));
        assertEquals(Cause.FINAL, assertThrows(HostFailure.class, () -> add(tight, answer)).outcome().cause());
    }

    @Test
    void lines_atTheLimit_passAndBeyondFail() throws Exception {
        assertEquals("abcd", new AnswerLines(bytes("abcd\nef"), "gpu:1", 4,
                AnswerRoom.UNBOUNDED.share()).next().text());
        HostFailure failure = assertThrows(HostFailure.class,
                () -> new AnswerLines(bytes("x".repeat(100_000)), "gpu:1", 50_000,
                        AnswerRoom.UNBOUNDED.share()).next());
        assertEquals(Cause.FINAL, failure.outcome().cause());
    }

    private String join(TaskType type, String lines) throws Exception {
        StreamedAnswer answer = new StreamedAnswer(type, "gpu:1", Limits.DEFAULT, AnswerRoom.UNBOUNDED.share(),
                pieces);
        assertTrue(add(answer, lines), "the last line was not found");
        return answer.result().text();
    }

    private static boolean add(StreamedAnswer answer, String text) throws Exception {
        AnswerLines lines = new AnswerLines(bytes(text), "gpu:1", 1 << 20, AnswerRoom.UNBOUNDED.share());
        boolean done = false;
        for (Slice line = lines.next(); line != null; line = lines.next()) {
            assertFalse(done, "lines after the last one");
            done = answer.add(line);
        }
        return done;
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private StreamedAnswer answer(Limits limits) {
        return new StreamedAnswer(TaskType.GENERATE, "gpu:1", limits, AnswerRoom.UNBOUNDED.share(), pieces);
    }
}
