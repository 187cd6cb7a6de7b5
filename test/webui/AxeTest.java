package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Npm;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// What the npm package `axe-core` finds: every view, in both colours, at three widths.
@WithBrowser
final class AxeTest {

    private static final int[] WIDTHS = {1440, 768, 390};
    private static final String MARKDOWN = "# One\\n\\n- a\\n- [ ] b\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n\\n"
            + "```js\\nlet x = 1;\\n```\\n\\n> [said](https://example.org) `so`\\n\\n";
    private static final String RUN = """
            (await axe.run(document, {resultTypes: ['violations'], RULES})).violations
                .flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) => `${id}: ${target.join(' ')}: ${
                    failureSummary.replace(/\\s+/g, ' ')}`)).join('\\n')""";
    /// Those that a colour can break.
    private static final String COLOURS = "runOnly: ['color-contrast', 'link-in-text-block']";

    /// Each view with what is there once it is whole.
    private static Map<String, String> views(ServerProcess server) {
        String ended = server.submit("{\"type\":\"generate\",\"prompt\":\"" + MARKDOWN + "\"}");
        server.awaitEnd(ended);
        String failed = server.submit("{\"type\":\"chat\",\"prompt\":\"late\","
                + "\"expires_at\":\"2020-01-01T00:00:00Z\"}");
        String later = server.submit("{\"type\":\"embed\",\"input\":\"later\","
                + "\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        String cron = ServerProcess.object(server.post("/api/cron", "{\"name\":\"c\",\"cron_expr\":\"0 9 * * *\","
                + "\"task_template\":{\"type\":\"chat\",\"prompt\":\"x\"}}").body()).text("id");
        server.awaitEnd(ServerProcess.object(server.post("/api/cron/" + cron + "/run", "").body()).text("id"));
        Map<String, String> views = new LinkedHashMap<>();
        views.put("now", ".host-lane");
        views.put("queue", ".queue-rows li");
        views.put("tasks", "tbody tr:nth-child(4)");
        views.put("tasks/" + ended, ".answer table");
        views.put("tasks/" + failed, ".task-error");
        views.put("tasks/" + later, ".why .facts dd");
        views.put("failed", ".cause");
        views.put("new", "form");
        views.put("cron", ".cron-list tbody tr .strip");
        views.put("cron/new", ".preview");
        views.put("cron/" + cron, ".runs td");
        views.put("backends", ".backend");
        views.put("charts", ".chart .line");
        views.put("settings", ".settings tbody tr");
        return views;
    }

    @Test
    void everyView_breaksNoRule_andShowsWhatIsChosen(Page page, @TempDir Path directory) throws IOException {
        String axe = Files.readString(Npm.folder("axe-core", "4.14.1").resolve("axe.min.js"));
        List<String> found = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:")) {
            page.faults().expectGone();
            page.reducedMotion(true).open(server.url() + "/").waitForText("live");
            page.eval("(() => { " + axe + "\n })()");
            Map<String, String> views = views(server);
            for (Map.Entry<String, String> view : views.entrySet()) {
                page.eval("location.hash = '#/" + view.getKey() + "'");
                page.waitFor("document.querySelector('" + view.getValue() + "')");
                for (int width : WIDTHS) {
                    for (boolean dark : new boolean[] {false, true}) {
                        String said = page.viewport(width, 900).dark(dark)
                                .text(RUN.replace("RULES", dark ? COLOURS : ""));
                        said.lines().forEach(line -> found.add(view.getKey() + " " + width + (dark ? " dark: " : ": ")
                                + line));
                    }
                }
            }
            forcedColours(page, List.copyOf(views.keySet()).get(3).substring("tasks/".length()), found);
        }
        assertEquals("", String.join("\n", found));
    }

    /// A selection has its colours, even where the system sets all colours.
    private static void forcedColours(Page page, String task, List<String> found) {
        page.eval("location.hash = '#/tasks/" + task + "?status=completed'");
        page.viewport(1440, 900).forcedColours(true);
        page.waitFor("document.querySelector('tr[aria-current]') && document.querySelector('.answer table')");
        for (String pair : List.of("#views a[aria-current]|#views a:not([aria-current])|borderBottomColor",
                "tr[aria-current] td|tr:not([aria-current]) td|backgroundColor",
                ".count[aria-pressed=true]|.count[aria-pressed=false]|backgroundColor")) {
            String[] parts = pair.split("\\|");
            String style = "getComputedStyle(document.querySelector('%s'))." + parts[2];
            if (page.is(style.formatted(parts[0]) + " === " + style.formatted(parts[1]))) {
                found.add("forced colours: " + parts[0] + " looks as " + parts[1]);
            }
        }
        page.forcedColours(false);
    }
}
