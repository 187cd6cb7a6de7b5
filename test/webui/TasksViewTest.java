package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import shared.json.JsonWriter;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Tasks, used as a person uses it. The embedded model takes 20 ms a word. All tests share one page, because
/// loading it takes most of a test's time. A test that changes how the page works says so, and the page is then loaded
/// again.
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class TasksViewTest {

    private static final String LONG = "word ".repeat(3_000);

    private ServerProcess server;

    @BeforeAll
    void start(Page shared, @TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:?delay=20ms", "--workers", "2");
        shared.open(server.url() + "/#/new");
    }

    @AfterEach
    void leave(Page page) {
        page.viewport(1280, 800).eval("location.hash = '#/new'; localStorage.clear(); sessionStorage.clear();");
        if (page.is("window.changed")) {
            page.reload();
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String submit(String prompt, String more) {
        return server.submit(new JsonWriter().beginObject().name("type").string("generate").name("prompt")
                .string(prompt).endObject().toString().replaceFirst("}$", more + "}"));
    }

    private static String row(String id) {
        return "tr[data-id=\"" + id + "\"]";
    }

    private static String status(String id) {
        return "document.querySelector('" + row(id) + "')?.dataset.status";
    }

    private Page tasks(Page page, String query) {
        return page.open(server.url() + "/#/tasks" + query).waitForText("live")
                .waitFor("document.querySelector('.tasks-table')");
    }

    @Test
    void task_thatRuns_isSeenToRunAndCancelled(Page page) {
        tasks(page, "");
        String id = submit(LONG, "");
        page.waitFor(status(id) + " === 'running'").click(row(id) + " a");
        page.waitFor("document.querySelector('.answer')?.textContent.length > 20 && "
                + "/ · \\d+ tokens? · \\d+\\/s · /.test(document.querySelector('.summary').textContent)");
        long before = page.number("document.querySelector('.answer').textContent.length");
        page.waitFor("document.querySelector('.answer').textContent.length > " + before);
        assertTrue(LONG.startsWith(page.text("document.querySelector('.answer').textContent")));
        assertTrue(page.is("location.hash === '#/tasks/" + id + "'"));
        page.click("[data-action=cancel]").waitFor(status(id) + " === 'cancelled'");
        page.waitFor("document.querySelector('.task-status').dataset.status === 'cancelled'");
        // nobody's failure
        page.waitFor("document.querySelector('.attempts')?.textContent.includes('⊘ ')"
                + " && !document.querySelector('.attempts .failure, .attempts .hint, .bar [data-failed]')");
        page.click("[data-action=retry]").waitFor(status(id) + " === 'running'");
        // cancelling a task that has run for long needs a confirmation
        page.eval("window.changed = true; (now => { Date.now = () => now() + 61_000; })(Date.now)");
        page.click("[data-action=cancel]").waitForText("more than a minute").click("dialog button[value=yes]");
        page.waitFor(status(id) + " === 'cancelled'").click("[data-action=delete]").click("dialog button[value=yes]");
        page.waitForText("This task no longer exists").waitFor("!document.querySelector('" + row(id) + "')");
        assertEquals(404, server.get("/api/tasks/" + id).statusCode());
    }

    @Test
    void task_thatWaits_tellsWhere_andWhoGoesBefore(Page page) {
        List<String> running = List.of(submit(LONG, ""), submit(LONG, ""));
        String first = submit("x", "");
        String second = submit("y", "");
        try {
            tasks(page, "/" + second).waitForText("the task before it");
            page.waitForText("Before it").click(".why summary").waitForText("it came earlier");
            assertTrue(page.is("document.querySelector('.why a').hash === '#/tasks/" + first + "'"));
            // it moves while nothing happens to the task itself
            assertEquals(200, server.post("/api/tasks/" + first + "/cancel", "").statusCode());
            page.waitForText("it is next");
        } finally {
            running.forEach(id -> server.post("/api/tasks/" + id + "/cancel", ""));
        }
        server.awaitEnd(second);
        page.waitFor("!document.body.textContent.includes('it is next')");
    }

    @Test
    void answer_ofAnEndedTask_isWholeWithTimesAttemptsAndJson(Page page) {
        String id = submit("one two three", ",\"metadata\":{\"big\":12345678901234567890}");
        server.awaitEnd(id);
        page.allowClipboard();
        // by the beginning of its id, too
        tasks(page, "/" + id.substring("task_".length(), id.length() - 2)).waitForText("one two three");
        page.waitFor("document.querySelector('" + row(id) + "')?.ariaCurrent === 'true'");
        assertEquals("#/tasks/" + id, page.text("location.hash"));
        assertEquals("one two three", page.shown(".answer"));
        // next to it the list's rows have two lines
        page.waitFor("document.querySelector('tbody .meta')?.checkVisibility()"
                + " && !document.querySelector('td.c-model').checkVisibility()");
        String panel = page.shown("aside");
        for (String part : List.of("completed", "generate", "Attempts", "1 ✓", "Why then: it was first by", "echo",
                "tokens", "{\"big\":12345678901234567890}")) {
            assertTrue(panel.contains(part), part + " in " + panel);
        }
        page.click(".raw summary").waitForText("\"big\": 12345678901234567890");
        page.click(".said .part button:last-child").waitForText("Copied");
        assertEquals("one two three", page.text("await navigator.clipboard.readText()"));
    }

    @Test
    void promptOfThreeMegabytes_showsItsBeginningAtFirst(Page page) {
        String id = submit("x".repeat(3_000_000), ",\"options\":{\"num_predict\":1}");
        server.awaitEnd(id);
        tasks(page, "/" + id).waitForText("Details").click(".asked summary").waitFor(
                "document.querySelector('.message pre').checkVisibility()");
        assertEquals(20_001, page.number("document.querySelector('.message pre').textContent.length"));
        page.click(".message button");
        page.waitFor("document.querySelector('.message pre').textContent.length === 3_000_000");
        assertEquals("PRE", page.text("document.activeElement.tagName"));
    }

    @Test
    void answerThatWasCutOff_isMarkedInItsRow(Page page) {
        tasks(page, "");
        String cut = submit("one two three", ",\"options\":{\"num_predict\":1}");
        page.waitFor("document.querySelector('" + row(cut) + "')?.textContent.includes('cut off')");
    }

    @Test
    void filterSortAndSearch_stayInTheAddress(Page page) {
        String chat = server.submit("{\"type\":\"chat\",\"model\":\"zebra\",\"priority\":15,"
                + "\"prompt\":\"needle in a chat\"}");
        String low = submit("needle in a prompt", ",\"model\":\"ant\",\"priority\":1");
        server.awaitEnd(low);
        tasks(page, "").waitFor("document.querySelector('" + row(low) + "')");
        page.press("/").type("needle").waitFor("location.hash.includes('q=needle')")
                .waitFor("document.querySelectorAll('tbody tr').length === 2");
        page.click("th.c-model button").waitFor("document.querySelector('tbody tr').dataset.id === '" + low + "'");
        page.click("th.c-model button").waitFor("document.querySelector('tbody tr').dataset.id === '" + chat + "'");
        page.choose("select[name=type]", "chat").waitFor("document.querySelectorAll('tbody tr').length === 1");
        assertEquals("#/tasks?type=chat&q=needle&sort=model&order=desc", page.text("location.hash"));
        page.reload().waitFor("document.querySelectorAll('tbody tr').length === 1");
        assertEquals("needle", page.text("document.querySelector('input[type=search]').value"));
        // each that is set is a chip, which takes it out
        String chips = "[...document.querySelectorAll('.chip')].map(chip => chip.innerText.trim()).join()";
        assertEquals("type chat ✕,text needle ✕", page.text(chips));
        page.eval("location.hash += '&status=completed,failed&since=1h&priority=15'");
        page.waitFor(chips + " === 'status completed ✕,status failed ✕,type chat ✕,priority 15 ✕,text needle ✕,"
                + "submitted in the last hour ✕'");
        page.click(".chip:nth-child(2)").waitFor("location.hash.includes('status=completed&')");
        assertEquals("Remove the filter type chat", page.text("document.activeElement.ariaLabel"));
        // what is typed leaves what no field offers
        page.eval("location.hash = location.hash.replace('type=chat', 'type=chat,embed')");
        page.waitFor("document.querySelector('[name=type]').selectedOptions[0]?.text === 'chat, embed'");
        page.fill("input[name=client]", "c").waitFor("location.hash.includes('type=chat%2Cembed')"
                + " && location.hash.includes('client=c')");
        page.eval("location.hash = location.hash.replace('type=chat%2Cembed', 'type=chat').replace('&client=c', '')");
        page.waitFor("document.querySelectorAll('.chip').length === 5");
        page.eval("document.querySelector('.chip:nth-child(2)').focus()");
        page.press("Enter").press("Enter").press("Enter").press("Enter");
        page.waitFor("location.hash === '#/tasks?status=completed&sort=model&order=desc'");
        page.press("Enter").waitFor("document.querySelector('.chips').hidden");
        assertTrue(page.is("document.activeElement.type === 'search'"));
        page.fill("input[name=client]", "nobody").waitForText("No tasks match");
        page.click(".filters .quiet").waitFor("document.querySelectorAll('tbody tr').length >= 2");
        page.click(".count[data-status=completed]").waitFor("location.hash.includes('status=completed')");
        assertEquals("true", page.text("document.querySelector('.count[data-status=completed]').ariaPressed"));
        page.faults().expect("400 \\(Bad Request\\)");
        page.fill("input[name=priority]", "x").waitForText("priority must be");
    }

    @Test
    void calls_areToldApart(Page page) throws Exception {
        String task = submit("no call", ",\"client\":\"nightly\"");
        server.awaitEnd(task);
        server.post("/api/queue/pause", "");
        FutureTask<Integer> call = new FutureTask<>(() -> server.post("/q/client=chat-page/v1/chat/completions",
                "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
                        + "\"text\":\"who calls\"}]}]}").statusCode());
        try {
            Thread.ofVirtual().start(call);
            tasks(page, "").waitFor("document.querySelector('.rates')?.textContent.includes('callers1 waiting')");
        } finally {
            server.post("/api/queue/resume", "");
        }
        assertEquals(200, call.get());
        page.choose("select[name=relayed]", "true").waitFor("location.hash === '#/tasks?relayed=true'")
                .waitFor("document.querySelectorAll('tbody tr').length === 1")
                // the bar above is shorter then, and what is below it moves
                .waitFor("!document.querySelector('.rates').textContent.includes('callers')");
        assertEquals("chat \u21c4", page.shown("td.c-type"));
        page.click("tbody td.c-prompt a").waitForText("called");
        String panel = page.shown("aside");
        for (String part : List.of("chat-page", "/v1/chat/completions", "who calls")) {
            assertTrue(panel.contains(part), part + " in " + panel);
        }
        page.choose("select[name=relayed]", "").fill("input[name=client]", "nightly")
                .waitFor("document.querySelector('tbody tr')?.dataset.id === '" + task + "'");
    }

    /// A step for each choice, and one for all that is typed into a field.
    @Test
    void backButton_takesFiltersBack(Page page) {
        String id = submit("going back", ",\"model\":\"there\"");
        server.awaitEnd(id);
        tasks(page, "").click(".count[data-status=completed]").waitFor("location.hash === '#/tasks?status=completed'");
        page.click("th.c-model button").waitFor("location.hash.endsWith('&sort=model')");
        page.click("input[type=search]").type("going").waitFor("location.hash.includes('q=going')").type(" back")
                .waitFor("location.hash.includes('q=going+back')");
        page.eval("history.back()");
        page.waitFor("location.hash === '#/tasks?status=completed&sort=model'"
                + " && document.querySelector('input[type=search]').value === ''");
        for (String before : List.of("#/tasks?status=completed", "#/tasks")) {
            page.eval("history.back()");
            page.waitFor("location.hash === '" + before + "'");
        }
        assertEquals("false", page.text("document.querySelector('.count[data-status=completed]').ariaPressed"));
        page.eval("history.forward()");
        page.waitFor("document.querySelector('.count[data-status=completed]').ariaPressed === 'true'");
    }

    @Test
    void copyButton_pressedTwice_saysCopyAgain(Page page) {
        String id = submit("copy me", "");
        server.awaitEnd(id);
        page.allowClipboard();
        tasks(page, "/" + id).waitForText("copy me").eval("{ window.changed = true; window.late = [];"
                + " const whole = setTimeout;"
                + " window.setTimeout = (call, ms) => ms === 1_500 ? window.late.push(call) : whole(call, ms); }");
        page.click(".said .part button:last-child").waitFor("window.late.length === 1");
        page.click(".said .part button:last-child").waitFor("window.late.length === 2");
        assertEquals("Copied", page.shown(".said .part button:last-child"));
        page.eval("window.late.forEach(call => call())");
        assertEquals("Copy", page.shown(".said .part button:last-child"));
    }

    @Test
    void address_ofNoView_leadsToNow(Page page) {
        page.open(server.url() + "/#/constructor").waitFor("location.hash === '#/now'").waitForText("live ·");
        page.eval("location.hash = '#/charts?window=toString'");
        page.waitFor("document.querySelector('[value=\"1h\"]')?.checked");
    }

    @Test
    void held_list_keepsNothingOfWhatHappens(Page page) {
        submit("hold me", "");
        tasks(page, "").waitFor("document.querySelector('tbody input')").click("tbody input");
        page.waitForText("1 selected");
        page.eval("{ window.changed = true; const set = Map.prototype.set; window.kept = 0;"
                + " Map.prototype.set = function (key, value) {"
                + " window.kept += String(key).startsWith('task_'); return set.call(this, key, value); }; }");
        for (int i = 0; i < 5; i++) {
            server.awaitEnd(submit("passing " + i, ""));
        }
        page.waitFor("document.querySelector('.list-foot > .primary').checkVisibility()");
        assertEquals(0, page.number("window.kept"));
    }

    @Test
    void selection_isChangedTogether(Page page) {
        server.post("/api/queue/pause", "{}");
        try {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ids.add(submit("chosen " + i, ""));
            }
            tasks(page, "?q=chosen").waitFor("document.querySelectorAll('tbody tr').length === 3");
            page.waitForText("paused");
            page.click(row(ids.get(0)) + " input");
            page.eval("document.querySelector('" + row(ids.get(2)) + " input').dispatchEvent("
                    + "new MouseEvent('click', {bubbles: true, shiftKey: true}))");
            page.waitForText("3 selected").fill(".selection input", "high").press("Enter");
            page.waitForText("3 tasks given its priority");
            page.waitFor("[...document.querySelectorAll('td.c-priority')].every(cell => cell.textContent === 'high')");
            page.click("thead input").waitForText("3 selected").click("[data-what=cancel]");
            page.waitForText("3 tasks cancelled").waitFor(status(ids.get(1)) + " === 'cancelled'");
            page.click(row(ids.get(1)) + " input").click("[data-what=delete]")
                    .click("dialog button[value=yes]").waitForText("1 task deleted")
                    .waitFor("document.querySelectorAll('tbody tr').length === 2");
            page.click(".queue .actions button.primary").waitFor("document.getElementById('mode').hidden");
            page.click(".queue .actions button:nth-child(2)").waitForText("New tasks are refused");
            page.click("dialog button[value=no]").waitFor("!document.querySelector('dialog')");
            assertTrue(page.is("document.getElementById('mode').hidden"));
        } finally {
            server.post("/api/queue/resume", "{}");
        }
    }

    @Test
    void rows_whileSomethingIsSelected_stayUntilAskedFor(Page page) {
        String first = submit("steady one", "");
        server.awaitEnd(first);
        tasks(page, "?q=steady").click(row(first) + " input").waitForText("1 selected");
        String second = submit("steady two", "");
        server.awaitEnd(second);
        page.waitForText("Show changes");
        assertEquals(1, page.number("document.querySelectorAll('tbody tr').length"));
        page.click(".list-foot > .primary").waitFor("document.querySelectorAll('tbody tr').length === 2");
        assertTrue(page.is("document.querySelector('" + row(first) + " input').checked"));
    }

    @Test
    void changes_whileTheListIsRead_areOfferedAfterIt(Page page) {
        String first = submit("between one", "");
        server.awaitEnd(first);
        tasks(page, "?q=between").waitFor("document.querySelector('" + row(first) + "')");
        page.eval("{ window.changed = true; window.list = new Promise(go => window.go = go); const ask = fetch;"
                + " window.fetch = async (...all) => { const answer = await ask(...all);"
                + " if (String(all[0]).includes('/api/tasks?')) { window.kept = true; await list; }"
                + " return answer; }; }");
        server.awaitEnd(submit("between two", ""));
        page.waitFor("window.kept").click(row(first) + " input").waitForText("1 selected");
        server.awaitEnd(submit("between three", ""));
        page.waitForText("Show changes").eval("go()");
        page.waitFor("document.querySelectorAll('tbody tr').length === 2").waitForText("Show changes");
        page.click(".list-foot > .primary").waitFor("document.querySelectorAll('tbody tr').length === 3");
    }

    @Test
    void keyboardOnly_reachesEverything(Page page) {
        String first = submit("keyboard one", "");
        String second = submit("keyboard two", "");
        server.awaitEnd(second);
        tasks(page, "?q=keyboard").waitFor("document.querySelectorAll('tbody tr').length === 2");
        assertEquals("Select keyboard two", page.text("document.querySelector('tbody input').ariaLabel"));
        // another tab, where a person wants one
        page.eval("{ window.changed = true; window.opened = []; window.open = href => opened.push(href);"
                + " document.querySelector('td.c-created').dispatchEvent(new MouseEvent('click', {bubbles: true,"
                + " ctrlKey: true})); }");
        assertTrue(page.is("opened.join().endsWith('/" + second + "?q=keyboard') && !/task_/.test(location.hash)"));
        page.press("j").waitFor("document.activeElement.closest('tr')?.dataset.id === '" + second + "'");
        page.press("j").waitFor("document.activeElement.closest('tr')?.dataset.id === '" + first + "'");
        page.press("x").waitForText("1 selected").press("ArrowUp").press("Enter");
        page.waitFor("location.hash.startsWith('#/tasks/" + second + "')").waitForText("Details");
        page.press("j").waitFor("location.hash.startsWith('#/tasks/" + first + "')");
        page.press("Escape").waitFor("location.hash.startsWith('#/tasks?')")
                .waitFor("document.activeElement.closest('tr')?.dataset.id === '" + first + "'");
        page.press("Escape").waitFor("document.querySelector('.selection').hidden");
        page.press("?").waitFor("document.querySelector('dialog[open]')").press("Escape")
                .waitFor("!document.querySelector('dialog')");
        page.press("5").waitFor("location.hash === '#/new'").waitForText("The same on a command line");
        // a field takes the digits
        page.press("1").waitFor("document.activeElement.value === '1' && location.hash === '#/new'");
        page.eval("document.activeElement.blur()");
        page.press("3").waitFor("location.hash === '#/tasks' && document.querySelector('tbody tr')");
        // Tab goes to each control once, and the focused one shows it
        page.eval("document.body.focus()");
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            page.press("Tab");
            reached.add(page.text("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"));
            assertTrue(page.is("document.activeElement === document.body || "
                    + "getComputedStyle(document.activeElement).outlineStyle !== 'none'"), reached.toString());
        }
        for (String control : List.of("Tasks", "New task", "Charts", "Keyboard help", "Pause", "Drain", "Search",
                "Type", "Model", "Priority", "Created", "Select all on this page")) {
            assertTrue(reached.contains(control), control + " in " + reached);
        }
    }

    /// The same texts where the server would repeat them: prompt, answer, model, metadata, error, name.
    @Test
    void markup_inEveryField_staysText(Page page) {
        String evil = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
                + "<b id=evil>&amp;\u202e";
        JsonWriter json = new JsonWriter().beginObject();
        json.name("type").string("chat").name("model").string(evil);
        json.name("messages").beginArray();
        for (String role : List.of("system", "user")) {
            json.beginObject().name("role").string(role).name("content").string(evil + "\u0007").endObject();
        }
        json.endArray().name("metadata").beginObject().name(evil).string(evil).endObject();
        json.name("options").beginObject().name(evil).string(evil).endObject().endObject();
        String id = server.submit(json.toString());
        server.awaitEnd(id);
        tasks(page, "/" + id + "?model=" + java.net.URLEncoder.encode(evil, java.nio.charset.StandardCharsets.UTF_8))
                .waitForText("Details");
        page.waitFor("document.querySelectorAll('tbody tr').length === 1").click(".raw summary");
        page.waitFor("document.querySelector('.raw pre')?.textContent.includes('<script>document.title')");
        // and a character that would change the direction of a text is shown as a mark
        assertFalse(page.is("/[\\u0007\\u202a-\\u202e]/.test(document.body.textContent + document.title + [..."
                + "document.querySelectorAll('[title], [aria-label]')].map(node => node.title + node.ariaLabel))"));
        for (String place : List.of("td.c-model", ".answer", ".message pre", ".raw pre", ".chip")) {
            assertTrue(page.is("document.querySelector('" + place + "').textContent.includes('\\\\u202e')"), place);
        }
        page.click("[data-action=again]").waitFor("location.hash === '#/new'");
        page.waitFor("document.querySelector('.shell')?.textContent.includes('<script>')");
        assertTrue(page.is("!document.querySelector('#evil, main img, body script')"));
        assertEquals("New task · ollama-queue", page.text("document.title"));
        page.open(server.url() + "/#/tasks/" + "%3Cimg%20src%3Dx%3E").waitForText("No such task");
        page.faults().expect("404 \\(Not Found\\)");
    }

    @Test
    void narrow_theTaskCoversTheListAndTakesTheFocus(Page page) {
        String id = submit("a long prompt that has no end ".repeat(20) + "x".repeat(300), "");
        server.awaitEnd(id);
        page.viewport(360, 700);
        tasks(page, "?q=no+end").waitFor("document.querySelector('tbody tr')").press("j").press("Enter");
        page.waitFor("document.querySelector('aside').getBoundingClientRect().width === 360");
        page.waitFor("document.activeElement.matches('h2.task-status') "
                + "&& document.activeElement.textContent.includes('completed')");
        page.press("Escape").waitFor("document.activeElement.closest('tr')?.dataset.id === '" + id + "'");
        page.click(row(id) + " a").click("aside .close").waitFor("document.querySelector('aside').hidden");
    }

    @Test
    void nextVisit_asksForThePageAndTheTasksOnly(Page page) {
        server.awaitEnd(submit("visited", ""));
        tasks(page, "?q=visited").reload().waitFor("document.querySelector('tbody tr')");
        assertEquals("all.css 0, main.js 0", page.text("performance.getEntriesByType('resource')"
                + ".map(({name, transferSize}) => `${name.split('/').at(-1)} ${transferSize}`)"
                + ".filter(file => /\\.(js|css) /.test(file)).sort().join(', ')"));
    }

    @Test
    void filter_neverShowsWhatItExcludes(Page page) {
        String later = ",\"model\":\"left\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"";
        String held = submit("held", later);
        String leaves = submit("leaves", later);
        tasks(page, "?status=pending&model=left").waitFor("document.querySelectorAll('tbody tr').length === 2");
        page.eval("window.changed = true; window.wrong = []; new MutationObserver(() => document.querySelectorAll("
                + "'tbody tr:not(.left, [data-status=pending])').forEach(row => wrong.push(row.dataset.id)))"
                + ".observe(document.body, {subtree: true, childList: true, attributes: true})");
        server.post("/api/tasks/" + leaves + "/cancel", "");
        page.waitFor("!document.querySelector('" + row(leaves) + "')").waitForText("1–1 of 1");
        page.click(row(held) + " input").waitForText("1 selected");
        server.post("/api/tasks/" + held + "/cancel", "");
        page.waitFor("document.querySelector('" + row(held) + ".left')").waitForText("Show changes");
        page.click(".list-foot > .primary").waitForText("No tasks match this filter");
        assertEquals("", page.text("wrong.join()"));
    }

    @Test
    void selection_offersWhatCanBeDone_andKeepsWhatWasRefused(Page page) {
        String ended = submit("mixed one", ",\"model\":\"mixed\"");
        server.awaitEnd(ended);
        submit("mixed two", ",\"model\":\"mixed\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"");
        tasks(page, "?model=mixed").waitFor("document.querySelectorAll('tbody tr').length === 2").click("thead input");
        page.waitForText("2 selected");
        assertEquals("Cancel 1,Delete 1,Clear", page.text("[...document.querySelectorAll('.selection > button')]"
                + ".filter(button => !button.hidden).map(button => button.textContent).join()"));
        page.fill(".selection input", "urgent").click(".selection form button");
        page.waitFor("document.querySelector('.selection input:user-invalid')");
        page.faults().expect("net::ERR_INTERNET_DISCONNECTED");
        page.offline(true).click("[data-what=cancel]").waitForText("the server cannot be reached")
                .waitForText("1 selected").offline(false).click("[data-what=cancel]").waitForText("1 task cancelled")
                .waitFor("document.querySelector('.selection').hidden");
    }

    @Test
    void thousandsOfTasks_arePaged(Page page) {
        StringBuilder lines = new StringBuilder("[");
        for (int i = 0; i < 250; i++) {
            lines.append(i == 0 ? "" : ",").append("{\"type\":\"embed\",\"model\":\"paged\",\"input\":\"p").append(i)
                    .append("\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        }
        server.post("/api/tasks/batch", lines.append("]").toString());
        tasks(page, "?model=paged").waitForText("1–100 of 250");
        page.click("[aria-label='Next page']").waitForText("101–200 of 250").click("[aria-label='Next page']");
        page.waitForText("201–250 of 250").waitFor("document.querySelectorAll("
                + "'tbody tr').length === 50 && document.querySelector('[aria-label=\"Next page\"]').disabled");
        Json.Obj one = ServerProcess.object(server.get("/api/tasks/" + page.text("document.querySelector('tbody tr')"
                + ".dataset.id")).body());
        server.post("/api/tasks/" + one.text("id") + "/cancel", "{}");
        page.waitFor(status(one.text("id")) + " === 'cancelled'");
    }
}
