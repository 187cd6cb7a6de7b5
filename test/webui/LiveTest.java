package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.PathProxy;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// How the page stays in touch with the server: over WebSocket or events, through restarts, with a token.
@WithBrowser
final class LiveTest {

    private static final String LONG = "{\"type\":\"generate\",\"prompt\":\"" + "word ".repeat(5_000) + "\"}";

    @TempDir
    private Path directory;

    private ServerProcess start(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--ollama-host";
        all[1] = "echo:?delay=20ms";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return ServerProcess.start(directory.resolve("data"), all);
    }

    private static String status(String id) {
        return "document.querySelector('tr[data-id=\"" + id + "\"]')?.dataset.status";
    }

    @Test
    void underThePathOfAProxy_thePageLoadsSubmitsAndFollows(Page page) {
        page.faults().expectGone();
        try (ServerProcess server = start("--ws-port", "0"); PathProxy proxy = new PathProxy(server.url())) {
            page.open(proxy.url() + "#/new").waitForText("live · SSE").fill("[name=content0]", "through a proxy")
                    .click("form .primary").waitForText("through a proxy").waitForText("completed");
        }
    }

    @Test
    void restart_underAnOpenPage_isCaughtUpWithAndNothingTypedIsLost(Page page) {
        page.faults().expectGone();
        ServerProcess first = start();
        String port = Integer.toString(URI.create(first.url()).getPort());
        String webSocketPort = Long.toString(ServerProcess.object(first.get("/api/info").body()).integer("ws_port", 0));
        String id = first.submit(LONG);
        page.open(first.url() + "/#/tasks/" + id).waitForText("live · WebSocket");
        page.waitFor("document.querySelector('.answer')?.textContent.length > 20").click("nav a[href='#/new']")
                .fill("[name=content0]", "half a thought").waitForText("half a thought");
        first.kill();
        page.waitForText("offline · data ");
        page.type(" goes on").press("Control+Enter").waitForText("the server cannot be reached");
        first.close();
        try (ServerProcess second = start("--port", port, "--ws-port", webSocketPort)) {
            String later = second.submit("{\"type\":\"embed\",\"input\":\"later\"}");
            page.waitForText("live · WebSocket");
            assertEquals("half a thought goes on", page.text("document.querySelector('[name=content0]').value"));
            page.click("nav a[href='#/tasks']").waitFor(status(later) + " === 'completed'")
                    .waitFor(status(id) + " === 'running'");
            // the open task starts over and is followed again
            page.click("tr[data-id='" + id + "'] a").waitForText("attempt 2")
                    .waitFor("document.querySelector('.answer').textContent.length > 20");
            assertTrue(LONG.contains(page.text("document.querySelector('.answer').textContent")));
            page.click("[data-action=cancel]").waitFor(status(id) + " === 'cancelled'");
        }
    }

    @Test
    void restart_underAnOpenTask_goesOnWithIt(Page page) {
        page.faults().expectGone();
        ServerProcess first = start("--ws-port", "0");
        String port = Integer.toString(URI.create(first.url()).getPort());
        String id = first.submit(LONG);
        page.open(first.url() + "/#/tasks/" + id).waitForText("live · SSE");
        page.waitFor("document.querySelector('.answer')?.textContent.length > 60");
        first.kill();
        first.close();
        page.waitForText("offline · data ").waitForText("No contact with the server since");
        page.click(".queue .actions button").waitForText("the server cannot be reached");
        try (ServerProcess second = start("--port", port, "--ws-port", "0")) {
            page.waitForText("live · SSE").waitForText("attempt 2");
            assertFalse(page.is("document.body.innerText.includes('cannot be reached')"));
            page.waitFor("document.querySelector('.answer').textContent.length > 60");
            String shown = page.text("document.querySelector('.answer').textContent");
            assertTrue(LONG.contains("\"prompt\":\"" + shown), "it began anew: " + shown);
            assertTrue(second.url().endsWith(port));
        }
    }

    /// The HTTP port does not speak WebSocket, as behind a firewall.
    @Test
    void webSocketThatIsBlocked_givesWayToEvents(Page page) {
        try (ServerProcess server = start()) {
            page.faults().expectGone();
            page.answer("/api/info", "{\"ws_port\":" + URI.create(server.url()).getPort() + "}");
            page.open(server.url() + "/#/tasks").waitForText("live · SSE");
            String id = server.submit("{\"type\":\"embed\",\"input\":\"x\"}");
            page.waitFor(status(id) + " === 'completed'");
            answerThatDoesNotCome_isSaid(page);
        }
    }

    /// Its ten seconds are shortened.
    private static void answerThatDoesNotCome_isSaid(Page page) {
        page.eval("{ const [ask, wait] = [fetch, setTimeout];"
                + " window.setTimeout = (f, ms) => wait(f, ms === 10_000 ? 50 : ms);"
                + " window.fetch = async (path, ...all) => { const answer = await ask(path, ...all);"
                + " if (path.endsWith('/pause')) { await new Promise(go => window.answer = go); } return answer; }; }");
        page.click(".queue .actions button").waitForText("The server has not answered for 10 s. Still waiting");
        page.waitFor("window.answer").eval("answer()");
        page.waitFor("!document.querySelector('.notice').innerText.includes('not answered')")
                .waitFor("document.querySelector('#mode').textContent === 'paused'");
    }

    @Test
    void token_isAskedForKeptForTheTabAndInNoUrl(Page page) {
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_TOKEN", "s3cret-token"),
                directory.resolve("data"), "--ollama-host", "echo:?delay=20ms")) {
            page.faults().expect("401 \\(Unauthorized\\)");
            page.faults().expectGone();
            page.open(server.url() + "/").waitForText("Authentication required");
            page.fill("#token", "wröng").press("Enter").waitFor("document.querySelector('#token:invalid')");
            page.fill("#token", "wrong").press("Enter").waitForText("was not accepted");
            page.waitFor("document.querySelectorAll('dialog').length === 1");
            page.fill("#token", "s3cret-token").press("Enter").waitForText("live · WebSocket");
            page.click("nav a[href='#/new']").fill("[name=content0]", "word ".repeat(60)).press("Control+Enter");
            page.waitFor("document.querySelector('.answer')?.textContent.length > 20");
            page.waitFor("document.querySelector('.task-status').dataset.status === 'completed'");
            page.click("nav a[href='#/new']").click("[name=program][value=curl]")
                    .waitForText("Bearer $OLLAMA_QUEUE_TOKEN");
            page.reload().waitForText("live · WebSocket");
            List<String> urls = page.faults().requests();
            assertTrue(urls.stream().anyMatch(url -> url.startsWith("ws://")), urls.toString());
            assertFalse(urls.stream().anyMatch(url -> url.contains("s3cret")), urls.toString());
            assertFalse(page.is("document.cookie || Object.values(localStorage).some(value => "
                    + "value.includes('s3cret'))"));
        }
    }
}
