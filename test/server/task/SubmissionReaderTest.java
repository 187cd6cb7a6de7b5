package server.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.access.Asker;
import server.order.limits.OrderLimits;
import server.settings.Settings;
import shared.Problem;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;

/// The task's own fields; `PayloadTest` has the request's.
class SubmissionReaderTest {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });
    /// One instance is shared by all that set nothing.
    private static final Terms USUAL = read("{'type':'generate','prompt':'x'}").terms();

    @Test
    void read_leastSubmit_getsTheDefaults() {
        Submission submission = read("{'type':'generate','prompt':'Hi'}");
        assertEquals(TaskType.GENERATE, submission.type());
        assertEquals("qwen3", submission.model());
        assertEquals(5, submission.priority());
        assertEquals(Terms.DEFAULT, submission.terms());
        assertNull(submission.metadata());
        assertEquals("{\"prompt\":\"Hi\"}", submission.payload().text());
        assertEquals("Hi", submission.preview());
    }

    @Test
    void read_everyField_isTaken() {
        Submission submission = read("{'type':'embed','model':'m:1','priority':-7,"
                + "'scheduled_at':'2026-01-02T03:04:05Z','expires_at':'2026-01-02T05:04:05+01:00','timeout':'90s',"
                + "'max_retries':7,'initial_delay':'250ms','max_delay':'1h30m','backoff_factor':1.5,"
                + "'remote_execution':true,'on':'gpu','wait_for_model':true,'metadata':{'a':[1.0]},'input':'x'}");
        assertEquals(TaskType.EMBED, submission.type());
        assertEquals("m:1", submission.model());
        assertEquals(-7, submission.priority());
        long scheduled = Times.parse("t", "2026-01-02T03:04:05Z");
        assertEquals(new Terms(scheduled, scheduled + 3_600_000, 90_000, 7, 250, 5_400_000, 1.5, true, "gpu", true),
                submission.terms());
        assertEquals("{\"a\":[1.0]}", new String(submission.metadata(), StandardCharsets.UTF_8));
    }

    @Test
    void read_null_countsAsAbsent() {
        Submission submission = read("{'type':'generate','prompt':'Hi','model':null,'priority':null,"
                + "'scheduled_at':null,'expires_at':null,'timeout':null,'max_retries':null,'initial_delay':null,"
                + "'max_delay':null,'backoff_factor':null,'remote_execution':null,'on':null,'wait_for_model':null,"
                + "'metadata':null,'payload':null,'messages':null,'options':null,'think':null,'id':null,"
                + "'created_at':null}");
        assertEquals("qwen3", submission.model());
        assertSame(USUAL, submission.terms());
        assertEquals("{\"prompt\":\"Hi\"}", submission.payload().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {"'type':'generate','prompt':'x'|-",
            "'type':'generate','prompt':'x','options':{}|-",
            "'type':'generate','payload':{'prompt':'x','options':{}}|{}",
            "'type':'generate','prompt':'x','options':{'num_ctx':4096.0,'seed':1,'stream':true}|{'num_ctx':4096}",
            "'type':'chat','payload':{'messages':[{'role':'user'}],'options':{'num_ctx':8},'shift':true}"
                    + "|{'num_ctx':8,'shift':true}",
            "'type':'embed','payload':{'input':'x','Options':{'num_ctx':8}}|{'num_ctx':8}",
            "'type':'embed','input':'x','options':{'num_ctx':'8'}|{}",
            "'endpoint':'/api/generate','payload':{'prompt':'x','options':{'num_ctx':9}}|{'num_ctx':9}",
            "'endpoint':'/v1/chat/completions','payload':{'messages':[],'options':{'num_ctx':9}}|-"})
    void read_runnerOptions_fromWhereverTheyStand(String fields, String options) {
        RunnerOptions runner = read("{" + fields + "}").terms().runner();
        assertEquals(options == null ? null : RunnerOptions.read(new JsonReader(options.replace('\'', '"').getBytes(
                StandardCharsets.UTF_8))), runner);
    }

    @ParameterizedTest
    @CsvSource({"low,1", "normal,5", "high,10", "critical,15", "HIGH,10", "7,7"})
    void read_priorityName_isItsNumber(String name, int priority) {
        assertEquals(priority, read("{'type':'generate','prompt':'Hi','priority':'" + name + "'}").priority());
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 15, Integer.MAX_VALUE})
    void read_priorityNumber_isTaken(int priority) {
        assertEquals(priority, read("{'type':'generate','prompt':'Hi','priority':" + priority + "}").priority());
    }

    /// Field and value at its limit, then field, value beyond it and what the message says.
    static List<Object[]> limits() {
        String thirtyDays = "must be from 1ms to 720h (line";
        String delay = "must be from 0s to 720h (line";
        String retries = "max_retries must be a whole number from 0 to 100, not ";
        String factor = "backoff_factor must be a number from 1 to 100, not ";
        String priority = "priority must be a whole number from -2147483648 to 2147483647, not ";
        String time = "must be a time such as 2026-01-02T03:04:05Z or 2026-01-02T03:04:05+02:00 (RFC 3339), not ";
        String timeKind = "must be a time in quotes such as \"2026-01-02T03:04:05Z\" (RFC 3339), not ";
        String duration = "must be a duration in quotes such as \"90s\", \"1h30m\" or \"7d\", not ";
        return List.of(new Object[][] {
            {"timeout", "'1ms'", "'0s'", thirtyDays},
            {"timeout", "'30d'", "'720h1ms'", thirtyDays},
            {"timeout", "'1.5h'", "'1.5'", "timeout must be a duration such as 90s, 1h30m or 7d, not \"1.5\""},
            {"timeout", "'90s'", "90", "timeout " + duration + "a number (line"},
            {"timeout", "'90s'", "{}", "timeout " + duration + "an object (line"},
            {"timeout", "'90s'", "'-1s'", "timeout must be a duration such as 90s, 1h30m or 7d, not \"-1s\""},
            {"timeout", "'90s'", "'999us'", thirtyDays},
            {"timeout", "'90s'", "'999999999999w'", "timeout is too long: 999999999999w"},
            {"model", "'\\ud83d\\ude00'", "'m\\ud800'",
                "model must not hold half a character, as \\ud800 is alone (line"},
            {"initial_delay", "'0s'", "'soon'", "initial_delay must be a duration such as"},
            {"initial_delay", "'30d'", "'31d'", delay},
            {"max_delay", "'0'", "''", "max_delay must be a duration such as"},
            {"max_delay", "'30d'", "'721h'", delay},
            {"max_retries", "0", "-1", retries + "-1 (line"},
            {"max_retries", "100", "101", retries + "101 (line"},
            {"max_retries", "1", "1e9", retries + "1e9 (line"},
            {"max_retries", "1", "1.0", retries + "1.0 (line"},
            {"max_retries", "1", "99999999999999999999", retries + "99999999999999999999 (line"},
            {"max_retries", "1", "9".repeat(65), "max_retries must be a whole number from 0 to 100 (line"},
            {"max_retries", "1", "'3'", retries + "a string (line"},
            {"backoff_factor", "1", "0.999", factor + "0.999 (line"},
            {"backoff_factor", "1.0", "-2", factor + "-2 (line"},
            {"backoff_factor", "100", "100.001", factor + "100.001 (line"},
            {"backoff_factor", "1e2", "1e999999999", factor + "1e999999999 (line"},
            {"backoff_factor", "2", "true", factor + "true or false (line"},
            {"priority", "1", "1.5", priority + "1.5 (line"},
            {"priority", "2147483647", "2147483648", priority + "2147483648 (line"},
            {"priority", "-2147483648", "-2147483649", priority + "-2147483649 (line"},
            {"priority", "'high'", "'urgent'", "priority must be an integer from -2147483648 to 2147483647, "
                + "or low (1), normal (5), high (10) or critical (15), not \"urgent\" (line"},
            {"priority", "'high'", "true",
                "priority must be an integer, or low, normal, high or critical, not true or false (line"},
            {"priority", "'high'", "[1]",
                "priority must be an integer, or low, normal, high or critical, not an array (line"},
            {"scheduled_at", "'2026-01-02T03:04:05Z'", "'tomorrow'", "scheduled_at " + time + "\"tomorrow\" (line"},
            {"scheduled_at", "'1999-01-02T03:04:05Z'", "1767323045", "scheduled_at " + timeKind + "a number (line"},
            {"expires_at", "'9999-12-31T23:59:59.999Z'", "'10000-01-01T00:00:00Z'", "expires_at " + time},
            {"remote_execution", "true", "'yes'", "remote_execution must be true or false, not a string (line"},
            {"wait_for_model", "false", "0", "wait_for_model must be true or false, not a number (line"},
            {"on", "'gpu'", "''", "on must not be empty; leave it out instead (line"},
            {"on", "'" + "h".repeat(255) + "'", "'" + "h".repeat(256) + "'",
                "on has 256 characters, at most 255 are allowed (line"},
            {"on", "'10.0.0.1:11434'", "['gpu']", "on must be a string, not an array (line"},
            {"model", "'qwen3:8b'", "''", "model must not be empty; leave it out instead (line"},
            {"model", "'a b'", "' '", "model must not be empty; leave it out instead (line"},
            {"model", "'" + "m".repeat(512) + "'", "'" + "m".repeat(513) + "'",
                "model has 513 characters, at most 512 are allowed (line"},
            {"model", "'m'", "'m\\n'", "model must not hold control characters (line"},
            {"model", "'m'", "5", "model must be a string, not a number (line"},
            {"metadata", "{}", "[]", "metadata must be an object, not an array (line"},
            {"metadata", metadata(64 * 1024), metadata(64 * 1024 + 1),
                "metadata has 65537 bytes, at most 65536 are allowed (line"},
        });
    }

    static List<Object[]> serversFields() {
        return List.of(new Object[][] {
            {"id", "''", "'x'", "id is set by the server; leave it out (line"},
            {"status", "'pending'", "'running'", "status is set by the server; leave it out (line"},
            {"created_at", "'0001-01-01T00:00:00Z'", "'2026-01-02T03:04:05Z'", "created_at is set by the server"},
            {"started_at", "null", "'2026-01-02T03:04:05Z'", "started_at is set by the server"},
            {"retry_count", "0", "1", "retry_count is set by the server"},
            {"result", "{}", "{'a':1}", "result is set by the server"},
            {"attempts", "[ ]", "[1]", "attempts is set by the server"},
            {"error", "''", "'lost'", "error is set by the server"},
            {"executed_on", "''", "true", "executed_on is set by the server"},
        });
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource({"limits", "serversFields"})
    void read_valueAtItsLimit_isTakenAndBeyondItIsNamed(String field, String good, String bad, String message) {
        read("{'type':'generate','prompt':'Hi','" + field + "':" + good + "}");
        String text = refused("{'type':'generate','prompt':'Hi','" + field + "':" + bad + "}");
        assertTrue(text.contains(message), text);
        assertTrue(text.endsWith("(line 1, column " + (35 + field.length() + 2) + ", at " + field + ")"), text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {
        "{}|type is missing; it must be chat, generate or embed",
        "{'type':null}|type is missing; it must be chat, generate or embed",
        "{'type':'','prompt':'x'}|type must be chat, generate or embed, not \"\" (line 1, column 9, at type)",
        "{'type':'Chat'}|type must be chat, generate or embed, not \"Chat\" (line 1, column 9, at type)",
        "{'type':1}|type must be a string, not a number (line 1, column 9, at type)",
        "{'modle':'m'}|unknown field \"modle\"; did you mean model? (line 1, column 10, at modle)",
        "{'temperature':1}|unknown field \"temperature\"; further fields of Ollama's request go into payload "
            + "(line 1, column 16, at temperature)",
        "{'stream':null}|unknown field \"stream\"; further fields of Ollama's request go into payload "
            + "(line 1, column 11, at stream)",
        "[]|expected an object, found an array (line 1, column 1)",
        "'chat'|expected an object, found a string (line 1, column 1)",
        "{'type':'generate','prompt':'x','expires_at':'2026-01-01T00:00:00Z','scheduled_at':'2026-01-01T00:00:00Z'}"
            + "|expires_at must be later than scheduled_at",
        "{'type':'generate','prompt':'x','initial_delay':'2s','max_delay':'1s'}"
            + "|max_delay must be at least as long as initial_delay",
        "{'type':'generate','prompt':'x','model':'a','payload':{'model':'b'}}"
            + "|model is \"a\" but payload.model is \"b\"; give it once"})
    void read_badSubmit_isNamed(String body, String message) {
        assertEquals(message, refused(body));
    }

    @Test
    void read_veryLongWrongText_isCutInTheMessage() {
        for (String field : List.of("type", "priority", "timeout", "scheduled_at", "x".repeat(100_000))) {
            String message = refused("{'" + field + "':'" + "x".repeat(100_000) + "'}");
            assertTrue(message.length() < 400 || field.length() > 20, message);
        }
    }

    @Test
    void read_textAfterTheObject_isRefused() {
        assertTrue(refused("{'type':'generate','prompt':'x'} {}").startsWith("expected the end of the text"));
    }

    @Test
    void read_batch_namesTheElement() {
        JsonReader json = new JsonReader(json("[{'type':'generate','prompt':'a'},\n"
                + " {'type':'generate','prompt':'b','priority':1.5}]"));
        json.beginArray();
        List<String> previews = new ArrayList<>();
        assertTrue(json.nextElement());
        previews.add(READER.read(json, Asker.ANYBODY).preview());
        assertTrue(json.nextElement());
        JsonException error = assertThrows(JsonException.class, () -> READER.read(json, Asker.ANYBODY));
        assertEquals(List.of("a"), previews);
        assertTrue(error.getMessage().endsWith("not 1.5 (line 2, column 45, at [1].priority)"), error.getMessage());
    }

    @Test
    void read_oneDelay_movesTheOthersDefault() {
        Terms longer = read("{'type':'generate','prompt':'x','initial_delay':'1m'}").terms();
        assertEquals(List.of(60_000L, 60_000L), List.of(longer.initialDelay(), longer.maxDelay()));
        Terms shorter = read("{'type':'generate','prompt':'x','max_delay':'100ms'}").terms();
        assertEquals(List.of(100L, 100L), List.of(shorter.initialDelay(), shorter.maxDelay()));
    }

    @Test
    void read_timesInThePast_runNowOrHaveExpired() {
        Terms terms = read("{'type':'generate','prompt':'x','scheduled_at':'1969-01-01T00:00:00Z',"
                + "'expires_at':'1969-01-01T00:00:00Z'}").terms();
        assertEquals(0, terms.scheduledAt());
        assertEquals(1, terms.expiresAt());
        Terms zero = read("{'type':'generate','prompt':'x','scheduled_at':'0001-01-01T00:00:00Z',"
                + "'expires_at':'0001-01-01T00:00:00Z'}").terms();
        assertSame(USUAL, zero);
    }

    @Test
    void read_termsThatAreTheDefaults_shareThem() {
        assertSame(USUAL, read("{'type':'generate','prompt':'x','max_retries':3,'initial_delay':'1s'}").terms());
    }

    @Test
    void read_aTimeoutGivenThatIsTheDefault_isAlsoTheOneOfTheFirstByte() {
        assertEquals(1_800_000, read("{'type':'generate','prompt':'x','timeout':'30m'}").terms().firstByteTimeout());
        assertEquals(60_000, read("{'type':'generate','prompt':'x','timeout':'30m','first_byte_timeout':'1m'}").terms()
                .firstByteTimeout());
        assertEquals(0, read("{'type':'generate','prompt':'x','timeout':'31m'}").terms().firstByteTimeout());
        assertEquals(0, read("{'type':'generate','prompt':'x'}").terms().firstByteTimeout());
    }

    @Test
    void read_modelInPayload_isTheTasks() {
        Submission submission = read("{'type':'generate','payload':{'model':'llama3','prompt':'x'}}");
        assertEquals("llama3", submission.model());
        assertEquals("{\"prompt\":\"x\"}", submission.payload().text());
        assertEquals("llama3", read("{'type':'generate','model':'llama3','payload':{'model':'llama3','prompt':'x'}}")
                .model());
        assertEquals("qwen3", read("{'type':'generate','payload':{'model':null,'prompt':'x'}}").model());
    }

    @Test
    void read_metadataBeyondTheSetLimit_isRefused() {
        SubmissionReader reader = new SubmissionReader(
                Settings.DEFAULT.with(SubmissionReader.TASK_METADATA_BYTES, 8), OrderLimits::of, (host, remote) -> { });
        String start = "{\"type\":\"generate\",\"prompt\":\"x\",\"metadata\":";
        assertEquals("{\"a\":12}", new String(reader.read((start + "{\"a\":12}}").getBytes(StandardCharsets.UTF_8))
                .metadata(), StandardCharsets.UTF_8));
        byte[] longer = (start + "{\"a\":123}}").getBytes(StandardCharsets.UTF_8);
        assertTrue(assertThrows(JsonException.class, () -> reader.read(longer)).getMessage()
                .contains("metadata has 9 bytes, at most 8 are allowed"));
    }

    @Test
    void read_metadataWithLineEnds_isOneLine() {
        assertArrayEquals(json("{ 'a': 'b\\nc' }"),
                read("{'type':'generate','prompt':'x','metadata':{\n'a':\r'b\\nc'\n}}").metadata());
        assertNull(read("{'type':'generate','prompt':'x','metadata':{ \n }}").metadata());
    }

    // ---- the older Go client

    @Test
    void read_goChat_isTakenWithTheDefaults() {
        Submission submission = read("{'id':'','type':'chat','priority':5,'status':'','model':'llama2',"
                + "'payload':{'messages':[{'role':'user','content':'Hello'}]},'options':{},"
                + "'created_at':'0001-01-01T00:00:00Z','retry_count':0,'max_retries':0}");
        assertSame(USUAL, submission.terms());
        assertEquals("{\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}", submission.payload().text());
        assertEquals("Hello", submission.preview());
    }

    @Test
    void read_goGenerateWithSystemAndStream_isTaken() {
        Submission submission = read("{'id':'','type':'generate','priority':10,'status':'','model':'m',"
                + "'payload':{'prompt':'p','system':'s','stream':true},'options':null,"
                + "'created_at':'0001-01-01T00:00:00Z','scheduled_at':'2030-01-01T12:00:00.5+02:00','retry_count':0,"
                + "'max_retries':2,'remote_execution':true}");
        assertEquals(2, submission.terms().maxRetries());
        assertEquals("{\"prompt\":\"p\",\"system\":\"s\"}", submission.payload().text());
    }

    @Test
    void read_goCronTemplate_isTaken() {
        Submission submission = read("{'type':'chat','model':'qwen3','priority':5,'payload':"
                + "[{'role':'system','content':'s'},{'role':'user','content':'u'}],'options':{'stream':false}}");
        assertEquals("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"}]}",
                submission.payload().text());
        assertEquals("u", submission.preview());
    }

    @Test
    void read_noRetriesWithoutGoZeros_isNone() {
        assertEquals(0, read("{'type':'generate','prompt':'x','max_retries':0}").terms().maxRetries());
        assertEquals(0, read("{'type':'generate','prompt':'x','max_retries':0,'created_at':null}").terms()
                .maxRetries());
    }

    private static String metadata(int bytes) {
        return "{'a':'" + "x".repeat(bytes - 8) + "'}";
    }

    private static Submission read(String body) {
        return READER.read(json(body));
    }

    private static String refused(String body) {
        RuntimeException error = assertThrows(RuntimeException.class, () -> read(body));
        assertTrue(error instanceof JsonException || error instanceof Problem problem && problem.status() == 400,
                error.toString());
        return error.getMessage();
    }

    /// JSON with single quotes in place of double ones.
    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
