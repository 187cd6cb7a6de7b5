package proof.firefox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.Await;
import support.FakeOllama;
import support.ServerProcess;
import support.browser.Firefox;

/// Each view in Firefox, live and streaming: what works in one engine only would be seen here. The pictures lie in
/// `build/browser/firefox-*.png`.
@Timeout(600)
final class FirefoxTest {

    private static final String TEXT = "word ".repeat(2_000);
    private static final String SAID = "(document.querySelector('.answer')?.textContent ?? '')";
    private static final String LIVE = "document.querySelector('#connection').textContent.startsWith('live · ')";

    @TempDir
    private Path directory;

    private static Map<String, String> views(String done, String running, String failed) {
        Map<String, String> views = new LinkedHashMap<>();
        views.put("now", "document.querySelector('.view-now')?.innerText.includes('word word')");
        views.put("queue", "document.querySelectorAll('.queue-rows > li').length > 0");
        views.put("tasks?type=generate", "document.querySelectorAll('tbody tr').length > 3 "
                + "&& document.querySelector('.chip')");
        views.put("tasks?status=failed", "document.querySelector('.reason')?.innerText.includes('CUDA')");
        views.put("tasks/" + done, "document.querySelector('.answer h3')?.textContent === 'Title' "
                + "&& document.querySelector('.answer table') && document.querySelector('.lengths')");
        views.put("tasks/" + running, SAID + ".length > 20");
        views.put("tasks/" + failed, "document.querySelector('.task-error')?.innerText.includes('CUDA')");
        views.put("failed", "document.querySelector('.cause')?.innerText.includes('CUDA out of memory (… MiB)')");
        views.put("new", "document.querySelector('.shell')?.innerText.includes('submit chat')");
        views.put("cron", "document.querySelector('.strip')");
        views.put("cron/new", "document.querySelector('[name=cron_expr]')");
        views.put("backends", "document.querySelectorAll('.backend').length === 2");
        views.put("charts", "document.querySelectorAll('.chart .line').length > 3");
        views.put("settings", "document.querySelector('.view-settings')?.innerText.includes('server.port')");
        return views;
    }

    private ServerProcess start(FakeOllama ollama, String... more) throws IOException {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "ollama: {hosts: [{name: slow, url: \"echo:?delay=100ms\"}, {name: gpu, url: \""
                + ollama.url() + "\"}]}\nqueue: {workers: 8}\n");
        List<String> options = new ArrayList<>(List.of("--config", config.toString()));
        options.addAll(List.of(more));
        return ServerProcess.start(directory.resolve("data"), options.toArray(String[]::new));
    }

    private static String running(ServerProcess server) {
        String list = "/api/tasks?status=running&limit=1";
        Await.until("a task runs", () -> server.get(list).body().contains("task_"));
        return server.get(list).body().replaceFirst("(?s).*?\"id\":\"(\\w+).*", "$1");
    }

    private static void assertGoesOn(Firefox firefox) {
        String before = firefox.waitFor(SAID).text(SAID);
        firefox.waitFor(SAID + ".length > " + before.length());
        assertTrue(TEXT.startsWith(firefox.text(SAID)), firefox.text(SAID));
    }

    @Test
    void everyView_worksLiveAndStreaming() throws Exception {
        assumeTrue(Firefox.isInstalled(), "there is no Firefox: apt-get install firefox-esr");
        try (FakeOllama ollama = FakeOllama.start().models("good", "bad"); Firefox firefox = Firefox.start()) {
            ollama.otherwise((request, reply) -> {
                if (request.model().equals("bad")) {
                    reply.whole(500, "{\"error\":\"CUDA out of memory (4096 MiB)\"}");
                } else {
                    reply.token("# Title\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n\\n```py\\nprint(1)\\n```\\n");
                    reply.done(9);
                }
            });
            ServerProcess server = start(ollama);
            String port = Integer.toString(URI.create(server.url()).getPort());
            try {
                views(firefox, server);
                streams(firefox, server);
            } finally {
                server.kill();
                server.close();
            }
            firefox.waitFor("document.querySelector('#connection').dataset.mode === 'offline'");
            try (ServerProcess again = start(ollama, "--port", port, "--ws-port", "0")) {
                assertEquals(200, again.get("/readyz").statusCode());
                firefox.waitFor("document.querySelector('#connection').textContent === 'live · SSE'");
                assertGoesOn(firefox);
            }
        }
    }

    private static void views(Firefox firefox, ServerProcess server) {
        String done = server.submit("{\"type\":\"generate\",\"model\":\"good\",\"on\":\"gpu\",\"prompt\":\"p\"}");
        String failed = server.submit("{\"type\":\"generate\",\"model\":\"bad\",\"on\":\"gpu\",\"prompt\":\"p\","
                + "\"max_retries\":0}");
        server.awaitEnd(done);
        server.awaitEnd(failed);
        server.post("/api/cron", "{\"name\":\"nightly\",\"cron_expr\":\"@hourly\",\"task_template\":"
                + "{\"type\":\"chat\",\"model\":\"good\",\"prompt\":\"x\"}}");
        for (int i = 0; i < 3; i++) {
            server.submit("{\"type\":\"generate\",\"on\":\"slow\",\"prompt\":\"" + TEXT + "\"}");
        }
        server.submit("{\"type\":\"generate\",\"on\":\"slow\",\"prompt\":\"later\","
                + "\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        for (Map.Entry<String, String> view : views(done, running(server), failed).entrySet()) {
            for (int width : new int[] {1440, 390}) {
                firefox.viewport(width, width == 390 ? 844 : 900).open(server.url() + "/#/" + view.getKey());
                firefox.waitFor(LIVE).waitFor(view.getValue());
                firefox.screenshot(Path.of("build/browser/firefox-" + view.getKey().replaceAll("[^a-z]+", "-")
                        .replaceAll("-task-.*", view.getKey().endsWith(done) ? "-done"
                                : view.getKey().endsWith(failed) ? "-failed" : "-running") + "-" + width + ".png"));
                // nothing is cut off at the side
                assertEquals(Integer.toString(width), firefox.text("document.documentElement.scrollWidth"));
            }
        }
        assertEquals("[]", firefox.complaints().toString());
    }

    /// What is typed is submitted; its answer streams here and in a second tab, which shares the connection.
    private static void streams(Firefox firefox, ServerProcess server) {
        firefox.viewport(1440, 900).open(server.url() + "/#/new").waitFor(LIVE).click("[name=content0]");
        firefox.type("typed in Firefox").waitFor("document.querySelector('.shell').innerText.includes('in Firefox')");
        firefox.click("[name=model]").type("good").click(".new-task button.primary");
        firefox.waitFor("location.hash.startsWith('#/tasks/task_')")
                .waitFor("document.querySelector('.task-status')?.dataset.status === 'completed'");
        String running = running(server);
        firefox.open(server.url() + "/#/tasks/" + running);
        assertGoesOn(firefox);
        String before = firefox.another();
        firefox.open(server.url() + "/#/tasks/" + running);
        assertGoesOn(firefox);
        firefox.tab(before);
        assertGoesOn(firefox);
        assertEquals("[]", firefox.complaints().toString());
    }
}
