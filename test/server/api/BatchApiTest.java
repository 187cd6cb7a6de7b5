package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.HELLO;
import static server.api.ApiServer.error;
import static server.api.ApiServer.json;

import java.io.IOException;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Json;

final class BatchApiTest {

    private static final String NDJSON = "application/x-ndjson";

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer(ApiServer.limits(2_000, 10_000, 10));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"application/json|[T,T,T]", "application/json|T\\nT\\nT",
            "application/x-ndjson|T\\nT\\nT\\n", "application/x-ndjson|\\n T \\r\\n\\n\\tT\\r\\nT\\r\\n",
            "application/jsonl|T\\nT\\nT", "application/json| [ T , T , T ] "})
    void submit_arrayOrLines_answersTheIdsInOrder(String type, String template) {
        String body = template.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace("T", HELLO);
        HttpResponse<String> response = server.post("/api/tasks/batch", body, "Content-Type", type);
        assertEquals(201, response.statusCode(), response.body());
        assertEquals(3, json(response).integer("count", 0));
        Json.Arr ids = (Json.Arr) json(response).get("ids");
        Json.Arr listed = ApiServer.array(server.get("/api/tasks?order=asc"));
        for (int i = 0; i < 3; i++) {
            assertEquals(ids.values().get(i), ((Json.Obj) listed.values().get(i)).get("id"));
        }
    }

    @Test
    void submit_endpoint_keepsTheBody() throws IOException {
        HttpResponse<String> response = server.post("/api/tasks/batch",
                "[{\"payload\":{\n\"model\":\"m\",\r\"x\": 1.50},\"endpoint\":\"/v1/messages\",\"client\":\"me\"}]");
        assertEquals(201, response.statusCode(), response.body());
        Json.Obj task = json(server.get("/api/tasks/" + ((Json.Arr) json(response).get("ids")).values().getFirst()
                .text().replace("\"", "")));
        assertEquals("{\"x\":1.50}", task.get("payload").text());
        assertEquals("/v1/messages me chat m", task.text("endpoint") + " " + task.text("client") + " "
                + task.text("type") + " " + task.text("model"));
        assertEquals("{\n\"model\":\"m\",\r\"x\": 1.50}",
                server.queue.ledger().reader().request(server.start().task()).payload().text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[T,{\"type\":\"sing\"},T]|[1].type",
            "[T,{\"prompt\":\"x\"}]|at [1])",
            "[T,7]|[1]", "[T,]|line 1", "[T|end of the text", "[T]]|end of the text"})
    void submit_oneMistakeInAnArray_isNamed_andNothingIsTaken(String template, String message) {
        refused(template, "application/json", message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"T\\n\\n{\"type\":\"sing\"}\\nT|(line 3, column 9, at type)",
            "T\\n{\"prompt\":\"x\"}|chat, generate or embed (line 2, column 1)",
            "T\\n[T]|expected an object, found an array (line 2, column 1)",
            "T\\nT T|line 2",
            "T\\n{|line 2", "{\"type\":\\n\"chat\"}|line 1"})
    void submit_oneMistakeInLines_isNamed_andNothingIsTaken(String template, String message) {
        refused(template, NDJSON, message);
    }

    private void refused(String template, String type, String message) {
        String body = template.replace("\\n", "\n").replace("T", HELLO);
        HttpResponse<String> response = server.post("/api/tasks/batch", body, "Content-Type", type);
        assertEquals(400, response.statusCode());
        assertTrue(error(response).contains(message), response.body());
        assertEquals("[]", server.get("/api/tasks").body());
    }

    @Test
    void submit_none() {
        assertEquals("{\"count\":0,\"ids\":[]}", server.post("/api/tasks/batch", "[]").body());
        assertEquals(400, server.post("/api/tasks/batch", "").statusCode());
        assertEquals(400, server.post("/api/tasks/batch", " \n ").statusCode());
    }

    @Test
    void submit_atTheLimitsAndBeyond() {
        String ten = (HELLO + "\n").repeat(10);
        assertEquals(201, server.post("/api/tasks/batch", ten).statusCode());
        HttpResponse<String> eleven = server.post("/api/tasks/batch", ten + HELLO);
        assertEquals(413, eleven.statusCode());
        assertTrue(error(eleven).contains("10 tasks"), eleven.body());
        String large = HELLO.replace("Hello", "x".repeat(2_000 - HELLO.length() + 5));
        assertEquals(201, server.post("/api/tasks/batch", "[" + large + "]").statusCode());
        assertEquals(413, server.post("/api/tasks/batch", "[" + large.replace("xx", "xxx") + "]").statusCode());
        String full = (large + "\n").repeat(4);
        assertEquals(201, server.post("/api/tasks/batch", full + " ".repeat(10_000 - full.length())).statusCode());
        assertEquals(413, server.post("/api/tasks/batch", full + " ".repeat(10_001 - full.length())).statusCode());
    }

    /// Each part of a large body is within the limit: all together must be, also while they are read.
    @Test
    void submit_linesBeyondTheLimitInAllPartsTogether_is413() throws IOException {
        server.close();
        server = new ApiServer(ApiServer.limits(2_000, 1_000_000, 3_000));
        String line = HELLO + " ".repeat(100 - HELLO.length()) + "\n";
        HttpResponse<String> response = server.post("/api/tasks/batch", line.repeat(4_999) + "{}\n",
                "Content-Type", NDJSON);
        assertEquals(413, response.statusCode(), response.body());
        assertEquals("a batch may have at most 3000 tasks", error(response));
        assertEquals("[]", server.get("/api/tasks").body());
    }

    @Test
    void submit_withKey_is400() {
        assertEquals(400, server.post("/api/tasks/batch", "[]", "Idempotency-Key", "k").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/x-ndjson; charset=latin1"})
    void submit_otherType_is415(String type) {
        HttpResponse<String> response = server.post("/api/tasks/batch", "[]", "Content-Type", type);
        assertEquals(415, response.statusCode());
        assertTrue(error(response).contains("UTF-8") || error(response).contains(NDJSON), response.body());
    }
}
