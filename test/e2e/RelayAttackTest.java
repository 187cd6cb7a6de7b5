package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import server.http.Wire;
import server.http.Wire.Reply;
import shared.json.Json;
import support.FakeOllama;
import support.ServerProcess;

/// Hostile or badly broken callers, pages and hosts on the paths of relayed calls.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RelayAttackTest {

    private static final String CHAT = "{\"model\":\"m\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":"
            + "\"Hi\"}]}";
    private static final int BODY_MAX = 16 << 20;

    private FakeOllama host;
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        host = FakeOllama.start();
        server = start(directory, "retry: {max_retries: 0}");
        host.otherwise((request, reply) -> reply.wholeText("Hello"));
    }

    private ServerProcess start(Path directory, String config) throws IOException {
        Files.writeString(directory.resolve("config.yaml"), config);
        return ServerProcess.start(directory.resolve("data"), "--ollama-host", host.url(), "--config",
                directory.resolve("config.yaml").toString());
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        host.close();
    }

    private Wire wire() throws IOException {
        return wire(server);
    }

    private static Wire wire(ServerProcess to) throws IOException {
        return new Wire(new InetSocketAddress("127.0.0.1", URI.create(to.url()).getPort()));
    }

    // ---- pages and callers

    @Test
    void anotherOrigin_isKeptOut_andMakesNoTask() throws Exception {
        long before = tasks();
        for (String path : List.of("/api/chat", "/v1/chat/completions", "/q/priority=low/api/chat", "/v1/messages")) {
            for (String header : List.of("Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
                    "Origin: http://localhost.evil.example", "Origin: http://127.0.0.1.evil.example:80",
                    "Origin: app")) {
                try (Wire wire = wire()) {
                    wire.send("POST", path, header, "Content-Length: " + CHAT.length());
                    Reply reply = wire.raw(CHAT).reply(true);
                    assertEquals(403, reply.status(), path + " " + header + " " + reply.body());
                    assertNull(reply.headers().get("access-control-allow-origin"), header);
                    assertTrue(reply.body().startsWith("{"), reply.body());
                }
            }
            try (Wire wire = wire()) {
                Reply reply = wire.ask("OPTIONS", path, "Origin: https://evil.example",
                        "Access-Control-Request-Method: POST");
                assertEquals(403, reply.status(), path);
            }
        }
        assertEquals(before, tasks());
    }

    @Test
    void gamesWithTheHost_areRefused() throws Exception {
        long before = tasks();
        for (String hosts : List.of("", "Host: evil.example\r\n", "Host: localhost\r\nHost: localhost\r\n",
                "Host: localhost@evil.example\r\n", "Host: localhost.evil.example\r\n", "Host: 127.0.0.1.nip.io\r\n",
                "Host: \r\n", "Host: [::1\r\n")) {
            try (Wire wire = wire()) {
                wire.raw("POST /api/chat HTTP/1.1\r\n" + hosts + "Content-Length: " + CHAT.length() + "\r\n\r\n"
                        + CHAT);
                int status = wire.reply(true).status();
                assertTrue(status == 400 || status == 403 || status == 421, hosts + status);
            }
        }
        try (Wire wire = wire()) {
            wire.raw("POST http://evil.example/api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + CHAT.length() + "\r\n\r\n" + CHAT);
            assertTrue(wire.reply(true).status() / 100 == 4);
        }
        assertEquals(before, tasks());
    }

    @Test
    void bodyAtTheLimitPasses_andOneByteMoreIsTooLarge() throws Exception {
        String begin = "{\"model\":\"m\",\"stream\":false,\"prompt\":\"";
        String whole = begin + "x".repeat(BODY_MAX - begin.length() - 2) + "\"}";
        try (Wire wire = wire()) {
            assertEquals(200, wire.post("/api/generate", whole).status());
        }
        for (String path : List.of("/api/generate", "/v1/completions", "/v1/messages")) {
            try (Wire wire = wire()) {
                Reply reply = wire.post(path, " " + whole);
                assertEquals(413, reply.status(), reply.body());
                assertTrue(reply.body().startsWith(path.equals("/v1/messages") ? "{\"type\":\"error\"" : "{\"error\":"),
                        reply.body());
            }
        }
        try (Wire wire = wire()) {
            // without a length, the size is discovered while the body is read
            wire.send("POST", "/api/generate", "Transfer-Encoding: chunked");
            wire.raw(Integer.toHexString(whole.length() + 1) + "\r\n").raw(" " + whole).raw("\r\n0\r\n\r\n");
            assertEquals(413, wire.reply(true).status());
        }
    }

    @Test
    void bodyThatStopsHalfWay_isNoTask(@TempDir Path directory) throws Exception {
        try (ServerProcess hurried = start(directory, "limits: {request_time: 1s}")) {
            for (String head : List.of("Content-Length: 1000", "Transfer-Encoding: chunked")) {
                String half = head.startsWith("T") ? "2\r\n{ \r\n" : "{ ";
                try (Wire wire = wire(hurried)) {
                    wire.send("POST", "/api/chat", head);
                    wire.raw(half);
                }
                try (Wire wire = wire(hurried)) {
                    wire.send("POST", "/api/chat", head);
                    wire.raw(half);
                    assertEquals(408, wire.reply(true).status(), head);
                    assertTrue(wire.closed(), head);
                }
            }
            assertEquals(0, tasks(hurried));
            assertAnswers(hurried);
        }
    }

    @Test
    void pathWithEverythingWrongInIt_isRefused() throws Exception {
        long before = tasks();
        int asked = host.requests().size();
        for (String path : List.of("/q/", "/q", "/q//api/chat", "/q/x/api/chat", "/q/priority=/api/chat",
                "/q/priority=low,priority=low/api/chat", "/q/priority=low,/api/chat", "/q/,/api/chat",
                "/q/priority=99999999999999999999/api/chat", "/q/client=/api/chat", "/q/client=a%00b/api/chat",
                "/q/client=a%0d%0aX-Evil:%201/api/chat", "/q/client=%2e%2e%2f/api/chat", "/q/client=%zz/api/chat",
                "/q/client=%/api/chat", "/q/client=%c3%28/api/chat", "/q/client=" + "x".repeat(65) + "/api/chat",
                "/q/on=nix/api/chat", "/q/on=/api/chat", "/q/on=" + "x".repeat(5_000) + "/api/chat",
                "/q/priority=low/q/priority=low/api/chat", "/q/priority=low/api/tasks",
                "/q/priority=low/api/queue/pause",
                "/q/priority=low/../api/chat", "/q/priority=low/%2e%2e/api/chat", "/q/priority=low//api/chat",
                "/q/priority=low/", "/q/priority=low", "/q/priority=low/api%2fchat", "/q/%70riority=low%2f/api/chat",
                "/q/keep=true/api/chat", "/Q/priority=low/api/chat", "/q/priority=low;client=a/api/chat",
                "/q/priority=low/api/chat/extra")) {
            try (Wire wire = wire()) {
                wire.send("POST", path, "Content-Type: application/json", "Content-Length: " + CHAT.length());
                Reply reply = wire.raw(CHAT).reply(true);
                assertTrue(reply.status() / 100 == 4, path + " " + reply.status() + " " + reply.body());
                assertNull(reply.headers().get("x-evil"), path);
            }
        }
        assertEquals(before, tasks());
        assertEquals(asked, host.requests().size());
        assertFalse(server.get("/api/status").body().contains("\"paused\":true"));
        assertAnswers();
    }

    @Test
    void clientAndModel_injectNoHeader() throws Exception {
        String model = "m\\r\\nX-Evil: 1\\r\\n\\r\\n<script>";
        for (String client : List.of("a\tb", "a b", "é", "\"a\"", "a,b", "a;b", "<a>")) {
            try (Wire wire = wire()) {
                wire.send("POST", "/api/chat", "X-Queue-Client: " + client, "Content-Length: " + CHAT.length());
                assertEquals(400, wire.raw(CHAT).reply(true).status(), client);
            }
        }
        try (Wire wire = wire()) {
            // an identity from the program itself that is not a valid name is ignored
            wire.send("POST", "/api/chat", "X-User-ID: a b\tc", "Content-Length: " + CHAT.length());
            assertEquals(200, wire.raw(CHAT).reply(true).status());
        }
        host.next((request, reply) -> reply.whole(404, "{\"error\":\"model '" + model + "' not found\"}"));
        try (Wire wire = wire()) {
            Reply reply = wire.post("/api/chat", CHAT.replace("\"m\"", "\"" + model + "\""));
            assertEquals(404, reply.status());
            assertNull(reply.headers().get("x-evil"));
            assertTrue(reply.body().contains("\\r\\nX-Evil"), reply.body());
            // the same connection continues to work
            assertEquals(200, wire.post("/api/chat", CHAT).status());
        }
    }

    // ---- hosts

    @Test
    void hostThatAnswersWithHtml_isNoAnswer() throws Exception {
        for (String path : List.of("/api/chat", "/v1/chat/completions", "/v1/messages")) {
            host.next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                    + "Content-Length: 13\r\n\r\n<html></html>"));
            try (Wire wire = wire()) {
                Reply reply = wire.post(path, CHAT);
                assertEquals(502, reply.status(), reply.body());
                assertFalse(reply.body().contains("<html>"), reply.body());
                assertEquals("application/json", reply.headers().get("content-type"));
            }
        }
        assertAnswers();
    }

    @Test
    void hostWhoseLengthIsTooLarge_givesNoWholeAnswer() throws Exception {
        host.next((request, reply) -> {
            reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
                    + "{\"done\":true}");
            reply.breakOff();
        });
        try (Wire wire = wire()) {
            wire.send("POST", "/api/chat", "Content-Length: " + CHAT.length());
            wire.raw(CHAT);
            Reply reply = wire.reply(true);
            // the connection ends before the announced length
            assertEquals("100", reply.headers().get("content-length"));
            assertTrue(reply.body().length() < 100, reply.body());
        }
        assertEquals("failed", newest().text("status"));
        assertAnswers();
    }

    @Test
    void hostWhoseLengthIsTooSmall_spoilsNoOtherAnswer() throws Exception {
        host.next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + "Content-Length: 13\r\n\r\n{\"done\":true}{\"message\":{\"content\":\"another's\"},\"done\":true}"));
        try (Wire wire = wire()) {
            assertEquals("{\"done\":true}", wire.post("/api/chat", CHAT).body());
            for (int i = 0; i < 5; i++) {
                assertAnswers();
            }
        }
    }

    @Test
    void hostWithHeadersOfAMegabyte_isNoAnswer() throws Exception {
        for (String headers : List.of("X-Long: " + "x".repeat(1 << 20) + "\r\n", "X-Many: x\r\n".repeat(100_000))) {
            host.next((request, reply) -> reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers
                    + "Content-Length: 2\r\n\r\n{}"));
            try (Wire wire = wire()) {
                Reply reply = wire.post("/api/chat", CHAT);
                assertEquals(502, reply.status(), reply.body());
                assertTrue(reply.body().length() < 2_000, reply.body());
            }
        }
        assertAnswers();
    }

    @Test
    void hostThatSendsElsewhere_isNotFollowed() throws Exception {
        try (FakeOllama elsewhere = FakeOllama.start()) {
            for (int status : List.of(301, 302, 307, 308)) {
                host.next((request, reply) -> reply.whole(status, "", "Location: " + elsewhere.url() + "/api/chat"));
                try (Wire wire = wire()) {
                    Reply reply = wire.post("/v1/chat/completions", CHAT.replace("\"m\"", "\"m" + status + "\""));
                    // the host is tried again after a pause
                    assertEquals(200, reply.status(), reply.body());
                    assertNull(reply.headers().get("location"));
                }
            }
            assertEquals(List.of(), elsewhere.requests());
        }
    }

    @Test
    void hostsOddHeaders_doNotReachTheCaller() throws Exception {
        host.next((request, reply) -> reply.whole(200, "{\"done\":true}", "Set-Cookie: a=b", "X-Evil: 1",
                "Access-Control-Allow-Origin: *", "Content-Encoding: identity", "X-Request-Id: r\u00e9",
                "X-Queue-Task: t", "Server: x"));
        try (Wire wire = wire()) {
            Reply reply = wire.post("/api/chat", CHAT);
            assertEquals("{\"done\":true}", reply.body());
            for (String name : List.of("set-cookie", "x-evil", "access-control-allow-origin", "content-encoding",
                    "server")) {
                assertNull(reply.headers().get(name), name);
            }
            assertTrue(reply.headers().get("x-queue-task").startsWith("task_"));
        }
    }

    /// Asserts that the server continues to answer.
    private void assertAnswers() throws IOException {
        assertAnswers(server);
    }

    private static void assertAnswers(ServerProcess of) throws IOException {
        try (Wire wire = wire(of)) {
            Reply reply = wire.post("/api/chat", CHAT);
            assertEquals(200, reply.status(), reply.body());
            assertTrue(reply.body().contains("\"content\":\"Hello\""), reply.body());
        }
    }

    private long tasks() {
        return tasks(server);
    }

    private static long tasks(ServerProcess of) {
        return ServerProcess.object(of.get("/api/status").body()).integer("total_tasks", -1);
    }

    private Json.Obj newest() {
        return (Json.Obj) ((Json.Arr) Json.parse(server.get("/api/tasks?limit=1").body())).values()
                .getFirst();
    }
}
