package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

final class RelayBodyTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|", "{'model':'m'}|m", "{'model':'a','x':1,'model':'b'}|b",
            "{'model':'a','model':null}|a", "{'model':5}|", "{'Model':'a'}|a",
            "{'model':'a','MODEL':'b','Model':null}|b", "{'options':{'model':'a'}}|"})
    void model_lastTextCounts(String body, String model) {
        assertEquals(model, read(ApiPath.CHAT, body).model());
        assertEquals(model, read(null, body).model());
    }

    @Test
    void streams_byTheDefaultOfTheApi() {
        for (ApiPath path : ApiPath.values()) {
            boolean ollamas = path == ApiPath.CHAT || path == ApiPath.GENERATE;
            boolean embeds = path.path.contains("embed");
            assertEquals(ollamas, read(path, "{}").streams(), path.path);
            assertEquals(ollamas, read(path, "{'stream':null}").streams(), path.path);
            assertEquals(ollamas, read(path, "{'stream':'true'}").streams(), path.path);
            assertEquals(!embeds, read(path, "{'stream':false,'stream':true}").streams(), path.path);
            assertEquals(false, read(path, "{'stream':false}").streams(), path.path);
            assertEquals(false, read(path, "{'Stream':false}").streams(), path.path);
            assertEquals(ollamas, read(path, "{'stream':false,'stream':null}").streams(), path.path);
            assertEquals(!embeds, read(path, "{'stream':true,'Stream':null}").streams(), path.path);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.0", "-0", "0e5", "'0'", "'0s'", "'0h0m0s'", "'0.0ms'", "'-0s'", "'.0s'", "'0.s'"})
    void keepAlive_zero_unloads(String zero) {
        assertTrue(read(ApiPath.CHAT, "{'keep_alive':" + zero + "}").isUnload());
        assertTrue(read(ApiPath.GENERATE, "{'prompt':'','keep_alive':" + zero + "}").isUnload());
        assertEquals(false, read(ApiPath.GENERATE, "{'prompt':'x','keep_alive':" + zero + "}").isUnload());
        assertEquals(false, read(ApiPath.V1_CHAT, "{'keep_alive':" + zero + "}").isUnload());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1", "'5m'", "null", "true", "''", "'s'", "'0x'", "'0.1s'", "'soon'", "[0]", "'.s'"})
    void keepAlive_other_loads(String other) {
        RelayBody body = read(ApiPath.CHAT, "{'messages':[],'keep_alive':" + other + "}");
        assertEquals(false, body.isUnload());
        assertTrue(body.isLoad());
    }

    @Test
    void keepAlive_veryLong_isReadAtOnce() {
        assertEquals(false, read(ApiPath.CHAT, "{'keep_alive':'" + "0s".repeat(500_000) + "'}").isUnload());
        assertEquals(false, read(ApiPath.CHAT, "{'keep_alive':" + "1".repeat(500_000) + "}").isUnload());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"CHAT|{}|true", "CHAT|{'messages':null}|true", "CHAT|{'messages':[]}|true",
            "CHAT|{'messages':[{}]}|false",
            "CHAT|{'Messages':[{}]}|false", "CHAT|{'me\u017f\u017fages':[{}]}|false",
            "CHAT|{'messages':[{}],'MESSAGES':null}|true", "CHAT|{'messages':[{}],'messages':[]}|true",
            "GENERATE|{'Prompt':'x'}|false", "GENERATE|{'prompt':'x','prompt':null}|false",
            "GENERATE|{'prompt':'x','PROMPT':''}|true", "CHAT|{'messages':'x'}|false", "CHAT|{'prompt':'x'}|true",
            "GENERATE|{}|true", "GENERATE|{'prompt':null}|true", "GENERATE|{'prompt':''}|true",
            "GENERATE|{'prompt':' '}|false", "GENERATE|{'prompt':5}|false", "EMBED|{}|false", "V1_CHAT|{}|false",
            "V1_MESSAGES|{'messages':[]}|false"})
    void isLoad_withoutAnythingToAnswer(ApiPath path, String body, boolean isLoad) {
        assertEquals(isLoad, read(path, body).isLoad());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {"CHAT|{'options':{'num_ctx':1}}|{'num_ctx':1}",
            "CHAT|{'Options':{'use_mmap':false}}|{'use_mmap':false}", "CHAT|{'options':{'Num_Ctx':1}}|{}",
            "CHAT|{'options':{'num_ctx':1},'options':{'seed':1}}|{'num_ctx':1}",
            "CHAT|{'options':{'num_ctx':1},'options':{'num_ctx':null}}|{}",
            "CHAT|{'options':{'num_ctx':null,'seed':1}}|{}", "CHAT|{'options':{'num_gpu':1},'options':null}|{}",
            "CHAT|{'options':'num_ctx'}|{}", "CHAT|{'num_ctx':1}|-", "CHAT|{}|-",
            "GENERATE|{'options':{'num_ctx':4096.9}}|{'num_ctx':4096}", "CHAT|{'options':{'num_ctx':'1'}}|{}",
            "CHAT|{'options':{'num_ctx':1e999}}|{}", "CHAT|{'options':{'use_mmap':1,'shift':true}}|{}",
            "CHAT|{'options':{'num_batch':2,'num_gpu':-1,'main_gpu':3,'num_thread':4,'draft_num_predict':5},"
                    + "'Shift':false}|{'num_batch':2,'num_gpu':-1,'main_gpu':3,'num_thread':4,"
                    + "'draft_num_predict':5,'shift':false}",
            "CHAT|{'shift':null}|{}", "EMBED|{'options':{'num_ctx':7},'shift':true}|{'num_ctx':7}",
            "EMBEDDINGS|{'options':{'num_ctx':7}}|{'num_ctx':7}", "V1_CHAT|{'options':{'num_ctx':1}}|-"})
    void runner_theOptionsThatStartTheModelAnew(ApiPath path, String body, String options) {
        RunnerOptions runner = read(path, body).runner();
        assertEquals(options, runner == null ? null : shown(runner));
        assertEquals(runner, RunnerOptions.of(path.type, path,
                Slice.of(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
        if (runner != null) {
            assertEquals(runner, RunnerOptions.read(JsonReader.ofOwn(Slice.of(shown(runner).replace('\'', '"')
                    .getBytes(StandardCharsets.UTF_8)))));
        }
    }

    private static String shown(RunnerOptions runner) {
        JsonWriter out = new JsonWriter();
        runner.write(out);
        return out.toString().replace('"', '\'');
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "CHAT|{'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b'}]}|a",
            "CHAT|{'messages':[{'content':'a','role':'user'},{'content':'b','role':'user'}]}|b",
            "CHAT|{'messages':[{'role':'system','content':'s'}]}|s", "CHAT|{'messages':[1,{}]}|''",
            "V1_CHAT|{'messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'image_url',"
                    + "'image_url':{'url':'u'}}]}]}|a",
            "V1_MESSAGES|{'messages':[{'role':'user','content':[{'type':'text','text':'<reminder>'},"
                    + "{'type':'text','text':'q'}]}]}|q",
            "V1_MESSAGES|{'messages':[{'role':'user','content':'q'},{'role':'assistant','content':'x'},"
                    + "{'role':'user','content':[{'type':'tool_result','content':'r'}]}]}|q",
            "GENERATE|{'prompt':'p'}|p", "V1_COMPLETIONS|{'prompt':['p','q']}|p", "V1_COMPLETIONS|{'prompt':[1,2]}|''",
            "EMBED|{'input':'i'}|i", "EMBED|{'input':['i','j']}|i", "EMBED|{'input':[]}|''",
            "EMBEDDINGS|{'prompt':'p'}|p",
            "V1_RESPONSES|{'input':'i'}|i",
            "V1_RESPONSES|{'input':[{'type':'message','role':'developer','content':[{'text':'d'}]},{'role':'user',"
                    + "'content':[{'type':'input_text','text':'u'}]},{'type':'function_call_output','output':'o'}]}|u",
            "CHAT|{'Messages':[{'Role':'user','Content':'a'},{'content':'b'}]}|a",
            "CHAT|{'messages':[{'role':'user','content':'a'}],'messages':[{'role':'user','content':'b'}]}|b"})
    void preview_isWhatThePersonSaid(ApiPath path, String body, String preview) {
        assertEquals(preview, read(path, body).preview());
    }

    @Test
    void preview_long_isItsBeginning() {
        assertEquals("\u00e4".repeat(80), read(ApiPath.GENERATE, "{'prompt':'" + "\u00e4".repeat(90) + "'}").preview());
    }

    @Test
    void serviceTier_isRead() {
        assertEquals("flex", read(ApiPath.V1_CHAT, "{'service_tier':'flex','service_tier':null}").serviceTier());
    }

    @Test
    void body_ofAnyDepth_isReadBeforeAndBehindItsDeepest() {
        String deep = "[{'a':".repeat(50_000) + "1" + "}]".repeat(50_000);
        RelayBody read = read(ApiPath.CHAT, "{'tools':" + deep + ",'messages':[" + deep + ",{'role':'user','content':["
                + deep + ",{'text':'Hi','x':" + deep + "}]}],'options':{'num_ctx':7,'x':" + deep + "},'keep_alive':"
                + deep + ",'model':'m'}");
        assertEquals("m", read.model());
        assertEquals("Hi", read.preview());
        assertEquals(7, read.runner().numCtx());
    }

    @Test
    void notAnObject_is400WithThePlace() {
        notAnObject("[1]", 1, 1);
        notAnObject("nonsense", 1, 1);
        notAnObject("'{}'", 1, 1);
        notAnObject("{} {}", 1, 4);
        notAnObject("{'model':", 1, 10);
        notAnObject("{\n 'a':1,}", 2, 8);
        notAnObject("[".repeat(9_000), 1, 9_001);
        notAnObject("{'a':" + "[".repeat(9_000), 1, 9_006);
        notAnObject("{'a':" + "[".repeat(9_000) + "]".repeat(8_999) + "}", 1, 18_005);
    }

    private static void notAnObject(String body, int line, int column) {
        Problem problem = assertThrows(JsonException.class, () -> read(ApiPath.CHAT, body)).problem();
        assertEquals(400, problem.status());
        assertEquals(line, problem.place().line());
        assertEquals(column, problem.place().column(), problem.getMessage());
    }

    private static RelayBody read(ApiPath path, String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        // a body's array is longer than the body
        return RelayBody.read(path, new Slice(Arrays.copyOf(bytes, bytes.length + 9), 0, bytes.length));
    }
}
