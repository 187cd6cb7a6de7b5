package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.Await;
import support.ServerProcess;
import support.browser.Chromium;
import support.browser.Page;
import support.browser.WithBrowser;

/// Many tabs of one browser: browsers open six connections to an origin, and the tabs share one that stays open.
@WithBrowser
final class TabsTest {

    private static final int TABS = 12;
    private static final String TEXT = "word ".repeat(1_000);
    private static final String SAID = "(document.querySelector('.answer')?.textContent ?? '')";
    private static final Pattern CONNECTION = Pattern.compile("^ws:|/api/events");

    @TempDir
    private Path directory;

    private static List<Page> leaders(List<Page> tabs) {
        return tabs.stream().filter(tab -> tab.faults().requests().stream().anyMatch(CONNECTION.asPredicate()))
                .toList();
    }

    /// The shown part of the answer grows in each tab, and is its beginning without a gap.
    private static void assertGoOn(List<Page> tabs) {
        List<String> before = tabs.stream().map(tab -> tab.text(SAID)).toList();
        for (int i = 0; i < tabs.size(); i++) {
            tabs.get(i).waitFor(SAID + " && " + SAID + " !== " + Page.quoted(before.get(i)));
            String said = tabs.get(i).text(SAID);
            assertTrue(TEXT.startsWith(said), () -> "not the beginning: " + said.strip());
        }
    }

    /// For a while there may be others: of tabs that took one that was busy for one that is gone.
    private static void awaitOneConnection(ServerProcess server) {
        Await.until(() -> "one connection:\n" + server.get("/metrics").body(), () ->
                server.get("/metrics").body().contains("\nollama_queue_subscribers 1\n"));
    }

    /// In a narrow window only a part of it is seen.
    private static String live(String how) {
        return "document.querySelector('#connection')?.textContent === 'live · " + how + "'";
    }

    private static String lan(ServerProcess server) {
        return server.url().replace("localhost", Chromium.LAN);
    }

    private ServerProcess start(String... ports) {
        List<String> options = new ArrayList<>(List.of("--ollama-host", "echo:?delay=500ms", "--workers", "20"));
        options.addAll(List.of(ports));
        return ServerProcess.start(directory.resolve("data"), options.toArray(String[]::new));
    }

    /// Over WebSocket, and once the server is back without it, over server-sent events; in a network, without TLS.
    @Test
    void twelveTabs_onRunningTasks_shareOneConnection(Page first) {
        ServerProcess server = start();
        List<Page> tabs = new ArrayList<>();
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < TABS; i++) {
            tasks.add(server.submit("{\"type\":\"generate\",\"prompt\":\"" + TEXT + "\"}"));
            Page tab = i == 0 ? first : first.another();
            tab.faults().expectGone();
            // for each header that is only for trusted pages, the browser reports that it has no effect
            tab.faults().expect("Cross-Origin-Opener-Policy header has been ignored");
            // the last one looks at the first one's task, from its beginning
            tabs.add(tab.viewport(500, 500).open(lan(server) + "/#/tasks/" + tasks.get(i % (TABS - 1))));
        }
        // as over plain HTTP at another machine: no locks, no notifications
        assertFalse(first.is("isSecureContext || navigator.locks"));
        tabs.forEach(tab -> tab.waitFor(live("WebSocket")));
        assertGoOn(tabs);
        awaitOneConnection(server);
        // a hidden tab stops following its answer, and continues later where it was
        Page hidden = tabs.get(3).seen(false);
        String let;
        do {
            let = hidden.text(SAID);
            assertGoOn(List.of(tabs.get(4)));
        } while (!let.equals(hidden.text(SAID)));
        assertGoOn(List.of(hidden.seen(true)));
        server.kill();
        server.close();
        try (ServerProcess again = start("--port", Integer.toString(URI.create(server.url()).getPort()),
                "--ws-port", "0")) {
            tabs.forEach(tab -> tab.waitFor(live("SSE")));
            assertGoOn(tabs);
            awaitOneConnection(again);
            // requests are answered, and what they change is seen everywhere
            tabs.get(5).fill("[data-action=priority]", "high").press("Enter");
            tabs.getLast().waitFor("document.querySelector('tr[data-id=\"" + tasks.get(5)
                    + "\"] .c-priority')?.textContent === 'high'");
            assertTrue(again.get("/api/tasks/" + tasks.get(5)).body().contains("\"priority\":10"));
            // the tab that holds the connection is closed, and then the next one falls asleep
            tabs.removeFirst().closeTab();
            // twice, because a piece may have been under way
            assertGoOn(tabs);
            assertGoOn(tabs);
            List<Page> next = leaders(tabs);
            next.forEach(leader -> leader.asleep(true));
            tabs.removeAll(next);
            assertGoOn(List.of(tabs.getFirst()));
            assertGoOn(List.of(tabs.getLast()));
            for (Page tab : tabs) {
                assertEquals(List.of(), tab.faults().unexpected());
            }
        }
    }

    @Test
    void tabs_ofAnotherToken_shareNothing(Page first) {
        try (ServerProcess server = ServerProcess.start(Map.of("OLLAMA_QUEUE_TOKEN", "right"),
                directory.resolve("data"), "--ollama-host", "echo:")) {
            Page second = first.another();
            for (Page page : List.of(first, second)) {
                page.faults().expect("401 \\(Unauthorized\\)");
                page.faults().expectGone();
                page.open(server.url() + "/#/tasks").waitForText("Authentication required");
            }
            first.fill("#token", "right").press("Enter").waitForText("live · WebSocket");
            second.fill("#token", "wrong").press("Enter").waitForText("was not accepted");
            String id = first.text("(await (await fetch('/api/tasks', {method: 'POST', headers: {Authorization: "
                    + "'Bearer right', 'Content-Type': 'application/json'}, "
                    + "body: '{\"type\":\"embed\",\"input\":\"x\"}'})).json()).id");
            first.waitFor("document.querySelector('tr[data-id=\"" + id + "\"]')");
            assertEquals("connecting", second.text("document.querySelector('#connection').textContent"));
            assertEquals(0, second.number("document.querySelectorAll('tbody tr').length"));
            second.fill("#token", "right").press("Enter").waitForText("live · WebSocket");
        }
    }
}
