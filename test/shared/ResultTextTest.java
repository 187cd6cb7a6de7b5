package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import shared.ResultText.Told;
import shared.ResultText.TokenCounts;
import shared.json.Json;
import shared.json.Slice;

/// `results.jsonl` has a result on each line with its text and its thinking; the page reads the same ones.
class ResultTextTest {

    @Test
    void of_everyForm_findsItsText() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("test/shared/results.jsonl"));
        assertTrue(lines.size() > 20);
        for (String line : lines) {
            Json.Obj expected = (Json.Obj) Json.parse(line);
            String result = expected.members().get("result").text();
            ResultText text = ResultText.of(slice(result));
            assertEquals(expected.text("text"), text.text(), result);
            assertEquals(expected.text("thinking"), text.thinking(), result);
            assertEquals(List.of(), text.runs());
        }
    }

    @Test
    void of_runs_onlyIfTheyAreNumbers() {
        assertEquals(List.of(1L, 2L), ResultText.of(slice("{\"response\":\"a\",\"runs\":[1,2]}")).runs());
        for (String runs : List.of("[1,\"2\"]", "[1.5]", "7", "[12345678901]")) {
            assertEquals(List.of(), ResultText.of(slice("{\"runs\":" + runs + "}")).runs());
        }
    }

    @Test
    void isCut_inEveryForm_onlyIfItReachedItsLength() {
        for (String[] form : new String[][] {
            {"{'message':{'content':'done_reason'},'done_reason':'%s'}", "length", "stop"},
            {"{'response':'','done':true,'done_reason':'%s'}", "length", "stop"},
            {"{'choices':[{'message':{'content':'length'},'finish_reason':'%s'}]}", "length", "tool_calls"},
            {"{'choices':[{'text':'data: {\\'stop_reason\\':\\'max_tokens\\'}','finish_reason':'%s'}]}", "length",
                "stop"},
            {"{'status':'incomplete','output':[],'incomplete_details':{'reason':'%s'}}", "max_output_tokens",
                "content_filter"},
            {"{'content':[{'type':'text','text':'max_tokens'}],'stop_reason':'%s'}", "max_tokens", "end_turn"},
            {"{'content_type':'text/event-stream','text':'data: {\\'type\\':\\'message_delta\\',\\'delta\\':"
                + "{\\'stop_reason\\':\\'%s\\'}}\\n\\ndata: [DONE]\\n'}", "max_tokens", "end_turn"},
            {"{'content_type':'text/event-stream; charset=utf-8','text':'event: response.incomplete\\ndata: "
                + "{\\'response\\':{\\'incomplete_details\\':{\\'reason\\':\\'%s\\'}}}\\n'}", "max_output_tokens",
                "content_filter"}}) {
            assertTrue(ResultText.told(slice(form[0].formatted(form[1]).replace('\'', '"'))).cut(), form[0]);
            assertFalse(ResultText.told(slice(form[0].formatted(form[2]).replace('\'', '"'))).cut(), form[0]);
        }
        for (String other : List.of("{'embeddings':[[1]]}", "[]", "7", "{'done_reason':7}", "{'choices':[7,null]}",
                "{'choices':{'finish_reason':'length'}}", "{'incomplete_details':null,'status':'completed'}",
                "{'status':400,'content_type':'application/json','text':'length'}", "{'a':1")) {
            assertFalse(ResultText.told(slice(other.replace('\'', '"'))).cut(), other);
        }
    }

    @Test
    void told_tokensAndLoad_inEveryForm() {
        assertEquals(new Told(false, 2, 7), told("{'response':'x','eval_count':7,'load_duration':2500000}"));
        assertEquals(new Told(true, -1, 3), told("{'choices':[{'finish_reason':'length'}],"
                + "'usage':{'prompt_tokens':9,'completion_tokens':3}}"));
        assertEquals(new Told(false, -1, 4), told("{'content_type':'text/event-stream','text':'data: {\\'type\\':"
                + "\\'message_delta\\',\\'usage\\':{\\'output_tokens\\':4}}\\n\\n'}"));
        for (String none : List.of("{'embeddings':[[1]]}", "{'eval_count':'7'}", "[]", "{'usage':7}",
                "{'eval_count':7")) {
            assertEquals(new Told(false, -1, -1), told(none), none);
        }
    }

    private static Told told(String result) {
        return ResultText.told(slice(result.replace('\'', '"')));
    }

    @Test
    void ofEvent_isWhatItAdds() {
        assertEquals("a", ResultText.ofEvent(slice("{\"type\":\"response.output_text.delta\",\"delta\":\"a\"}"))
                .text());
        assertEquals("", ResultText.ofEvent(slice("{\"type\":\"response.completed\",\"response\":{\"output\":[{"
                + "\"content\":[{\"text\":\"a\"}]}]}}")).text());
        for (String strange : List.of("[DONE]", "7", "{\"type\":7}", "{\"type\":\"content_block_delta\"}")) {
            assertEquals("", ResultText.ofEvent(slice(strange)).text());
        }
    }

    @Test
    void tokens_ofAStream_areItsLast() {
        assertEquals(new TokenCounts(12, 7), ResultText.tokens("""
                data: {"type":"message_start","message":{"usage":{"input_tokens":12,"output_tokens":1}}}

                data: {"type":"message_delta","usage":{"output_tokens":7}}

                data: {"type":"message_stop"}
                """));
        assertEquals(new TokenCounts(0, 4), ResultText.tokens(
                "data: {\"type\":\"response.completed\",\"response\":{\"usage\":{\"output_tokens\":4}}}\n\n"));
        assertEquals(new TokenCounts(0, 0), ResultText.tokens("data: \"usage\"\n\nnothing"));
        assertEquals(new TokenCounts(9, 3),
                ResultText.tokens(Json.parse("{\"prompt_tokens\":9,\"completion_tokens\":3}")));
        assertEquals(new TokenCounts(0, 0), ResultText.tokens(Json.parse("7")));
    }

    private static Slice slice(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }
}
