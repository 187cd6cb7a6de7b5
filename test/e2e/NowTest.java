package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;

/// What runs now, what is next and what needs attention, as a person in front of the machines asks.
@Tag("process")
final class NowTest {

    @TempDir
    private Path directory;

    @Test
    void now_tellsWhatRuns_whatIsNext_andWhatNeedsSomebody() throws IOException {
        Semaphore gate = new Semaphore(2);
        try (FakeOllama ollama = FakeOllama.start().models("qwen3:latest")
                .otherwise((request, reply) -> {
                    if (request.body().contains("warm")) {
                        reply.whole(500, "{\"error\":\"option 17 of task_7k3f9q2m4x8z must be of type float32\"}");
                    } else {
                        FakeOllamaAnswer.gated(gate, "one", " two", " three").play(request, reply);
                    }
                })
                .info("/api/ps", (request, reply) -> reply.whole(200, "{\"models\":[{\"name\":\"qwen3:latest\","
                        + "\"model\":\"qwen3:latest\",\"size\":6000000000,\"size_vram\":5000000000}]}"))) {
            Path config = directory.resolve("config.yaml");
            Files.writeString(config, "ollama:\n  hosts:\n    - {name: gpu, url: \"" + ollama.url()
                    + "\", max_concurrent: 1}\n    - {name: attic, url: \"http://127.0.0.1:9\"}\n");
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config",
                    config.toString())) {
                // a host that is unreachable is tried now and then, and has the task while it is tried
                server.post("/api/backends/attic/disable", "");
                for (int i = 0; i < 2; i++) {
                    server.awaitEnd(server.submit(task("fails", ",\"options\":{\"temperature\":\"warm" + i
                            + "\"},\"max_retries\":0")));
                }
                final String first = server.submit(task("first", ""));
                Await.until(() -> running(server), () -> running(server).contains("\"tokens\":2,"));
                String low = server.submit(task("low", ",\"priority\":\"low\""));
                String high = server.submit(task("high", ",\"priority\":\"high\""));
                String later = server.submit(task("later", ",\"scheduled_at\":\"2099-01-01T00:00:00Z\""));
                String stuck = server.submit(task("stuck", ",\"on\":\"attic\""));
                Await.until(() -> text(server, "/api/now"),
                        () -> text(server, "/api/now").contains("attic is disabled"));

                Json.Obj now = ServerProcess.object(text(server, "/api/now"));
                Json.Obj runs = (Json.Obj) ((Json.Arr) now.get("running")).values().getFirst();
                assertEquals(first, runs.text("id"));
                assertEquals("gpu", runs.text("executed_on"));
                assertEquals("answer", runs.text("phase"));
                assertEquals("first", runs.text("preview"));
                assertEquals(List.of(high, low), ids(now.get("next")));
                Json.Obj next = (Json.Obj) ((Json.Arr) now.get("next")).values().getFirst();
                assertEquals("1 gpu false", next.get("position").text() + " " + next.text("host") + " "
                        + next.get("loads").text());
                assertEquals("[{\"cause\":\"gpu answered 500: option … of … must be of type float32\","
                        + "\"cause_id\":\"xyxn213f9zxt\",\"model\":\"qwen3:latest\",\"host\":\"gpu\","
                        + "\"tasks\":2,", now.get("failures").text().replaceAll("\"last_at.*", ""));
                Json.Obj blocked = (Json.Obj) ((Json.Arr) now.get("waiting")).values().getFirst();
                assertEquals("blocked host 1 " + stuck, blocked.text("state") + " " + blocked.text("kind") + " "
                        + blocked.get("tasks").text() + " " + blocked.text("first"));
                assertTrue(now.get("disk").text().contains("\"total_bytes\":"), now.text());

                lists_areInRunOrder_andByState(server, high, low, stuck, later);
                gate.release(1_000);
            }
        }
    }

    private static void lists_areInRunOrder_andByState(ServerProcess server, String high, String low, String stuck,
            String later) {
        Json.Obj status = ServerProcess.object(text(server, "/api/status"));
        assertEquals("4: 2 ready, 0 retrying, 1 scheduled, 1 blocked", status.get("pending_tasks").text() + ": "
                + status.get("ready_tasks").text() + " ready, " + status.get("retrying_tasks").text()
                + " retrying, " + status.get("scheduled_tasks").text() + " scheduled, "
                + status.get("blocked_tasks").text() + " blocked");
        assertEquals(List.of(high, low, stuck, later), listed(server, "sort=next"));
        assertEquals(List.of(low, stuck, later), listed(server, "sort=next&offset=1"));
        assertEquals(List.of(stuck, later), listed(server, "sort=next&after=" + low));
        assertEquals(List.of(later, stuck, low, high), listed(server, "sort=next&order=desc"));
        assertEquals(List.of(high, low), listed(server, "state=ready"));
        assertEquals(List.of(stuck, later), listed(server, "state=blocked,scheduled&sort=next"));
        assertEquals(List.of(high), listed(server, "sort=next&priority=high"));
        assertEquals(List.of(high), listed(server, "sort=next&waits_for=a+free+place&limit=1"));
        assertEquals(List.of(low), listed(server, "sort=next&waits_for=a+free+place&limit=1&offset=1"));
        assertEquals("2", server.get("/api/tasks?sort=next&waits_for=a+free+place&limit=1").headers()
                .firstValue("X-Total-Count").orElseThrow());
        assertEquals(List.of(later), listed(server, "waits_for=its+time"));
        assertEquals(List.of(), listed(server, "sort=next&waits_for=nothing+at+all"));
        assertEquals("{\"matched\":1,\"by_status\":{\"pending\":1}}", server.post("/api/tasks/actions",
                "{\"filter\":{\"waits_for\":\"its time\"},\"action\":\"cancel\",\"dry_run\":true}").body());
        assertEquals("{\"matched\":1,\"by_status\":{\"pending\":1}}", server.post("/api/tasks/actions",
                "{\"filter\":{\"state\":\"blocked\"},\"action\":\"cancel\",\"dry_run\":true}").body());
        assertEquals("1", server.get("/api/tasks?state=blocked").headers().firstValue("X-Total-Count")
                .orElseThrow());
        assertEquals("{\"error\":\"state must be one of ready, retrying, scheduled, blocked, not stuck\"}",
                text(server, "/api/tasks?state=stuck"));
        Json.Obj dry = ServerProcess.object(server.post("/api/tasks?dry_run=true", task("new", "")).body());
        assertEquals("2 turn gpu", dry.get("position").text() + " " + ((Json.Obj) dry.get("waits_for"))
                .text("kind") + " " + dry.text("host"), dry::text);
        assertEquals("3", ServerProcess.object(server.post("/api/tasks?dry_run=true", task("new",
                ",\"priority\":\"low\"")).body()).get("position").text());
        assertEquals(4, ids(Json.parse(text(server, "/api/tasks?status=pending"))).size());
        assertTrue(text(server, "/api/backends").contains("\"size_bytes\":6000000000,"
                + "\"vram_bytes\":5000000000"),
                text(server, "/api/backends"));
    }

    private static String task(String prompt, String more) {
        return "{\"type\":\"generate\",\"model\":\"qwen3:latest\",\"prompt\":\"" + prompt + "\"" + more + "}";
    }

    private static String running(ServerProcess server) {
        return ServerProcess.object(text(server, "/api/now")).get("running").text();
    }

    private static String text(ServerProcess server, String path) {
        return server.get(path).body();
    }

    private static List<String> listed(ServerProcess server, String query) {
        return ids(Json.parse(text(server, "/api/tasks?" + query)));
    }

    private static List<String> ids(Json tasks) {
        List<String> ids = new ArrayList<>();
        ((Json.Arr) tasks).values().forEach(task -> ids.add(((Json.Obj) task).text("id")));
        return ids;
    }
}
