package server.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.relay.AnswerForm.Ending;
import shared.Problem;
import shared.json.Slice;

final class AnswerFormTest {

    private static final Problem GONE = new Problem(502, "the \"host\" is gone");
    private static final String RESPONSE = "{\"type\":\"response.%s\",\"sequence_number\":0,\"response\":{"
            + "\"id\":\"resp_task_1\",\"object\":\"response\",\"created_at\":12,\"status\":\"%s\",\"error\":%s,"
            + "\"incomplete_details\":null,\"instructions\":null,\"max_output_tokens\":null,\"usage\":null,"
            + "\"model\":\"m\",\"output\":[],\"parallel_tool_calls\":true,\"tool_choice\":\"auto\",\"tools\":[],"
            + "\"metadata\":{}}}";

    @ParameterizedTest
    @CsvSource({"/api/chat,true,application/x-ndjson", "/api/chat,false,application/json",
            "/v1/chat/completions,true,text/event-stream", "/v1/embeddings,false,application/json",
            "/v1/responses,true,text/event-stream", "/v1/messages,true,text/event-stream"})
    void contentType_isTheApis(String path, boolean streams, String type) {
        assertEquals(type, form(path, streams, false).contentType());
    }

    @Test
    void signOfLife_eachForm_isWhatItsClientsBear() {
        assertEquals(" ", sign("/api/chat", true, false));
        assertEquals(" ", sign("/api/embed", false, false));
        assertEquals(" ", sign("/v1/responses", false, false));
        assertEquals(": queued position=3\n\n", sign("/v1/chat/completions", true, false));
        assertEquals(": queued position=3\n\n", sign("/v1/completions", true, true));
        assertEquals(": queued position=3\n\n", sign("/v1/responses", true, true));
        assertEquals("event: ping\ndata: {\"type\":\"ping\"}\n\n", sign("/v1/messages", true, true));
        assertEquals("event: response.queued\ndata: " + RESPONSE.formatted("queued", "queued", "null") + "\n\n",
                sign("/v1/responses", true, false));
        assertEquals(": running\n\n", text(form("/v1/completions", true, true).signOfLife(0)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|{'x':DEEP,'done':true}~",
        "/v1/messages|data: {'x':DEEP,'type':'message_stop'}~~",
        "/v1/responses|data: {'x':DEEP,'type':'response.completed'}~~"})
    void lastWordOfAnyDepth_isOneToo(String path, String body) {
        Slice said = Slice.of(body.replace('\'', '"').replace('~', '\n').replace("DEEP", "[".repeat(9_000)
                + "]".repeat(9_000)).getBytes(StandardCharsets.UTF_8));
        assertTrue(form(path, true, false).hasSaidLast(said));
        assertTrue(form(path, true, false).hasEnd(said));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/api/chat            | {'done':false}~{'message':{},'done':true}~ | true",
        "/api/chat            | {'done':true}~                             | true",
        "/api/chat            | {'done':true                               | false",
        "/api/chat            | {'message':{'done':true},'done':false}~    | false",
        "/api/chat            | noJson~                                    | false",
        "/v1/chat/completions | data: {'id':'x'}~~data: [DONE]~~           | true",
        "/v1/chat/completions | data: {'id':'[DONE]'}~~                    | false",
        "/v1/responses        | event: a~data: {'type':'x'}~~event: b~data: {'type':'response.completed'}~~ | true",
        "/v1/responses        | data: {'type':'response.incomplete'}~~     | true",
        "/v1/responses        | data: {'type':'x','a':{'type':'response.completed'}}~~ | false",
        "/v1/messages         | event: message_stop~data: {'type':'message_stop'}~~ | true",
        "/v1/messages         | event: ping~data: {'type':'ping'}~~        | false"})
    void hasSaidLast_isTheLastWordOfEachApi(String path, String body, boolean is) {
        Slice said = Slice.of(body.replace('\'', '"').replace('~', '\n').getBytes(StandardCharsets.UTF_8));
        assertEquals(is, form(path, true, false).hasSaidLast(said));
        assertFalse(form(path, false, false).hasSaidLast(said));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/api/chat            | {'done':true}~                                  | true",
        "/api/chat            | {'done':false}~                                 | false",
        "/api/chat            | {'done':false}~{'error':'w'}~                   | true",
        "/api/chat            | {'done':false}~{'error':'w'}                    | true",
        "/api/chat            | {'error':null,'done':false}~                    | false",
        "/api/chat            | {'done':false}~{'error':'                       | false",
        "/v1/chat/completions | data: {'id':'x'}~~data: [DONE]                  | true",
        "/v1/chat/completions | data: {'id':'x'}~~                              | false",
        "/v1/chat/completions | data: {'id                                      | false",
        "/v1/chat/completions | : note~                                         | false",
        "/v1/chat/completions | data: {'error':{'message':'w'}}~~               | true",
        "/v1/chat/completions | data: {'object':'error','message':'w'}~~: note~ | true",
        "/v1/chat/completions | ~{'id':'x                                       | true",
        "/v1/responses        | data: {'type':'error','message':'w'}~~          | true",
        "/v1/responses        | data: {'type':'response.created','response':{'error':null}}~~ | false",
        "/v1/messages         | event: error~data: {'type':'error','error':{'message':'w'}}~~ | true",
        "/v1/messages         | event: message_stop~data: {'type':'message_stop'} | true"})
    void hasEnd_isTheApisLastWord_orAnError_orNoStream(String path, String body, boolean has) {
        Slice said = Slice.of(body.replace('\'', '"').replace('~', '\n').getBytes(StandardCharsets.UTF_8));
        assertEquals(has, form(path, true, false).hasEnd(said));
        assertTrue(form(path, false, false).hasEnd(said));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''|false|false", "'x'|true|true", "'x~'|false|true", "'~'|false|true",
            "'x~~'|false|false", "'x^~^~'|false|false", "'x^~'|false|true", "'data: a~data: b~~'|false|false",
            "'~~'|false|false"})
    void isTorn_withinALineOrAnEvent(String body, boolean line, boolean event) {
        Slice said = Slice.of(body.replace('~', '\n').replace('^', '\r').getBytes(StandardCharsets.UTF_8));
        assertEquals(line, form("/api/chat", true, false).isTorn(said));
        assertEquals(event, form("/v1/messages", true, false).isTorn(said));
    }

    @Test
    void failure_whole_isOnlyBrokenOff() {
        Ending end = form("/v1/chat/completions", false, false).failure(GONE, 1_500, true);
        assertEquals(0, end.bytes().length);
        assertTrue(end.breaksOff());
    }

    @Test
    void failure_lines_areAnAnswerWithAnErrorThatIsBrokenOff() {
        Ending chat = form("/api/chat", true, false).failure(GONE, 1_500, false);
        assertEquals("{\"model\":\"m\",\"created_at\":\"1970-01-01T00:00:01.500Z\","
                + "\"error\":\"the \\\"host\\\" is gone\",\"message\":{\"role\":\"assistant\","
                + "\"content\":\"[the \\\"host\\\" is gone]\"},\"done\":true,\"done_reason\":\"error\"}\n",
                text(chat.bytes()));
        assertTrue(chat.breaksOff());
        Ending generate = form("/api/generate", true, false).failure(new Problem(499, "w"), 0, true);
        assertEquals("\n{\"model\":\"m\",\"created_at\":\"1970-01-01T00:00:00Z\",\"error\":\"w\","
                + "\"response\":\"[w]\",\"done\":true,\"done_reason\":\"error\"}\n", text(generate.bytes()));
    }

    @Test
    void failure_events_areTheApisOwnAndEndInOrder() {
        Ending chat = form("/v1/chat/completions", true, true).failure(GONE, 0, false);
        assertEquals("data: {\"error\":{\"message\":\"the \\\"host\\\" is gone\",\"type\":\"api_error\","
                + "\"param\":null,\"code\":null}}\n\n", text(chat.bytes()));
        assertFalse(chat.breaksOff());
        Ending messages = form("/v1/messages", true, true).failure(GONE, 0, true);
        assertEquals("\n\nevent: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\","
                + "\"message\":\"the \\\"host\\\" is gone\"}}\n\n", text(messages.bytes()));
        assertFalse(messages.breaksOff());
    }

    @ParameterizedTest
    @CsvSource({"502,server_error", "429,rate_limit_exceeded", "400,invalid_prompt", "499,invalid_prompt",
            "408,server_error"})
    void failure_response_hasTheCodeByWhichCodexRepeatsOrNot(int status, String code) {
        Ending end = form("/v1/responses", true, false).failure(new Problem(status, "w"), 0, false);
        assertEquals("event: response.failed\ndata: " + RESPONSE.formatted("failed", "failed",
                "{\"code\":\"" + code + "\",\"message\":\"w\"}") + "\n\n", text(end.bytes()));
        assertFalse(end.breaksOff());
    }

    @Test
    void failure_responseForOpenAisSdks_hasTheErrorThatTheyRaise() {
        Ending end = form("/v1/responses", true, true).failure(new Problem(502, "w"), 0, false);
        String event = RESPONSE.formatted("failed", "failed", "{\"code\":\"server_error\",\"message\":\"w\"}");
        assertEquals("event: response.failed\ndata: " + event.substring(0, event.length() - 1)
                + ",\"error\":{\"message\":\"w\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\n",
                text(end.bytes()));
    }

    private static String sign(String path, boolean streams, boolean stainless) {
        return text(form(path, streams, stainless).signOfLife(3));
    }

    private static AnswerForm form(String path, boolean streams, boolean stainless) {
        return new AnswerForm(path, streams, stainless, "m", "task_1", 12_345);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
