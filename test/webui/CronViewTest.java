package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Cron, used as a person uses it.
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class CronViewTest {

    private static final String EVIL = "<img src=x onerror=\"alert(1)\"><script>alert(2)</script>'\"&amp;";

    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void removeAll() {
        crons().values().forEach(cron -> server.send(HttpRequest.newBuilder(URI.create(
                server.url() + "/api/cron/" + ((Json.Obj) cron).text("id"))).DELETE()));
    }

    @Test
    void add_withAPreviewWhileTyping(Page page) {
        page.open(server.url() + "/#/cron").waitForText("No recurring tasks yet");
        page.click("a[href='#/cron/new']").waitFor("document.activeElement.name === 'name'");
        page.type("morning report").fill("[name=timezone]", "Europe/Berlin");
        page.fill("[name=cron_expr]", "0 9 * * MON-FRI");
        page.waitFor("document.querySelectorAll('.preview li').length === 5");
        assertTrue(page.shown(".preview").startsWith("at 09:00, Monday to Friday"), page.shown(".preview"));
        String first = page.shown(".preview li");
        assertTrue(first.matches("(?s)(Mon|Tue|Wed|Thu|Fri) 20..-..-.. 09:00:00 (GMT\\+[12]|CES?T).*"), first);
        page.fill("[name=model]", "qwen3").fill("[name=prompt]", "Report of {{date}}").press("Control+Enter");
        page.waitFor("location.hash === '#/cron'");
        page.waitFor("document.querySelectorAll('[data-cron] .strip').length === 1");
        assertEquals("morning report", page.shown("[data-cron] th a"));
        Json.Obj cron = cron();
        assertEquals("0 9 * * MON-FRI", cron.text("cron_expr"));
        assertEquals("Europe/Berlin", cron.text("timezone"));
        assertEquals("{\"type\":\"chat\",\"model\":\"qwen3\",\"prompt\":\"Report of {{date}}\"}",
                cron.get("task_template").text());
    }

    @Test
    void whatIsWrong_standsAtItsField(Page page) {
        page.open(server.url() + "/#/cron/new").fill("[name=cron_expr]", "0 25 * * *");
        page.waitFor(error("cron_expr") + ".includes('hour 25 is out of range')");
        page.waitFor("document.querySelector('[name=cron_expr]').getAttribute('aria-invalid') === 'true'");
        page.fill("[name=cron_expr]", "@daily").fill("[name=timezone]", "Europe/Berln");
        page.waitFor(error("timezone") + ".includes('did you mean Europe/Berlin?')");
        page.waitFor(error("cron_expr") + " === ''").fill("[name=timezone]", "UTC").click("form .primary");
        page.waitFor(error("name") + ".startsWith('name must not be empty')");
        page.fill("[name=name]", "n").click("form .primary");
        page.waitFor(error("prompt") + ".includes('needs messages or prompt')");
        page.waitFor("document.activeElement.name === 'prompt'");
        page.click("summary").fill("[name=rest]", "{").click("form .primary");
        page.waitFor(error("rest") + ".includes('not JSON')");
        page.fill("[name=prompt]", "p").fill("[name=rest]", "{\"window\":\"nope\"}").click("form .primary");
        page.waitFor(error("rest") + ".startsWith('window: no window is named \"nope\"')");
        // each refusal of the server is a 4xx, which the browser logs
        page.faults().expect("status of 400");
        assertEquals(0, crons().values().size());
    }

    @Test
    void edit_changesWhatWasChanged_andKeepsTheRest(Page page) {
        String id = add("{\"name\":\"n\",\"cron_expr\":\"~ 3 * * *\",\"overlap\":\"queue\",\"task_template\":{\"type\":"
                + "\"chat\",\"prompt\":\"p\",\"options\":{\"seed\":12345678901234567890,\"x\":1.50}}}");
        page.open(server.url() + "/#/cron/" + id).waitFor("document.querySelectorAll('.preview li').length === 5");
        String next = cron().text("next_run");
        // the minute that ~ has chosen for this one
        assertEquals(next, page.text("new Date(document.querySelector('.preview time').dateTime).toISOString()"));
        page.fill("[name=name]", "renamed").click("form .primary").waitFor("location.hash === '#/cron'");
        Json.Obj cron = cron();
        assertEquals("renamed", cron.text("name"));
        assertEquals("queue", cron.text("overlap"));
        assertEquals("{\"seed\":12345678901234567890,\"x\":1.50}",
                ((Json.Obj) cron.get("task_template")).get("options").text());
        page.click("[data-cron] th a").fill("[name=prompt]", "other").click("form .primary")
                .waitFor("location.hash === '#/cron'");
        assertEquals("other", ((Json.Obj) cron().get("task_template")).text("prompt"));
    }

    /// A number that the form does not show in its own field keeps its digits, even when something else is changed.
    @Test
    void edit_ofThePrompt_keepsEveryDigitOfTheRest(Page page) {
        String options = "{\"seed\":12345678901234567890,\"x\":1.50,\"huge\":1e400}";
        String id = add("{\"name\":\"n\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\",\"options\":" + options + "}}");
        page.open(server.url() + "/#/cron/" + id).fill("[name=prompt]", "other").click("form .primary")
                .waitFor("location.hash === '#/cron'");
        Json.Obj template = (Json.Obj) cron().get("task_template");
        assertEquals("other", template.text("prompt"));
        assertEquals(options, template.get("options").text());
    }

    @Test
    void edit_sendsOnlyWhatWasChangedInTheForm(Page page) {
        String id = add("{\"name\":\"n\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\",\"model\":\"old\"}}");
        page.open(server.url() + "/#/cron/" + id).waitFor("document.querySelector('[name=prompt]')?.value === 'p'");
        server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/cron/" + id))
                .header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(
                        "{\"enabled\":false,\"task_template\":{\"priority\":1,\"model\":\"new\"}}")));
        page.fill("[name=prompt]", "other").click("form .primary").waitFor("location.hash === '#/cron'");
        Json.Obj template = (Json.Obj) cron().get("task_template");
        assertEquals("false", cron().get("enabled").text());
        assertEquals("other 1 new", template.text("prompt") + " " + template.get("priority").text() + " "
                + template.text("model"));
    }

    @Test
    void editThatIsLeftBeforeItIsRead_doesNotShowUpElsewhere(Page page) {
        String id = add("{\"name\":\"late\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        page.open(server.url() + "/#/charts").waitForText("No activity yet");
        page.eval("const whole = fetch; window.fetch = async (path, ...more) => { if (path.includes('/api/cron/cron_'))"
                + " { window.asked = true; await new Promise(go => window.answer = go); delete more[0].signal; }"
                + " const answer = await whole(path, ...more);"
                + " if (window.answer) { setTimeout(() => window.answered = true, 200); } return answer; };");
        page.eval("location.hash = '#/cron/" + id + "'");
        page.waitFor("window.answer").eval("location.hash = '#/backends'");
        page.waitForText("1 of 1 up").eval("window.answer()");
        page.waitFor("window.answered");
        assertEquals("Backends", page.shown("h1"));
    }

    @Test
    void cancel_dropsTheDraft_andWhatIsNoNumberIsRefused(Page page) {
        page.open(server.url() + "/#/cron/new").fill("[name=name]", "dropped").click("form .cancel")
                .click("a[href='#/cron/new']").waitFor("document.querySelector('[name=name]')?.value === ''");
        page.fill("[name=name]", "n").fill("[name=cron_expr]", "@daily").fill("[name=prompt]", "p").click("summary")
                .fill("[name=max_runs]", "twice").click("form .primary");
        page.waitFor(error("max_runs") + ".includes('max_runs must be')");
        page.faults().expect("status of 400");
        page.fill("[name=max_runs]", "2").click("form .primary").waitFor("location.hash === '#/cron'");
        assertEquals("2", cron().get("max_runs").text());
    }

    @Test
    void allOfItsTasks_areThoseOfThisCronTaskOnly(Page page) {
        String id = add("{\"name\":\"p\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        server.submit("{\"type\":\"chat\",\"prompt\":\"p too\"}");
        server.post("/api/cron/" + id + "/run", "");
        page.open(server.url() + "/#/cron/" + id).click("aside header a");
        page.waitFor("document.querySelectorAll('tbody tr').length === 1").waitForText("cron p ✕");
        server.submit("{\"type\":\"chat\",\"prompt\":\"p again\"}");
        server.post("/api/cron/" + id + "/run", "");
        page.waitFor("document.querySelectorAll('tbody tr').length === 2");
        page.click(".chips [aria-label^='Remove the filter cron']");
        page.waitFor("document.querySelectorAll('tbody tr').length >= 4")
                .waitFor("location.hash === '#/tasks'");
        page.eval("history.back()");
        page.waitFor("document.querySelectorAll('tbody tr').length === 2").waitForText("cron p ✕");
    }

    @Test
    void runNow_disable_andHistory(Page page) {
        String id = add("{\"name\":\"n\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        page.open(server.url() + "/#/cron").click("[data-act^=run]").waitForText("runs as task_");
        page.waitFor("document.querySelector('.cron-runs').textContent.startsWith('1 run')");
        page.waitFor("document.querySelector('.run-marks [data-status=completed]')?.textContent === '✓'");
        page.waitFor("document.querySelector('.cron-day li')?.textContent.includes('n 00:00')");
        page.click("[data-act^=on]").waitFor("document.querySelector('tr.off')");
        assertEquals("false", cron().get("enabled").text());
        page.waitFor("document.querySelector('.cron-next').textContent === 'disabled'");
        page.click("[data-act^=on]").waitFor("!document.querySelector('tr.off')");
        assertEquals("true", cron().get("enabled").text());
        page.click("[data-cron] th a").waitFor("document.querySelector('.runs a')?.textContent === 'completed'");
        server.post("/api/cron/" + id + "/run", "");
        page.waitFor("document.querySelectorAll('.runs tbody tr').length === 2");
        page.click(".toolbar .danger").waitFor("document.querySelector('dialog[open]')").press("Escape");
        page.waitFor("!document.querySelector('dialog')").click(".toolbar .danger").click("dialog .danger");
        page.waitForText("No recurring tasks yet");
        assertEquals(0, crons().values().size());
    }

    /// The server decides, and the switch shows the actual state.
    @Test
    void enable_thatIsRefused_leavesTheSwitchOff(Page page) {
        add("{\"name\":\"over\",\"cron_expr\":\"@daily\",\"enabled\":false,\"end_at\":\"2020-01-01T00:00:00Z\","
                + "\"task_template\":{\"type\":\"chat\",\"prompt\":\"p\"}}");
        page.open(server.url() + "/#/cron").click("[data-act^=on]").waitForText("no due time before end_at");
        page.waitFor("!document.querySelector('[data-act^=on]').checked");
        assertEquals("false", cron().get("enabled").text());
        page.faults().expect("status of 400");
    }

    @Test
    void list_whoseOlderAnswerComesLast_showsTheNewerOne(Page page) {
        String id = add("{\"name\":\"n\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        page.open(server.url() + "/#/cron").waitFor("document.querySelector('[data-cron] .strip')").waitForText("live");
        holdAnswer(page, "/api/cron?limit");
        server.post("/api/cron/" + id + "/run", "");
        page.waitFor("window.held");
        server.send(HttpRequest.newBuilder(URI.create(server.url() + "/api/cron/" + id + "/disable"))
                .PUT(HttpRequest.BodyPublishers.noBody()));
        page.waitFor("document.querySelector('tr.off')").eval("window.letGo()");
        page.waitFor("window.answered");
        assertTrue(page.is("document.querySelector('tr.off') && !document.querySelector('[data-act^=on]').checked"));
    }

    @Test
    void save_thatIsAnsweredLate_leadsNobodyAway(Page page) {
        String id = add("{\"name\":\"n\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        page.open(server.url() + "/#/cron/" + id).waitFor("document.querySelectorAll('.preview li').length === 5");
        page.fill("[name=prompt]", "other");
        holdAnswer(page, "/api/cron/" + id);
        page.click("form .primary").waitFor("window.held").eval("location.hash = '#/backends'");
        page.waitForText("1 of 1 up").eval("window.letGo()");
        page.waitFor("window.answered").waitForText("n is saved");
        assertEquals("#/backends", page.text("location.hash"));
        assertEquals("other", ((Json.Obj) cron().get("task_template")).text("prompt"));
    }

    /// Holds back the next answer from a path; `held`: it is there, `letGo()` hands it over, `answered`: a moment ago.
    private static void holdAnswer(Page page, String path) {
        page.eval("const whole = fetch; window.fetch = async (url, ...more) => { if (!String(url).includes("
                + Page.quoted(path) + ")) { return whole(url, ...more); } window.fetch = whole; delete more[0]?.signal;"
                + " const answer = await whole(url, ...more); window.held = true;"
                + " await new Promise(go => window.letGo = go);"
                + " setTimeout(() => window.answered = true, 300); return answer; };");
    }

    @Test
    void markup_staysText(Page page) {
        Json.Obj made = ServerProcess.object(server.post("/api/cron", "{\"name\":" + Page.quoted(EVIL)
                + ",\"cron_expr\":\"*/5 * * * *\",\"task_template\":{\"type\":\"chat\",\"model\":" + Page.quoted(EVIL)
                + ",\"prompt\":" + Page.quoted(EVIL) + "}}").body());
        page.open(server.url() + "/#/cron").waitForText(EVIL);
        page.click("[data-cron] th a");
        page.waitFor("document.querySelector('[name=prompt]')?.value === " + Page.quoted(EVIL));
        assertEquals(EVIL, page.text("document.querySelector('h1').textContent"));
        page.click(".toolbar button").waitForText("runs as task_");
        page.click(".toolbar .danger").waitFor("document.querySelector('dialog').textContent.includes("
                + Page.quoted(EVIL) + ")");
        assertTrue(page.is("!document.querySelector('img, main script, dialog script')"));
        assertEquals(EVIL, made.text("name"));
    }

    @Test
    void narrowAndDark_nothingIsCutOff(Page page) {
        add("{\"name\":\"a-name-without-any-blank-that-is-longer-than-the-page-is-wide-by-far\",\"cron_expr\":"
                + "\"0,5,10,15,20,25,30,35,40,45,50,55 8-18 * * MON-FRI\",\"timezone\":\"America/Argentina/"
                + "ComodRivadavia\",\"task_template\":{\"type\":\"chat\",\"prompt\":\"p\"}}");
        page.viewport(360, 740).dark(true).open(server.url() + "/#/cron").waitFor("document.querySelector('.strip')");
        assertTrue(page.is("document.querySelector('main').scrollWidth <= 360"), page.text(
                "document.querySelector('main').scrollWidth"));
        page.click("[data-cron] th a").waitFor("document.querySelectorAll('.preview li').length === 5");
        page.click("summary");
        assertTrue(page.is("document.querySelector('main').scrollWidth <= 360"), page.text(
                "document.querySelector('main').scrollWidth"));
        assertEquals("rgb(21, 23, 26)", page.text("getComputedStyle(document.documentElement).backgroundColor"));
    }

    @Test
    void keyboardAlone_addsOne(Page page) {
        page.open(server.url() + "/#/tasks").waitFor("document.querySelector('#views a[aria-current]')").press("6");
        page.waitFor("location.hash === '#/cron'").waitForText("No recurring tasks yet");
        tabTo(page, "document.activeElement.hash === '#/cron/new'");
        page.press("Enter").waitFor("document.activeElement.name === 'name'");
        page.type("by keys").press("Tab").type("@hourly");
        tabTo(page, "document.activeElement.name === 'prompt'");
        page.type("hello").press("Control+Enter").waitFor("location.hash === '#/cron'").waitForText("by keys");
        // a word of the form's end may come before the list
        page.waitFor("document.querySelector('tr input[type=checkbox]')");
        tabTo(page, "document.activeElement.type === 'checkbox'");
        page.press("Space").waitFor("document.querySelector('tr.off')");
        // the focus is where it was, although the row is a new one
        page.waitFor("document.activeElement.type === 'checkbox' && !document.activeElement.checked");
    }

    /// Ten runs with failures and skips leave enough room for the other columns.
    @Test
    void runs_takeNoRoomFromOtherColumns(Page page) {
        add("{\"name\":\"busy\",\"cron_expr\":\"* * * * *\",\"timezone\":\"Europe/Berlin\",\"task_template\":"
                + "{\"type\":\"chat\",\"prompt\":\"p\"}}");
        String run = "{\"task_id\":\"task_0\",\"due_at\":\"2026-01-01T00:00:00.000Z\",\"status\":\"failed\"}";
        page.answer("/api/cron?limit=200", server.get("/api/cron").body().replace("\"run_count\":0", "\"run_count\":19")
                .replace("\"failure_count\":0", "\"failure_count\":9").replace("\"skipped_count\":0",
                        "\"skipped_count\":10").replace("\"last_runs\":[]", "\"last_runs\":[" + (run + ",").repeat(9)
                        + run + "]"));
        page.open(server.url() + "/#/cron").waitForText("9 failed 10 skipped");
        for (int width : new int[] {1010, 1100, 1440, 1920}) {
            page.viewport(width, 900).waitFor("innerWidth === " + width);
            page.waitFor("document.querySelector('td.cron-when').clientWidth >= 200");
            page.waitFor("document.querySelector('[data-cron]').clientHeight < 100");
            page.waitFor("document.querySelector('.run-marks').scrollWidth <= document.querySelector('.cron-runs')"
                    + ".clientWidth && document.querySelector('main').scrollWidth <= innerWidth");
        }
    }

    private static String error(String field) {
        return "document.querySelector('[data-error=" + field + "]').textContent";
    }

    private static void tabTo(Page page, String condition) {
        for (int i = 0; i < 40 && !page.is(condition); i++) {
            page.press("Tab");
        }
        assertTrue(page.is(condition), condition);
    }

    private String add(String json) {
        return ServerProcess.object(server.post("/api/cron", json).body()).text("id");
    }

    private Json.Arr crons() {
        return (Json.Arr) Json.parse(server.get("/api/cron").body());
    }

    private Json.Obj cron() {
        return (Json.Obj) crons().values().getFirst();
    }
}
