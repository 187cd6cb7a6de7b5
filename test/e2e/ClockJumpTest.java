package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;

/// The machine's clock is set while the server runs, or between two runs: nothing is deleted, and tasks that wait for a
/// duration wait no longer than that. A preloaded library adds an offset to the system's clock.
final class ClockJumpTest {

    private static final Duration YEARS = Duration.ofDays(3_650);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private static final String GOOD = "{\"type\":\"generate\",\"prompt\":\"x\"}";

    private static final String LIBRARY = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <time.h>
            int clock_gettime(clockid_t id, struct timespec *t) {
                static int (*real)(clockid_t, struct timespec *);
                if (!real) real = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
                int result = real(id, t);
                FILE *file = id == CLOCK_REALTIME ? fopen(getenv("CLOCK_OFFSET"), "r") : NULL;
                if (file) {
                    long seconds = 0;
                    if (fscanf(file, "%ld", &seconds) == 1) t->tv_sec += seconds;
                    fclose(file);
                }
                return result;
            }
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void makeTheLibrary() throws Exception {
        Files.writeString(folder.resolve("clock.c"), LIBRARY);
        Process compiler = null;
        try {
            compiler = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl")
                    .directory(folder.toFile()).inheritIO().start();
        } catch (IOException none) {
            Assumptions.abort("no C compiler here: " + none.getMessage());
        }
        assertTrue(compiler.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, compiler.exitValue());
    }

    @Test
    void clockThatWasYearsAhead_setRightBeforeAStart_nothingWaitsForYears() throws Exception {
        set(YEARS);
        try (FakeOllama fake = fake()) {
            String done;
            String task;
            String cron;
            try (ServerProcess server = start(fake)) {
                done = server.submit(GOOD);
                server.awaitEnd(done);
                task = server.submit("{\"type\":\"generate\",\"model\":\"bad\",\"prompt\":\"x\",\"max_retries\":100}");
                cron = every(server, "1h");
                Instant ahead = Instant.now().plus(YEARS).minus(PAUSE);
                Await.until("it is to be tried again years ahead", () -> {
                    Instant retry = time(task(server, task), "retry_at");
                    return retry != null && retry.isAfter(ahead);
                });
                server.kill();
            }
            set(Duration.ZERO);
            try (ServerProcess server = start(fake)) {
                Json.Obj waits = task(server, task);
                Instant retry = time(waits, "retry_at");
                assertTrue(retry == null || retry.isBefore(Instant.now().plus(PAUSE)), waits::toString);
                Instant next = time(cron(server, cron), "next_run");
                assertTrue(next.isBefore(Instant.now().plus(Duration.ofHours(1))), next::toString);
                assertEquals("completed", task(server, done).text("status"));
            }
        }
    }

    @Test
    void clockThatIsSetWhileTheServerRuns_nothingIsDeletedAndLengthsStayAsTheyAre() throws Exception {
        set(Duration.ZERO);
        try (FakeOllama fake = fake(); ServerProcess server = start(fake)) {
            String done = server.submit(GOOD);
            server.awaitEnd(done);
            String waits = server.submit("{\"type\":\"generate\",\"prompt\":\"x\",\"scheduled_at\":\""
                    + Instant.now().plus(Duration.ofDays(4)) + "\",\"expires_at\":\""
                    + Instant.now().plus(Duration.ofDays(5)) + "\"}");
            String cron = every(server, "1s");
            for (Duration offset : new Duration[] {Duration.ofDays(10), Duration.ZERO, Duration.ofDays(-10)}) {
                set(offset);
                server.awaitLogged(offset.isZero() ? "event=clock_is_back" : "event=clock_jumped by=");
                long since = System.nanoTime();
                long before = runs(server, cron);
                Await.until("it goes on firing", () -> runs(server, cron) >= before + 2);
                long after = runs(server, cron);
                long seconds = Duration.ofNanos(System.nanoTime() - since).toSeconds();
                assertTrue(after <= before + seconds + 3, "runs are made up");
                assertEquals("completed", task(server, done).text("status"));
                assertEquals("pending", task(server, waits).text("status"));
            }
        }
    }

    private FakeOllama fake() throws IOException {
        FakeOllama fake = FakeOllama.start();
        fake.models("fake", "bad");
        return fake.on("bad", FakeOllamaAnswer.status(500, "out of order"));
    }

    private ServerProcess start(FakeOllama fake) throws IOException {
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, "ollama: {host: \"" + fake.url() + "\"}\ndefault_model: fake\n"
                + "retry: {initial_delay: 30s, max_delay: " + PAUSE.toSeconds() + "s}\n");
        return ServerProcess.start(Map.of("LD_PRELOAD", folder.resolve("clock.so").toString(), "CLOCK_OFFSET",
                folder.resolve("offset").toString()), folder.resolve("data"), "--config", config.toString());
    }

    private void set(Duration offset) throws IOException {
        Path part = folder.resolve("part");
        Files.writeString(part, offset.toSeconds() + "\n");
        Files.move(part, folder.resolve("offset"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String every(ServerProcess server, String interval) {
        return ServerProcess.object(server.post("/api/cron", "{\"name\":\"every " + interval + "\",\"cron_expr\":"
                + "\"@every " + interval + "\",\"task_template\":{\"type\":\"generate\",\"prompt\":\"x\"}}").body())
                .text("id");
    }

    private static long runs(ServerProcess server, String cron) {
        return cron(server, cron).integer("run_count", -1);
    }

    private static Json.Obj cron(ServerProcess server, String id) {
        return ServerProcess.object(server.get("/api/cron/" + id).body());
    }

    private static Json.Obj task(ServerProcess server, String id) {
        return ServerProcess.object(server.get("/api/tasks/" + id).body());
    }

    /// Returns null if there is none.
    private static Instant time(Json.Obj of, String name) {
        return of.get(name) instanceof Json.Str(String text) ? Instant.parse(text) : null;
    }
}
