package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.order.limits.OrderLimits;
import server.settings.Settings;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonReader;

/// How a submit becomes the body of Ollama's request. Single quotes stand for double ones.
class PayloadTest {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    @ParameterizedTest
    @ValueSource(strings = {
        "{'prompt':'x'}",
        "{ 'prompt' : 'x' ,\t'options' : { 'temperature' : 1.50e+01, 'seed':-0 } }",
        "{'prompt':'\\u0078\\ud83d','new':{'a':[1,2.00,{}],'b':null},'format':{'type':'object'}}",
        "{'prompt':'x','messages':[],'options':{},'keep_alive':-1,'think':'high'}",
        "{'prompt':'x','images':['aGk=']}",
        "{'prompt':'x','system':null,'n':123456789012345678901234567890.10}"})
    void read_payloadOfAGenerate_isTheSliceItself(String payload) {
        byte[] body = json("{'type':'generate','payload':" + payload + " }");
        Submission submission = READER.read(body);
        assertSame(body, submission.payload().bytes());
        assertEquals(quoted(payload), submission.payload().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'messages':[{'role':'user','content':'x'}],'tools':[{'a':1.0}]}",
        "{'messages':[ {'role':'user','content':[{'type':'text','text':'x'}],'images':[]} ],'system':null}",
        "{'messages':[{'role':'tool','content':null,'tool_calls':[]}],'images':null}"})
    void read_payloadOfAChat_isTheSliceItself(String payload) {
        byte[] body = json("{'payload':" + payload + ",'type':'chat'}");
        assertSame(body, READER.read(body).payload().bytes());
        assertEquals(quoted(payload), READER.read(body).payload().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        // beside the payload
        "'type':'generate','prompt':'x','system':'s','format':'json'|{'prompt':'x','system':'s','format':'json'}",
        "'type':'generate','prompt':'x','options':{ 'seed' : 1.0 }|{'prompt':'x','options':{ 'seed' : 1.0 }}",
        "'type':'generate','prompt':'x','options':{}|{'prompt':'x'}",
        "'type':'generate','template':'t','raw':true,'suffix':'s','context':[1],'think':false,'keep_alive':'5m',"
            + "'images':['a'],'prompt':'x'"
            + "|{'template':'t','raw':true,'suffix':'s','context':[1],'think':false,'keep_alive':'5m',"
            + "'images':['a'],'prompt':'x'}",
        "'type':'generate','think':'low','keep_alive':-1,'format':{},'prompt':'x'"
            + "|{'think':'low','keep_alive':-1,'format':{},'prompt':'x'}",
        "'type':'embed','input':['a','b'],'truncate':false,'dimensions':64"
            + "|{'input':['a','b'],'truncate':false,'dimensions':64}",
        "'type':'generate','payload':{'prompt':'x','a':1},'options':{'b':2}|{'prompt':'x','a':1,'options':{'b':2}}",
        "'type':'generate','options':{'b':2},'payload':{'prompt':'x','a':1}|{'options':{'b':2},'prompt':'x','a':1}",
        // empty options give way
        "'type':'generate','payload':{'prompt':'x','options':{'b':2}},'options':{}|{'prompt':'x','options':{'b':2}}",
        "'type':'generate','payload':{'prompt':'x','options':{ }},'options':{'b':2}|{'prompt':'x','options':{'b':2}}",
        "'type':'generate','options':{'b':2},'payload':{'prompt':'x','options':{}}|{'options':{'b':2},'prompt':'x'}",
        "'type':'generate','options':{'b':2},'payload':{'prompt':'x','options':null}|{'options':{'b':2},'prompt':'x'}",
        "'type':'generate','payload':{'prompt':'x','options':null},'options':{'b':2}|{'prompt':'x','options':{'b':2}}",
        "'type':'generate','prompt':'x','payload':{'prompt':null}|{'prompt':'x'}",
        "'type':'generate','payload':{'prompt':null,'a':1},'prompt':'x'|{'prompt':'x','a':1}",
        "'type':'generate','prompt':'x','payload':{}|{'prompt':'x'}",
        // stream and model
        "'type':'generate','payload':{'stream':true,'prompt':'x'}|{'prompt':'x'}",
        "'type':'generate','payload':{'prompt':'x','stream':null,'a\\u0062':1}|{'prompt':'x','ab':1}",
        "'type':'generate','payload':{'prompt':'x','options':{'stream':true,'seed':1.0,'n':[ ]}}"
            + "|{'prompt':'x','options':{'seed':1.0,'n':[ ]}}",
        "'type':'generate','payload':{'prompt':'x','options':{'stream':false}}|{'prompt':'x','options':{}}",
        "'type':'generate','prompt':'x','options':{'stream':false}|{'prompt':'x'}",
        "'type':'generate','payload':{ 'prompt':'x' },'options':{'stream':false}|{ 'prompt':'x' }",
        "'type':'generate','payload':{'prompt':'x','options':{'a':1}},'options':{'stream':false}"
            + "|{'prompt':'x','options':{'a':1}}",
        "'type':'generate','payload':{'prompt':'x','nested':{'stream':true,'model':'m'}}"
            + "|{'prompt':'x','nested':{'stream':true,'model':'m'}}",
        "'type':'generate','payload':{'model':'m','prompt':'x'}|{'prompt':'x'}",
        // a chat's turns
        "'type':'chat','prompt':'x'|{'messages':[{'role':'user','content':'x'}]}",
        "'type':'chat','system':'s','prompt':'x'"
            + "|{'messages':[{'role':'system','content':'s'},{'role':'user','content':'x'}]}",
        "'type':'chat','think':true,'prompt':'x','messages':[ {'role':'user','content':'a'} ],'system':'s','tools':[]"
            + "|{'messages':[{'role':'system','content':'s'}, {'role':'user','content':'a'} ,"
            + "{'role':'user','content':'x'}],'think':true,'tools':[]}",
        "'type':'chat','payload':{'messages':[{'role':'user','content':'a'}],'system':'s'}"
            + "|{'messages':[{'role':'system','content':'s'},{'role':'user','content':'a'}]}",
        "'type':'chat','payload':{'messages':[],'prompt':'x','a':1}"
            + "|{'messages':[{'role':'user','content':'x'}],'a':1}",
        "'type':'chat','payload':{'messages':[{'role':'user','content':'a'}],'prompt':'','system':'','images':[]}"
            + "|{'messages':[{'role':'user','content':'a'}]}",
        "'type':'chat','prompt':'x','images':['i']|{'messages':[{'role':'user','content':'x','images':['i']}]}",
        "'type':'chat','messages':[{'role':'user','content':'a'}],'prompt':'x','images':['i']"
            + "|{'messages':[{'role':'user','content':'a'},{'role':'user','content':'x','images':['i']}]}",
        "'type':'chat','images':['i'],'messages':[{'role':'user','content':'a'},{ 'role':'user','content':'b' } ,"
            + "{'role':'assistant','content':'c'}],'system':'s'"
            + "|{'messages':[{'role':'system','content':'s'},{'role':'user','content':'a'},"
            + "{ 'role':'user','content':'b' ,'images':['i']} ,{'role':'assistant','content':'c'}]}",
        // as a program writes whose messages have all members, unset ones as null
        "'type':'chat','images':['i'],'messages':[{'role':'user','images':null,'content':'a'},{'role':'user',"
            + "'content':'b','images' : null ,'thinking':null}],'keep_alive':null"
            + "|{'messages':[{'role':'user','images':null,'content':'a'},{'role':'user',"
            + "'content':'b','images' : ['i'] ,'thinking':null}]}",
        "'type':'chat','images':null,'messages':[{'role':'user','content':'a','images':['i']}]"
            + "|{'messages':[{'role':'user','content':'a','images':['i']}]}",
        "'type':'chat','images':['i'],'payload':{'messages':[{'role':'user','images':null}],'images':null}"
            + "|{'messages':[{'role':'user','images':['i']}]}",
        "'type':'chat','payload':[{'role':'user','content':'a'}]|{'messages':[{'role':'user','content':'a'}]}",
        "'type':'chat','payload':[{'role':'user','content':'a'}],'system':'s','options':{'a':1}"
            + "|{'messages':[{'role':'system','content':'s'},{'role':'user','content':'a'}],'options':{'a':1}}"})
    void read_changedPayload_isPutTogether(String members, String payload) {
        assertEquals(quoted(payload), READER.read(json("{" + members + "}")).payload().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"'type':'generate','payload':{\n  'prompt':'a\\nb',\r\n  'options':\n{}\n}",
        "'type':'generate','prompt':'x','options':{\n'a'\n:\r1}",
        "'type':'chat','system':'s','messages':[\n{'role':'user',\n'content':'a'}\n,\n{'role':'user'\n}]",
        "'type':'chat','images':[\n'a'],'messages':[\n{'role':'user'\n}\n]",
        "'type':'embed','input':[\n'a'\n]"})
    void read_lineEnds_becomeSpaces(String members) {
        Submission submission = READER.read(json("{" + members + "}"));
        String expected = READER.read(json("{" + members.replace('\n', ' ').replace('\r', ' ') + "}")).payload()
                .text();
        assertEquals(expected, submission.payload().text());
        assertEquals(-1, submission.payload().text().indexOf('\n'));
        assertEquals(-1, submission.payload().text().indexOf('\r'));
    }

    @Test
    void read_lineEnds_leaveTheBodyAsItWas() {
        byte[] body = json("{'type':'generate','payload':{\n'prompt':'x'}}");
        byte[] copy = body.clone();
        assertNotSame(body, READER.read(body).payload().bytes());
        assertEquals(new String(copy, StandardCharsets.UTF_8), new String(body, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "'type':'generate'|a task of type generate needs prompt",
        "'type':'generate','payload':{}|a task of type generate needs prompt",
        "'type':'generate','prompt':''|a task of type generate needs prompt; prompt is empty",
        "'type':'generate','payload':{'prompt':''}|a task of type generate needs prompt; prompt is empty",
        "'type':'generate','payload':{'prompt':null}|a task of type generate needs prompt",
        "'type':'generate','payload':{'messages':[{}]}|a task of type generate needs prompt",
        "'type':'generate','prompt':'x','messages':[]|a task of type generate does not take messages; it takes prompt",
        "'type':'generate','input':'x'|a task of type generate does not take input; it takes prompt",
        "'type':'embed','prompt':'x'|a task of type embed does not take prompt; it takes input",
        "'type':'chat','input':'x'|a task of type chat does not take input; it takes messages or prompt",
        "'type':'chat'|a task of type chat needs messages or prompt",
        "'type':'chat','system':'s'|a task of type chat needs messages or prompt",
        "'type':'chat','messages':[ ]|a task of type chat needs messages or prompt; messages is empty",
        "'type':'chat','prompt':''|a task of type chat needs messages or prompt; prompt is empty",
        "'type':'chat','payload':{'messages':null}|a task of type chat needs messages or prompt",
        "'type':'chat','payload':[]|a task of type chat needs messages or prompt; messages is empty",
        "'type':'embed'|a task of type embed needs input",
        "'type':'embed','input':''|a task of type embed needs input; input is empty",
        "'type':'embed','payload':{'input':[]}|a task of type embed needs input; input is empty",
        "'type':'generate','payload':[{'role':'user','content':'a'}]"
            + "|payload must be an object; only a chat's may be its array of messages",
        "'type':'chat','images':['a'],'messages':[{'role':'system','content':'a'}]"
            + "|images need a prompt or a user message to go with",
        "'type':'chat','images':['a'],'messages':[{'role':'user','content':'a','images':['b']}]"
            + "|images are given both in the last user message and at the top level",
        "'prompt':'x','payload':{'prompt':'y'}|prompt is given both in payload and at the top level "
            + "(line 1, column 35, at payload.prompt)",
        "'payload':{'prompt':'y'},'prompt':'x'|prompt is given both in payload and at the top level "
            + "(line 1, column 36, at prompt)",
        "'payload':{'options':{'a':1}},'options':{'b':1,'stream':true}"
            + "|options is given both in payload and at the top level (line 1, column 42, at options)",
        "'payload':[{}],'messages':[{}]|messages is given both in payload and at the top level "
            + "(line 1, column 28, at messages)",
        "'payload':'x'|payload must be an object, not a string (line 1, column 12, at payload)",
        "'payload':[1]|expected an object, found a number (line 1, column 13, at payload[0])",
        "'payload':{'prompt':1}|prompt must be a string, not a number (line 1, column 22, at payload.prompt)",
        "'payload':{'options':[]}|options must be an object, not an array (line 1, column 23, at payload.options)",
        "'payload':{'model':''}|model must not be empty; leave it out instead "
            + "(line 1, column 21, at payload.model)",
        "'prompt':['a']|prompt must be a string, not an array (line 1, column 11, at prompt)",
        "'messages':'user:hi'|messages must be an array, not a string (line 1, column 13, at messages)",
        "'messages':[{'role':'user'},'a']|expected an object, found a string "
            + "(line 1, column 30, at messages[1])",
        "'messages':[{'role':5}]|role must be a string, not a number (line 1, column 22, at messages[0].role)",
        "'input':5|input must be an array or a string, not a number (line 1, column 10, at input)",
        "'input':['a',5]|expected a string, found a number (line 1, column 15, at input[1])",
        "'system':{}|system must be a string, not an object (line 1, column 11, at system)",
        "'options':'a=1'|options must be an object, not a string (line 1, column 12, at options)",
        "'format':1|format must be an object or a string, not a number (line 1, column 11, at format)",
        "'tools':{}|tools must be an array, not an object (line 1, column 10, at tools)",
        "'images':'a'|images must be an array, not a string (line 1, column 11, at images)",
        "'think':1|think must be a string or true or false, not a number (line 1, column 10, at think)",
        "'keep_alive':true|keep_alive must be a string or a number, not true or false "
            + "(line 1, column 15, at keep_alive)",
        "'template':1|template must be a string, not a number (line 1, column 13, at template)",
        "'raw':'yes'|raw must be true or false, not a string (line 1, column 8, at raw)",
        "'suffix':1|suffix must be a string, not a number (line 1, column 11, at suffix)",
        "'context':1|context must be an array, not a number (line 1, column 12, at context)",
        "'truncate':1|truncate must be true or false, not a number (line 1, column 13, at truncate)",
        "'dimensions':'1'|dimensions must be a number, not a string (line 1, column 15, at dimensions)"})
    void read_badRequest_isNamed(String members, String message) {
        RuntimeException error = assertThrows(RuntimeException.class, () -> READER.read(json("{" + members + "}")));
        assertTrue(error instanceof JsonException || error instanceof Problem, error.toString());
        assertEquals(message, error.getMessage());
    }

    @Test
    void read_deepestBody_isTakenAndItsJournalLineCanBeRead() {
        String deep = "[".repeat(JsonReader.DEPTH_MAX - 1) + "]".repeat(JsonReader.DEPTH_MAX - 1);
        Submission submission = READER.read(json("{'type':'chat','prompt':'x','tools':" + deep + "}"));
        byte[] line = ("{\"payload\":" + submission.payload().text() + "}").getBytes(StandardCharsets.UTF_8);
        JsonReader lenient = new JsonReader(line, 0, line.length, JsonReader.DEPTH_MAX + 8);
        lenient.skip();
        lenient.end();
        JsonException error = assertThrows(JsonException.class,
                () -> READER.read(json("{'type':'chat','prompt':'x','tools':[" + deep + "]}")));
        assertTrue(error.getMessage().startsWith("nested deeper than 200"), error.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "'type':'generate','payload':{'prompt':'x\\\\\\/\\u0041'}|x\\/A",
        "'type':'embed','input':['first','second']|first",
        "'type':'embed','input':'one'|one",
        "'type':'chat','messages':[{'role':'user','content':'a'},{'role':'user','content':'b'},"
            + "{'role':'assistant','content':'c'}]|b",
        "'type':'chat','messages':[{'content':'a','role':'user'}]|a",
        "'type':'chat','messages':[{'role':'system','content':'s'}]|s",
        "'type':'chat','messages':[{'role':'user','content':'a'}],'prompt':'p'|p",
        "'type':'chat','messages':[{'role':'user','content':'a'}],'prompt':''|a"})
    void read_preview_isTheBeginningOfWhatIsAsked(String members, String preview) {
        assertEquals(preview, READER.read(json("{" + members + "}")).preview());
    }

    @Test
    void read_promptOfTwoLines_hasThemInThePreview() {
        assertEquals("a\nb", READER.read(json("{'type':'generate','prompt':'a\\nb'}")).preview());
    }

    @Test
    void read_contentThatIsNoText_hasNoPreview() {
        assertEquals("", READER.read(json("{'type':'chat','messages':[{'role':'user','content':[1]}]}")).preview());
    }

    @Test
    void read_putTogetherPayload_isValidJson() {
        Submission submission = READER.read(json("{'type':'chat','system':'\\ud800','prompt':'\u00e9\ud83d\ude00',"
                + "'payload':{'\\u00e9\\n':1.0,'stream':false}}"));
        assertEquals(Json.parse(json("{'messages':[{'role':'system','content':'\\ud800'},"
                + "{'role':'user','content':'\u00e9\ud83d\ude00'}],'\u00e9\\n':1.0}")),
                Json.parse(submission.payload().toBytes()));
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    private static byte[] json(String text) {
        return quoted(text).getBytes(StandardCharsets.UTF_8);
    }
}
