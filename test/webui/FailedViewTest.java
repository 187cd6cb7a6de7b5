package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.FakeOllama;
import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// Failed tasks by cause, and how to retry them; and changes of all tasks that match a filter.
@WithBrowser
final class FailedViewTest {

    private final AtomicInteger free = new AtomicInteger(4_096);
    private final AtomicBoolean mended = new AtomicBoolean();

    private static long tasks(ServerProcess server, String query) {
        return Long.parseLong(server.get("/api/tasks?limit=1&" + query).headers().firstValue("X-Total-Count")
                .orElseThrow());
    }

    @Test
    void failuresAreGroupedAndPutBack_andAllThatMatchIsChanged(Page page, @TempDir Path directory) throws IOException {
        try (FakeOllama ollama = FakeOllama.start().models("big", "small")) {
            ollama.otherwise((request, reply) -> {
                if (request.model().equals("big") && !mended.get()) {
                    reply.whole(500, "{\"error\":\"CUDA out of memory (" + free.getAndAdd(-7) + " MiB)\"}");
                } else {
                    reply.token("fine");
                    reply.done(1);
                }
            });
            try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--ollama-host",
                    ollama.url())) {
                List<String> ids = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    ids.add(server.submit("{\"type\":\"generate\",\"model\":\"big\",\"prompt\":\"p" + i
                            + "\",\"max_retries\":0,\"metadata\":{\"n\":12345678901234567890}}"));
                }
                ids.forEach(server::awaitEnd);
                failed(page, server);
                ids.forEach(server::awaitEnd);
                assertEquals(5, tasks(server, "model=big&status=completed"));
                matching(page, server);
                search_thatIsLeftInTheMiddle_changesNoOtherAddress(page);
                page.faults().expectGone();
            }
        }
    }

    private void failed(Page page, ServerProcess server) {
        page.open(server.url() + "/#/failed").waitFor("document.querySelectorAll('.causes > li').length === 1");
        assertTrue(page.shown(".cause").contains("CUDA out of memory (… MiB)"), page.shown(".cause"));
        page.waitFor("/^5 tasks · big · .* · first .* · last /.test(document.querySelector('.causes .hint')"
                + ".textContent)");
        // in the last column of 24, all five
        assertTrue(page.text("document.querySelector('.spark svg').ariaLabel").matches("Failed in the last day: "
                + "(5 in the last hour|\\d 2 hours ago, \\d in the last hour|5 2 hours ago)"));
        page.click(".causes summary").waitFor("document.querySelectorAll('.cause-tasks a').length === 5");
        assertEquals("p4", page.text("document.querySelector('.cause-tasks a').textContent"));
        filtered(page);
        page.click("[data-act=otherwise]").waitFor("document.querySelector('dialog select')");
        page.fill("dialog [name=model]", "small").fill("dialog [name=num_ctx]", "2048").click("dialog .primary");
        // done by the server: the page only shows the progress
        page.waitForText("5 tasks resubmitted");
        assertEquals(5, tasks(server, "model=small"));
        // a refusal of the server is shown with its reason
        page.faults().expect("400 \\(Bad Request\\)");
        page.click("[data-act=otherwise]").choose("dialog select", "").fill("dialog [name=max_retries]", "99999")
                .click("dialog .primary").waitForText("max_retries must be");
        String again = server.get("/api/tasks?model=small&full=true&limit=1").body();
        assertTrue(again.contains("\"num_ctx\":2048") && again.contains("12345678901234567890"), again);
        mended.set(true);
        // a question goes with its view
        page.click("#views a").waitFor("location.hash.startsWith('#/now')").click("#views a[href='#/failed']");
        page.click("[data-act=retry]").waitForText("Retry 5 failed tasks?").eval("history.back()");
        page.waitFor("!document.querySelector('dialog') && location.hash.startsWith('#/now')")
                .eval("history.forward()");
        page.click("[data-act=retry]").waitForText("Retry 5 failed tasks?").click("dialog button[value=yes]");
        page.waitForText("5 tasks put back into the queue").waitForText("No failed tasks are on record");
    }

    /// By chips, in the address; and as a list each row has its reason.
    private static void filtered(Page page) {
        page.fill(".filters [name=model]", "other").waitForText("No failed tasks match this filter");
        assertEquals("#/failed?model=other", page.text("location.hash"));
        page.reload().waitFor("document.querySelector('.chip')?.innerText === 'model other ✕'");
        page.click(".chip").waitFor("document.querySelectorAll('.causes > li').length === 1");
        page.click(".causes a.button").waitForText("1–5 of 5");
        page.waitFor("document.querySelector('.chips').innerText.includes('CUDA out of memory (… MiB)')");
        assertTrue(page.shown("tbody .c-prompt").matches("(?s)\\S+ answered 500: CUDA out of memory.*p\\d"),
                page.shown("tbody .c-prompt"));
        // the searched text may be shown there
        page.eval("location.hash = '#/tasks?q=cuda+out'");
        page.waitFor("document.querySelector('tbody .reason')?.checkVisibility()").eval("location.hash = '#/failed'");
        page.waitFor("document.querySelectorAll('.causes > li').length === 1");
    }

    private static void matching(Page page, ServerProcess server) {
        StringBuilder batch = new StringBuilder("[");
        for (int i = 0; i < 1_200; i++) {
            batch.append(i == 0 ? "" : ",").append("{\"type\":\"embed\",\"model\":\"many\",\"input\":\"x\","
                    + "\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        }
        server.post("/api/tasks/batch", batch.append("]").toString());
        page.eval("location.hash = '#/tasks?model=many,big'");
        page.waitForText("1–100 of 1,205").click("thead input").waitForText("100 selected");
        page.click(".selection > .wholly").waitForText("all 1,205 that match");
        page.fill(".selection input", "high").click(".selection form button");
        page.waitForText("Set priority of 1,200 pending tasks?").waitForText("Left alone: 5 completed.");
        page.click("dialog button[value=no]").waitFor("!document.querySelector('dialog')");
        page.click("[data-what=cancel]").waitForText("Cancel 1,200 pending tasks?");
        // more than a thousand are confirmed by their number
        page.click("dialog button[value=yes]").waitFor("document.querySelector('dialog :user-invalid')");
        page.fill("dialog input", "1200").click("dialog button[value=yes]");
        page.waitFor("document.body.innerText.includes('1,200 tasks cancelled')", 60_000);
        assertEquals(1_200, tasks(server, "model=many&status=cancelled"));
        // for all that match, too, only possible actions are offered
        page.eval("location.hash += '&status=cancelled'");
        page.waitForText("1–100 of 1,200").click("thead input").click(".selection > .wholly");
        assertEquals("Retry …,Delete …,Export,Clear", page.text("[...document.querySelectorAll('.selection > button')]"
                + ".filter(button => !button.hidden).map(button => button.textContent).join()"));
        page.eval("location.hash = '#/tasks?model=many,big'");
        page.waitForText("1–100 of 1,205");
        // somebody else's change between the count and the press
        page.click("thead input").click(".selection > .wholly").click("[data-what=delete]");
        page.waitForText("Delete 5 completed, 1,200 cancelled tasks?");
        server.submit("{\"type\":\"embed\",\"model\":\"many\",\"input\":\"y\","
                + "\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        page.faults().expect("409 \\(Conflict\\)");
        page.fill("dialog input", "1205").click("dialog button[value=yes]").waitForText("1206 tasks match now");
        page.eval("URL.createObjectURL = (own => blob => { window.saved = blob.text(); return own.call(URL, blob); })"
                + "(URL.createObjectURL)");
        page.click(".selection > button:nth-last-of-type(2)").waitFor("window.saved", 60_000);
        String[] saved = page.text("await window.saved").split("\n");
        assertEquals(1_206, saved.length);
        assertTrue(saved[0].contains("\"payload\""), saved[0]);
    }

    /// A search begins a moment after the last key, but not in a view that was opened meanwhile.
    private static void search_thatIsLeftInTheMiddle_changesNoOtherAddress(Page page) {
        page.eval("location.hash = '#/tasks'");
        page.waitFor("document.querySelector('.tasks-table')").eval("(field => { field.value = 'x';"
                + " field.dispatchEvent(new Event('input', {bubbles: true})); location.hash = '#/backends';"
                + " setTimeout(() => window.later = true, 600); })(document.querySelector('[name=q]'))");
        page.waitFor("window.later").waitForText("of 1 up");
        assertEquals("#/backends", page.text("location.hash"));
    }
}
