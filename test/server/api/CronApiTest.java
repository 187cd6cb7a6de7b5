package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Json;

/// Cron tasks over HTTP. In the JSON here `'` stand for quotes.
final class CronApiTest {

    private static final String DAILY = "{'name':'daily','cron_expr':'0 9 * * *','task_template':{'type':'chat',"
            + "'prompt':'Report of {{date}}'}}";

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void create_sayingLittle_answersTheWholeCronTask() {
        HttpResponse<String> answer = post("/api/cron", DAILY);
        Json.Obj cron = ApiServer.json(answer);
        assertEquals(201, answer.statusCode());
        assertEquals("/api/cron/" + cron.text("id"), answer.headers().firstValue("Location").orElseThrow());
        assertTrue(cron.text("id").matches("cron_[0-9a-z]{12}"), answer.body());
        assertEquals("Europe/Berlin", cron.text("timezone"));
        assertEquals("at 09:00 every day", cron.text("description"));
        assertEquals("skip", cron.text("missed"));
        assertEquals("24h", cron.text("missed_max_age"));
        assertEquals("true", cron.get("enabled").text());
        assertEquals("{\"type\":\"chat\",\"prompt\":\"Report of {{date}}\"}", cron.get("task_template").text());
        assertTrue(cron.text("next_run").matches("....-..-..T0[78]:00:00.000Z"), cron.text("next_run"));
        assertEquals(cron, ApiServer.json(server.get("/api/cron/daily")));
        assertEquals(cron, ApiServer.json(server.get("/api/cron/" + cron.text("id").substring(0, 11))));
        assertEquals("[" + server.get("/api/cron/daily").body().replace("\"runs\":[]", "\"last_runs\":[]") + "]",
                server.get("/api/cron").body());
    }

    @Test
    void create_fromWhatWasShown_makesTheSameAgain() {
        post("/api/cron", "{'name':'n','cron_expr':'CRON_TZ=Asia/Tokyo 0 9 ? * MON-FRI','missed':'all',"
                + "'overlap':'queue','missed_max_age':'90m','jitter':'1m30s','start_at':'2020-01-01T00:00:00Z',"
                + "'end_at':'2990-01-01T00:00:00+01:00','max_runs':7,'metadata':{'x':1.50},'enabled':false,"
                + "'task_template':{'type':'embed','input':['a','b'],'priority':'high','timeout':'5m'}}");
        String shown = server.get("/api/cron/n").body();
        Json.Obj again = ApiServer.json(server.post("/api/cron", shown.replace("\"name\":\"n\"", "\"name\":\"m\"")));
        assertEquals("Asia/Tokyo", again.text("timezone"));
        assertEquals(stripped(shown), stripped(again.text()).replace("\"name\":\"m\"", "\"name\":\"n\""));
        assertEquals(2, ApiServer.array(server.get("/api/cron")).values().size());
        assertEquals("2", server.get("/api/cron?limit=1").headers().firstValue("X-Total-Count").orElseThrow());
        assertEquals(1, ApiServer.array(server.get("/api/cron?limit=1&offset=1")).values().size());
    }

    /// Lists show other members than the cron task alone does.
    @Test
    void create_fromWhatAListShowed_makesTheSameAgain() {
        post("/api/cron", DAILY);
        server.post("/api/cron/daily/run", null);
        String listed = server.get("/api/cron").body().replaceFirst("^\\[", "").replaceFirst("]$", "");
        assertTrue(listed.contains("\"last_runs\":[{"), listed);
        HttpResponse<String> again = server.post("/api/cron",
                listed.replace("\"name\":\"daily\"", "\"name\":\"m\""));
        assertEquals(201, again.statusCode(), again.body());
        assertEquals("0", ApiServer.json(again).get("run_count").text());
    }

    private static String stripped(String json) {
        return json.replaceAll("\"(id|created_at|updated_at|next_run)\":(\"[^\"]*\"|null),", "");
    }

