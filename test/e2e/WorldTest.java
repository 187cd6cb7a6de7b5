package e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.ClientScript;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOpenAi;
import support.FakeOpenAiAnswer;
import support.Programs;
import support.ServerProcess;

/// Conditions that break queues in practice, tested by the commands of `world.txt`: a host that refuses, one whose
/// models each misbehave in one way, a good one, and an endpoint.
@Timeout(300)
final class WorldTest {

    private static final Path SCRIPT = Path.of("test/e2e/world.txt");

    @TempDir
    Path folder;

    @Test
    void oddHosts_andOddRequests_doWhatTheScriptSays() throws Exception {
        try (FakeOllama locked = locked(); FakeOllama odd = odd(); FakeOllama good = FakeOllama.start();
                FakeOpenAi far = far()) {
            locked.models("key", "quota", "login");
            odd.models("front", "nan", "length", "zip", "pair", "turns", "slow", "kept");
            good.models("key", "quota", "login", "front", "fake");
            Path config = folder.resolve("config.yaml");
            Files.writeString(config, """
                    ollama:
                      hosts:
                        - {name: locked, url: "%s", weight: 9}
                        - {name: odd, url: "%s", weight: 9}
                        - {name: good, url: "%s"}
                    remote_scheduling:
                      enabled: true
                      endpoints:
                        - {name: far, base_url: "%s", api_key: k}
                    retry: {initial_delay: 10ms}
                    default_model: fake
                    """.formatted(locked.url(), odd.url(), good.url(), far.url()));
            try (ServerProcess server = ServerProcess.start(folder.resolve("data"), "--config", config.toString())) {
                String path = Programs.client().getParent() + ":" + Programs.server().getParent() + ":"
                        + System.getenv("PATH");
                new ClientScript(List.of(Programs.client().toString()), Map.of("PATH", path, "LC_ALL", "C.UTF-8",
                        "HOME", folder.toString(), "TZ", "UTC"), server.url(), folder).run(SCRIPT);
            }
        }
    }

    @Test
    void everyRow_isShownWhereItSays() throws IOException {
        for (String row : Files.readAllLines(Path.of("test/e2e/rows.txt"))) {
            if (!row.startsWith("#")) {
                String[] place = row.substring(row.indexOf(' ') + 1).split("#", 2);
                assertTrue(Files.readString(Path.of("test", place[0])).contains(place[1]), row);
            }
        }
    }

    private static FakeOllama locked() throws IOException {
        return FakeOllama.start()
                .on("key", FakeOllamaAnswer.status(401, "unauthorized"))
                .on("quota", FakeOllamaAnswer.status(429, "session usage limit reached"))
                .on("login", (request, reply) -> reply.whole(302, "", "Location: https://login.example/"));
    }

    private static FakeOllama odd() throws IOException {
        AtomicBoolean broken = new AtomicBoolean();
        return FakeOllama.start()
                .info("/api/ps", (request, reply) -> reply.whole(404, "404 page not found"))
                .on("front", (request, reply) -> reply.whole(413, "<html>413 Request Entity Too Large</html>"))
                .on("nan", FakeOllamaAnswer.status(500, "failed to encode response: json: unsupported value: NaN"))
                .on("length", (request, reply) -> reply.line("{\"model\":\"length\",\"response\":\"\",\"done\":true,"
                        + "\"done_reason\":\"length\",\"eval_count\":9}"))
                .on("zip", (request, reply) -> {
                    byte[] body = zipped("{\"model\":\"zip\",\"response\":\"unzipped\",\"done\":true}\n");
                    reply.raw("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\n"
                            + "Content-Length: " + body.length + "\r\n\r\n");
                    reply.raw(body);
                })
                .on("pair", FakeOllamaAnswer.tokens("a ", "\\ud83d", "\\ude00", " b"))
                .on("turns", (request, reply) -> {
                    reply.line("{\"message\":{\"content\":\"\",\"thinking\":\"AA\"},\"done\":false}");
                    reply.line("{\"message\":{\"content\":\"bb\"},\"done\":false}");
                    reply.line("{\"message\":{\"content\":\"\",\"thinking\":\"CC\"},\"done\":false}");
                    reply.line("{\"message\":{\"content\":\"dd\"},\"done\":true}");
                })
                .on("slow", FakeOllamaAnswer.hang())
                .on("kept", (request, reply) -> {
                    if (request.kept() && !broken.getAndSet(true)) {
                        // it closes the kept connection at this moment
                        reply.breakOff();
                    } else {
                        reply.token(broken.get() ? "kept" : "new");
                        reply.done(1);
                    }
                });
    }

    private static FakeOpenAi far() throws IOException {
        FakeOllamaAnswer good = FakeOpenAiAnswer.tokens("far", " away");
        return FakeOpenAi.start().lists("strict").on("strict", (request, reply) -> {
            if (request.body().contains("stream_options")) {
                reply.whole(422, "{\"error\":{\"message\":\"Extra inputs are not permitted: stream_options\"}}");
            } else {
                good.play(request, reply);
            }
        });
    }

    private static byte[] zipped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
