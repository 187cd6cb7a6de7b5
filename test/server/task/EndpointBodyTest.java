package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.order.limits.OrderLimits;
import server.settings.Settings;
import shared.Problem;
import shared.TaskType;
import shared.json.JsonException;

/// Submits with an `endpoint`, whose payload is the whole body for that path.
class EndpointBodyTest {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    @Test
    void body_staysAsItIs_byteForByte_whereverTheEndpointStands() {
        String body = "{ 'model':'m',\r\n 'input':[{'role':'user','content':[{'type':'input_text','text':"
                + "'H\\u0069'}]}], 'new': 1.50 }";
        for (String submit : new String[] {"{'endpoint':'/v1/responses','payload':" + body + "}",
                "{'payload':" + body + ",'client':'me','endpoint':'/v1/responses','type':'chat','model':'m'}"}) {
            Submission read = read(submit);
            assertEquals(TaskType.CHAT, read.type());
            assertEquals("m", read.model());
            assertEquals(body.replace('\'', '"'), read.payload().text());
            assertEquals("Hi", read.preview());
            assertEquals("{\"stream\":false}", read.head().text());
            assertEquals(ApiPath.V1_RESPONSES, read.terms().caller().endpoint());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"'options':{}", "'prompt':null", "'options':null,'input':null"})
    void absentFields_besideABodyThatIsNotOllamas_countForNothing_inAnyOrder(String beside) {
        String endpoint = "'endpoint':'/v1/completions','model':'m'";
        String payload = "'payload':{'model':'m','prompt':['a','b']}";
        for (List<String> order : List.of(List.of(endpoint, beside, payload), List.of(endpoint, payload, beside),
                List.of(payload, beside, endpoint))) {
            assertEquals("{\"model\":\"m\",\"prompt\":[\"a\",\"b\"]}",
                    read("{" + String.join(",", order) + "}").payload().text());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'model':'x','payload':{ 'prompt':'a'}|x|{'model':'x', 'prompt':'a'}",
            "'payload':{'prompt':'a'}|qwen3|{'model':'qwen3','prompt':'a'}",
            "'model':'x','payload':{'prompt':'a','model': null }|x|{'prompt':'a','model': 'x' }",
            "'model':'x','payload':{'prompt':'a','Model':null}|x|{'prompt':'a','Model':'x'}"})
    void model_isPutIn_whereItIsMissing(String submit, String model, String body) {
        Submission read = read("{'endpoint':'/api/generate'," + submit + "}");
        assertEquals(model, read.model());
        assertEquals(body.replace('\'', '"'), read.payload().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/api/chat|{'messages':[{}]}|true",
            "/api/chat|{'messages':[{}],'stream':false}|false",
            "/api/embed|{}|false", "/v1/chat/completions|{'stream':false}|false", "/v1/messages|{}|false"})
    void stream_ofOllamasPathsIsTheBodysOwn(String path, String body, boolean streams) {
        assertEquals("{\"stream\":" + streams + "}", read("{'endpoint':'" + path + "','payload':" + body + "}").head()
                .text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'endpoint':'/v1/chat'|endpoint must be one of /api/chat, /api/generate, /api/embed, /api/embeddings, /v1",
            "'endpoint':'/v1/mesages','payload':{}|did you mean /v1/messages",
            "'endpoint':'/v1/messages'|payload must be the whole request",
            "'endpoint':'/v1/messages','payload':[]|payload must be the whole request",
            "'endpoint':'/v1/messages','payload':'x'|payload must be the whole request",
            "'endpoint':'/v1/messages','payload':{},'messages':[{'role':'user'}]|messages must not be given beside it",
            "'options':{'a':1},'endpoint':'/v1/messages','payload':{}|options must not be given beside it",
            "'endpoint':'/v1/messages','payload':{},'type':'embed'|a task for /v1/messages is of type chat",
            "'endpoint':'/v1/messages','payload':{'stream':true}|payload.stream must be false",
            "'endpoint':'/v1/messages','payload':{'model':'a'},'model':'b'|give it once",
            "'endpoint':'/v1/messages','payload':{'model':''}|payload.model must be a name",
            "'endpoint':'/v1/messages','payload':{'model':5}|model must be a string",
            "'endpoint':'/api/chat','payload':{}|needs messages",
            "'endpoint':'/api/generate','payload':{}|needs a prompt",
            "'endpoint':'/v1/messages','payload':{'a':1,'a':2}|appears twice",
            "'payload':{'input':[{}]},'type':'embed'|input[0]"})
    void wrongSubmit_saysWhatIsRight(String submit, String message) {
        refused("{" + submit + "}", message);
    }

    @Test
    void noEndpoint_noHead() {
        Submission read = read("{'type':'chat','prompt':'a','endpoint':null}");
        assertNull(read.head());
        assertNull(read.terms().caller().endpoint());
    }

    private static void refused(String submit, String message) {
        RuntimeException wrong = assertThrows(RuntimeException.class, () -> read(submit));
        Problem problem = wrong instanceof JsonException json ? json.problem() : (Problem) wrong;
        assertEquals(400, problem.status());
        assertTrue(problem.getMessage().contains(message), problem.getMessage());
    }

    private static Submission read(String submit) {
        return READER.read(submit.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
