package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.array;
import static server.api.ApiServer.error;
import static server.api.ApiServer.json;

import java.io.IOException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import shared.json.Json;

final class BackendsApiTest {

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void list_tellsOfEachHost() {
        Json.Arr hosts = array(server.get("/api/backends"));
        assertEquals(2, hosts.values().size());
        String far = hosts.values().getLast().text();
        assertTrue(far.matches("\\{\"name\":\"far\",\"kind\":\"echo\",\"url\":\"echo:\",\"remote\":true,"
                + "\"enabled\":true,\"health\":\"unknown\",\"since\":\"[^\"]*\",\"checked_at\":null,\"error\":null,"
                + "\"left_alone_until\":null,\"version\":null,\"installed\":null,\"loaded\":\\[\\],"
                + "\"slots\":2,\"parallel\":2,"
                + "\"slots_used\":0,\"weight\":1,\"priority\":7,\"completed\":0,\"failed\":0,\"tokens\":0,"
                + "\"tokens_per_second\":0,\"completed_per_minute\":0,\"failed_per_minute\":0,"
                + "\"refused\":\\[\\],\"runners\":\\[\\],\"fits\":0,"
                + "\"today\":\\{\"loads\":0,\"loading_seconds\":0,\"answering_seconds\":0\\},"
                + "\"lane\":\\{\"part_seconds\":5,\"loading\":\\[(0,){119}0\\],"
                + "\"answering\":\\[(0,){119}0\\]\\}\\}"), far);
    }

    @Test
    void disable_andEnable_answerTheHost() {
        long idle = json(server.get("/api/status")).integer("workers_idle", -1);
        assertEquals("false", json(server.post("/api/backends/far/disable", null)).get("enabled").text());
        // its places are nobody's
        assertTrue(json(server.get("/api/status")).integer("workers_idle", -1) < idle);
        assertEquals("true", json(server.post("/api/backends/far/enable", null)).get("enabled").text());
    }

    @Test
    void change_unknownHost_isNotFoundAndNamesTheNearest() {
        assertEquals(404, server.post("/api/backends/fat/disable", null).statusCode());
        assertEquals("no host is named fat; did you mean far? (hosts: echo, far)",
                error(server.post("/api/backends/fat/disable", null)));
        assertEquals(405, server.get("/api/backends/far/disable").statusCode());
    }
}
