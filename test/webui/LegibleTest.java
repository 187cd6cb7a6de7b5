package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// Whether everybody can read and work every view.
@WithBrowser
@Timeout(90)
@TestInstance(Lifecycle.PER_CLASS)
final class LegibleTest {

    private static final List<String> VIEWS = List.of("tasks", "tasks/ID", "new", "cron", "backends", "charts");

    /// Texts whose contrast to what is behind them is under 4.5 (WCAG 2.2, 1.4.3 AA), as their words and the figure.
    private static final String FAINT = """
            (() => {
              const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
              const rgba = color => {
                canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
                return canvas.getImageData(0, 0, 1, 1).data;
              };
              const light = ([...rgb]) => rgb.slice(0, 3).map(c => c / 255)
                  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const behind = node => {
                for (let at = node; at; at = at.parentElement) {
                  const color = rgba(getComputedStyle(at).backgroundColor);
                  if (color[3] === 255) return color;
                }
                return rgba('white');
              };
              const found = [];
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let text = walker.nextNode(); text; text = walker.nextNode()) {
                const node = text.parentElement;
                if (!text.data.trim() || !node.checkVisibility()) continue;
                if (node.closest(':disabled, option, noscript')) continue;
                const style = getComputedStyle(node);
                const paint = node instanceof SVGElement ? style.fill : style.color;
                const [a, b] = [light(rgba(paint)), light(behind(node))];
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (contrast < 4.5) found.push(text.data.trim().slice(0, 30) + ' ' + contrast.toFixed(2));
              }
              return [...new Set(found)].join('; ');
            })()""";

    /// Controls without a name, ids given twice, and labels of nothing.
    private static final String NAMELESS = """
            [...[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, a, summary')]
                  .filter(node => node.checkVisibility() && !(node.ariaLabel || node.textContent.trim()
                      && !node.matches('select, textarea') || node.labels?.length || node.title))
                  .map(node => 'no name: ' + node.outerHTML.slice(0, 90)),
              ...[...document.querySelectorAll('[id]')].filter(node =>
                  document.querySelectorAll('#' + CSS.escape(node.id)).length > 1).map(node => 'twice: ' + node.id),
              ...[...document.querySelectorAll('label[for]')].filter(node => !node.control)
                  .map(node => 'of nothing: ' + node.outerHTML)].join('; ')""";

    private ServerProcess server;
    private String failed;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
        server.awaitEnd(server.submit("{\"type\":\"generate\",\"prompt\":\"hello\"}"));
        failed = server.submit("{\"type\":\"chat\",\"prompt\":\"hello\",\"expires_at\":\"2020-01-01T00:00:00Z\"}");
        server.awaitEnd(failed);
        server.submit("{\"type\":\"embed\",\"input\":\"later\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        server.post("/api/cron", "{\"name\":\"c\",\"cron_expr\":\"0 9 * * *\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"x\"}}");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void everyView_hasContrastAndNames(Page page) {
        page.open(server.url() + "/");
        for (String view : VIEWS) {
            page.eval("location.hash = '#/" + view.replace("ID", failed) + "'");
            page.waitForText("live ·").waitFor("document.querySelector('main').children.length > 0");
            if (view.startsWith("tasks")) {
                page.waitFor("document.querySelectorAll('tbody tr').length === 3");
            }
            if (view.endsWith("ID")) {
                page.waitForText("Details");
            }
            page.eval("document.querySelectorAll('details').forEach(details => details.open = true)");
            assertEquals("", page.text(NAMELESS), view);
            for (boolean dark : new boolean[] {false, true}) {
                page.dark(dark);
                assertEquals("", page.text(FAINT), view + (dark ? " dark" : " light"));
            }
        }
    }

    @Test
    void theme_isChosenAndKept(Page page) {
        page.dark(true).open(server.url() + "/").waitForText("live ·");
        String dark = page.text("getComputedStyle(document.documentElement).backgroundColor");
        page.click("#theme").waitFor("document.documentElement.dataset.theme === 'light'");
        page.waitFor("getComputedStyle(document.documentElement).backgroundColor !== '" + dark + "'");
        page.reload().waitFor("document.documentElement.dataset.theme === 'light'");
        page.click("#theme").waitFor("getComputedStyle(document.documentElement).backgroundColor === '" + dark + "'");
    }
}
