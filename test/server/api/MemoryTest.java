package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import server.http.Wire;

/// How much memory clients that read nothing may occupy.
final class MemoryTest {

    private static final int LARGE = 8 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks/%s", "/api/tasks?full=true", "/api/tasks/%s/events"})
    void answers_thatNobodyReads_areCountedAndBounded(String path) throws IOException {
        try (ApiServer server = new ApiServer(ApiServer.room(5 * LARGE / 2))) {
            String id = server.submit("{\"type\":\"generate\",\"payload\":{\"prompt\":\"" + "a".repeat(LARGE) + "\"}}");
            server.complete(server.start(), "{\"response\":\"" + "b".repeat(LARGE / 2) + "\"}");
            try (Wire one = server.wire(); Wire two = server.wire(); Wire three = server.wire()) {
                one.send("GET", path.formatted(id));
                // it has its room before anybody else asks; otherwise all might be refused because of an answer of ours
                assertEquals("HTTP/1.1 200 OK", one.line());
                two.send("GET", path.formatted(id));
                three.send("GET", path.formatted(id));
                HttpResponse<String> answer = awaitStatus(server, id, 503);
                assertTrue(answer.body().contains("try again in a moment"), answer.body());
                assertTrue(answer.headers().firstValue("Retry-After").isPresent());
                assertEquals(200, server.get("/api/tasks?limit=1").statusCode(), "a small answer has room");
            }
            awaitStatus(server, id, 200);
        }
    }

    @Test
    void answer_largerThanAllRoom_goesWhenAlone() throws IOException {
        try (ApiServer server = new ApiServer(ApiServer.room(LARGE + 100))) {
            String id = server.submit("{\"type\":\"generate\",\"payload\":{\"prompt\":\"" + "a".repeat(LARGE) + "\"}}");
            assertEquals(200, server.get("/api/tasks/" + id).statusCode());
        }
    }

    @Test
    void batch_thatWasRefused_keepsNoRoom_thoughItsClientSendsOn() throws IOException {
        int room = 200_000;
        try (ApiServer server = new ApiServer(ApiServer.room(room)); Wire refused = server.wire()) {
            refused.send("POST", "/api/tasks/batch", "Content-Type: application/x-ndjson",
                    "Transfer-Encoding: chunked");
            refused.raw(chunk(room + room / 2));
            assertEquals(503, refused.reply(true).status());
            String all = ApiServer.HELLO + " ".repeat(room - ApiServer.HELLO.length());
            HttpResponse<String> answer = server.post("/api/tasks/batch", all, "Content-Type", "application/x-ndjson");
            assertEquals(201, answer.statusCode(), answer::body);
        }
    }

    @Test
    void batch_inChunks_mayTakeAllRoomWhenAlone() throws IOException {
        int room = 200_000;
        try (ApiServer server = new ApiServer(ApiServer.room(room)); Wire wire = server.wire()) {
            wire.send("POST", "/api/tasks/batch", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
            wire.raw(chunk(room - ApiServer.HELLO.length())).raw(Integer.toHexString(ApiServer.HELLO.length())
                    + "\r\n" + ApiServer.HELLO + "\r\n0\r\n\r\n");
            Wire.Reply reply = wire.reply(true);
            assertEquals(201, reply.status(), reply.body());
        }
    }

    /// This many spaces.
    private static String chunk(int bytes) {
        return Integer.toHexString(bytes) + "\r\n" + " ".repeat(bytes) + "\r\n";
    }

    private static HttpResponse<String> awaitStatus(ApiServer server, String id, int status) {
        HttpResponse<String> answer = server.get("/api/tasks/" + id);
        while (answer.statusCode() != status) {
            answer = server.get("/api/tasks/" + id);
        }
        return answer;
    }
}
