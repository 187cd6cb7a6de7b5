package support.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The harness itself: it sees what it claims to see.
@WithBrowser
final class PageTest {

    private static final String PAGE = """
            <!doctype html><title>t</title><body>
            <style>p { color: black } @media (prefers-color-scheme: dark) { p { color: white } }</style>
            <p id="p">hello</p><button id="b">go</button><input id="i"><select id="s"><option>a<option>b</select>
            <script>
            b.onclick = () => setTimeout(() => p.textContent = 'clicked');
            i.onkeydown = event => { if (event.key === 'Enter') p.textContent = 'entered ' + i.value; };
            s.onchange = () => p.textContent = 'chosen ' + s.value;
            </script>""";

    private HttpServer server;
    private String url;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().equals("/strict")) {
                exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'none'");
            }
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            byte[] body = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void clickTypeAndPress_reachThePage(Page page) {
        page.open(url).click("#b").waitForText("clicked");
        page.fill("#i", "Grüße").press("Enter").waitForText("entered Grüße");
        page.choose("#s", "b").waitForText("chosen b");
        page.press("Shift+Tab").waitFor("document.activeElement.id === 'i'");
        page.press("Home").press("x").waitFor("document.activeElement.value === 'xGrüße'");
        assertTrue(page.faults().requests().contains(url + "/"), page.faults().requests().toString());
    }

    @Test
    void waitFor_anElementThatIsNotThereYet_waits(Page page) {
        page.open(url).eval("setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<b id=late>x</b>'), 300)");
        page.waitFor("document.querySelector('#late').textContent === 'x'");
    }

    @Test
    void preferencesAndViewport_areThePages(Page page, @TempDir Path dir) throws IOException {
        page.viewport(360, 640).dark(true).reducedMotion(true).open(url);
        assertEquals(360, page.number("innerWidth"));
        assertEquals("rgb(255, 255, 255)", page.text("getComputedStyle(p).color"));
        assertTrue(page.is("matchMedia('(prefers-reduced-motion: reduce)').matches"));
        page.screenshot(dir.resolve("a.png"));
        assertEquals("PNG", new String(Files.readAllBytes(dir.resolve("a.png")), 1, 3, StandardCharsets.US_ASCII));
    }

    @Test
    void waitFor_inVain_tellsWhatIsShown(Page page) {
        page.open(url);
        AssertionError failure = assertThrows(AssertionError.class, () -> page.waitFor("1 === 2", 100));
        assertTrue(failure.getMessage().contains("1 === 2") && failure.getMessage().contains("hello"),
                failure.getMessage());
    }

    @Test
    void faults_areSeen(Page page) {
        page.open(url).eval("console.error('one'); setTimeout(() => { throw new Error('two'); }); "
                + "fetch('https://example.org/three').catch(() => {});"
                + "new Promise(resolve => setTimeout(resolve, 50))");
        page.open(url + "/strict").waitForText("hello");
        List<String> faults = page.faults().unexpected();
        for (String expected : List.of("console: .*one.*", "thrown: .*two(?s:.*)", ".*another host.*three",
                "(?s).*(policy|Content.Security).*")) {
            assertTrue(faults.stream().anyMatch(fault -> fault.matches(expected)), expected + "\n" + faults);
        }
        page.faults().expect("(?s).*");
    }

    @Test
    void nextPage_findsNothingOfWhatAnotherStored(Page page) {
        page.allowClipboard().open(url).eval("localStorage.left = 1; document.cookie = 'left=1; max-age=60'");
        String left = "[localStorage.left, document.cookie, (await navigator.permissions.query("
                + "{name: 'clipboard-read'})).state].join()";
        assertEquals("1,left=1,granted", page.text(left));
        assertEquals("1,left=1,granted", page.another().open(url).text(left));
        try (Page next = Chromium.ofLane(false).open(300, 300)) {
            assertEquals(",,prompt", next.open(url).text(left));
        }
    }

    @Test
    void answer_standsInForTheServers(Page page) {
        page.answer("/api/x", "{\"a\":7}").open(url);
        assertEquals(7, page.number("(await (await fetch('/api/x')).json()).a"));
        assertEquals("hello", page.shown("p"));
    }
}
