package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Await;
import support.ServerProcess;

/// The metrics, the alert rules and the dashboard, checked by Prometheus's own programs.
@Tag("process")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PrometheusTest {

    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
    private static final Path DEPLOY = Path.of("src/server/deploy").toAbsolutePath();

    private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path forAll) {
        folder = forAll;
        assumeTrue(Files.isExecutable(PROMETHEUS) && Files.isExecutable(PROMTOOL),
                "prometheus and promtool are missing (Debian: prometheus)");
        server = ServerProcess.start(folder.resolve("data"), "--ollama-host", "echo:", "--ws-port", "0");
        assertEquals(201, server.post("/api/tasks/batch", "[{\"type\":\"chat\",\"model\":\"a\\\"\\\\b\",\"prompt\":"
                + "\"Hi\",\"client\":\"alice\"},{\"type\":\"embed\",\"model\":\"m\",\"input\":\"Hi\"}]").statusCode());
        Await.until("both tasks ran", () -> server.get("/metrics").body()
                .contains("\nollama_queue_attempts_total{host=\"echo\",outcome=\"completed\"} 2\n"));
    }

    @AfterAll
    void stop() {
        http.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    void promtool_isContentWithMetricsAndRules() throws Exception {
        Path metrics = Files.writeString(folder.resolve("metrics"), server.get("/metrics").body());
        assertEquals("", promtool(metrics, "check", "metrics"));
        assertTrue(promtool(metrics, "check", "rules", DEPLOY + "/alerts.yml").contains("SUCCESS: 13 rules found"));
    }

    @Test
    void prometheus_scrapesTheServer_andEvaluatesRulesAndDashboard() throws Exception {
        Path settings = Files.writeString(folder.resolve("prometheus.yml"), """
                global:
                  scrape_interval: 1s
                  evaluation_interval: 1s
                rule_files: ["%s/alerts.yml"]
                scrape_configs:
                  - job_name: ollama-queue
                    static_configs:
                      - targets: ["%s"]
                """.formatted(DEPLOY, server.url().substring("http://".length())));
        int port = ServerProcess.freePort();
        Process prometheus = new ProcessBuilder(PROMETHEUS.toString(), "--config.file=" + settings,
                "--storage.tsdb.path=" + folder.resolve("tsdb"), "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true).redirectOutput(folder.resolve("prometheus.log").toFile()).start();
        try {
            String url = "http://127.0.0.1:" + port;
            Await.until("Prometheus has scraped", () -> value(url, "up{job=\"ollama-queue\"}").equals("1"));
            assertEquals("1", value(url, "ollama_queue_tasks_by_type{type=\"embed\",status=\"completed\"}"));
            assertEquals("1", value(url, "ollama_queue_tasks_by_model{model=\"a\\\"\\\\b\",status=\"completed\"}"));
            Await.until("all rules were evaluated", () -> rules(url).stream().allMatch(rule -> rule.equals("ok")));
            assertEquals(13, rules(url).size());
            assertEquals(List.of(), troubled(url));
        } finally {
            prometheus.destroy();
            prometheus.waitFor();
        }
    }

    @Test
    void waiting_isToldAsTheStatusTellsIt() {
        server.post("/api/queue/pause", "");
        try {
            String id = server.submit("{\"type\":\"chat\",\"model\":\"m\",\"prompt\":\"Hi\"}");
            server.submit("{\"type\":\"chat\",\"model\":\"m\",\"prompt\":\"Hi\",\"scheduled_at\":"
                    + "\"2099-01-01T00:00:00Z\"}");
            server.post("/api/backends/echo/disable", "");
            Json.Obj status = ServerProcess.object(server.get("/api/status").body());
            String metrics = server.get("/metrics").body();
            for (String state : List.of("ready", "retrying", "scheduled", "blocked")) {
                assertTrue(metrics.contains("\nollama_queue_pending_tasks{state=\"" + state + "\"} "
                        + status.get(state + "_tasks").text() + "\n"), status + metrics);
            }
            server.post("/api/queue/resume", "");
            // its only host is disabled
            assertTrue(server.get("/metrics").body().contains("\nollama_queue_pending_tasks{state=\"blocked\"} 1\n"),
                    () -> server.get("/api/tasks/" + id + "/explain").body());
            assertTrue(server.get("/metrics").body().contains("\nollama_queue_oldest_waiting_seconds 0\n"));
        } finally {
            server.post("/api/backends/echo/enable", "");
            server.post("/api/queue/resume", "");
        }
    }

    /// Returns the dashboard's expressions that name a metric which the server does not have, or which Prometheus
    /// refuses.
    private List<String> troubled(String url) throws Exception {
        String metrics = server.get("/metrics").body();
        List<String> troubled = new ArrayList<>();
        Json.Obj dashboard = (Json.Obj) Json.parse(Files.readString(DEPLOY.resolve("dashboard.json")));
        for (Json panel : ((Json.Arr) dashboard.get("panels")).values()) {
            for (Json target : ((Json.Arr) ((Json.Obj) panel).get("targets")).values()) {
                String expression = ((Json.Obj) target).text("expr").replace("$instance", "x")
                        .replace("$__rate_interval", "1m");
                Matcher name = Pattern.compile("(ollama_queue|jvm|process)_[a-z_]+").matcher(expression);
                boolean good = query(url, expression).text("status").equals("success") && name.find();
                for (boolean more = good; more; more = name.find()) {
                    good &= metrics.contains("\n" + name.group() + "{") || metrics.contains("\n" + name.group() + " ");
                }
                if (!good) {
                    troubled.add(expression);
                }
            }
        }
        return troubled;
    }

    private String value(String url, String query) {
        Json data = query(url, query).get("data");
        Matcher value = Pattern.compile("\"value\":\\[[^,]*,\"([^\"]*)\"\\]").matcher(data == null ? "" : data.text());
        return value.find() ? value.group(1) : "";
    }

    private Json.Obj query(String url, String query) {
        return ask(url + "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    }

    /// Returns the result of each rule's last evaluation.
    private List<String> rules(String url) {
        List<String> healths = new ArrayList<>();
        Matcher health = Pattern.compile("\"health\":\"(\\w+)\"").matcher(ask(url + "/api/v1/rules").text());
        while (health.find()) {
            healths.add(health.group(1));
        }
        return healths;
    }

    /// Returns Prometheus's answer; an empty object while there is none.
    private Json.Obj ask(String url) {
        try {
            return (Json.Obj) Json.parse(http.send(HttpRequest.newBuilder(URI.create(url)).build(),
                    HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException | RuntimeException notYet) {
            return (Json.Obj) Json.parse("{}");
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private String promtool(Path input, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(input.toFile()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