    @Test
    void create_aNameThatIsTaken_is409_andReplaceMakesItTheSame() {
        Json.Obj first = ApiServer.json(post("/api/cron", DAILY));
        HttpResponse<String> second = post("/api/cron", DAILY);
        assertEquals(409, second.statusCode());
        assertTrue(ApiServer.error(second).startsWith("name is taken: cron task " + first.text("id")), second.body());
        String other = DAILY.replace("daily", "other");
        assertEquals(201, post("/api/cron", other).statusCode());
        assertEquals(409, put("/api/cron/other", "{'name':'daily'}").statusCode());
        assertEquals(200, put("/api/cron/other", "{'name':'other','max_runs':3}").statusCode());

        Json.Obj replaced = ApiServer.json(post("/api/cron?replace=true", other.replace("0 9", "0 7")));
        assertEquals(ApiServer.json(server.get("/api/cron/other")).text("id"), replaced.text("id"));
        assertEquals("0 7 * * *", replaced.text("cron_expr"));
        assertEquals(0, replaced.integer("max_runs", -1), "what is not named has its default again");
        assertEquals(2, ApiServer.array(server.get("/api/cron")).values().size());

        assertEquals(204, server.ask("DELETE", "/api/cron/other", null).statusCode());
        assertEquals(201, post("/api/cron?replace=true", other).statusCode());
        assertEquals(200, put("/api/cron/daily", "{'name':'free'}").statusCode());
        assertEquals(201, post("/api/cron", DAILY).statusCode(), "a name that was given up is free");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "x?y", "%2F", "a b#c", "daytasksweek", "\u00fc", "run", "cron_0"})
    void create_anyOtherName_isFoundByIt(String name) {
        assertEquals(201, post("/api/cron", DAILY.replace("daily", name)).statusCode());
        String path = "/api/cron/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        assertEquals(name, ApiServer.json(server.get(path)).text("name"));
        assertEquals(200, put(path, "{'max_runs':3}").statusCode());
        assertEquals(201, server.post(path + "/run", null).statusCode());
        assertEquals(1, ApiServer.array(server.get("/api/tasks?cron_id="
                + URLEncoder.encode(name, StandardCharsets.UTF_8))).values().size());
        assertEquals(204, server.ask("DELETE", path, null).statusCode());
    }

    @Test
    void create_asTheOlderGoClientDoes_isTaken() {
        HttpResponse<String> answer = post("/api/cron", "{'id':'','name':'go','cron_expr':'*/5 * * * *','enabled':true,"
                + "'task_template':{'type':'chat','model':'m','priority':5,'payload':[{'role':'user','content':'hi'}],"
                + "'options':{'stream':false},'max_retries':0,'remote_execution':false},'next_run':null,"
                + "'last_run':null,'run_count':0,'created_at':'0001-01-01T00:00:00Z',"
                + "'updated_at':'0001-01-01T00:00:00Z','metadata':null}");
        assertEquals(201, answer.statusCode(), answer.body());
        Json.Obj task = ApiServer.json(server.post("/api/cron/go/run", null));
        assertEquals("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", task.get("payload").text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'cron_expr':'* * * * *','task_template':{'type':'chat','prompt':'x'}} | name is missing",
        "{'name':'n','task_template':{'type':'chat','prompt':'x'}} | cron_expr is missing",
        "{'name':'n','cron_expr':'* * * * *'} | task_template is missing",
        "{'name':'n','cron_expr':'0 24 * * *','task_template':{}} | cron_expr: hour 24 is out of range 0-23 (column 3)",
        "{'name':'n','cron_expr':'0 0 31 2 *','task_template':{}} | never comes",
        "{'name':'n','cron_expr':7} | cron_expr must be a string, not a number",
        "{'name':''} | name must not be empty",
        "{'name':'preview'} | name must not be preview, which means something else in the API",
        "{'name':'..'} | name must not be ..",
        "{'name':'cron_000000000001'} | name must not be cron_000000000001",
        "{'nam':'n'} | unknown field \"nam\"; did you mean name?",
        "{'timezone':'Europe/Berlim'} | did you mean Europe/Berlin?",
        "{'missed':'never'} | missed must be skip, once or all, not \"never\"",
        "{'overlap':'ques'} | did you mean queue?",
        "{'jitter':'25h'} | jitter must be from 0s to 24h",
        "{'jitter':60} | jitter must be a duration in quotes",
        "{'max_runs':-1} | max_runs must be a whole number from 0",
        "{'enabled':'yes'} | enabled must be true or false",
        "{'start_at':'tomorrow'} | start_at must be a time such as",
        "{'name':'n','cron_expr':'* * * * *','start_at':'2026-01-02T00:00:00Z',"
            + "'end_at':'2026-01-01T00:00:00Z','task_template':{}}"
            + " | end_at must be later than start_at",
        "{'name':'n','cron_expr':'* * * * *','end_at':'2020-01-01T00:00:00Z',"
            + "'task_template':{'type':'chat','prompt':'x'}}"
            + " | no due time before end_at",
        "{'name':'n','cron_expr':'CRON_TZ=UTC * * * * *','timezone':'Asia/Tokyo','task_template':{}}"
            + " | timezone is Asia/Tokyo, but cron_expr names UTC",
        "{'name':'n','cron_expr':'* * * * *','task_template':[]} | task_template must be an object, not an array",
        "{'name':'n','cron_expr':'* * * * *','task_template':{'type':'chat'}}"
            + " | task_template: a task of type chat needs messages or prompt",
        "{'name':'n','cron_expr':'* * * * *','task_template':{'type':'chat','prompt':'{{dat}}'}}"
            + " | task_template: unknown placeholder {{dat}}; did you mean date?",
        "{'name':'n','cron_expr':'* * * * *','task_template':{'type':'chat',"
            + "'messages':[{'role':'user','content':'{{whatever}}'}]}}"
            + " | there are date, time,",
        "[] | line 1, column 1", "{ | line 1, column", "{} x | name is missing"})
    void create_withAMistake_saysWhatIsWrong(String json, String message) {
        HttpResponse<String> answer = post("/api/cron", json);
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(ApiServer.error(answer).contains(message), answer.body());
        assertEquals("[]", server.get("/api/cron").body());
    }

    @Test
    void update_changesWhatIsNamed_andNothingElse() {
        post("/api/cron", DAILY);
        Json.Obj before = ApiServer.json(server.get("/api/cron/daily"));

        HttpResponse<String> answer = put("/api/cron/daily", "{'cron_expr':'0 10 * * *','task_template':{'priority':9,"
                + "'prompt':'x {{time}}'}}");

        assertEquals(200, answer.statusCode(), answer.body());
        Json.Obj after = ApiServer.json(answer);
        assertEquals("{\"type\":\"chat\",\"prompt\":\"x {{time}}\",\"priority\":9}", after.get("task_template").text());
        assertEquals("0 10 * * *", after.text("cron_expr"));
        for (String same : new String[] {"id", "name", "timezone", "missed", "created_at"}) {
            assertEquals(before.text(same), after.text(same));
        }
        assertTrue(after.text("next_run").matches(".*T0[89]:00:00.000Z"));
        assertEquals(400, put("/api/cron/daily", "{'task_template':{'type':'embed'}}").statusCode());
        assertEquals(400, put("/api/cron/daily", "{'id':7,'nam':'x'}").statusCode());
        assertEquals(404, put("/api/cron/cron_000000000000", "{}").statusCode());
        assertEquals(after.get("task_template"), ApiServer.json(server.get("/api/cron/daily")).get("task_template"));
        assertEquals("2030-01-01T00:00:00.000Z",
                ApiServer.json(put("/api/cron/daily", "{'end_at':'2030-01-01T00:00:00Z'}")).text("end_at"));
        assertEquals(null, ApiServer.json(put("/api/cron/daily", "{'end_at':null}")).text("end_at"));
    }

    @Test
    void enableAndDisable_mayBeRepeated() {
        post("/api/cron", DAILY);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> off = server.ask("PUT", "/api/cron/daily/disable", null);
            assertEquals(200, off.statusCode(), off.body());
            assertEquals("false", ApiServer.json(off).get("enabled").text());
            assertEquals(null, ApiServer.json(off).text("next_run"));
        }
        for (int i = 0; i < 2; i++) {
            assertTrue(ApiServer.json(server.ask("PUT", "/api/cron/daily/enable", null)).text("next_run") != null);
        }
        HttpResponse<String> wrong = server.ask("POST", "/api/cron/daily/enable", null);
        assertEquals(405, wrong.statusCode());
        assertEquals("PUT, OPTIONS", wrong.headers().firstValue("Allow").orElseThrow());
    }

    @Test
    void run_submitsATask_thatNamesItsCronTask() {
        String id = ApiServer.json(post("/api/cron", DAILY)).text("id");
        HttpResponse<String> answer = server.post("/api/cron/daily/run", null);
        Json.Obj task = ApiServer.json(answer);
        assertEquals(201, answer.statusCode(), answer.body());
        assertEquals(id, task.text("cron_id"));
        assertEquals("daily", task.text("cron_name"));
        assertEquals(1, task.integer("cron_run_count", 0));
        assertEquals("/api/tasks/" + task.text("task_id"), answer.headers().firstValue("Location").orElseThrow());
        assertTrue(task.get("payload").text().matches(".*Report of \\d{4}-\\d\\d-\\d\\d.*"), answer.body());
        server.submit(ApiServer.HELLO);

        server.fail(server.start(), "it broke");

        Json.Obj cron = ApiServer.json(server.get("/api/cron/daily"));
        assertEquals(1, cron.integer("failure_count", 0));
        Json.Obj run = (Json.Obj) ((Json.Arr) cron.get("runs")).values().getFirst();
        assertEquals(task.text("id"), run.text("task_id"));
        assertEquals("failed", run.text("status"));
        for (String query : new String[] {"cron_id=" + id, "cron_id=daily", "q=DAIL"}) {
            Json.Arr found = ApiServer.array(server.get("/api/tasks?" + query));
            assertEquals(1, found.values().size(), query);
            assertEquals(id, ((Json.Obj) found.values().getFirst()).text("cron_id"));
        }
        assertEquals("1", server.get("/api/tasks?status=failed&cron_id=" + id).headers().firstValue("X-Total-Count")
                .orElseThrow());
        assertEquals("[]", server.get("/api/tasks?status=running&cron_id=" + id).body());
        assertEquals("[]", server.get("/api/tasks?cron_id=cron_000000000000").body());
        assertEquals(404, server.get("/api/tasks?cron_id=nix").statusCode());
    }

    @Test
    void remove_forgetsIt() {
        post("/api/cron", DAILY);
        assertEquals(204, server.ask("DELETE", "/api/cron/daily", null).statusCode());
        for (String path : new String[] {"", "/enable", "/disable"}) {
            assertEquals(404, server.ask(path.isEmpty() ? "GET" : "PUT", "/api/cron/daily" + path, null).statusCode());
        }
        assertEquals(404, server.ask("DELETE", "/api/cron/daily", null).statusCode());
        assertEquals(404, server.post("/api/cron/daily/run", null).statusCode());
        assertEquals("[]", server.get("/api/cron").body());
    }

    @Test
    void preview_saysWhatAnExpressionMeans() {
        assertEquals("{\"expression\":\"0 9 * * 1-5\",\"timezone\":\"UTC\","
                + "\"description\":\"at 09:00, Monday to Friday\","
                + "\"next\":[\"2026-01-02T09:00:00Z\",\"2026-01-05T09:00:00Z\"]}",
                server.get("/api/cron/preview?expr=0+9+*+*+1-5&tz=UTC&count=2&from=2026-01-02T03:04:05Z").body());
        assertEquals("Europe/Berlin", ApiServer.json(server.get("/api/cron/preview?expr=@daily")).text("timezone"));
        for (String bad : new String[] {"", "?expr=5-1+*+*+*+*", "?expr=@daily&tz=Nix", "?expr=@daily&count=0"}) {
            assertEquals(400, server.get("/api/cron/preview" + bad).statusCode(), bad);
        }
    }

    @Test
    void preview_ofACronTask_isWhatItWillDo() {
        Json.Obj cron = ApiServer.json(post("/api/cron", "{'name':'n','cron_expr':'~ ~ * * *','timezone':'Asia/Tokyo',"
                + "'task_template':{'type':'chat','prompt':'x'}}"));
        Json.Obj preview = ApiServer.json(server.get("/api/cron/preview?count=3&id=" + cron.text("id")));
        assertEquals("Asia/Tokyo", preview.text("timezone"));
        assertEquals(cron.text("description"), preview.text("description"));
        Json.Arr next = (Json.Arr) preview.get("next");
        assertEquals(3, next.values().size());
        assertEquals(Instant.parse(cron.text("next_run")),
                Instant.parse(((Json.Str) next.values().getFirst()).value()));
        put("/api/cron/n", "{'end_at':'" + cron.text("next_run") + "'}");
        assertEquals(1, ((Json.Arr) ApiServer.json(server.get("/api/cron/preview?id=n")).get("next")).values().size());
        assertEquals(404, server.get("/api/cron/preview?id=nix").statusCode());
        assertEquals(400, server.get("/api/cron/preview?id=n&expr=@daily").statusCode());
    }

    private HttpResponse<String> post(String path, String json) {
        return server.post(path, json.replace('\'', '"'));
    }

    private HttpResponse<String> put(String path, String json) {
        return server.ask("PUT", path, json.replace('\'', '"'));
    }
}
