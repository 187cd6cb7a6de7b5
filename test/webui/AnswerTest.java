package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// What is seen of an answer while it comes, of a model that thinks first.
@WithBrowser
@Timeout(90)
final class AnswerTest {

    private final CountDownLatch thought = new CountDownLatch(1);
    private final CountDownLatch said = new CountDownLatch(1);

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
                // and a prompt that is written from right to left loses its end, not its beginning
                assertEquals("rtl", page.text("getComputedStyle(document.querySelector('tbody a')).direction"));
            } finally {
                thought.countDown();
                said.countDown();
            }
        }
    }
}
