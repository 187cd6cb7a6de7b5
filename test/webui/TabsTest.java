package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// Many tabs of one browser: browsers open six connections to an origin, and the tabs share one that stays open.
@WithBrowser
@Timeout(180)
final class TabsTest {

    private static final int TABS = 12;
    private static final String TEXT = "word ".repeat(3_000);
    private static final String SAID = "(document.querySelector('.answer')?.textContent ?? '')";
    private static final Pattern CONNECTION = Pattern.compile("^ws:|/api/events");

    @TempDir
    private Path directory;

    private static List<Page> leaders(List<Page> tabs) {
        return tabs.stream().filter(tab -> tab.faults().requests().stream().anyMatch(CONNECTION.asPredicate()))
                .toList();
    }

    /// What of the answer is shown goes on, and is its beginning without a gap.
    private static void assertGoesOn(Page tab) {
        long before = tab.number(SAID + ".length");
        tab.waitFor(SAID + ".length > " + (before + 20));
        String said = tab.text(SAID);
        assertTrue(TEXT.startsWith(said), () -> "not the beginning: " + said.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"WebSocket", "SSE"})
    void twelveTabs_onRunningTasks_shareOneConnection(String mode, Page first) {
        List<String> options = new ArrayList<>(List.of("--ollama-host", "echo:?delay=100ms", "--workers", "20"));
        if (mode.equals("SSE")) {
            options.addAll(List.of("--ws-port", "0"));
        }
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), options.toArray(String[]::new))) {
            List<Page> tabs = new ArrayList<>();
            List<String> tasks = new ArrayList<>();
            for (int i = 0; i < TABS; i++) {
                tasks.add(server.submit("{\"type\":\"generate\",\"prompt\":\"" + TEXT + "\"}"));
                Page tab = i == 0 ? first : first.another();
                // the last one looks at the first one's task, from its beginning
                tabs.add(tab.open(server.url() + "/#/tasks/" + tasks.get(i % (TABS - 1))));
            }
            for (Page tab : tabs) {
                tab.waitForText("live · " + mode);
                assertGoesOn(tab);
            }
            // more than one where a tab is too busy to say that it leads
            assertTrue(leaders(tabs).size() <= 2, leaders(tabs).size() + " connections");
            // one that is not seen lets its answer go, and goes on where it was
            Page hidden = tabs.get(3);
            String let = hidden.seen(false).text("await (async () => { for (let said = null; said !== " + SAID
                    + ";) { said = " + SAID + "; await new Promise(r => setTimeout(r, 500)); } return " + SAID
                    + "; })()");
            assertGoesOn(tabs.get(4));
            assertEquals(let, hidden.text(SAID));
            assertGoesOn(hidden.seen(true));
            // requests are answered, and what they change is seen everywhere
            String cancelled = tasks.get(5);
            tabs.get(5).click("[data-action=cancel]");
            tabs.getLast().waitFor("document.querySelector('tr[data-id=\"" + cancelled
                    + "\"]')?.dataset.status === 'cancelled'");
            tabs.remove(5);
            // the tab that holds the connection is closed, and then the next one falls asleep
            tabs.removeFirst().open(server.url() + "/icon.svg");
            tabs.forEach(TabsTest::assertGoesOn);
            List<Page> next = leaders(tabs);
            next.forEach(leader -> leader.asleep(true));
            tabs.removeAll(next);
            assertGoesOn(tabs.getFirst());
            assertGoesOn(tabs.getLast());
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
                page.open(server.url() + "/").waitForText("Authentication required");
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
