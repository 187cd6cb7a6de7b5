package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.LoadingOllama;
import support.ServerProcess;

/// The real server with an Ollama that loads its models, and records requests that it should never have been sent.
@Tag("process")
class LoadsTest {

    private static final Duration LOAD = Duration.ofMillis(60);
    private static final Duration RUN = Duration.ofMillis(6);

    @TempDir
    Path directory;

    private ServerProcess start(FakeOllama fake, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--ollama-host", fake.url()));
        arguments.addAll(List.of(more));
        return ServerProcess.start(directory.resolve("data"), arguments.toArray(String[]::new));
    }

    private static String task(int number) {
        String model = number % 3 == 0 ? "b" : "a";
        return "{\"type\":\"generate\",\"model\":\"" + model + "\",\"prompt\":\"" + number + "\",\"options\":{"
                + (number % 2 == 0 ? "\"num_ctx\":2048" : "\"seed\":1") + "}}";
    }

    private static List<String> submit(ServerProcess server, IntStream numbers) {
        String batch = numbers.mapToObj(LoadsTest::task).collect(Collectors.joining(",", "[", "]"));
        Json ids = ServerProcess.object(server.post("/api/tasks/batch", batch).body()).get("ids");
        return ((Json.Arr) ids).values().stream().map(id -> ((Json.Str) id).value()).toList();
    }

    @Test
    void mixedKeys_noRunnerThatAnswersIsReloadedOrThrownOut_andNoneGetsMoreThanItAnswers() throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b")) {
            LoadingOllama loading = LoadingOllama.of(fake, 1, 2, LOAD, RUN);
            try (ServerProcess server = start(fake, "--parallel", "2")) {
                List<String> ids = new ArrayList<>();
                List<CompletableFuture<Integer>> calls = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    if (i % 20 == 0) {
                        // many at once: with one or two waiting there is little to choose
                        ids.addAll(submit(server, IntStream.range(i, i + 20)));
                    }
                    if (i % 6 == 0) {
                        String body = i % 12 == 0 ? "{\"model\":\"a\",\"options\":{\"num_ctx\":4096}}"
                                : "{\"model\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
                        calls.add(CompletableFuture.supplyAsync(() -> server.send(HttpRequest.newBuilder(
                                URI.create(server.url() + "/api/chat")).POST(BodyPublishers.ofString(body)))
                                .statusCode()));
                    }
                }
                ids.forEach(id -> assertEquals("completed", server.awaitEnd(id).text("status")));
                calls.forEach(call -> assertEquals(200, call.join()));
            }
            assertEquals(List.of(), loading.broken());
            assertEquals(0, loading.overfull());
            assertEquals(2, loading.mostAtOnce());
            assertTrue(loading.loads().size() < 30, () -> "loads: " + loading.loads());
        }
    }

    @Test
    void twoModelsThatFit_areLearned_andAnswerBesideEachOther() throws Exception {
        try (FakeOllama fake = FakeOllama.start().models("a", "b")) {
            LoadingOllama loading = LoadingOllama.of(fake, 2, 1, LOAD, RUN);
            try (ServerProcess server = start(fake)) {
                Await.until("both ran at once", () -> {
                    List<String> ids = List.of(server.submit(task(1)), server.submit(task(3)));
                    ids.forEach(server::awaitEnd);
                    return fake.mostRunning() == 2;
                });
                loading.restart(null);
                String last = server.submit(task(1));
                assertEquals("completed", server.awaitEnd(last).text("status"));
            }
            assertEquals(List.of(), loading.broken());
            assertEquals(0, loading.overfull());
        }
    }

    @Test
    void firstStartAfterVersion01_tellsWhatTheHostsGetLessOf() throws Exception {
        try (FakeOllama fake = FakeOllama.start()) {
            try (ServerProcess server = start(fake)) {
                assertFalse(server.logged().contains("event=parallel_is_new"), server.logged());
            }
            Path lock = directory.resolve("data/lock");
            Files.writeString(lock, "4711\n");
            try (ServerProcess server = start(fake, "--parallel", "3")) {
                server.awaitLogged("event=parallel_is_new hosts=\"127.0.0.1:" + fake.port() + " 3\" was=4");
            }
        }
    }
}
