package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaReply;
import support.FakeOllamaRequest;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Now, before a host that works and one that is away.
@WithBrowser
final class NowViewTest {

    private static final String ROW = "document.querySelector('[data-host=gpu] .lane-tasks li')";
    private static final String NEXT = "[...document.querySelectorAll('.next-list li a')].map(a => a.textContent)"
            + ".join()";

    @TempDir
    private Path directory;
    private final CountDownLatch pulling = new CountDownLatch(1);
    private volatile boolean broken = true;

    @Test
    void now_showsWhatRuns_whatIsNext_andWhatNeedsSomebody(Page page) throws IOException {
        Semaphore gate = new Semaphore(0);
        try (FakeOllama ollama = FakeOllama.start().models("qwen3").otherwise((request, reply) -> {
            if (request.body().contains("broken") && broken) {
                reply.whole(500, "{\"error\":\"CUDA out of memory\"}");
            } else {
                FakeOllamaAnswer.gated(gate, "one", " two", " three").play(request, reply);
            }
        })) {
            Path config = directory.resolve("config.yaml");
            Files.writeString(config, "ollama:\n  hosts:\n    - {name: gpu, url: \"" + ollama.url()
                    + "\", max_concurrent: 1}\n    - {name: attic, url: \"http://127.0.0.1:9\"}\n"
                    + "relay: {model_management: true}\n");
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config",
                    config.toString())) {
                beginnings_areShown_whileThereAreNoTasks(page, server);
                tasks_areShownLive(page, server, gate);
                trouble_isShown_withOneThingToDo(page, server, gate);
                eachTrouble_hasAnActionInPlace(page, server, ollama);
                whatIsTriedOnAHostThatIsDown_doesNotRun(page, server);
                page.faults().expectGone();
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
        page.waitFor("[...document.querySelectorAll('.now-figures dd')].slice(0, 2).map(dd => dd.innerText).join()"
                + " === '1 of 1,2'");
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
        page.eval("document.querySelector('.now-top button:nth-child(1)').focus()");
        page.press("Enter").waitFor("document.querySelector('#mode').textContent === 'paused'");
        page.waitFor("document.activeElement.textContent === 'Resume'");
        page.press("Enter").waitFor("document.querySelector('#mode').hidden");
        page.waitFor("document.activeElement.textContent === 'Pause'");
        // what is no longer true is shown nowhere
        assertTrue(page.is("!document.querySelector('#notice').textContent.includes('aused')"
                + " && document.querySelector('#line').hidden"));
        page.waitFor("document.querySelector('[data-host=gpu] .lane-lately .answering')?.getAttribute('d')");
    }

    private void trouble_isShown_withOneThingToDo(Page page, ServerProcess server, Semaphore gate) {
        gate.release(100);
        for (int i = 0; i < 2; i++) {
            server.awaitEnd(server.submit(task("broken", ",\"max_retries\":0")));
        }
        String template = task("broken", ",\"max_retries\":0");
        String cron = ServerProcess.object(server.post("/api/cron", "{\"name\":\"nightly\",\"cron_expr\":"
                + "\"@yearly\",\"task_template\":" + template + "}").body()).text("id");
        server.awaitEnd(ServerProcess.object(server.post("/api/cron/" + cron + "/run", "").body()).text("id"));
        String pinned = server.submit(task("pinned", ",\"on\":\"attic\""));
        page.waitForText("3 × gpu answered 500: CUDA out of memory");
        String attic = "[...document.querySelectorAll('.need a')].find(a => "
                + "a.textContent.startsWith('attic is down for') && a.textContent.endsWith('; 1 task waits for it'))";
        page.waitFor(attic);
        // once, in this view
        assertTrue(page.is("!document.body.textContent.includes('1 task is blocked') && "
                + "document.querySelector('#line').hidden && "
                + "!document.querySelector('[data-host=attic] .lane-lately svg')"));
        // while the host is tried, no task waits for it
        page.waitFor("(link => { link?.click(); return link; })(" + attic + ")");
        page.waitFor("location.hash === '#/tasks/" + pinned + "'");
        page.waitFor("!document.querySelector('#line').hidden");
        page.press("1").waitFor("location.hash === '#/now'").waitForText("3 × gpu answered 500");
        page.eval("[...document.querySelectorAll('.need a')].find(a => a.textContent.startsWith('3 × ')).click()");
        page.waitFor("location.hash.startsWith('#/tasks?status=failed&cause=')");
        page.waitFor("document.querySelectorAll('tbody tr').length === 3");
        page.press("1").waitForText("The cron task nightly failed");
    }

