package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Queue, and what New task says about it.
@WithBrowser
final class QueueViewTest {

    private static final String ROWS = "[...document.querySelectorAll('.queue-rows a')].map(a => a.textContent).join()";
    private static final String GROUPS =
            "[...document.querySelectorAll('.queue-group summary')].map(a => a.textContent).join()";

    @TempDir
    private Path directory;

    @Test
    void queue_isInRunOrder_byWhatTasksWaitFor(Page page) throws IOException {
        Semaphore gate = new Semaphore(0);
        try (FakeOllama ollama = FakeOllama.start().models("qwen3").otherwise(FakeOllamaAnswer.gated(gate, "one"))) {
            Path config = directory.resolve("config.yaml");
            Files.writeString(config, "ollama:\n  hosts:\n    - {name: gpu, url: \"" + ollama.url()
                    + "\", max_concurrent: 1}\n    - {name: attic, url: \"http://127.0.0.1:9\"}\n");
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config",
                    config.toString())) {
                server.submit(task("runs", ""));
                server.submit(task("low", ",\"priority\":\"low\""));
                server.submit(task("high", ",\"priority\":\"high\""));
                server.submit(task("pinned", ",\"on\":\"attic\""));
                server.submit(task("later", ",\"scheduled_at\":\"2099-01-01T00:00:00Z\""));
                page.open(server.url() + "/#/queue").waitForText("pinned");
                page.waitFor(ROWS + " === 'high,low,pinned,later'");
                page.waitFor(GROUPS + ".startsWith('Wait for a place2,Blocked: cannot connect to attic')");
                assertTrue(page.text(GROUPS).endsWith("Wait for their time1"), page.text(GROUPS));
                assertEquals("waits for a place on gpu", page.shown(".queue-rows li:nth-child(1) .queue-why"));
                page.waitFor("document.querySelector('[data-state=blocked] .number').textContent === '1'");
                list_tellsWhatIsBlocked(page);
                rows_areSeen_beforeTheirGroupsAreKnown(page);
                counts_areFilters(page);
                rows_runNext_andAreCancelled(page);
                newTask_tellsWhenItWouldStart(page);
                groups_areAllThere_withTheirTrueNumbers(page, server);
                page.faults().expectGone();
            } finally {
                gate.release(1_000);
            }
        }
    }

    private void list_tellsWhatIsBlocked(Page page) {
        String words = "[...document.querySelectorAll('tbody tr')].map(row => row.querySelector('.word').textContent"
                + " + ' ' + row.querySelector('.c-prompt a').textContent).join()";
        page.eval("location.hash = '#/tasks'");
        page.waitFor(words + " === 'scheduled later,blocked pinned,pending high,pending low,running runs'");
        page.waitFor("[...document.querySelectorAll('td.c-status')].some(cell => cell.title.includes("
                + "'cannot connect to attic'))");
        page.eval("location.hash = '#/queue'");
        page.waitFor(ROWS + " === 'high,low,pinned,later'");
    }

    private void rows_areSeen_beforeTheirGroupsAreKnown(Page page) {
        page.eval("location.hash = '#/tasks'");
        page.waitFor("document.querySelector('tbody tr')");
        page.eval("window.reach = window.fetch; window.groups = new Promise(known => window.tell = known);"
                + "window.fetch = async (...all) => {"
                + "if (String(all[0]).endsWith('/api/now')) await window.groups; return window.reach(...all); }");
        page.eval("location.hash = '#/queue'");
        page.waitFor(ROWS + " === 'high,low'");
        assertEquals("Wait for a place", page.text(GROUPS));
        page.eval("window.fetch = window.reach; window.tell()");
        page.waitFor(ROWS + " === 'high,low,pinned,later'");
        page.waitFor(GROUPS + ".startsWith('Wait for a place2,')");
    }

    private void counts_areFilters(Page page) {
        page.click("[data-state=scheduled]").waitFor("location.hash === '#/queue?state=scheduled'");
        page.waitFor(ROWS + " === 'later'");
        page.click("[data-state=blocked]").waitFor("location.hash === '#/queue?state=scheduled,blocked'");
        page.waitFor(ROWS + " === 'pinned,later'");
        page.click("[data-state=scheduled]").click("[data-state=blocked]").waitFor("location.hash === '#/queue'");
        page.waitFor(ROWS + " === 'high,low,pinned,later'");
    }

    private void rows_runNext_andAreCancelled(Page page) {
        page.click("[aria-label='Run next: low']").waitFor(ROWS + " === 'low,high,pinned,later'");
        page.click("[aria-label='Cancel: pinned']").waitFor(ROWS + " === 'low,high,later'");
    }

    private void newTask_tellsWhenItWouldStart(Page page) {
        page.click("nav a[href='#/new']").fill("[name=model]", "qwen3");
        page.waitForText("It would be at position 3 on gpu.");
        page.fill("[name=priority]", "critical").waitForText("It would be at position 2 on gpu.");
        page.eval("document.querySelector('details.more').open = true");
        page.fill("[name=on]", "attic")
                .waitForText("It would wait for a host, because none can take it now: cannot conn");
    }

    private void groups_areAllThere_withTheirTrueNumbers(Page page, ServerProcess server) {
        StringBuilder tasks = new StringBuilder();
        for (int i = 0; i < 130; i++) {
            tasks.append(i == 0 ? "[" : ",").append(task("t" + i, ""));
        }
        server.post("/api/tasks/batch", tasks.append(",").append(task("pinned", ",\"on\":\"attic\"")).append(",")
                .append(task("pinned too", ",\"on\":\"attic\"")).append("]").toString());
        page.click("nav a[href='#/queue']");
        page.waitFor(GROUPS + ".startsWith('Wait for a place132,Blocked: cannot connect')");
        // the first rows of the ready tasks; the blocked ones are available, collapsed
        page.waitFor("document.querySelectorAll('.queue-rows > li').length === 25");
        page.waitForText("the first 25 of 132 tasks").click("[data-state=ready] > .actions button");
        page.waitFor("document.querySelectorAll('.queue-rows > li').length === 100");
        page.waitFor("[...document.querySelectorAll('.position')].every((node, i) => node.textContent === `${i + 1}`)");
        page.click("[data-state=ready] > .actions button").waitFor("document.querySelectorAll('.queue-rows > li')"
                + ".length === 132");
        page.click(".queue-group[data-state=blocked] summary").waitForText("pinned too");
        page.click(".queue-group[data-state=blocked] > .actions button[data-needs]")
                .waitForText("Cancel 2 pending tasks?");
        page.click("dialog .danger").waitFor("!document.querySelector('.queue-group[data-state=blocked]')");
    }

    private static String task(String prompt, String more) {
        return "{\"type\":\"generate\",\"model\":\"qwen3\",\"prompt\":\"" + prompt + "\"" + more + "}";
    }
}
