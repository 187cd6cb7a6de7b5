package server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.RouteWalk.Reply;
import server.access.Asker;
import server.access.Scope;
import server.access.TokenFile;
import server.http.Routes;
import server.settings.CommandLine;
import shared.json.Json;
import support.Await;
import support.FolderText;

/// A whole server, and what each token may do there: every route by the table, then what a handler itself has to hold
/// to.
@TestInstance(Lifecycle.PER_CLASS)
final class RightsTest {

    private static final String LATER = "\"scheduled_at\":\"2999-01-01T00:00:00Z\"";
    private static final String TASK = "{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"Hi\"," + LATER + "}";
    private static final String CALL = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}";

    private Path folder;
    private Server server;
    private RouteWalk walk;
    private List<String> unguarded;

    private String read;
    private String ci;
    private String other;
    private String admin;
    private String expired;
    private String revoked;

    @BeforeAll
    void start(@TempDir Path shared) throws Exception {
        folder = shared;
        Path config = Files.writeString(folder.resolve("c.yaml"), "relay: {model_management: true}\n");
        Path data = folder.resolve("data");
        AllSettings settings = AllSettings.load(CommandLine.parse(AllSettings.TABLE, List.of("--host", "127.0.0.1",
                "--port", "0", "--data-dir", data.toString(), "--ollama-host", "echo:", "--config",
                config.toString())), Map.of(), null);
        server = Server.start(settings, settings::loaded);
        walk = new RouteWalk(Integer.parseInt(server.url().replaceAll(".*:", "")));
        unguarded = walkAll(List.of(new Token("no token, none needed", null, Scope.ADMIN)), true);
        TokenFile tokens = new TokenFile(data);
        long now = System.currentTimeMillis();
        read = tokens.add(asker("viewer", Scope.READ), now, 0);
        ci = tokens.add(new Asker("ci", Scope.SUBMIT, Asker.NO_LIMIT, Asker.NO_LIMIT), now, now + 1_000_000);
        other = tokens.add(asker("other", Scope.SUBMIT), now, 0);
        admin = tokens.add(asker("ops", Scope.ADMIN), now, 0);
        expired = tokens.add(asker("old", Scope.ADMIN), now - 2, now - 1);
        revoked = tokens.add(asker("gone", Scope.ADMIN), now, 0);
        tokens.revoke("gone");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static Asker asker(String name, Scope scope) {
        return new Asker(name, scope, Asker.NO_LIMIT, Asker.NO_LIMIT);
    }

    // ---- the table

    /// @param scope null: the token is none
    private record Token(String name, String secret, Scope scope) {
    }

    @Test
    void everyRoute_withoutTokens_refusesOtherHostsAndOriginsAlone() {
        assertEquals(List.of(), unguarded);
    }

    @Test
    void everyRoute_everyToken_everyOriginAndHost_asItsScopeSays() throws Exception {
        assertEquals(List.of(), walkAll(List.of(new Token("no token", null, null), new Token("read", read, Scope.READ),
                new Token("submit", ci, Scope.SUBMIT), new Token("another client's", other, Scope.SUBMIT),
                new Token("admin", admin, Scope.ADMIN), new Token("an expired one", expired, null),
                new Token("a revoked one", revoked, null)), false));
    }

    /// Walks all rows of the server's own table, and says where an answer is not what the row says.
    private List<String> walkAll(List<Token> tokens, boolean open) throws Exception {
        List<RouteWalk.Step> steps = new ArrayList<>();
        List<Routes.Row> rows = new ArrayList<>(server.rows());
        // of the page's files one stands for all
        Routes.Row file = rows.stream().filter(row -> row.path().startsWith("/w/")).findFirst().orElseThrow();
        rows.removeIf(row -> row.path().startsWith("/w/") && row != file);
        assertTrue(rows.size() > 60, rows.toString());
        for (Routes.Row row : rows) {
            for (Token token : tokens) {
                for (String origin : new String[] {null, "http://evil.example"}) {
                    for (String host : new String[] {"localhost", "queue.example.org"}) {
                        steps.add(new RouteWalk.Step(row, token.name, token.secret, origin, host,
                                () -> path(row, token), (status, body) -> wrong(row, token, origin != null,
                                        open && host.equals("queue.example.org"), status, body)));
                    }
                }
            }
        }
        // what holds up tasks comes last
        Map<Boolean, List<RouteWalk.Step>> holding = steps.stream()
                .collect(Collectors.partitioningBy(step -> step.row().path().startsWith("/api/queue/")));
        List<String> wrong = new ArrayList<>(walk.all(holding.get(false)));
        wrong.addAll(walk.all(holding.get(true)));
        assertEquals(200, ask("POST", "/api/queue/resume", admin, null).status());
        return wrong;
    }

    /// Whether a row changes one task, so that a client's token may only change its own.
    private static boolean isOfATask(Routes.Row row) {
        return row.path().startsWith("/api/tasks/{id}") && row.scope() == Scope.SUBMIT;
    }

    private String path(Routes.Row row, Token token) {
        String id = "sha256:" + "0".repeat(64);
        if (isOfATask(row)) {
            id = json(ask("POST", "/api/tasks", ci, TASK)).text("id");
        }
        return row.path().replaceAll("\\{id\\*?}", Matcher.quoteReplacement(id));
    }

    /// What is wrong with an answer; null if nothing.
    private static String wrong(Routes.Row row, Token token, boolean fromElsewhere, boolean toElsewhere, int status,
            String body) {
        if (fromElsewhere || toElsewhere) {
            return status == 403 && (says(row, body, "another origin") || says(row, body, "is not known here")) ? null
                    : "403 for its origin or host";
        }
        if (row.scope() == Scope.OPEN) {
            return status == 401 || status == 403 ? "open to all" : null;
        }
        if (token.scope == null) {
            return status == 401 ? null : "401";
        }
        if (!token.scope.includes(row.scope())) {
            return status == 403 && says(row, body, "needs a token with the scope " + row.scope().text) ? null
                    : "403 for its scope";
        }
        if (isOfATask(row) && token.name.equals("another client's")) {
            return status == 403 && says(row, body, "changes only what its own client submitted") ? null
                    : "403 for the task's client";
        }
        return status == 401 || status == 403 || status == 500 ? "allowed" : null;
    }

    /// An answer to HEAD has no body.
    private static boolean says(Routes.Row row, String body, String text) {
        return row.method().equals("HEAD") ? body.isEmpty() : body.contains(text);
    }

    @ParameterizedTest
    @CsvSource({"none,401", "read,101", "submit,101", "admin,101", "expired,401", "revoked,401"})
    void webSocket_wantsRead(String token, int status) throws IOException {
        String secret = switch (token) {
            case "read" -> read;
            case "submit" -> ci;
            case "admin" -> admin;
            case "expired" -> expired;
            case "revoked" -> revoked;
            default -> null;
        };
        int port = (int) json(ask("GET", "/api/info", read, null)).integer("ws_port", 0);
        assertEquals(status, walk.webSocket(port, secret, false, null).status());
        assertEquals(status, walk.webSocket(port, secret, true, null).status());
        assertEquals(403, walk.webSocket(port, secret, false, "http://evil.example").status());
    }

    // ---- who asks

    @Test
    void info_tellsWhoAsks() {
        assertEquals("{\"name\":\"ci\",\"scope\":\"submit\"}",
                json(ask("GET", "/api/info", ci, null)).get("you").text());
        assertEquals("{\"name\":\"ops\",\"scope\":\"admin\"}",
                json(ask("GET", "/api/info", admin, null)).get("you").text());
    }

    @Test
    void submit_isOfTheTokensClient_andOfNoOther() {
        assertEquals("ci", json(ask("POST", "/api/tasks", ci, TASK)).text("client"));
        assertEquals("ci", json(ask("POST", "/api/tasks", ci, of("ci"))).text("client"));
        refused(ask("POST", "/api/tasks", ci, of("other")), "the client is ci, as the token's name, and cannot be "
                + "\"other\": leave it out");
        Reply batch = ask("POST", "/api/tasks/batch", ci, "[" + TASK + ",\n" + of("other") + "]");
        refused(batch, "line 2");
        assertEquals("ops", json(ask("POST", "/api/tasks", admin, TASK)).text("client"));
        assertEquals("other", json(ask("POST", "/api/tasks", admin, of("other"))).text("client"));
        refused(walk.ask("POST", "/api/tasks", ci, TASK, "X-Queue-Client: other"), "cannot be \"other\"");
        refused(walk.ask("POST", "/api/tasks/batch", ci, "[" + TASK + "]", "X-Queue-Client: other"),
                "cannot be \"other\"");
        assertEquals("ci", json(walk.ask("POST", "/api/tasks", ci, TASK, "X-Queue-Client: ci")).text("client"));
        assertEquals("head", json(walk.ask("POST", "/api/tasks", admin, TASK, "X-Queue-Client: head")).text("client"));
        assertEquals("body", json(walk.ask("POST", "/api/tasks", admin, of("body"), "X-Queue-Client: head"))
                .text("client"));
        assertTrue(ask("GET", "/api/tasks?client=other", read, null).body().contains("\"client\":\"other\""));
    }

    private static String of(String client) {
        return TASK.replace("{\"type\"", "{\"client\":\"" + client + "\",\"type\"");
    }

    private static void refused(Reply reply, String words) {
        assertEquals(403, reply.status(), reply.body());
        assertTrue(reply.body().replace("\\\"", "\"").contains(words), reply.body());
    }

    @Test
    void call_isOfTheTokensClient_andItsProgramsUserIsMetadata() {
        for (String header : new String[] {"Authorization: Bearer " + ci, "x-api-key: " + ci}) {
            Reply reply = walk.call("/v1/chat/completions", CALL, header, "X-OpenWebUI-User-Id: u 1/2");
            assertEquals(200, reply.status(), reply.body());
            Json.Obj task = json(ask("GET", "/api/tasks/" + reply.headers().get("x-queue-task"), read, null));
            assertEquals("ci", task.text("client"));
            assertEquals("{\"user\":\"u 1/2\"}", task.get("metadata").text());
        }
        Json.Obj submitted = json(walk.ask("POST", "/api/tasks", ci, TASK, "X-OpenWebUI-User-Id: u 1/2"));
        assertEquals("ci", submitted.text("client"));
        assertEquals("{\"user\":\"u 1/2\"}", submitted.get("metadata").text());
        String owned = TASK.replace("{", "{\"metadata\":{\"a\":1.50},");
        assertEquals("{\"a\":1.50,\"user\":\"u1\"}", json(walk.ask("POST", "/api/tasks", ci, owned,
                "X-OpenWebUI-User-Id: u1")).get("metadata").text());
        String named = TASK.replace("{", "{\"metadata\":{\"user\":\"me\"},");
        assertEquals("{\"user\":\"me\"}", json(walk.ask("POST", "/api/tasks", ci, named,
                "X-OpenWebUI-User-Id: u1")).get("metadata").text());
        Reply byAdmin = walk.call("/api/chat", CALL, "Authorization: Bearer " + admin, "X-OpenWebUI-User-Id: u1");
        Json.Obj task = json(ask("GET", "/api/tasks/" + byAdmin.headers().get("x-queue-task"), read, null));
        assertEquals("u1", task.text("client"));
        assertEquals("{}", task.get("metadata").text());
    }

    @Test
    void call_thatNamesAnotherClient_is403InItsApisForm() {
        String bearer = "Authorization: Bearer " + ci;
        refused(walk.call("/v1/chat/completions", CALL, bearer, "X-Queue-Client: other"), "permission_error");
        refused(walk.call("/q/client=other/api/chat", CALL, bearer), "cannot be \"other\"");
        refused(walk.call("/q/client=other/api/chat", CALL, bearer, "X-Queue-Client: ci"), "cannot be \"other\"");
        assertEquals(200, walk.call("/q/client=ci/api/chat", CALL, bearer, "X-Queue-Client: ci").status());
        assertEquals(200, walk.call("/q/client=other/api/chat", CALL, "Authorization: Bearer " + admin).status());
    }

    @Test
    void status_isAPathOfOllamasToo() {
        assertEquals(200, ask("GET", "/q/client=ci/api/status", ci, null).status());
        assertEquals(400, ask("GET", "/q/clients=ci/api/status", ci, null).status());
        refused(ask("GET", "/q/client=other/api/status", ci, null), "cannot be \"other\"");
        assertEquals(200, ask("GET", "/api/status", ci, null).status());
    }

    @Test
    void idempotencyKeys_areAClientsOwn() {
        String id = json(walk.ask("POST", "/api/tasks", ci, TASK, "Idempotency-Key: k")).text("id");
        Reply same = walk.ask("POST", "/api/tasks", ci, TASK, "Idempotency-Key: k");
        assertEquals(id, json(same).text("id"));
        assertEquals("true", same.headers().get("idempotent-replayed"));
        Reply others = walk.ask("POST", "/api/tasks", other, of("other"), "Idempotency-Key: k");
        assertEquals(201, others.status(), others.body());
        assertNotEquals(id, json(others).text("id"));
        // a name and a key are not another name and key
        assertEquals(201, walk.ask("POST", "/api/tasks", other, TASK, "Idempotency-Key: ci k").status());
    }

    @Test
    void actionsByFilter_areAClientsOwn() throws IOException {
        String mine = tokens().add(asker("acts", Scope.SUBMIT), System.currentTimeMillis(), 0);
        String id = json(ask("POST", "/api/tasks", mine, TASK)).text("id");
        String foreign = json(ask("POST", "/api/tasks", other, TASK)).text("id");
        refused(ask("POST", "/api/tasks/actions", mine, "{\"filter\":{\"client\":\"acts,other\"},\"action\":\"cancel\","
                + "\"dry_run\":true}"), "cannot be \"other\"");
        assertEquals(1, json(ask("POST", "/api/tasks/actions", mine,
                "{\"filter\":{},\"action\":\"cancel\",\"dry_run\":true}")).integer("matched", -1));
        Reply begun = ask("POST", "/api/tasks/actions", mine, "{\"filter\":{},\"action\":\"cancel\",\"expect\":1}");
        assertEquals(202, begun.status(), begun.body());
        assertEquals("cancelled", json(ask("GET", "/api/tasks/" + id + "?wait=20s", mine, null)).text("status"));
        assertEquals("pending", json(ask("GET", "/api/tasks/" + foreign, mine, null)).text("status"));
        String action = "/api/tasks/actions/" + json(begun).text("id");
        assertEquals("acts", json(ask("GET", action, read, null)).text("client"));
        refused(ask("POST", action + "/stop", other, null), "is the client acts's; the token other changes only");
        String few = tokens().add(new Asker("acts2", Scope.SUBMIT, 3, 2), System.currentTimeMillis(), 0);
        assertEquals(3, json(ask("POST", "/api/tasks/actions", few, "{\"filter\":{},\"action\":\"priority\","
                + "\"priority\":4,\"expect\":0}")).integer("priority", -1));
    }

    // ---- limits

    @Test
    void priorityMax_lowersWhatIsAskedFor() throws IOException {
        String low = tokens().add(new Asker("low", Scope.SUBMIT, 7, Asker.NO_LIMIT), System.currentTimeMillis(), 0);
        Json.Obj task = json(ask("POST", "/api/tasks", low, TASK.replace("{", "{\"priority\":8,")));
        assertEquals(7, task.integer("priority", 0));
        assertEquals(8, task.integer("priority_asked", 0));
        assertTrue(task.get("warnings") != null, task.text());
        assertEquals(7, json(ask("POST", "/api/tasks", low, TASK.replace("{", "{\"priority\":7,")))
                .integer("priority", 0));
        String path = "/api/tasks/" + task.text("id");
        assertEquals(6, json(ask("POST", path + "/priority", low, "{\"priority\":6}")).integer("priority", 0));
        Json.Obj changed = json(ask("POST", path + "/priority", low, "{\"priority\":\"critical\"}"));
        assertEquals(7, changed.integer("priority", 0));
        assertEquals(15, changed.integer("priority_asked", 0));
        assertEquals(15, json(ask("POST", path + "/priority", admin, "{\"priority\":15}")).integer("priority", 0));
        Reply call = walk.call("/api/chat", CALL, "Authorization: Bearer " + low, "X-Queue-Priority: high");
        assertEquals(7, json(ask("GET", "/api/tasks/" + call.headers().get("x-queue-task"), low, null))
                .integer("priority", 0));
        assertEquals("priority 10 is lowered to 7, the highest that client low may have",
                call.headers().get("x-queue-warning"));
        assertEquals("low", json(ask("GET", path, low, null)).text("client"));
    }

    @Test
    void pendingMax_isTheMostThatMayBePending() throws IOException {
        String few = tokens().add(new Asker("few", Scope.SUBMIT, Asker.NO_LIMIT, 2), System.currentTimeMillis(), 0);
        assertEquals(429, ask("POST", "/api/tasks/batch", few, "[" + TASK + "," + TASK + "," + TASK + "]").status());
        assertEquals(201, ask("POST", "/api/tasks/batch", few, "[" + TASK + "," + TASK + "]").status());
        Reply third = ask("POST", "/api/tasks", few, TASK);
        assertEquals(429, third.status());
        assertTrue(third.body().contains("client few: 2 are pending, and at most 2 may be"), third.body());
        assertEquals(429, walk.call("/api/chat", CALL, "Authorization: Bearer " + few).status());
        String first = "/api/tasks/" + ((Json.Obj) ((Json.Arr) Json.parse(ask("GET", "/api/tasks?client=few", few, null)
                .body())).values().getFirst()).text("id");
        assertEquals(200, ask("POST", first + "/cancel", few, null).status());
        assertEquals(201, ask("POST", "/api/tasks", few, TASK).status());
        assertEquals(429, ask("POST", first + "/retry", few, null).status());
        // an action counts what does not fit
        Reply begun = ask("POST", "/api/tasks/actions", few, "{\"filter\":{\"status\":\"cancelled\"},"
                + "\"action\":\"retry\",\"expect\":1}");
        assertEquals(202, begun.status(), begun.body());
        String action = "/api/tasks/actions/" + json(begun).text("id");
        Await.until("the action has ended", () -> "completed"
                .equals(json(ask("GET", action, few, null)).text("status")));
        assertEquals("{\"too many tasks are pending, in total or for its client\":1}",
                json(ask("GET", action, few, null)).get("refused").text());
        assertEquals(200, ask("POST", first + "/retry", admin, null).status());
    }

    // ---- the API of tokens

    @Test
    void api_addsListsAndRevokes() throws IOException {
        Reply added = ask("POST", "/api/tokens", admin, "{\"name\":\"nightly\",\"scope\":\"submit\","
                + "\"priority_max\":\"low\",\"max_pending\":3,\"expires_in\":\"90d\"}");
        assertEquals(201, added.status(), added.body());
        assertEquals("no-store", added.headers().get("cache-control"));
        String secret = json(added).text("token");
        assertEquals("nightly", json(ask("POST", "/api/tasks", secret, TASK)).text("client"));
        Json.Obj listed = ((Json.Arr) Json.parse(ask("GET", "/api/tokens", admin, null).body())).values().stream()
                .map(Json.Obj.class::cast).filter(each -> each.text("name").equals("nightly")).findFirst()
                .orElseThrow();
        assertEquals("submit", listed.text("scope"));
        assertEquals(1, listed.integer("priority_max", 0));
        assertEquals(3, listed.integer("max_pending", 0));
        assertTrue(listed.text("last_used_at") != null && listed.text("expires_at") != null, listed.text());
        assertTrue(ask("GET", "/api/tokens", admin, null).body().contains("\"expired\":true"));
        assertEquals(409, ask("POST", "/api/tokens", admin, "{\"name\":\"nightly\",\"scope\":\"read\"}").status());
        assertEquals(204, ask("DELETE", "/api/tokens/nightly", admin, null).status());
        assertEquals(401, walk.ask("GET", "/api/info", secret, null).status());
        assertEquals(404, ask("DELETE", "/api/tokens/nightly", admin, null).status());
        for (String one : List.of(secret, read, ci, other, admin, expired, revoked)) {
            assertFalse(FolderText.has(folder, one), "a secret is in a file");
        }
    }

    @Test
    void tokens_unreadable_areTroubleThatStrangersHearNothingOf() throws IOException {
        Path file = folder.resolve("data/tokens.json");
        byte[] before = Files.readAllBytes(file);
        try {
            Files.writeString(file, "{");
            Reply ready = ask("GET", "/readyz", null, null);
            assertEquals(503, ready.status());
            assertEquals("not ready: the server's tokens cannot be read; its log says why",
                    json(ready).text("error"));
            long begun = System.nanoTime();
            Reply guess = ask("GET", "/api/info", "wrong", null);
            assertEquals(503, guess.status());
            assertFalse(guess.body().contains("tokens.json"), guess.body());
            assertTrue(System.nanoTime() - begun >= 100_000_000, "a guess is too quick");
        } finally {
            Files.write(file, before);
        }
        assertEquals(200, ask("GET", "/readyz", null, null).status());
        assertEquals(200, ask("GET", "/api/info", read, null).status());
    }

    @Test
    void revoke_endsTheStreamsOfTheToken() throws IOException {
        String gone = tokens().add(asker("streams", Scope.READ), System.currentTimeMillis(), 0);
        int webSocket = (int) json(ask("GET", "/api/info", read, null)).integer("ws_port", 0);
        try (Socket one = new Socket(); Socket two = new Socket(); Socket kept = new Socket()) {
            InputStream events = walk.open(one, walk.port(), "/api/events", gone, "Accept: application/x-ndjson");
            InputStream messages = walk.open(two, webSocket, "/ws", gone, "Upgrade: websocket",
                    "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==");
            InputStream others = walk.open(kept, walk.port(), "/api/events", read);
            tokens().revoke("streams");
            byte[] piece = new byte[1 << 16];
            while (events.read(piece) >= 0) {
                // each is an event, with which its stream looks at the token
                ask("POST", "/api/tasks", ci, TASK);
            }
            StringBuilder said = new StringBuilder();
            for (int count = messages.read(piece); count >= 0 && said.indexOf("no longer valid") < 0;
                    count = messages.read(piece)) {
                said.append(new String(piece, 0, count, StandardCharsets.UTF_8));
            }
            assertTrue(said.indexOf("its token is no longer valid") > 0, said.toString());
            assertTrue(others.read(piece) > 0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{}|name and scope are needed", "{'name':'a b','scope':'read'}|1 to 64 of",
            "{'name':'a','scope':'raed'}|did you mean read", "{'name':'a','scope':'open'}|read, submit or admin",
            "{'name':'a','scope':'read','max_pending':-1}|from 0 to 10000000",
            "{'name':'a','scope':'read','max_pending':10000001}|from 0 to 10000000",
            "{'name':'a','scope':'read','expires_in':'0s'}|from 1ms to",
            "{'name':'a','scope':'read','x':1}|unknown field",
            "{'name':'a','scope':'read','expires_in':'3651d'}|from 1ms to"})
    void api_badToken_is400(String body, String words) {
        Reply reply = ask("POST", "/api/tokens", admin, body.replace('\'', '"'));
        assertEquals(400, reply.status());
        assertTrue(reply.body().contains(words), reply.body());
    }

    private TokenFile tokens() {
        return new TokenFile(folder.resolve("data"));
    }

    private Reply ask(String method, String path, String token, String body) {
        return walk.ask(method, path, token, body);
    }

    private static Json.Obj json(Reply reply) {
        return (Json.Obj) Json.parse(reply.body());
    }
}
