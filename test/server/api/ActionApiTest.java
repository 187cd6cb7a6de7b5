package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.error;
import static server.api.ApiServer.json;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.json.Json;
import shared.json.JsonWriter;
import support.Await;

final class ActionApiTest {

    private static final String ACTIONS = "/api/tasks/actions";

    private final List<String> ids = new ArrayList<>();
    private ApiServer server;

    /// Of model a two pending tasks, of model b a pending and a failed one; the last is completed.
    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
        for (String model : List.of("b", "c", "a", "a", "b")) {
            ids.add(server.submit("{\"type\":\"generate\",\"model\":\"" + model + "\",\"prompt\":\"Hi\"}"));
        }
        server.fail(server.start(), "out of memory");
        server.complete(server.start(), "{\"response\":\"Hello\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String text(Json.Obj object, String member) {
        JsonWriter out = new JsonWriter().value(object.get(member));
        return new String(out.buffer(), 0, out.length(), StandardCharsets.UTF_8);
    }

    private String statuses() {
        StringBuilder statuses = new StringBuilder();
        for (String id : ids) {
            HttpResponse<String> task = server.get("/api/tasks/" + id);
            statuses.append(task.statusCode() == 404 ? "-" : json(task).text("status").substring(0, 1));
        }
        return statuses.toString();
    }

    private HttpResponse<String> ask(String filter, String more) {
        return server.post(ACTIONS, "{\"filter\":" + filter + "," + more + "}");
    }

    /// Has it done, and how it ended.
    private Json.Obj done(String filter, String action, int expect) {
        HttpResponse<String> accepted = ask(filter, action + ",\"expect\":" + expect);
        assertEquals(202, accepted.statusCode(), accepted.body());
        String id = json(accepted).text("id");
        assertEquals(ACTIONS + "/" + id, accepted.headers().firstValue("Location").orElseThrow());
        Await.until("it has ended", () -> !json(server.get(ACTIONS + "/" + id)).text("status").equals("running"));
        return json(server.get(ACTIONS + "/" + id.substring(0, 12)));
    }

    @Test
    void dryRun_tellsHowManyOfEachStatus_andChangesNothing() {
        HttpResponse<String> told = ask("{\"model\":[\"a\",\"b\"]}", "\"action\":\"cancel\",\"dry_run\":true");
        assertEquals(200, told.statusCode());
        assertEquals("{\"matched\":4,\"by_status\":{\"pending\":3,\"failed\":1}}", told.body());
        assertEquals("fcppp", statuses());
        assertEquals("[]", server.get(ACTIONS).body());
    }

    @Test
    void state_andStatus_mustBothMatch() {
        String states = "\"state\":[\"ready\",\"retrying\",\"scheduled\",\"blocked\"]";
        assertEquals("3", text(json(ask("{" + states + "}", "\"action\":\"cancel\",\"dry_run\":true")), "matched"));
        assertEquals("0", text(done("{\"status\":\"failed\"," + states + "}", "\"action\":\"cancel\"", 0), "done"));
        assertEquals("fcppp", statuses());
    }

    @Test
    void otherNumber_is409WithTheNumber_andChangesNothing() {
        HttpResponse<String> refused = ask("{\"status\":\"pending\"}", "\"action\":\"cancel\",\"expect\":2");
        assertEquals(409, refused.statusCode());
        assertEquals("3", text(json(refused), "matched"));
        assertTrue(error(refused).contains("3 tasks match now, not 2"), refused.body());
        assertEquals("fcppp", statuses());
    }

    @Test
    void cancel_changesWhatMatched_andCountsRefusals() {
        Json.Obj action = done("{\"model\":\"b,c\"}", "\"action\":\"cancel\"", 3);
        assertEquals("fcppc", statuses());
        assertEquals("completed", action.text("status"));
        assertEquals("{\"model\":\"b,c\"}", text(action, "filter"));
        assertEquals("3", text(action, "done"));
        assertEquals("1", text(action, "changed"));
        assertEquals("{\"is completed and cannot be cancelled\":1,\"is failed and cannot be cancelled\":1}",
                text(action, "refused"));
        assertEquals(409, server.post(ACTIONS + "/" + action.text("id") + "/stop", "").statusCode());
    }

    @Test
    void retry_keepsAttempts() {
        assertEquals("1", text(done("{\"status\":\"failed\"}", "\"action\":\"retry\"", 1), "changed"));
        Json.Obj task = json(server.get("/api/tasks/" + ids.get(0)));
        assertEquals("pending", task.text("status"));
        assertEquals(1, ((Json.Arr) task.get("attempts")).values().size());
    }

    @Test
    void retry_onAndWith_submitsAnew_andSaysSo() {
        Json.Obj action = done("{\"model\":\"b\"}", "\"action\":\"retry\",\"on\":\"far\",\"with\":{\"model\":\"m\"},"
                + "\"delete\":true", 2);
        assertEquals("-cppp", statuses());
        assertEquals(List.of("2", "1", "\"far\"", "{\"model\":\"m\"}", "true"), List.of(text(action, "done"),
                text(action, "changed"), text(action, "on"), text(action, "with"), text(action, "delete")));
        assertEquals("{\"is pending and cannot be retried; only a failed or cancelled task can\":1}",
                text(action, "refused"));
        Json.Obj anew = (Json.Obj) ((Json.Arr) Json.parse(server.get("/api/tasks?model=m").body())).values().getFirst();
        assertEquals(List.of("pending", "Hi"), List.of(anew.text("status"), anew.text("preview")));
        assertEquals("far", json(server.get("/api/tasks/" + anew.text("id"))).text("on"));
    }

