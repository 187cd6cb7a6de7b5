package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.access.Asker;
import server.access.Scope;
import server.access.TokenFile;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// What the page offers to the bearers of different tokens.
@WithBrowser
final class RightsViewTest {

    @TempDir
    private Path directory;

    @Test
    void page_offersWhatTheTokenAllows(Page page) throws IOException {
        page.faults().expect("401 \\(Unauthorized\\)");
        page.faults().expectGone();
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:",
                "--verbose")) {
            String mine = server.submit(task("ci"));
            String other = server.submit(task("other"));
            server.post("/api/cron", "{\"name\":\"nightly\",\"cron_expr\":\"@daily\",\"task_template\":"
                    + "{\"type\":\"generate\",\"prompt\":\"x\"}}");
            server.post("/api/queue/pause", "");
            for (String client : List.of("ci", "other")) {
                server.awaitEnd(server.submit(task(client).replaceFirst("\"scheduled_at.*", "\"expires_at\":\""
                        + Instant.now().plusMillis(300) + "\"}")));
            }
            TokenFile tokens = new TokenFile(directory.resolve("data"));
            String read = add(tokens, "viewer", Scope.READ);
            String submit = add(tokens, "ci", Scope.SUBMIT);
            String admin = add(tokens, "ops", Scope.ADMIN);

            page.open(server.url() + "/#/tasks/" + other).waitForText("Authentication required");
            page.fill("#token", read).press("Enter").waitForText("live · WebSocket").waitFor(scope("read"));
            page.waitFor("document.querySelector('#line').textContent.startsWith('Paused: ')");
            assertEquals(false, page.is(seen("#line button")));
            offers(page, "#/tasks/" + other, "[data-action=link]", "");
            offers(page, "#/new", "form.new-task", "");
            assertEquals(false, page.is(seen("nav a[href='#/new']")));
            offers(page, "#/queue", "[data-id]", "");
            offers(page, "#/cron", "[data-cron]", "");
            offers(page, "#/backends", "[data-host]", "");
            offers(page, "#/failed", ".cause", "As a list");
            offers(page, "#/cron/new", ".hint[data-lacks]", "");
            page.eval("location.hash = '#/settings'");
            page.waitForText("Your token may not see the settings").waitFor("!document.querySelector('#notice p')");
            offers(page, "#/backends", "[data-host]", "");
            settings_thatWereLeftBeforeTheTokenWasKnown_doNotShowUpElsewhere(page);

            become(page, submit, "submit");
            offers(page, "#/tasks/" + other, "[data-action=link]", "again");
            offers(page, "#/tasks/" + mine, "[data-action=cancel]", "cancel,again");
            offers(page, "#/new", "form.new-task", "Submit");
            assertEquals(true, page.is(seen("nav a[href='#/new']")));
            offers(page, "#/queue", "[data-id]", "↑,✕");
            offers(page, "#/cron", "[data-cron]", "");
            offers(page, "#/backends", "[data-host]", "");
            // one of two that failed for the same cause is its own
            offers(page, "#/failed", ".cause", "As a list,Retry 1,Retry on, with …,Delete …");
            failed_ofAnotherFilter_thatIsKnownLate_isNotShown(page);

            become(page, admin, "admin");
            page.click("#line button").waitFor("document.querySelector('#line').hidden");
            offers(page, "#/tasks/" + other, "[data-action=cancel]", "cancel,again");
            offers(page, "#/queue", "[data-id]", "Pause,Drain,↑,✕,↑,✕");
            offers(page, "#/cron", "[data-cron]", "New cron task,Run now,on");
            offers(page, "#/backends", "[data-host]", "Disable");
            offers(page, "#/failed", ".cause", "As a list,Retry 2,Retry on, with …,Delete …");
            page.eval("location.hash = '#/now'");
            page.waitFor("document.querySelector('.needs-list button')?.textContent === 'Retry 2'");
            for (String secret : List.of(read, submit, admin)) {
                assertFalse(server.logged().contains(secret), server.logged());
                assertFalse(page.faults().requests().stream().anyMatch(url -> url.contains(secret)));
            }
        }
    }

    private static void settings_thatWereLeftBeforeTheTokenWasKnown_doNotShowUpElsewhere(Page page) {
        holdAnswer(page, "/api/info");
        page.eval("location.hash = '#/settings'");
        page.waitFor("window.held").eval("location.hash = '#/backends'");
        page.waitFor("document.querySelector('[data-host]')").eval("window.letGo()");
        page.waitFor("window.answered");
        assertEquals("Backends", page.shown("h1"));
    }

    private static void failed_ofAnotherFilter_thatIsKnownLate_isNotShown(Page page) {
        holdAnswer(page, "client=ci");
        page.eval("location.hash = '#/failed?type=generate'");
        page.waitFor("window.held").eval("location.hash = '#/failed?model=nosuch'");
        page.waitForText("No failed tasks match this filter").eval("window.letGo()");
        page.waitFor("window.answered").waitForText("No failed tasks match this filter");
        assertEquals(0, page.number("document.querySelectorAll('.cause').length"));
    }

    /// Holds back the next answer from such an address; `held`: it is there, `letGo()` hands it over, `answered`: a
    /// moment ago.
    private static void holdAnswer(Page page, String address) {
        page.eval("window.held = window.answered = false; const whole = fetch; window.fetch = async (url, ...more) => {"
                + " if (!String(url).includes(" + Page.quoted(address) + ")) { return whole(url, ...more); }"
                + " window.fetch = whole; delete more[0]?.signal; const answer = await whole(url, ...more);"
                + " window.held = true; await new Promise(go => window.letGo = go);"
                + " setTimeout(() => window.answered = true, 300); return answer; };");
    }

    private static String task(String client) {
        return "{\"type\":\"generate\",\"prompt\":\"Hi\",\"client\":\"" + client
                + "\",\"scheduled_at\":\"2999-01-01T00:00:00Z\"}";
    }

    private static String add(TokenFile tokens, String name, Scope scope) throws IOException {
        return tokens.add(new Asker(name, scope, Asker.NO_LIMIT, Asker.NO_LIMIT), System.currentTimeMillis(), 0);
    }

    private static void become(Page page, String token, String scope) {
        page.eval("sessionStorage.setItem('ollama-queue.token', " + Page.quoted(token) + ")");
        page.reload().waitForText("live · WebSocket").waitFor(scope(scope));
    }

    private static String scope(String scope) {
        return "document.documentElement.dataset.scope === '" + scope + "'";
    }

    private static String seen(String selector) {
        return "document.querySelector(" + Page.quoted(selector) + ").checkVisibility()";
    }

    /// The controls that change something, once the view shows this.
    private static void offers(Page page, String address, String shows, String expected) {
        page.eval("location.hash = " + Page.quoted(address));
        page.waitFor("document.querySelector(" + Page.quoted(shows) + ")?.checkVisibility()");
        String all = "[...document.querySelectorAll('[data-action=cancel], [data-action=again], "
                + ".now-top .actions button:not(.count), .queue-do button, form.new-task button.primary, "
                + ".causes .actions button, .cron-actions button, .cron-actions label, .toolbar .button, "
                + ".backend header button')]"
                + ".filter(node => node.checkVisibility()).map(node => node.dataset.action || node.textContent.trim())"
                + ".join(',')";
        page.waitFor(all + " === " + Page.quoted(expected));
    }
}
