package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Now, before a host that works and one that is away.
@WithBrowser
@Timeout(90)
final class NowViewTest {

    private static final String ROW = "document.querySelector('[data-host=gpu] .lane-tasks li')";
    private static final String NEXT = "[...document.querySelectorAll('.next-list li a')].map(a => a.textContent)"
            + ".join()";

    @TempDir
    private Path directory;

    @Test
    void now_showsWhatRuns_whatIsNext_andWhatNeedsSomebody(Page page) throws IOException {
        Semaphore gate = new Semaphore(0);
        try (FakeOllama ollama = FakeOllama.start().models("qwen3").otherwise((request, reply) -> {
            if (request.body().contains("broken")) {
                reply.whole(500, "{\"error\":\"CUDA out of memory\"}");
            } else {
                FakeOllamaAnswer.gated(gate, "one", " two", " three").play(request, reply);
            }
        })) {
            Path config = directory.resolve("config.yaml");
            Files.writeString(config, "ollama:\n  hosts:\n    - {name: gpu, url: \"" + ollama.url()
                    + "\", max_concurrent: 1}\n    - {name: attic, url: \"http://127.0.0.1:9\"}\n");
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config",
                    config.toString())) {
                beginnings_areShown_whileThereAreNoTasks(page, server);
                tasks_areShownLive(page, server, gate);
                trouble_isShown_withOneThingToDo(page, server, gate);
            } finally {
                gate.release(1_000);
            }
        }
    }

    private void beginnings_areShown_whileThereAreNoTasks(Page page, ServerProcess server) {
        page.allowClipboard().open(server.url() + "/").waitFor("location.hash === '#/now'");
        page.waitForText("No tasks yet: ways to begin");
        assertEquals(3, page.number("document.querySelectorAll('.copyable code').length"));
        page.click(".copyable button").waitFor("document.querySelector('.copyable button').textContent === 'Copied'");
        assertTrue(page.is("navigator.clipboard.readText().then(text => text.startsWith('ollama-queue --server http')"
                + " && text.includes('submit chat'))"));
        page.waitFor("document.querySelector('[data-host=gpu] .place').textContent === 'free'");
        page.waitFor("document.querySelector('[data-host=attic] .lane-state').textContent.startsWith('down for ')");
    }

    private void tasks_areShownLive(Page page, ServerProcess server, Semaphore gate) {
        String first = server.submit(task("first", ""));
        server.submit(task("low", ",\"priority\":\"low\""));
        server.submit(task("high", ",\"priority\":\"high\""));
        page.waitFor(ROW + "?.textContent.includes('first')");
        page.waitFor(NEXT + " === 'high,low'");
        assertEquals("1 of 1", page.shown(".now-figures div:nth-child(1) dd"));
        assertEquals("2", page.shown(".now-figures div:nth-child(2) dd"));
        page.waitFor(ROW + ".querySelector('.lane-told').textContent.startsWith('reading the prompt, ')"
                + " || " + ROW + ".querySelector('.lane-told').textContent.startsWith('loading qwen3, ')");
        gate.release(2);
        page.waitFor(ROW + ".querySelector('.lane-told').textContent.startsWith('2 tokens')");
        page.eval(ROW + ".querySelector('a').focus()");
        page.eval("window.kept = document.activeElement");
        gate.release(4);
        server.awaitEnd(first);
        page.waitFor(ROW + ".textContent.includes('high')").waitFor(NEXT + " === 'low'");
        page.click("[data-host=gpu] .lane-tasks button");
        page.waitFor(ROW + ".textContent.includes('low')");
        page.click(".now-top button:nth-child(1)").waitFor("document.querySelector('#mode').textContent === 'paused'");
        page.click(".now-top button.primary").waitFor("document.querySelector('#mode').hidden");
    }

    private void trouble_isShown_withOneThingToDo(Page page, ServerProcess server, Semaphore gate) {
        gate.release(100);
        for (int i = 0; i < 2; i++) {
            server.awaitEnd(server.submit(task("broken", ",\"max_retries\":0")));
        }
        String pinned = server.submit(task("pinned", ",\"on\":\"attic\""));
        page.waitForText("2 × gpu answered 500: CUDA out of memory");
        page.waitForText("1 task is blocked: cannot connect to attic");
        page.waitForText("attic is down for ");
        page.click("[aria-label='See what is blocked']").waitFor("location.hash === '#/tasks/" + pinned + "'");
        page.press("1").waitFor("location.hash === '#/now'").waitForText("2 × gpu answered 500");
        page.click("[aria-label='See the tasks that failed']")
                .waitFor("location.hash.startsWith('#/tasks?status=failed&cause=')");
        page.waitFor("document.querySelectorAll('tbody tr').length === 2");
    }

    private static String task(String prompt, String more) {
        return "{\"type\":\"generate\",\"model\":\"qwen3\",\"prompt\":\"" + prompt + "\"" + more + "}";
    }
}
