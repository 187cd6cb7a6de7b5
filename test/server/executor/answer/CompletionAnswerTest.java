package server.executor.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import server.executor.AnswerRoom;
import server.executor.Limits;
import server.executor.wire.AnswerLines;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;

class CompletionAnswerTest {

    private final Collected pieces = new Collected();

    @Test
    void result_thoughtsAndText_areJoined() throws Exception {
        assertEquals("""
                {"model":"q","created_at":"now","message":{"role":"assistant","content":"Hel\\u003clo",\
                "thinking":"hm, yes"},\
                "done":true,"done_reason":"stop"}""",
                chat("""
                {"choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"hm, "}}]}
                {"choices":[{"index":0,"delta":{"content":"Hel\\u003c","reasoning":"yes"}}]}
                {"choices":[{"index":1,"delta":{"content":"another"}},{"index":0,"delta":{"content":"lo"}}]}
                {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}
                """));
        assertEquals(List.of("Hel<", "lo"), pieces.texts);
        assertEquals(List.of("hm, ", "yes"), pieces.thoughts);
    }

    @Test
    void result_bothNamesOfAThought_countOnce() throws Exception {
        chat("{\"choices\":[{\"delta\":{\"reasoning_content\":\"a\",\"reasoning\":\"a\"},"
                + "\"finish_reason\":\"stop\"}]}");
        assertEquals(List.of("a"), pieces.thoughts);
    }

    @Test
    void result_counters_areOllamas() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(result("""
                {"choices":[{"message":{"content":"a"},"finish_reason":"length"}],
                "usage":{"prompt_tokens":26,"completion_tokens":4,"total_tokens":30},
                "timings":{"prompt_ms":73.084,"predicted_ms":36.5}}""".replace("\n", " "), TaskType.GENERATE));
        assertEquals("a", result.text("response"));
        assertEquals("length", result.text("done_reason"));
        assertEquals(26, result.integer("prompt_eval_count", 0));
        assertEquals(4, result.integer("eval_count", 0));
        assertEquals(73_084_000, result.integer("prompt_eval_duration", 0));
        assertEquals(36_500_000, result.integer("eval_duration", 0));
        assertTrue(result.integer("total_duration", -1) >= 0);
    }

    @Test
    void result_reasons_areKeptButForTools() throws Exception {
        for (Map.Entry<String, String> reason : Map.of("stop", "stop", "length", "length", "tool_calls", "stop",
                "function_call", "stop", "content_filter", "content_filter").entrySet()) {
            Json.Obj result = (Json.Obj) Json.parse(chat("{\"choices\":[{\"delta\":{},\"finish_reason\":\""
                    + reason.getKey() + "\"}]}"));
            assertEquals(reason.getValue(), result.text("done_reason"));
        }
    }

    @Test
    void result_toolCallsInPieces_becomeObjects() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(chat("""
                {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]}
                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"ci"}}]}}]}
                {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g"}}]}}]}
                {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"ty\\":\\n1.0}"}}]}}]}
                {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"""));
        assertEquals("[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":{\"city\":1.0}}},"
                + "{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":{}}}]", calls(result));
        assertNull(result.get("notes"));
    }

    @Test
    void result_toolCallsWithoutIndex_areToldApartByTheirIds() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(chat("""
                {"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}
                {"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"f","arguments":{"x":1}}}]}}]}
                {"choices":[{"delta":{},"finish_reason":"stop"}]}"""));
        assertEquals("[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":{}}},"
                + "{\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":{\"x\":1}}}]", calls(result));
    }

    @Test
    void result_argumentsThatAreNoObject_stayTextAndAreNoted() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(chat("{\"choices\":[{\"message\":{\"tool_calls\":[{\"id\":\"a\","
                + "\"function\":{\"name\":\"f\",\"arguments\":\"{oops\"}}]},\"finish_reason\":\"stop\"}]}"));
        assertEquals("[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{oops\"}}]", calls(result));
        assertTrue(result.get("notes").text().contains("arguments of the call to f"), result.text());
    }

    @Test
    void result_logprobs_areConcatenated() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(chat("""
                {"choices":[{"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.10}]}}]}
                {"choices":[{"delta":{"content":"b"},"logprobs":{"content":[{"token":"b","logprob":-2e-3}]}}]}
                {"choices":[{"delta":{},"logprobs":null,"finish_reason":"stop"}]}"""));
        assertEquals("[{\"token\":\"a\",\"logprob\":-0.10},{\"token\":\"b\",\"logprob\":-2e-3}]",
                result.get("logprobs").text());
    }

    @Test
    void result_refusal_isTheTextAndNoted() throws Exception {
        Json.Obj result = (Json.Obj) Json.parse(chat("""
                {"choices":[{"delta":{"refusal":"I can"}}]}
                {"choices":[{"delta":{"refusal":"not"},"finish_reason":"stop"}]}"""));
        assertEquals("I cannot", ((Json.Obj) result.get("message")).text("content"));
        assertEquals("[\"the host marks its answer as a refusal\"]", result.get("notes").text());
    }

    @Test
    void result_ofSeveralLines_isOne() throws Exception {
        assertFalse(chat("{\"choices\":[{\"message\":{\"content\":\"a\"},\"logprobs\":{\"content\":[\r\n{\"a\":1}]},"
                + "\"finish_reason\":\"stop\"}]}").contains("\n"));
    }

    // ---- events

    @Test
    void events_everyForm_isRead() throws Exception {
        assertEquals(List.of("a", "b\nc", "{\"error\": {}}", "d", "e"), events(": sign of life\n\ndata: a\n\n\n"
                + "event: x\r\ndata:b\r\ndata: c\r\nid: 1\r\n\r\ndata:\n\nerror: {}\n\nretry: 1\ndatum: 2\n\n"
                + "data: d\n\ndata: e"));
        assertEquals(List.of(), events(""));
        assertEquals(List.of(), events("\n\n:\n"));
    }

    private static List<String> events(String text) throws Exception {
        ServerSentEvents events = new ServerSentEvents(new AnswerLines(new ByteArrayInputStream(
                text.getBytes(StandardCharsets.UTF_8)), "gpu:1", 1 << 20,
                AnswerRoom.UNBOUNDED.share()), "gpu:1", 1 << 20);
        List<String> found = new ArrayList<>();
        for (Slice event = events.next(); event != null; event = events.next()) {
            found.add(event.text());
        }
        return found;
    }

    private static String calls(Json.Obj result) {
        return ((Json.Obj) result.get("message")).get("tool_calls").text();
    }

    /// The result's own bytes but for the durations, which nobody knows beforehand.
    private String chat(String chunks) throws Exception {
        return result(chunks, TaskType.CHAT).replaceAll(",\"\\w+_duration\":\\d+", "");
    }

    private String result(String chunks, TaskType type) throws Exception {
        CompletionAnswer answer = new CompletionAnswer("gpu:1", Limits.DEFAULT, AnswerRoom.UNBOUNDED.share(),
                System.nanoTime(), pieces);
        for (String chunk : chunks.split("\n(?=\\{\"choices)")) {
            answer.add(Slice.of(chunk.getBytes(StandardCharsets.UTF_8)));
        }
        assertTrue(answer.finished());
        return answer.result(type, "q", "now", Set.of()).text();
    }
}