    @Test
    void priority_changesThose_thatHaveAnother() {
        assertEquals(200, server.post("/api/tasks/" + ids.get(2) + "/priority", "{\"priority\":10}").statusCode());
        Json.Obj action = done("{\"model\":\"a\"}", "\"action\":\"priority\",\"priority\":\"high\"", 2);
        assertEquals("1", text(action, "changed"));
        assertEquals("{\"has this priority already\":1}", text(action, "refused"));
        assertEquals("10", text(json(server.get("/api/tasks/" + ids.get(3))), "priority"));
    }

    @Test
    void delete_ofAll_leavesWhatHasNotEnded() {
        Json.Obj action = done("{}", "\"action\":\"delete\"", 5);
        assertEquals("--ppp", statuses());
        assertEquals("{\"is pending and cannot be deleted; cancel it first\":3}", text(action, "refused"));
        assertNull(action.text("client"));
        assertEquals(1, ((Json.Arr) Json.parse(server.get(ACTIONS).body())).values().size());
    }

    @Test
    void ofNothing_endsAtOnce() {
        assertEquals("completed", done("{\"model\":\"none\"}", "\"action\":\"delete\"", 0).text("status"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|filter is missing", "{'filter':{}}|action is missing",
            "{'filter':{},'action':'kill'}|cancel, retry, priority, delete",
            "{'filter':{},'action':'cancle'}|did you mean cancel",
            "{'filter':{},'action':'cancel'}|expect is missing",
            "{'filter':{},'action':'cancel','expect':-1}|expect must be",
            "{'filter':{},'action':'cancel','expect':1,'dry_run':true}|not both",
            "{'filter':{},'action':'priority','expect':1}|priority is missing",
            "{'filter':{},'action':'cancel','priority':1,'expect':1}|priority is only for",
            "{'filter':{},'action':'cancel','on':'far','expect':1}|only for the action retry",
            "{'filter':{},'action':'retry','on':'fra','expect':1}|on: no host is named \"fra\"",
            "{'filter':{},'action':'retry','on':' ','expect':1}|on must not be",
            "{'filter':{},'action':'retry','delete':true,'expect':1}|delete requires on or with",
            "{'filter':{},'action':'retry','with':{'modle':'x'},'expect':1}|did you mean model",
            "{'filter':{},'action':'retry','with':{'num_ctx':0},'expect':1}|num_ctx must be",
            "{'filter':{},'action':'retry','with':{'max_retries':101},'expect':1}|max_retries must be",
            "{'filter':{'stauts':'failed'},'action':'cancel','expect':1}|did you mean status",
            "{'filter':{'limit':1},'action':'cancel','expect':1}|unknown field",
            "{'filter':{'status':'done'},'action':'cancel','expect':1}|status must be",
            "{'filter':{'client':''},'action':'cancel','expect':5}|client must not be empty",
            "{'filter':{'client':[]},'action':'cancel','expect':5}|client must not be empty",
            "{'filter':{'model':['a',' ']},'action':'cancel','expect':5}|model must not be empty",
            "{'filter':{'status':','},'action':'cancel','expect':5}|status must not be empty",
            "{'filter':{'q':''},'action':'cancel','expect':5}|q must not be empty",
            "{'filter':{'since':''},'action':'cancel','expect':5}|since must not be empty",
            "{'filter':{'cause':[]},'action':'delete','dry_run':true}|cause must not be empty",
            "{'filter':{'state':'late'},'action':'cancel','expect':5}|state must be one of",
            "{'filter':{'model':{}},'action':'cancel','expect':1}|a string, a number",
            "{'filter':{},'actoin':'cancel'}|did you mean action"})
    void badRequest_is400ThatNamesIt(String body, String message) {
        HttpResponse<String> response = server.post(ACTIONS, body.replace('\'', '"'));
        assertEquals(400, response.statusCode(), response.body());
        assertTrue(error(response).contains(message), response.body());
    }

    @Test
    void filter_ofMoreThanItsLimit_is413() {
        String fits = "{\"model\":\"" + "m".repeat(4_096 - 12) + "\"}";
        assertEquals(200, ask(fits, "\"action\":\"cancel\",\"dry_run\":true").statusCode());
        HttpResponse<String> refused = ask(fits.replace("\"}", "m\"}"),
                "\"action\":\"cancel\",\"dry_run\":true");
        assertEquals(413, refused.statusCode(), refused.body());
    }

    @Test
    void unknownAction_is404() {
        assertEquals(404, server.get(ACTIONS + "/action_000000000000").statusCode());
        assertEquals(404, server.post(ACTIONS + "/xyz/stop", "").statusCode());
    }
}