    private void eachTrouble_hasAnActionInPlace(Page page, ServerProcess server, FakeOllama ollama) {
        page.click("[aria-label='Check now: attic']").waitForText("attic is still down: cannot connect to attic");
        server.post("/api/backends/gpu/disable", "");
        String waits = server.submit(task("waits", ""));
        page.waitForText("1 task is blocked: gpu is disabled").click("[aria-label='Enable gpu']");
        server.awaitEnd(waits);
        server.post("/api/queue/pause", "");
        String paused = server.submit(task("paused", ""));
        page.waitFor("document.querySelector('#line').textContent.startsWith('Paused: nothing new starts; 1 ready.')");
        page.click("#line button");
        server.awaitEnd(paused);
        server.submit(task("pulled", "").replace("qwen3", "qwen9"));
        page.waitForText("1 task is blocked: gpu does not have the model qwen9");
        ollama.next(this::pull);
        page.click("[aria-label='Pull qwen9 on gpu']").click("dialog .danger").waitForText("gpu pulls qwen9: 25 %");
        ollama.models("qwen3", "qwen9");
        pulling.countDown();
        page.waitForText("gpu has qwen9 now.");
        broken = false;
        page.click("[aria-label='Run now: nightly']");
        page.waitFor("![...document.querySelectorAll('.need')].some(n => n.textContent.includes('nightly'))");
        page.click("[aria-label='Retry 3: gpu answered 500: CUDA out of memory']").waitForText("Retry 3 failed tasks?");
        page.click("dialog .primary").waitForText("3 tasks put back into the queue");
        page.waitFor("![...document.querySelectorAll('.need')].some(n => n.textContent.includes('CUDA'))");
    }

    /// This is the case only for a moment, so the server's answer is invented.
    private void whatIsTriedOnAHostThatIsDown_doesNotRun(Page page, ServerProcess server) {
        String tried = "{\"id\":\"task_000000000000\",\"type\":\"generate\",\"model\":\"qwen3\",\"priority\":5,"
                + "\"status\":\"running\",\"preview\":\"tried\",\"started_at\":\"2026-01-01T00:00:00Z\","
                + "\"executed_on\":\"attic\",\"attempt\":1,\"phase\":\"load\",\"tokens\":0,\"tokens_per_second\":0}";
        String limited = "{\"state\":\"blocked\",\"kind\":\"limit\",\"text\":\"its client\",\"tasks\":5,"
                + "\"first\":null,\"model\":null,\"until\":null}";
        page.answer("/api/now", server.get("/api/now").body()
                .replaceFirst("\"running\":\\[.*?],\"next\"", "\"running\":[" + tried + "],\"next\"")
                .replaceFirst("\"waiting\":\\[.*?],\"failures\"", "\"waiting\":[" + limited + "],\"failures\""));
        page.waitFor("document.querySelector('[data-figure=\"blocked, 5 by a limit\"] dd')?.textContent === '5'");
        assertTrue(page.is("document.querySelector('.now-figures dd').textContent.startsWith('0 of ')"
                + " && !document.querySelector('[data-figure^=blocked] .failure')"
                + " && !document.querySelector('[data-host=attic] .lane-tasks li')"));
    }

    private void pull(FakeOllamaRequest request, FakeOllamaReply reply) throws IOException, InterruptedException {
        assertEquals("{\"model\":\"qwen9\"}", request.body());
        reply.line("{\"status\":\"pulling manifest\"}");
        reply.line("{\"status\":\"pulling 4bd\",\"total\":4000000000,\"completed\":1000000000}");
        pulling.await();
        reply.line("{\"status\":\"success\"}");
    }

    private static String task(String prompt, String more) {
        return "{\"type\":\"generate\",\"model\":\"qwen3\",\"prompt\":\"" + prompt + "\"" + more + "}";
    }
}
