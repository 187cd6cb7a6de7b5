package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.Effort;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// Cron, Backends and Charts while the server dies and comes back.
@WithBrowser
final class ViewsRestartTest {

    @TempDir
    private Path directory;

    @Test
    void lostServer_isSaidOnce_andWhatWasTypedIsThereWhenItIsBack(Page page) {
        page.faults().expectGone();
        ServerProcess first = start("0");
        page.open(first.url() + "/#/cron/new").waitForText("live · ").fill("[name=name]", "half a name");
        page.fill("[name=cron_expr]", "@hourly").waitFor("document.querySelectorAll('.preview li').length === 5");
        first.close();
        page.waitForText("offline");
        page.fill("[name=cron_expr]", "@daily").waitFor("document.querySelectorAll('.preview li').length === 0");
        page.click("nav a[href='#/charts']").waitFor("document.querySelector('h1')?.textContent === 'Charts'");
        page.click("nav a[href='#/backends']").waitFor("document.querySelector('h1')?.textContent === 'Backends'");
        assertTrue(page.is("!document.querySelector('.notice p')"), page.text("document.body.innerText"));
        try (ServerProcess second = start(Integer.toString(URI.create(first.url()).getPort()))) {
            // the page asks again every ten seconds at the latest
            page.waitFor("document.body.innerText.includes('live · ')", 30_000).waitForText("1 of 1 up");
            page.click("nav a[href='#/cron']").click("a[href='#/cron/new']");
            page.waitFor("document.querySelector('[name=name]')?.value === 'half a name'");
            page.waitFor("document.querySelector('.preview').innerText.includes('00:00')");
            page.fill("[name=prompt]", "p").click("form .primary").waitFor("document.querySelector('.strip')");
            assertEquals(1, second.get("/api/cron").body().split("half a name").length - 1);
        }
    }

    /// A view that is opened while the server is gone says only that, and is complete once the server is back.
    @Test
    void openedWhileTheServerIsGone_isReadWhenItIsBack(Page page) {
        page.faults().expectGone();
        ServerProcess first = start("0");
        String task = first.submit("{\"type\":\"generate\",\"prompt\":\"hello\"}");
        first.awaitEnd(task);
        first.post("/api/cron", "{\"name\":\"c\",\"cron_expr\":\"@daily\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"p\"}}");
        String cron = ((Json.Obj) ((Json.Arr) Json.parse(first.get("/api/cron").body())).values().getFirst())
                .text("id");
        page.open(first.url() + "/#/charts").waitForText("live · ");
        first.close();
        page.waitForText("offline").eval("location.hash = '#/cron/" + cron + "'");
        page.waitForText("It cannot be shown: the server cannot be reached");
        for (String view : List.of("now", "queue", "failed", "cron", "backends", "settings", "charts")) {
            page.eval("location.hash = '#/" + view + "'");
            page.waitFor("document.querySelector('.view-" + view + " > .unread')?.checkVisibility()");
        }
        page.waitFor("document.documentElement.hasAttribute('data-offline')").eval("location.hash = '#/now'");
        page.waitFor("document.querySelector('.view-now > .unread')").click(".now-top button:nth-child(1)");
        page.waitForText("the server cannot be reached: this can be done once it is back");
        String port = Integer.toString(URI.create(first.url()).getPort());
        try (ServerProcess second = start(port)) {
            page.waitFor("document.querySelector('[data-host]') && !document.querySelector('.unread')", 30_000);
            page.waitFor("!document.documentElement.hasAttribute('data-offline')");
            page.eval("location.hash = '#/cron/" + cron + "'");
            page.waitFor("document.querySelector('[name=cron_expr]')?.value === '@daily'");
            page.eval("location.hash = '#/charts'");
            page.waitForText("live · ");
            assertEquals(200, second.get("/api/tasks/" + task).statusCode());
        }
        page.waitForText("offline").eval("location.hash = '#/tasks/" + task + "'");
        page.waitForText("It cannot be shown").waitForText("not loaded: offline");
        try (ServerProcess third = start(port)) {
            page.waitFor("document.querySelector('.answer')?.textContent === 'hello'", 30_000);
            page.waitFor("document.querySelectorAll('tbody tr').length === 1");
            assertEquals(200, third.get("/api/tasks/" + task).statusCode());
        }
    }

    /// The process is killed, with tabs open on several views: what they show afterwards is as the journal has it.
    @Test
    void killed_underOpenTabs_chartsShowTheTimeBefore_andNothingLies(Page page) {
        page.faults().expectGone();
        ServerProcess first = start("0");
        for (int i = 0; i < 3; i++) {
            first.awaitEnd(first.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"one two three\"}"));
        }
        first.post("/api/queue/pause", "");
        String waits = first.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"waits\"}");
        String before = "4 tasks submitted, 3 completed, 9 tokens written.";
        page.open(first.url() + "/#/charts").waitForText(before);
        List<Page> others = new ArrayList<>();
        List<String> views = List.of("now", "queue", "tasks", "backends").subList(0, Effort.of(1, 4));
        for (String view : views) {
            others.add(page.another().open(first.url() + "/#/" + view).waitForText("live · "));
            others.getLast().faults().expectGone();
        }
        first.kill();
        first.close();
        for (Page tab : others) {
            tab.waitFor("document.documentElement.hasAttribute('data-offline')");
        }
        page.waitForText("No contact with the server since");
        String port = Integer.toString(URI.create(first.url()).getPort());
        try (ServerProcess second = start(port)) {
            page.waitFor("document.body.innerText.includes('live · ')", 30_000).waitForText(before);
            page.waitFor("document.querySelector('[data-chart=depth] .restart')");
            page.waitFor("document.querySelector('[data-chart=depth] .readout').innerText.includes('pending 1')");
            for (Page tab : others) {
                tab.waitFor("document.body.innerText.includes('live · ')", 30_000).waitForText("paused");
                tab.waitFor("!document.documentElement.hasAttribute('data-offline')");
            }
            others.getFirst().waitForText("Paused: nothing new starts; 1 ready.");
            second.post("/api/queue/resume", "");
            second.awaitEnd(waits);
            page.waitForText("4 tasks submitted, 4 completed, 10 tokens written.");
            others.getFirst().waitForText("Nothing needs you.");
        }
        page.waitForText("No contact with the server since");
        try (ServerProcess third = start(port)) {
            // nothing ran meanwhile
            page.waitFor("document.querySelectorAll('[data-chart=depth] .restart').length === 2", 30_000);
            page.waitFor("document.querySelectorAll('[data-chart=depth] .paused').length === 1");
            assertEquals(4, ServerProcess.object(third.get("/api/status").body()).integer("completed_tasks", -1));
        }
    }

    private ServerProcess start(String port) {
        return ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:", "--port", port);
    }
}
