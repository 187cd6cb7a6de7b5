package server.executor.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiFunction;

import org.junit.jupiter.api.Test;
import server.executor.Call;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.TaskExecutor;
import shared.TaskType;
import shared.json.Slice;

class RunAsCallTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
    private static final String HEAD = "{\"model\":\"qwen3\",\"created_at\":\"2026-01-02T03:04:05Z\",";

    private final Relayed relayed = new Relayed();
    private Call asked;

    @Test
    void run_chatStream_isWrittenAsLines() throws Exception {
        Outcome outcome = run(Relayed.call(TaskType.CHAT, "/api/chat", """
                {"model":"qwen3","stream":true,"messages":[{"role":"user","content":"x"}],"options":{"seed":1},
                "think":null}""", true), (call, pieces) -> {
            assertNull(relayed.head);
            pieces.thinking("Hm");
            pieces.text("a\n");
            pieces.text("\"b\"");
            return completed("""
                    {"model":"other","created_at":"2020-01-01T00:00:00Z","message":{"role":"assistant",\
                    "content":"a\\n\\"b\\"","thinking":"Hm","tool_calls":[{"function":{"name":"f","arguments":{}}}]},\
                    "done":true,"done_reason":"stop","eval_count":2,"runs":[2,5]}""");
        });
        assertEquals("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"options\":{\"seed\":1}}",
                asked.payload().text());
        assertEquals(Duration.ofMinutes(1), asked.firstByte());
        assertEquals(Duration.ofMinutes(2), asked.idle());
        assertEquals("application/x-ndjson", relayed.head.contentType());
        assertEquals(-1, relayed.head.length());
        assertEquals(List.of("(Hm)", "a\n", "\"b\""), relayed.pieces);
        String said = HEAD + "\"message\":{\"role\":\"assistant\",\"content\":";
        assertEquals(said + "\"\",\"thinking\":\"Hm\"},\"done\":false}\n"
                + said + "\"a\\n\"},\"done\":false}\n"
                + said + "\"\\\"b\\\"\"},\"done\":false}\n"
                + said + "\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"done\":false}\n"
                + said + "\"\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":2}\n", relayed.text());
        assertTrue(relayed.ended);
        assertTrue(assertInstanceOf(Outcome.Completed.class, outcome).result().text().contains("\"other\""));
    }

    @Test
    void run_generateStreamWithoutPieces_writesTheResultsText() throws Exception {
        run(Relayed.call(TaskType.GENERATE, "/api/generate", "{\"model\":\"qwen3\",\"prompt\":\"x\"}", true),
                (call, pieces) -> completed("{\"response\":\"yes\",\"thinking\":\"Hm\",\n \"context\":[1,\n2]}"));
        assertEquals(HEAD + "\"response\":\"\",\"thinking\":\"Hm\",\"done\":false}\n"
                + HEAD + "\"response\":\"yes\",\"done\":false}\n"
                + HEAD + "\"response\":\"\",\"done\":true,\"context\":[1, 2]}\n", relayed.text());
    }

    @Test
    void run_whole_isOneObjectWithItsLength() throws Exception {
        Outcome outcome = run(Relayed.call(TaskType.GENERATE, "/api/generate", "{\"prompt\":\"x\",\"stream\":false}",
                false), (call, pieces) -> {
            pieces.text("yes");
            return completed("{\"model\":\"other\",\"response\":\"yes\",\"done\":true}");
        });
        assertEquals("{\"model\":\"qwen3\",\"response\":\"yes\",\"done\":true}", relayed.text());
        assertEquals(relayed.text().length(), relayed.head.length());
        assertEquals("application/json; charset=utf-8", relayed.head.contentType());
        assertEquals(relayed.text(), assertInstanceOf(Outcome.Completed.class, outcome).result().text());
        // only the whole time limits how long nothing comes
        assertEquals(Duration.ofMinutes(3), asked.firstByte());
        assertEquals(Duration.ofMinutes(3), asked.idle());
    }

    @Test
    void run_embeddings_asksForTheInputAndGivesOneVector() throws Exception {
        run(Relayed.call(TaskType.EMBED, "/api/embeddings", "{\"model\":\"qwen3\",\"prompt\":\"x\",\"stream\":true}",
                true), (call, pieces) -> completed("{\"model\":\"m\",\"embeddings\":[[1,2.5]]}"));
        assertEquals("{\"input\":\"x\"}", asked.payload().text());
        assertEquals("{\"embedding\":[1,2.5]}", relayed.text());
    }

    @Test
    void run_namesInAnotherCase_areOllamasAsItReadsThem() throws Exception {
        Outcome busy = new Outcome.Failed(Cause.BUSY, "busy", null);
        run(Relayed.call(TaskType.CHAT, "/api/chat", """
                {"Model":"qwen3","STREAM":true,"meſſages":[{"Role":"user","Content":"x","Tool_Calls":[{"Function":\
                {"Name":"f","Arguments":{"Name":1}}}],"Other":2}],"Options":{"Seed":1},"enableThinking":true,\
                "Format":{"Type":"object"},"Tools":[{"Type":"function","function":{"Parameters":{"Type":1}}}],\
                "Keep_Alive":null}""", true), (call, pieces) -> busy);
        assertEquals("""
                {"messages":[{"role":"user","content":"x","tool_calls":[{"function":\
                {"name":"f","arguments":{"Name":1}}}],"Other":2}],"options":{"Seed":1},"enableThinking":true,\
                "format":{"Type":"object"},"tools":[{"type":"function","function":{"parameters":{"Type":1}}}]}""",
                asked.payload().text());
        run(Relayed.call(TaskType.EMBED, "/api/embeddings", "{\"Model\":\"m\",\"Prompt\":\"x\"}", false),
                (call, pieces) -> busy);
        assertEquals("{\"input\":\"x\"}", asked.payload().text());
        run(Relayed.call(TaskType.CHAT, "/v1/chat/completions", "{\"Messages\":[]}", false),
                (call, pieces) -> busy);
        assertEquals("{\"Messages\":[]}", asked.payload().text());
    }

    @Test
    void run_failure_leavesTheHeadUnsentBeforeTheFirstPiece() throws Exception {
        Outcome.Failed failed = new Outcome.Failed(Cause.BUSY, "busy", null);
        RelayCall call = Relayed.call(TaskType.CHAT, "/api/chat", "{\"messages\":[]}", true);
        assertSame(failed, run(call, (asked, pieces) -> failed));
        assertNull(relayed.head);
        assertSame(failed, run(call, (asked, pieces) -> {
            pieces.text("a");
            return failed;
        }));
        assertEquals(200, relayed.head.status());
        assertFalse(relayed.ended);
    }

    @Test
    void run_strangeResult_isTheHostsFailure() throws Exception {
        for (String result : List.of("[]", "{\"message\":1}", "{")) {
            Outcome outcome = run(Relayed.call(TaskType.CHAT, "/api/chat", "{\"messages\":[]}", true),
                    (call, pieces) -> completed(result));
            assertEquals(Cause.PASSING, assertInstanceOf(Outcome.Failed.class, outcome).cause());
        }
        assertNull(relayed.head);
    }

    private Outcome run(RelayCall call, BiFunction<Call, Pieces, Outcome> answer) throws InterruptedException {
        return RunAsCall.run(new Host(this, answer), call, relayed, relayed, CLOCK);
    }

    private static Outcome completed(String result) {
        return new Outcome.Completed(Slice.of(result.getBytes(StandardCharsets.UTF_8)));
    }

    private record Host(RunAsCallTest test, BiFunction<Call, Pieces, Outcome> answer) implements TaskExecutor {

        @Override
        public String name() {
            return "host";
        }

        @Override
        public String url() {
            return "host:";
        }

        @Override
        public Outcome run(Call call, Pieces pieces) {
            test.asked = call;
            return answer.apply(call, pieces);
        }

        @Override
        public List<String> models() {
            return List.of();
        }

        @Override
        public void close() {
        }
    }
}
