package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// What every view has: the server's name, the line for what matters most, the events; and the view Settings.
@WithBrowser
final class FrameTest {

    private static final String LINE = "(document.querySelector('#line:not([hidden]) p')?.textContent ?? '')";

    @TempDir
    private Path directory;

    @Test
    void frame_tellsTheTruth_inEveryView(Page page) throws IOException {
        Path config = directory.resolve("config.yaml");
        Files.writeString(config, "server: {name: gpu-lab}\nollama:\n  hosts:\n    - {name: e, url: \"echo:\"}\n"
                + "    - {name: attic, url: \"http://127.0.0.1:9\"}\nlimits: {pending_tasks: 10}\n");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--config", config.toString())) {
            page.allowClipboard().open(server.url() + "/#/charts").waitForText("gpu-lab");
            assertTrue(page.shown("#server").matches("gpu-lab \\d+\\.\\d+\\.\\d+.*"), page.shown("#server"));
            assertEquals("", page.text(LINE));
            line_tellsOfTheMode_andResumes(page, server);
            line_tellsWhatCannotRun(page, server);
            events_areListedLive_andFiltered(page, server);
            events_stayInOrder(page, server);
            settings_areAsConfigShowHasThem(page);
            page.faults().expectGone();
            server.kill();
            page.waitFor(LINE + ".match(/^No contact with the server since [0-9:]+, trying again( in \\d+ s)?\\. /)");
            assertEquals("Try now", page.text("document.querySelector('#line button').textContent"));
        }
    }

    private void line_tellsOfTheMode_andResumes(Page page, ServerProcess server) {
        server.post("/api/queue/pause", "");
        server.submit(task("waits", ""));
        page.waitFor(LINE + " === 'Paused: nothing new starts; 1 ready.'");
        // it is refused to all, so it is asked for first
        String drain = ".now-top button[title^='Refuse new tasks']";
        page.eval("location.hash = '#/queue'");
        page.click(drain).waitForText("New tasks are refused from now on").click("dialog button[value=no]");
        page.waitFor("!document.querySelector('dialog')").waitFor(LINE + ".startsWith('Paused: ')");
        page.click(drain).click("dialog .danger");
        page.waitFor(LINE + ".startsWith('Draining: new tasks are refused; ')");
        page.click("#line button").waitFor(LINE + " === ''");
    }

    private void line_tellsWhatCannotRun(Page page, ServerProcess server) {
        server.submit(task("stuck", ",\"on\":\"attic\""));
        page.waitFor(LINE + ".startsWith('1 task cannot run: cannot connect to attic')");
        page.click("#line a").waitFor("location.hash === '#/queue?state=blocked'");
    }

    private void events_areListedLive_andFiltered(Page page, ServerProcess server) {
        page.press("e").waitForText("waits");
        String first = "[...document.querySelectorAll('.event-lines li:not([hidden])')].map(li => li.dataset.what)"
                + ".join()";
        page.waitFor(first + ".includes('submitted')").waitFor(first + ".includes('completed')");
        String id = server.submit(task("seen live", ""));
        server.awaitEnd(id);
        page.waitForText("seen live");
        page.choose(".events select", "ends").waitFor(first + ".split(',').every(what => what === 'completed')");
        // behind it may stand what is filtered out
        String last = "[...document.querySelectorAll('.event-lines li:not([hidden]) a')].at(-1)";
        page.waitFor(last + ".textContent === 'seen live'").eval(last + ".click()");
        page.waitFor("location.hash === '#/tasks/" + id + "'");
        page.reload().waitFor("document.querySelector('.event-lines li')");
        page.click("[aria-label='Close the events']").waitFor("document.querySelector('#events').hidden");
    }

    /// What happens while those from before are being read comes after them, once; what is held is counted on.
    private void events_stayInOrder(Page page, ServerProcess server) {
        page.waitForText("live · ");
        page.eval("const whole = fetch; window.fetch = async (url, ...more) => { if (!String(url).includes("
                + "'/api/events?since=')) { return whole(url, ...more); } window.fetch = whole; window.held = true;"
                + " await new Promise(go => window.letGo = go); return whole(url, ...more); };");
        page.click("#events-toggle").waitFor("window.held");
        String id = server.submit(task("meanwhile", ""));
        page.eval("window.soon = false; setTimeout(() => window.soon = true, 500)");
        page.waitFor("window.soon").eval("window.letGo()");
        String lines = "[...document.querySelectorAll('.event-lines li')]";
        page.waitFor(lines + ".some(line => line.querySelector('a')?.hash === '#/tasks/" + id
                + "' && line.dataset.what === 'submitted') && " + lines + ".some(line => line.textContent.includes("
                + "'the queue is paused'))");
        assertEquals("true", page.text(lines + ".map(line => line.querySelector('time').dateTime)"
                + ".every((time, index, all) => index === 0 || all[index - 1] <= time)"), page.shown(".event-lines"));
        page.hover(".event-lines", 0.5);
        server.submit(task("held", ""));
        page.waitForText("held while the pointer is here");
        long held = page.number("parseInt(document.querySelector('#events header .hint').textContent)");
        server.submit(task("held too", ""));
        page.waitFor("parseInt(document.querySelector('#events header .hint').textContent) > " + held);
        page.click("[aria-label='Close the events']").waitFor("document.querySelector('#events').hidden");
    }

    private void settings_areAsConfigShowHasThem(Page page) {
        page.click("#server").waitForText("limits.pending_tasks");
        page.waitFor("[...document.querySelectorAll('.settings [data-given]')].some(value => value.textContent"
                + " === 'gpu-lab')");
        page.fill("[type=search]", "pending_tasks");
        page.waitFor("[...document.querySelectorAll('.settings tbody tr')].filter(row => !row.hidden).length === 1");
        String row = page.text("[...document.querySelectorAll('.settings tbody tr')].find(row => !row.hidden)"
                + ".innerText");
        assertTrue(row.contains("10") && row.contains("1 in use") && row.contains("config.yaml, line "), row);
        page.click(".settings-page .toolbar button").waitForText("Copied");
        assertTrue(page.is("navigator.clipboard.readText().then(text => text.includes('server:\\n  name: gpu-lab')"
                + " && text.includes('    - name: e\\n      url: \"echo:\"'))"));
    }

    private static String task(String prompt, String more) {
        return "{\"type\":\"generate\",\"prompt\":\"" + prompt + "\"" + more + "}";
    }
}
