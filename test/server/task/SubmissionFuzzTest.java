package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.limits.OrderLimits;
import server.settings.Settings;
import shared.Problem;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;

class SubmissionFuzzTest {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    private static final String[] GOOD = {
        "{'type':'generate','model':'m','prompt':'Why is the sky \\u0062lue?','options':{'seed':1,'stream':true}}",
        "{'id':'','type':'chat','priority':'high','status':'','payload':{'messages':[{'role':'user','content':'Hi'}],"
            + "'system':'s','images':['a'],'stream':false},'options':{},'created_at':'0001-01-01T00:00:00Z',"
            + "'retry_count':0,'max_retries':0}",
        "{'type':'embed','input':['a','b'],'timeout':'90s','scheduled_at':'2026-01-02T03:04:05.678+02:00',"
            + "'backoff_factor':1.5,'metadata':{'a':[1,2.5e3,null]},'on':'gpu','initial_delay':'1s','truncate':true}",
        "{'type':'chat','payload':[{'role':'user','content':'\\ud83d\\ude00'}],'prompt':'\u00e9\u20ac','tools':[]}"};

    private static final String[] SNIPPETS = {"{", "}", "[", "]", ",", ":", "\"", "null", "true", "0", "-1", "1.5",
        "1e999", "\"\"", "{}", "[]", "\\", "\\u12", "\n", " ", "\"type\":", "\"payload\":", "\"messages\":",
        "\"options\":{\"stream\":1}", "\"stream\":", "\"prompt\":", "\"images\":", "\"role\"", "\"user\"",
        "99999999999999999999", "\u0000", "\u00e9"};

    @Test
    void read_damagedSubmit_isGoodOrAUsersMistake() {
        long seed = 11;
        Random random = new Random(seed);
        int good = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = damaged(random);
            try {
                Submission submission = READER.read(body);
                check(submission);
                good++;
            } catch (JsonException | Problem mistake) {
                assertTrue(mistake.getMessage().length() < 1000, mistake.getMessage());
            } catch (RuntimeException | AssertionError fault) {
                fail("seed " + seed + ", body " + i + ": " + new String(body, StandardCharsets.UTF_8), fault);
            }
        }
        assertTrue(good > 500, "only " + good + " were good");
    }

    /// What holds of every submission: the payload is an object on one line without what the server says itself.
    private static void check(Submission submission) {
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
        assertTrue(submission.preview().codePointCount(0, submission.preview().length()) <= 80);
        Terms terms = submission.terms();
        assertTrue(terms.timeout() > 0 && terms.maxDelay() >= terms.initialDelay() && terms.backoffFactor() >= 1);
    }

    private static byte[] damaged(Random random) {
        StringBuilder text = new StringBuilder(GOOD[random.nextInt(GOOD.length)].replace('\'', '"'));
        for (int n = random.nextInt(3); n >= 0; n--) {
            int at = random.nextInt(text.length());
            String snippet = SNIPPETS[random.nextInt(SNIPPETS.length)];
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, snippet);
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.replace(at, Math.min(text.length(), at + 1 + random.nextInt(10)), snippet);
                case 3 -> text.setCharAt(at, (char) random.nextInt(128));
                default -> {
                    int comma = text.indexOf(",", at);
                    text.insert(comma < 0 ? 1 : comma, "," + snippet + snippet);
                }
            }
        }
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(20) == 0) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return body;
    }

    /// Random values in a payload reach Ollama as they stood.
    @Test
    void read_anyPayload_isKeptByteForByte() {
        long seed = 13;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            StringBuilder payload = new StringBuilder("{");
            int prompt = random.nextInt(5);
            for (int j = 0; j < 5; j++) {
                payload.append(j > 0 ? "," : "").append(blank(random));
                if (j == prompt) {
                    payload.append("\"prompt\":\"p\"");
                } else {
                    payload.append("\"x").append(j).append('"').append(blank(random)).append(':');
                    value(payload, random, 3);
                }
            }
            payload.append(blank(random)).append('}');
            String body = "{\"payload\":" + payload + ",\"type\":\"generate\"}";
            Submission submission = READER.read(body.getBytes(StandardCharsets.UTF_8));
            assertEquals(payload.toString().replace('\n', ' ').replace('\r', ' '), submission.payload().text(),
                    "seed " + seed + ", payload " + i);
        }
    }

    private static void value(StringBuilder out, Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> out.append("null");
            case 1 -> out.append(random.nextBoolean());
            case 2 -> out.append(random.nextLong());
            case 3 -> out.append("-0.").append(random.nextInt(1000)).append("00E+").append(random.nextInt(400));
            case 4 -> out.append("\"\\u00").append(random.nextInt(10, 100)).append("\\n\\/\u20ac\ud83d\ude00\"");
            case 5 -> out.append("\"").append("x".repeat(random.nextInt(100))).append("\"");
            case 6 -> {
                out.append('[').append(blank(random));
                for (int n = random.nextInt(4), i = 0; i < n; i++) {
                    out.append(i > 0 ? "," : "");
                    value(out, random, depth - 1);
                }
                out.append(blank(random)).append(']');
            }
            default -> {
                out.append('{');
                for (int n = random.nextInt(4), i = 0; i < n; i++) {
                    out.append(i > 0 ? "," : "").append("\"stream").append(i).append("\":").append(blank(random));
                    value(out, random, depth - 1);
                }
                out.append('}');
            }
        }
    }

    private static String blank(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> "\n";
            case 1 -> "\r\n  ";
            case 2 -> "\t ";
            default -> "";
        };
    }
}
