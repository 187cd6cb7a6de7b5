package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// The view Charts, with the server's real figures and with the hours of work of [Afternoon].
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class ChartsViewTest {

    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void withoutARecord_saysSo_thenShowsTheFirstTasks(Page page) {
        page.open(server.url() + "/#/charts").waitForText("No activity yet.").waitForText("History starts");
        assertTrue(page.is("!document.querySelector('.charts').checkVisibility()"));
        server.awaitEnd(server.submit("{\"type\":\"generate\",\"model\":\"m\",\"prompt\":\"one two three\"}"));
        page.reload().waitForText("1 task submitted, 1 completed, 3 tokens written.");
        page.waitFor("document.querySelector('[data-chart=wait] .line.dots')");
        // five minutes are drawn, not an hour that is empty
        page.waitFor("document.querySelector('[data-chart=depth] .unrecorded').getBBox().width"
                + " < document.querySelector('[data-chart=depth] svg').clientWidth"
                + " && document.querySelectorAll('[data-chart=depth] .axis').length >= 5");
        // by priority, model and client: how many, and what they took
        for (String row : List.of("priority normal", "model m", "client no client")) {
            String[] words = row.split(" ", 2);
            page.waitFor("document.querySelector('[data-work=" + words[0] + "] tbody tr').innerText.split('\\t')"
                    + ".slice(0, 3).join() === '" + words[1] + ",1,0'");
        }
        page.waitFor("document.querySelector('[data-work=model] tbody').innerText.split('\\t')[9] === '3'");
        // what the server kept of it
        Json.Obj history = ServerProcess.object(server.get("/api/stats/history").body());
        long tokens = ((Json.Arr) history.get("buckets")).values().stream()
                .mapToLong(bucket -> ((Json.Obj) bucket).integer("tokens", 0)).sum();
        assertEquals(3, tokens);
    }

    @Test
    void hour_isDrawnFromWhereTheRecordBegins(Page page) {
        afternoon(page).open(server.url() + "/#/charts");
        page.waitFor("document.querySelectorAll('.chart .area').length === 3");
        page.waitFor("document.querySelectorAll('.chart .unrecorded').length === 5");
        long begin = page.number("document.querySelector('[data-chart=depth] .begin').getBBox().x");
        long left = page.number("document.querySelector('[data-chart=depth] .unrecorded').getBBox().x");
        long right = page.number("document.querySelector('[data-chart=depth] svg').clientWidth - 8");
        assertEquals(4, page.number("document.querySelectorAll('[data-work=client] tbody tr').length"));
        page.waitForText("A dotted line: the server started (1×). Grey: paused or draining.");
        page.waitFor("document.querySelector('[data-chart=depth] .restart')");
        page.waitFor("document.querySelector('[data-chart=depth] .paused').getBBox().width > 50");
        // 47 minutes of 60
        assertEquals(47.0 / 60, (right - begin) / (double) (right - left), 0.03);
        String marks = page.text("[...document.querySelectorAll('[data-chart=wait] text')]"
                + ".map(text => text.textContent).join()");
        assertTrue(marks.matches("(history starts here,)?(\\d\\d:\\d\\d,)+0(,\\d+ ?(ms|s|m|m \\d+s))+"), marks);
    }

    @Test
    void pointer_andArrowKeys_readOutOneMomentInAllCharts(Page page) {
        afternoon(page).open(server.url() + "/#/charts").waitFor("document.querySelector('.chart .area')");
        assertTrue(page.shown("[data-chart=depth] .readout").startsWith("now"));
        page.hover("[data-chart=depth] .chart", 0.6);
        page.waitFor("/^\\d\\d:\\d\\d/.test(document.querySelector('[data-chart=depth] .readout').innerText)");
        String time = page.shown("[data-chart=depth] .readout").substring(0, 5);
        assertEquals(time, page.shown("[data-chart=run] .readout").substring(0, 5));
        page.waitFor("document.querySelector('[data-chart=run] .cross').getAttribute('d') !== ''");

        page.eval("document.querySelector('[data-chart=wait] .chart').focus()");
        page.press("Home").waitFor("document.activeElement.getAttribute('aria-valuenow') === '0'");
        page.press("ArrowRight").waitFor("document.activeElement.getAttribute('aria-valuenow') === '1'");
        assertTrue(page.text("document.activeElement.getAttribute('aria-valuetext')")
                .matches("\\d\\d:\\d\\d: p50 .*, p95 .*"), page.text("document.activeElement.outerHTML"));
        page.press("ArrowLeft").press("ArrowLeft");
        page.waitFor("document.activeElement.getAttribute('aria-valuenow') === '0'");
        page.press("End").waitFor("document.activeElement.getAttribute('aria-valuenow') === '46'");
    }

    @Test
    void day_hasItsOwnAddress_andATable(Page page) {
        afternoon(page).open(server.url() + "/#/charts").click("[value='24h']");
        page.waitFor("location.hash === '#/charts?window=24h'").waitForText("Each point covers 10 minutes");
        page.reload().waitFor("document.querySelector('[value=\"24h\"]')?.checked").click("summary");
        page.waitFor("document.querySelectorAll('details .charts-table tbody tr').length > 100");
        assertEquals("12", page.text("document.querySelectorAll('details .charts-table thead th').length"));
        assertTrue(page.is("document.querySelectorAll('details .charts-table tbody tr').length <= 145"));
    }

    @Test
    void narrow_nothingIsCutOff(Page page) {
        afternoon(page).viewport(360, 740).reducedMotion(true).dark(true).open(server.url() + "/#/charts?window=24h");
        page.waitFor("document.querySelectorAll('.chart .area').length === 3");
        assertTrue(page.is("document.querySelector('main').scrollWidth <= 360"),
                page.text("document.querySelector('main').scrollWidth"));
        page.viewport(700, 740).waitFor("document.querySelector('.chart').viewBox.baseVal.width > 600");
    }

    private static Page afternoon(Page page) {
        return page.answer("/api/stats/history?window=1h", Afternoon.history("1h", 47))
                .answer("/api/stats/history?window=24h", Afternoon.history("24h", 19 * 60));
    }
}
