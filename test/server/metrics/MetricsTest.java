package server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import server.api.ApiServer;
import server.live.EventFilter;
import server.live.Subscription;
import server.queue.state.QueueMode;

/// What a scrape reports about a busy queue, over a real HTTP client.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MetricsTest {

    private static final Path GUIDE = Path.of("src/guide/metrics.md");

    private ApiServer server;

    @BeforeAll
    void start() throws IOException {
        server = new ApiServer();
        server.submit(task("chat", "qwen3", "alice", 5));
        server.submit(task("generate", "qwen3", "bob", 10));
        server.complete(server.start(), "{\"response\":\"x\"}");
        server.get("/api/tasks/task_000000000000");
        server.get("/nowhere");
        server.ask("PUT", "/api/tasks", "{}");
    }

    @AfterAll
    void close() {
        server.close();
    }

    private static String task(String type, String model, String client, int priority) {
        return "{\"type\":\"" + type + "\",\"model\":\"" + model + "\",\"prompt\":\"Hi\",\"client\":\"" + client
                + "\",\"priority\":" + priority + "}";
    }

    private String scrape() {
        HttpResponse<String> answer = server.get("/metrics");
        assertEquals(200, answer.statusCode());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", answer.headers().firstValue("Content-Type").get());
        return answer.body();
    }

    private static void assertHas(String metrics, String... lines) {
        for (String line : lines) {
            assertTrue(metrics.contains("\n" + line + "\n"), () -> line + " is not in\n" + metrics);
        }
    }

    @Test
    void tasks_areCountedByStatusAndEachTrait() {
        assertHas(scrape(), "ollama_queue_tasks{status=\"pending\"} 1", "ollama_queue_tasks{status=\"completed\"} 1",
                "ollama_queue_tasks_by_type{type=\"chat\",status=\"pending\"} 1",
                "ollama_queue_tasks_by_type{type=\"generate\",status=\"completed\"} 1",
                "ollama_queue_tasks_by_model{model=\"qwen3\",status=\"pending\"} 1",
                "ollama_queue_tasks_by_model{model=\"qwen3\",status=\"completed\"} 1",
                "ollama_queue_tasks_by_client{client=\"alice\",status=\"pending\"} 1",
                "ollama_queue_tasks_by_client{client=\"bob\",status=\"completed\"} 1",
                "ollama_queue_tasks_by_priority{priority=\"10\",status=\"completed\"} 1",
                "ollama_queue_submitted_tasks_total 2",
                "ollama_queue_ended_tasks_total{status=\"completed\"} 1",
                "ollama_queue_wait_seconds_count 1", "ollama_queue_run_seconds_count 1");
    }

    @Test
    void oldestWaiting_isInSeconds() {
        Matcher oldest = Pattern.compile("\nollama_queue_oldest_waiting_seconds (\\S+)\n").matcher(scrape());
        assertTrue(oldest.find());
        double seconds = Double.parseDouble(oldest.group(1));
        assertTrue(seconds >= 0 && seconds < 600, () -> "" + seconds);
    }

    @Test
    void mode_isTheQueues() {
        assertHas(scrape(), "ollama_queue_mode{mode=\"running\"} 1", "ollama_queue_mode{mode=\"paused\"} 0");
        server.queue.changeMode(QueueMode.PAUSED);
        try {
            assertHas(scrape(), "ollama_queue_mode{mode=\"running\"} 0", "ollama_queue_mode{mode=\"paused\"} 1");
        } finally {
            server.queue.changeMode(QueueMode.RUNNING);
        }
    }

    @Test
    void http_isCountedByRouteAndStatus() {
        assertHas(scrape(), "ollama_queue_http_requests_total{method=\"POST\",route=\"/api/tasks\",status=\"201\"} 2",
                "ollama_queue_http_requests_total{method=\"PUT\",route=\"/api/tasks\",status=\"405\"} 1",
                "ollama_queue_http_requests_total{method=\"GET\",route=\"/api/tasks/{id}\",status=\"404\"} 1",
                "ollama_queue_http_requests_total{method=\"GET\",route=\"none\",status=\"404\"} 1");
    }

    @Test
    void subscribers_areCountedWhileTheyListen() {
        Subscription subscription = server.events.subscribe(EventFilter.ALL);
        try {
            assertHas(scrape(), "ollama_queue_subscribers 1");
        } finally {
            subscription.close();
        }
        assertHas(scrape(), "ollama_queue_subscribers 0");
    }

    @Test
    void journal_tellsOfSyncsAndBytes() {
        String metrics = scrape();
        // two submits, a start, an end
        Matcher lines = Pattern.compile("\nollama_queue_journal_batch_lines_sum (\\d+)\n").matcher(metrics);
        assertTrue(lines.find() && Integer.parseInt(lines.group(1)) >= 4, metrics);
        Matcher bytes = Pattern.compile("\nollama_queue_journal_bytes (\\d+)\n").matcher(metrics);
        Matcher written = Pattern.compile("\nollama_queue_journal_written_bytes_total (\\d+)\n").matcher(metrics);
        assertTrue(bytes.find() && written.find(), metrics);
        assertTrue(Long.parseLong(bytes.group(1)) > Long.parseLong(written.group(1)), metrics);
        assertTrue(Long.parseLong(written.group(1)) > 500, metrics);
    }

    @Test
    void hosts_areEachThere() {
        assertHas(scrape(), "ollama_queue_host_up{host=\"echo\"} 0", "ollama_queue_host_places{host=\"far\"} 2",
                "ollama_queue_host_runners{host=\"far\",state=\"idle\"} 0",
                "ollama_queue_tokens_out_total{host=\"echo\"} 0");
    }

    @Test
    void values_thatClientsMakeUp_areBounded() throws IOException {
        try (ApiServer crowded = new ApiServer()) {
            String all = IntStream.range(0, 400).mapToObj(i -> task("chat", "m\\\"" + i, "c" + i, i))
                    .collect(Collectors.joining(",", "[", "]"));
            assertEquals(201, crowded.post("/api/tasks/batch", all).statusCode());
            String metrics = crowded.get("/metrics").body();
            assertTrue(metrics.lines().count() < Exposition.LINES_MAX);
            assertHas(metrics, "ollama_queue_tasks_by_client{client=\"other\",status=\"pending\"} 350",
                    "ollama_queue_tasks_by_model{model=\"other\",status=\"pending\"} 350",
                    "ollama_queue_tasks_by_priority{priority=\"other\",status=\"pending\"} 350",
                    "ollama_queue_metrics_left_out 0");
            assertEquals(51, metrics.lines().filter(line -> line.startsWith("ollama_queue_tasks_by_client{")
                    && line.contains("pending")).count());
            assertTrue(metrics.contains("model=\"m\\\""), metrics);
        }
    }

    /// The guide's table and a scrape name the same metrics, but for those that have no sample here.
    @Test
    void guide_namesEachMetric() throws IOException {
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readString(GUIDE, StandardCharsets.UTF_8).lines()
                .filter(row -> row.startsWith("| `")).toList()) {
            Matcher name = Pattern.compile("`([a-z_]+)`").matcher(line.split("\\|")[1]);
            while (name.find()) {
                documented.add(name.group(1));
            }
        }
        Set<String> told = scrape().lines().filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ")[2]).collect(Collectors.toCollection(TreeSet::new));
        told.addAll(List.of("ollama_queue_attempts_total"));
        assertEquals(documented, told);
    }
}
