package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Programs;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view New task, used as a person uses it.
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class NewTaskTest {

    private static final String NASTY = "it's \"quoted\" $HOME `id` \\ --flag\n  - second line; & | <b> %s ü€😀";

    private Path directory;
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:?delay=20ms");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Page form(Page page) {
        return page.open(server.url() + "/#/new").waitForText("The same on a command line");
    }

    private Json.Obj task(String id) {
        return ServerProcess.object(server.get("/api/tasks/" + id).body());
    }

    /// The id of the task that the page has opened.
    private String opened(Page page) {
        page.waitFor("location.hash.startsWith('#/tasks/task_')");
        return page.text("location.hash.replace('#/tasks/', '')");
    }

    private String run(String line) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true);
        builder.environment().put("PATH", Programs.client().getParent() + ":" + System.getenv("PATH"));
        builder.environment().keySet().removeIf(name -> name.startsWith("OLLAMA_"));
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), line + "\n" + out);
        return out;
    }

    @Test
    void submit_fromTheForm_opensTheTaskAndWatchesItRun(Page page) {
        form(page).fill("textarea[name=content0]", "word ".repeat(100)).fill("input[name=model]", "qwen3:8b");
        page.press("Control+Enter");
        String id = opened(page);
        page.waitFor("document.querySelector('.answer')?.textContent.length > 20")
                .waitFor("document.querySelector('.task-status')?.dataset.status === 'completed'");
        assertEquals("qwen3:8b", task(id).text("model"));
        assertEquals("word ".repeat(100).strip(), page.shown(".answer").strip());
        // the text is gone, the model stays
        form(page).waitFor("document.querySelector('[name=model]').value === 'qwen3:8b'");
        assertEquals("", page.text("document.querySelector('[name=content0]').value"));
    }

    @Test
    void mistake_thatTheServerFinds_standsAtItsField(Page page) {
        page.answer("/api/backends", "[{\"name\":\"a\",\"installed\":[\"qwen3:8b\"],\"loaded\":[]}]");
        form(page).fill("textarea[name=content0]", "x").fill("input[name=model]", "gone").waitForText("No host has");
        page.fill("input[name=model]", "qwen3:8b").fill("input[name=priority]", "urgent")
                .waitForText("must be low, normal, high, critical or a whole number");
        page.fill("input[name=priority]", "3000000000").press("Control+Enter");
        page.waitFor("document.activeElement.name === 'priority' && document.activeElement.ariaInvalid === 'true' && "
                + "document.querySelector('#priority-problem').textContent.includes('2147483647')");
        assertFalse(page.is("document.body.innerText.includes('No host has')"));
        page.faults().expect("400 \\(Bad Request\\)");
    }

    /// Requests that are sent while a person types may be answered late.
    @Test
    void refusal_ofWhatHasBeenCorrectedSince_isNotShown(Page page) {
        form(page).fill("textarea[name=content0]", "x").waitForText("It would ");
        page.eval("const whole = fetch; window.fetch = async (url, ...more) => { if (!String(url).includes('dry_run'))"
                + " { return whole(url, ...more); } window.fetch = whole; const answer = await whole(url, ...more);"
                + " window.held = true; await new Promise(go => window.letGo = go);"
                + " setTimeout(() => window.answered = true, 300); return answer; };");
        page.fill("input[name=window]", "nope").waitFor("window.held");
        page.eval("document.querySelector('.starts-when').textContent = ''");
        page.fill("input[name=window]", "").waitForText("It would ").eval("window.letGo()");
        page.waitFor("window.answered");
        assertEquals("", page.text("document.querySelector('#window-problem').textContent"));
        assertTrue(page.shown(".starts-when").startsWith("It would "), page.shown(".starts-when"));
        page.faults().expect("400 \\(Bad Request\\)");
    }

    @Test
    void refusal_isSaidOnce(Page page) {
        server.post("/api/queue/drain", "");
        form(page).fill("textarea[name=content0]", "x").waitForText("It would be refused now: ");
        page.press("Control+Enter").waitFor("document.querySelector('form > .failure').textContent !== ''");
        assertEquals("", page.text("document.querySelector('.starts-when').textContent"));
        server.post("/api/queue/resume", "");
        page.fill("textarea[name=content0]", "y").waitForText("It would ")
                .waitFor("document.querySelector('form > .failure').textContent === ''");
        page.faults().expect("503 \\(Service Unavailable\\)");
    }

    /// The form, the client with the shown command line, and curl submit the same task.
    @Test
    void commandLines_doTheSame(Page page) throws IOException, InterruptedException {
        form(page).click(".kind .segments label:nth-child(2) input").fill("textarea[name=prompt]", NASTY)
                .fill("textarea[name=system]", " - blanks around ").fill("input[name=model]", "it's:a model")
                .fill("input[name=priority]", "high").fill("input[name=max_retries]", "7")
                .fill("input[name=timeout]", "90s").choose("select[name=when]", "in").fill("input[name=in]", "1h");
        page.click(".more summary").fill("textarea[name=options]", "temperature=0.2\nstop=@it's\nnum_ctx=8192")
                .choose("select[name=think]", "low").fill("input[name=keep_alive]", "5m")
                .fill("input[name=format]", "json").fill("textarea[name=extra]", "{\"raw\": true, \"suffix\": \"12\"}")
                .fill("textarea[name=metadata]", "{\"a'b\": [1, \"$x\"]}");
        String own = page.shown(".shell");
        page.click("[name=program][value=curl]")
                .waitFor("document.querySelector('.shell').textContent.startsWith('curl')");
        String curl = page.shown(".shell");
        page.click(".form.new-task button.primary");
        Json.Obj sent = task(opened(page));
        Json.Obj byClient = task(run(own));
        Json.Obj byCurl = ServerProcess.object(run(curl));
        for (Json.Obj other : List.of(byClient, byCurl)) {
            for (String field : List.of("type", "model", "priority", "max_retries", "timeout", "metadata")) {
                assertEquals(sent.get(field), other.get(field), field);
            }
            Json.Obj expected = (Json.Obj) sent.get("payload");
            Json.Obj payload = (Json.Obj) other.get("payload");
            assertEquals(expected.members().keySet().stream().sorted().toList(),
                    payload.members().keySet().stream().sorted().toList());
            expected.members().forEach((name, value) -> assertEquals(value, payload.get(name), name));
            assertTrue(other.text("scheduled_at") != null);
        }
        assertEquals(NASTY, ((Json.Obj) sent.get("payload")).text("prompt"));
    }

    @Test
    void commandLine_ofAChatAndAnEmbed_doesTheSame(Page page) throws IOException, InterruptedException {
        form(page).fill("textarea[name=content0]", "-").click(".new-task > div:nth-of-type(2) > div button")
                .type(" begins with a blank");
        String chat = run(page.shown(".shell"));
        page.press("Control+Enter");
        assertEquals(task(opened(page)).get("payload"), task(chat).get("payload"));
        form(page).click(".kind .segments label:nth-child(3) input")
                .fill("textarea[name=input]", "-\n--one 'two'\n\nthree").click("[name=lines]");
        String embed = run(page.shown(".shell"));
        page.press("Control+Enter");
        assertEquals("{\"input\":[\"-\",\"--one 'two'\",\"three\"]}", task(opened(page)).get("payload").text());
        assertEquals("{\"input\":[\"-\",\"--one 'two'\",\"three\"]}", task(embed).get("payload").text());
    }

    @Test
    void mistakes_areToldAtTheirPlace(Page page) {
        form(page).press("Control+Enter").waitForText("must not be empty");
        page.fill("textarea[name=content0]", "x").click(".more summary")
                .fill("textarea[name=options]", "{\"a\": 1,\n \"b\" 2}").waitForText("line 2");
        assertEquals("options-problem", page.text("document.querySelector('[name=options]')"
                + ".getAttribute('aria-describedby')"));
        assertTrue(page.shown("#options-problem").contains("column"));
        page.fill("textarea[name=options]", "a=1").fill("input[name=timeout]", "soon")
                .waitForText("must be a duration");
        page.click(".form.new-task button.primary").waitFor("document.activeElement.name === 'timeout'");
        page.faults().expect("400 \\(Bad Request\\)");
        // the server's findings are shown before it is sent, too
        page.fill("input[name=timeout]", "").fill("input[name=window]", "nigth").waitFor("document.querySelector("
                + "'#window-problem').textContent === 'no window is named \"nigth\"; the setting windows has none'");
        page.fill("input[name=window]", "").waitFor("!document.querySelector('#window-problem').textContent");
        page.waitForText("It would start at once").fill("input[name=on]", "nowhere");
        page.click(".form.new-task button.primary").waitForText("nowhere")
                .waitFor("document.querySelector('#on-problem').textContent.includes('nowhere')");
        assertEquals("x", page.text("document.querySelector('[name=content0]').value"));
    }

    @Test
    void draft_outlivesLeavingAndReloading(Page page) {
        form(page).fill("textarea[name=content0]", "half a thou").click(".new-task > div:nth-of-type(2) > div button")
                .type("an answer").press("Escape");
        page.eval("location.hash = '#/tasks'");
        page.waitFor("document.querySelector('[type=search]')").eval("location.hash = '#/new'");
        page.waitFor("document.querySelector('[name=content1]')?.value === 'an answer'");
        page.reload().waitFor("document.querySelector('[name=content1]')?.value === 'an answer'");
        assertEquals("half a thou", page.text("document.querySelector('[name=content0]').value"));
        page.click(".new-task > .actions button:nth-of-type(2)")
                .waitFor("document.querySelector('[name=content0]').value === ''");
        page.reload().waitFor("document.querySelector('[name=content0]')?.value === ''");
        assertTrue(page.is("!document.querySelector('[name=content1]')"));
    }

    /// The first answer is lost on its way, so the request is sent again. The server has one task, although "an hour
    /// from now" is another time by then.
    @Test
    void submit_whoseAnswerIsLost_makesOneTask(Page page) {
        form(page).fill("textarea[name=content0]", "once").fill("input[name=model]", "only-once")
                .choose("select[name=when]", "in").fill("input[name=in]", "1h");
        page.eval("const whole = fetch; window.fetch = async (...all) => { const answer = await whole(...all);"
                + " if (all[1]?.method === 'POST' && !all[0].includes('dry_run')) {"
                + " window.fetch = whole; throw new TypeError('lost'); }"
                + " return answer; };");
        page.click(".form.new-task button.primary").waitForText("the server cannot be reached");
        page.click(".form.new-task button.primary");
        opened(page);
        assertEquals("1", server.get("/api/tasks?model=only-once").headers().firstValue("X-Total-Count").orElse(""));
    }

    @Test
    void newLikeThis_fillsTheForm(Page page) {
        String id = server.submit("{\"type\":\"chat\",\"model\":\"m\",\"priority\":10,\"messages\":["
                + "{\"role\":\"system\",\"content\":\"be short\"},{\"role\":\"user\",\"content\":\"hi\"}],"
                + "\"options\":{\"seed\":1},\"tools\":[{\"type\":\"function\"}]}");
        server.awaitEnd(id);
        page.open(server.url() + "/#/tasks/" + id).click("[data-action=again]").waitForText("on a command line");
        page.click(".form.new-task button.primary");
        page.waitFor("location.hash.startsWith('#/tasks/task_') && !location.hash.includes('" + id + "')");
        Json.Obj again = task(opened(page));
        Json.Obj first = task(id);
        assertEquals(first.get("payload"), again.get("payload"));
        assertEquals(first.get("priority"), again.get("priority"));
    }
}
