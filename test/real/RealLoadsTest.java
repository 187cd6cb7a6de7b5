package real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;

/// The loads of a real Ollama, counted in its log. The test starts its own Ollama next to the one at `OLLAMA_HOST`.
@Timeout(900)
final class RealLoadsTest {

    /// On a slow machine, too, affinity alone decides.
    private static final Map<String, String> PATIENT = Map.of("OLLAMA_QUEUE_AFFINITY_MAX_WAIT", "1h");

    @TempDir
    Path directory;

    /// An attempt, as it is on record.
    private record Ran(String key, Instant from, Instant to) {
    }

    private static String generate(String options) {
        return "{\"type\":\"generate\",\"model\":\"" + RealOllama.CHAT + "\",\"prompt\":\"Hi\",\"options\":"
                + "{\"num_predict\":1" + options + "}}";
    }

    private static String embed() {
        return "{\"type\":\"embed\",\"model\":\"" + RealOllama.EMBED + "\",\"input\":\"Hi\"}";
    }

    private static List<Json.Obj> run(ServerProcess server, List<String> tasks) {
        server.post("/api/queue/pause", "{}");
        List<String> ids = tasks.stream().map(server::submit).toList();
        server.post("/api/queue/resume", "{}");
        List<Json.Obj> ended = ids.stream().map(id -> end(server, id)).toList();
        ended.forEach(task -> {
            assertEquals("completed", task.text("status"), task.text());
            assertEquals(1, ((Json.Arr) task.get("attempts")).values().size(), task.text());
        });
        return ended;
    }

    /// However long it takes.
    private static Json.Obj end(ServerProcess server, String id) {
        Json.Obj task = null;
        while (task == null || List.of("pending", "running").contains(task.text("status"))) {
            task = ServerProcess.object(server.get("/api/tasks/" + id + "?wait=20s").body());
        }
        return task;
    }

    private ServerProcess server(RealOllama.Other ollama, String name, Map<String, String> environment,
            String parallel) {
        return ServerProcess.start(environment, directory.resolve(name), "--ollama-host", ollama.url(), "--parallel",
                parallel);
    }

    @Test
    void threeContextsOfOneModel_noneIsLoadedWhileAnotherAnswers() throws Exception {
        try (RealOllama.Other ollama = RealOllama.Other.start(Map.of("OLLAMA_NUM_PARALLEL", "2"),
                directory.resolve("ollama.log")); ServerProcess server = server(ollama, "data", PATIENT, "2")) {
            // an option left to Ollama means another runner than the same number given explicitly
            List<String> keys = List.of(",\"num_ctx\":2048", ",\"num_ctx\":1024", "");
            List<String> tasks = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                tasks.add(generate(keys.get(i % keys.size())));
            }
            List<Json.Obj> ended = run(server, tasks);
            List<Ran> ran = new ArrayList<>();
            for (int i = 0; i < ended.size(); i++) {
                Json.Obj attempt = (Json.Obj) ((Json.Arr) ended.get(i).get("attempts")).values().getFirst();
                ran.add(new Ran(keys.get(i % keys.size()), Instant.parse(attempt.text("started_at")),
                        Instant.parse(attempt.text("ended_at"))));
            }
            ran.sort(Comparator.comparing(Ran::from));
            int changes = 1;
            for (int i = 1; i < ran.size(); i++) {
                Ran one = ran.get(i);
                changes += one.key.equals(ran.get(i - 1).key) ? 0 : 1;
                for (Ran before : ran.subList(0, i)) {
                    assertTrue(before.key.equals(one.key) || !before.to.isAfter(one.from), before + " and " + one);
                }
            }
            assertEquals(keys.size(), changes, ran::toString);
            assertEquals(changes, ollama.loads());
        }
    }

    @Test
    void twoModelsAndRoomForOne_affinity_loadsEachOnce() throws Exception {
        assertEquals(2, loads("affinity", PATIENT));
    }

    @Test
    void twoModelsAndRoomForOne_plainOrder_loadsEachTime() throws Exception {
        long loads = loads("plain", Map.of("OLLAMA_QUEUE_AFFINITY_ENABLED", "false"));
        assertTrue(loads >= 38, "loads in plain order: " + loads);
    }

    private long loads(String name, Map<String, String> environment) throws Exception {
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tasks.addAll(List.of(generate(""), embed()));
        }
        try (RealOllama.Other ollama = RealOllama.Other.start(Map.of("OLLAMA_NUM_PARALLEL", "1",
                "OLLAMA_MAX_LOADED_MODELS", "1"), directory.resolve(name + ".log"));
                ServerProcess server = server(ollama, name, environment, "1")) {
            long began = System.nanoTime();
            run(server, tasks);
            long loads = ollama.loads();
            System.out.println("40 tasks of two models in turn, room for one, " + name + ": " + loads + " loads, "
                    + (System.nanoTime() - began) / 1_000_000_000 + " s");
            return loads;
        }
    }
}
