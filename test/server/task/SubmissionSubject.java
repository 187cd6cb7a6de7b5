package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import fuzz.Subject;
import server.order.limits.OrderLimits;
import server.settings.Settings;
import shared.Problem;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;

/// A submit is good, or a mistake of its user's.
public final class SubmissionSubject implements Subject {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    private static final String[] GOOD = {
        "{'type':'generate','model':'m','prompt':'Why is the sky \\u0062lue?','options':{'seed':1,'stream':true}}",
        "{'id':'','type':'chat','priority':'high','status':'','payload':{'messages':[{'role':'user','content':'Hi'}],"
            + "'system':'s','images':['a'],'stream':false},'options':{},'created_at':'0001-01-01T00:00:00Z',"
            + "'retry_count':0,'max_retries':0}",
        "{'type':'embed','input':['a','b'],'timeout':'90s','scheduled_at':'2026-01-02T03:04:05.678+02:00',"
            + "'backoff_factor':1.5,'metadata':{'a':[1,2.5e3,null]},'on':'gpu','initial_delay':'1s','truncate':true}",
        "{'type':'chat','payload':[{'role':'user','content':'\\ud83d\\ude00'}],'prompt':'\u00e9\u20ac','tools':[]}",
        "{'endpoint':'/v1/messages','payload':{'model':'q','max_tokens':1,'messages':[{'role':'user','content':'x'}]},"
            + "'client':'c','finish_by':'2h','expires_at':'2126-01-02T03:04:05Z'}"};

    public SubmissionSubject() {
    }

    @Override
    public String name() {
        return "submit";
    }

    @Override
    public List<byte[]> corpus() {
        return Stream.of(GOOD).map(text -> text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)).toList();
    }

    @Override
    public List<String> words() {
        return List.of("{", "}", "[", "]", ",", ":", "\"", "null", "true", "0", "\"\"", "{}", "[]", "\\", "\\u12",
                "\n", " ",
                "\"type\":", "\"payload\":", "\"messages\":", "\"options\":{\"stream\":1}", "\"stream\":",
                "\"prompt\":",
                "\"images\":", "\"role\"", "\"user\"", "\"metadata\":{", "\"timeout\":\"1ns\",", "\"priority\":99,",
                "\"endpoint\":\"/api/chat\",", "\"max_delay\":\"0s\",", "\"window\":\"w\",", "\u00e9", ",\"a\":1");
    }

    @Override
    public String take(byte[] input) {
        try {
            check(READER.read(input));
            return "good";
        } catch (JsonException | Problem mistake) {
            assertTrue(mistake.getMessage().length() < 1_000, mistake.getMessage());
            return Subject.way(mistake);
        }
    }

    /// What holds of every submission: the payload is an object on one line without what the server says itself.
    private static void check(Submission submission) {
        assertTrue(submission.preview().codePointCount(0, submission.preview().length()) <= 80);
        Terms terms = submission.terms();
        assertTrue(terms.timeout() > 0 && terms.maxDelay() >= terms.initialDelay() && terms.backoffFactor() >= 1);
        if (terms.caller().endpoint() != null) {
            return;
        }
        String text = submission.payload().text();
        assertEquals(-1, text.indexOf('\n'));
        assertEquals(-1, text.indexOf('\r'));
        Json.Obj payload = (Json.Obj) Json.parse(submission.payload().toBytes());
        assertEquals(null, payload.members().get("model"));
        assertEquals(null, payload.members().get("stream"));
        if (payload.get("options") instanceof Json.Obj options) {
            assertEquals(null, options.members().get("stream"));
        }
        if (submission.type() == TaskType.CHAT) {
            assertTrue(payload.get("messages") instanceof Json.Arr messages && !messages.values().isEmpty());
            assertEquals(null, payload.get("prompt"));
            assertEquals(null, payload.get("system"));
        }
    }
}
