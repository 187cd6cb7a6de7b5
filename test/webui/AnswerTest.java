package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.FakeOllamaReply;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// A task next to the list: what is visible of its answer while it arrives, and of what it took.
@WithBrowser(full = true)
final class AnswerTest {

    private final CountDownLatch thought = new CountDownLatch(1);
    private final CountDownLatch said = new CountDownLatch(1);
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final CountDownLatch read = new CountDownLatch(1);

    private static ServerProcess serve(Path directory, FakeOllama ollama) throws IOException {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "ollama: {hosts: [{name: gpu-1, url: \"" + ollama.url() + "\"}]}\n");
        return ServerProcess.start(directory.resolve("data"), "--config", config.toString());
    }

    private static void done(FakeOllamaReply reply, long loadMillis) throws IOException {
        reply.line("{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
                + "\"load_duration\":" + loadMillis * 1_000_000 + ",\"prompt_eval_count\":7,\"prompt_eval_duration\":"
                + "200000000,\"eval_count\":500,\"eval_duration\":10000000000}");
    }

    @Test
    void task_fromItsLoadToItsEnd_tellsWhatGoesOn(Page page, @TempDir Path directory) throws IOException {
        try (FakeOllama ollama = FakeOllama.start(); ServerProcess server = serve(directory, ollama)) {
            ollama.on("qwen3", (request, reply) -> {
                if (request.body().contains("4096")) {
                    loaded.await();
                    reply.token("# Title\\n\\nThe first. The sec");
                    read.await();
                    reply.token("ond **one**.\\n\\n```py\\nprint(1)\\n```\\n");
                } else {
                    reply.token("x");
                }
                done(reply, 41_000);
            });
            ollama.on("breaks", FakeOllamaAnswer.errorLine("half ", "of it"));
            server.awaitEnd(server.submit("{\"type\":\"chat\",\"model\":\"qwen3\",\"prompt\":\"learn\"}"));
            String id = server.submit("{\"type\":\"chat\",\"model\":\"qwen3\",\"prompt\":\"Explain it\","
                    + "\"options\":{\"num_ctx\":4096}}");
            page.allowNotifications();
            page.open(server.url() + "/#/tasks/" + id).waitForText("loading qwen3 on gpu-1");
            page.waitFor("/^[\\dms ]+, usually 41s$/.test(document.querySelector('.going .number').textContent)");
            assertEquals("● Explain it · ollama-queue", page.text("document.title"));
            assertTrue(page.is("document.querySelector('.asked details').open"));
            page.eval("window.notes = []; window.Notification = class extends Notification {"
                    + " constructor(title, more) { super(title, more); notes.push(title + ': ' + more.body); } };");
            page.click("[data-action=tell]").waitForText("A notification will say");
            loaded.countDown();
            page.waitFor("document.querySelector('.answer h3')?.textContent === 'Title'");
            page.waitFor("!document.querySelector('.asked details').open && !document.querySelector('.going')");
            // the sentence says it, and each once
            page.waitFor("document.querySelector('[role=log]').textContent === 'Title The first.'");
            read.countDown();
            page.waitFor("document.querySelector('.task-status').dataset.status === 'completed'");
            page.waitFor("document.querySelector('.answer p').innerText === 'The first. The second one.'");
            page.waitFor("[...document.querySelectorAll('[role=log] p')].map(p => p.textContent).join('|')"
                    + " === 'Title The first.|The second one . code'");
            page.waitFor("notes.join() === '✓ completed: Explain it'");
            page.waitFor("document.title === '✓ Explain it · ollama-queue'"
                    + " && document.querySelector('link[rel=icon]').href.endsWith('/icon-done.svg')");
            page.waitFor("document.querySelector('.summary').textContent.includes('500 tokens · 50/s')");
            String phases = page.text("[...document.querySelectorAll('.lengths li')].map(li => li.textContent).join()");
            assertTrue(phases.endsWith("load 41s,prompt 200 ms,generate 10s"), phases);
            page.click(".code button").waitForText("Copied");
            assertEquals("print(1)", page.text("await navigator.clipboard.readText()"));
            page.press("s").waitFor("document.querySelector('.answer pre')?.textContent.startsWith('# Title')");
            page.press("s").waitFor("document.querySelector('.answer h3')");

            broken(page, server);
            page.faults().expectGone();
        } finally {
            loaded.countDown();
            read.countDown();
        }
    }

    /// A failed attempt keeps its output; and without notifications, title and icon show the end.
    private static void broken(Page page, ServerProcess server) {
        String broken = server.submit("{\"type\":\"chat\",\"model\":\"breaks\",\"prompt\":\"Break\","
                + "\"max_retries\":1,\"initial_delay\":\"10ms\"}");
        // over plain HTTP, other than to this machine
        page.eval("delete window.Notification; location.hash = '#/tasks/" + broken + "'");
        server.awaitEnd(broken);
        page.waitFor("document.querySelector('.task-status').dataset.status === 'failed'")
                .waitFor("document.querySelectorAll('.attempts .scale').length === 2");
        page.waitFor("document.querySelector('.task-body > :first-child .task-error')"
                + " && document.querySelector('.asked details').open");
        page.click(".unfinished summary").waitFor("document.querySelector('.unfinished pre').checkVisibility()");
        assertEquals("half of it", page.shown(".unfinished pre"));
        // nothing overlaps
        assertTrue(page.is("document.querySelector('.asked button').getBoundingClientRect().bottom"
                + " <= document.querySelector('.bar').getBoundingClientRect().top"));
        page.eval("document.activeElement.blur()");
        page.click("[data-action=retry]");
        page.waitFor("document.querySelectorAll('.attempts .scale').length === 4");
        page.waitFor("document.querySelector('link[rel=icon]').href.endsWith('/icon-failed.svg')");
        String later = server.submit("{\"type\":\"chat\",\"model\":\"qwen3\",\"prompt\":\"Later\","
                + "\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        page.eval("location.hash = '#/tasks/" + later + "'");
        page.click("[data-action=tell]").waitForText("title and icon will show it");
        page.eval("location.hash = '#/new'");
        page.waitFor("document.title === 'New task · ollama-queue'");
        server.post("/api/tasks/" + later + "/cancel", "");
        page.waitFor("document.title === '⊘ Later · ollama-queue'").waitForText("cancelled: Later");
    }

    @Test
    void thoughts_areSeenAsTheyCome_andFoldedOnceThereIsAText(Page page, @TempDir Path directory) throws IOException {
        try (FakeOllama ollama = FakeOllama.start()) {
            ollama.on("thinker", (request, reply) -> {
                reply.line("{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"let me see\"},"
                        + "\"done\":false}");
                thought.await();
                reply.token("مرحبا");
                said.await();
                reply.done(2);
            });
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", ollama.url())) {
                String id = server.submit("{\"type\":\"chat\",\"model\":\"thinker\",\"prompt\":\"مرحبا بالعالم\"}");
                page.open(server.url() + "/#/tasks/" + id)
                        .waitFor("document.querySelector('.thoughts pre')?.textContent === 'let me see'");
                assertEquals("let me see", page.shown(".thoughts pre"));
                thought.countDown();
                page.waitFor("document.querySelector('.answer').textContent === 'مرحبا'");
                assertFalse(page.is("document.querySelector('.thoughts').open"));
                page.click(".thoughts summary").waitFor("document.querySelector('.thoughts').open");
                said.countDown();
                page.waitFor("document.querySelector('.task-status').dataset.status === 'completed'");
                // what the person has opened stays open
                assertEquals("let me see", page.shown(".thoughts pre"));
                // and a prompt written from right to left loses its end, not its beginning
                page.faults().expectGone();
                page.waitFor("document.querySelector('tbody a')");
                assertEquals("rtl", page.text("getComputedStyle(document.querySelector('tbody a')).direction"));
            } finally {
                thought.countDown();
                said.countDown();
            }
        }
    }
}
