package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.FakeOllama;
import support.FakeOllamaAnswer;
import support.LoadingOllama;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Backends, with a host that works and one that is away.
@WithBrowser
final class BackendsViewTest {

    private static final String EVIL = "<script>alert(1)</script>";

    @TempDir
    private Path directory;
    private final Semaphore gate = new Semaphore(0);
    private FakeOllama ollama;
    private ServerProcess server;

    @BeforeEach
    void start() throws IOException {
        ollama = FakeOllama.start().models("qwen3:latest", EVIL)
                .otherwise(FakeOllamaAnswer.gated(gate, "one", " two"))
                .info("/api/ps", (request, reply) -> reply.whole(200, "{\"models\":[{\"name\":\"qwen3:latest\","
                        + "\"model\":\"qwen3:latest\"}]}"));
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "ollama:\n  hosts:\n    - {name: gpu, url: \"" + ollama.url()
                + "\", max_concurrent: 3, parallel: 2}\n    - {name: attic, url: \"http://127.0.0.1:9\"}\n");
        server = ServerProcess.start(directory.resolve("data"), "--config", config.toString());
    }

    @AfterEach
    void stop() throws IOException {
        gate.release(1_000);
        server.close();
        ollama.close();
    }

    @Test
    void hosts_areShownAsTheyAre_andLive(Page page) {
        page.open(server.url() + "/#/backends").waitForText("1 of 2 up");
        page.waitFor("document.querySelector('[data-host=gpu] .badge').textContent === 'up'");
        page.waitFor("document.querySelector('[data-host=gpu] .loaded')?.textContent === 'qwen3'");
        page.waitFor("document.querySelector('[data-host=attic] .failure').textContent.includes('cannot connect')");
        assertTrue(page.shown("[data-host=gpu] .models").contains(EVIL), page.shown("[data-host=gpu] .models"));
        assertTrue(page.is("!document.querySelector('main script')"));
        assertEquals("0", slotsUsed(page));
        String first = server.submit("{\"type\":\"generate\",\"model\":\"qwen3:latest\",\"prompt\":\"x\"}");
        server.submit("{\"type\":\"generate\",\"model\":\"qwen3:latest\",\"prompt\":\"y\"}");
        page.waitForText("of 2 slots, 2 of one model at once");
        page.waitFor("document.querySelectorAll('[data-host=gpu] .slots rect.used').length === 2");
        page.waitFor("document.querySelector('[data-host=gpu] .doing').textContent === 'answering qwen3 ×2'");
        gate.release(6);
        server.awaitEnd(first);
        page.waitFor("document.querySelector('[data-host=gpu] .doing').textContent === 'idle'");
        page.waitFor("document.querySelector('[data-host=gpu] .lane .answering').getAttribute('d') !== ''");
        page.waitFor("document.querySelector('[data-host=gpu] .runners').innerText.startsWith('qwen3, loaded ')");
        page.waitFor("document.querySelectorAll('[data-host=gpu] .slots rect.used').length === 0");
        page.waitFor("document.querySelector('[data-host=gpu] .facts').textContent.includes('2 completed, 0 failed')");
    }

    @Test
    void loads_areShown_andDrawnInAColourOfTheirOwn(Page page) throws IOException {
        try (FakeOllama fake = FakeOllama.start().models("a")) {
            CountDownLatch seen = new CountDownLatch(1);
            LoadingOllama.of(fake, 1, 1, Duration.ofSeconds(1), (request, reply) -> {
                // until then nobody can know that the load is over
                seen.await();
                reply.token("x");
            });
            try (ServerProcess loading = ServerProcess.start(directory.resolve("loads"), "--ollama-host",
                    fake.url())) {
                page.faults().expectGone();
                page.open(loading.url() + "/#/backends").waitForText("1 of 1 up");
                String id = loading.submit("{\"type\":\"generate\",\"model\":\"a\",\"prompt\":\"x\","
                        + "\"options\":{\"num_ctx\":2048}}");
                page.waitFor("document.querySelector('.doing').textContent === 'loading a'");
                seen.countDown();
                loading.awaitEnd(id);
                page.waitFor("/1 load, \\d/.test(document.querySelector('.facts').textContent)");
                page.waitFor("document.querySelector('.lane .loading').getAttribute('d') !== ''");
                page.waitFor("document.querySelector('.runners').textContent.startsWith('a (num_ctx 2048), loaded ')");
                assertTrue(page.is("getComputedStyle(document.querySelector('.lane .loading')).fill"
                        + " !== getComputedStyle(document.querySelector('.lane .answering')).fill"));
            }
        }
    }

    @Test
    void disable_andEnable_withTheKeyboard_keepTheFocus(Page page) {
        page.open(server.url() + "/#/backends").waitForText("1 of 2 up");
        page.eval("document.querySelector('[data-host=gpu] button').focus()");
        page.press("Enter").waitFor("document.querySelector('[data-host=gpu] .badge').textContent === 'disabled'");
        assertEquals("false", gpu().get("enabled").text());
        page.waitFor("document.activeElement.textContent === 'Enable'").press("Space");
        page.waitFor("document.querySelector('[data-host=gpu] .badge').textContent === 'up'");
        assertEquals("true", gpu().get("enabled").text());
    }

    @Test
    void narrow_nothingIsCutOff(Page page) {
        page.viewport(360, 740).dark(true).open(server.url() + "/#/backends").waitForText("1 of 2 up");
        assertTrue(page.is("document.querySelector('main').scrollWidth <= 360"),
                page.text("document.querySelector('main').scrollWidth"));
    }

    private static String slotsUsed(Page page) {
        return page.text("document.querySelectorAll('[data-host=gpu] .slots rect.used').length");
    }

    private Json.Obj gpu() {
        return (Json.Obj) ((Json.Arr) Json.parse(server.get("/api/backends").body())).values().getFirst();
    }
}
