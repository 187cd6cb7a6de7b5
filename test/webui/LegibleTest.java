package webui;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;
import support.browser.Page;
import support.browser.WithBrowser;

/// Whether everybody can read and use every view.
@WithBrowser
@TestInstance(Lifecycle.PER_CLASS)
final class LegibleTest {

    /// Each with what is there once it is whole.
    private static final Map<String, String> VIEWS = Map.ofEntries(Map.entry("now", ".host-lane"),
            Map.entry("queue", ".queue-rows li"), Map.entry("tasks", "tbody tr:nth-child(4)"),
            Map.entry("tasks/ID", ".facts dd"), Map.entry("failed", ".cause"), Map.entry("new", "form"),
            Map.entry("cron", ".cron-list tbody tr:nth-child(2) .strip"), Map.entry("cron/new", ".preview"),
            Map.entry("cron/CRON", ".runs td"), Map.entry("backends", ".backend"),
            Map.entry("charts", ".chart .line"));

    /// Texts whose contrast with their background is under 4.5 (WCAG 2.2, 1.4.3 AA), as their words and the figure.
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

    /// What does not fit: text or controls beyond the window or their box, controls that overlap, and texts that wrap
    /// or are cut off in a space of less than 12 characters.
    private static final String TIGHT = """
            (() => {
              const seen = node => node.checkVisibility({visibilityProperty: true, opacityProperty: false})
                  && !node.closest('.visually-hidden, .skip, svg');
              const clip = node => {
                let {left, right, top, bottom} = node.getBoundingClientRect();
                for (let at = node.parentElement; at && at !== document.documentElement; at = at.parentElement) {
                  if (getComputedStyle(at).overflow === 'visible') continue;
                  const box = at.getBoundingClientRect();
                  [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
                  [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
                }
                return {node, left, right, top, bottom};
              };
              const name = node => node.tagName.toLowerCase() + '.' + node.className + ' '
                  + (node.ariaLabel || node.getAttribute('name') || node.textContent.trim()).slice(0, 30);
              const found = [];
              if (document.documentElement.scrollWidth > innerWidth) found.push('the page is too wide');
              const all = [...document.body.querySelectorAll('*')].filter(seen);
              for (const node of all) {
                const style = getComputedStyle(node);
                if (node.scrollWidth > node.clientWidth + 1 && /auto|scroll/.test(style.overflowX)
                    && !node.closest('.charts-table')) found.push('scrolls sideways: ' + name(node));
                if (node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.charts-table'))
                  found.push('beyond the window: ' + name(node));
                const own = [...node.childNodes].filter(child => child.nodeType === 3)
                    .map(text => text.data.trim()).join(' ');
                if (own.length < 12 || node.closest('option, .strip-hours, noscript')) continue;
                const room = 12 * 0.5 * parseFloat(style.fontSize);
                let box = node;
                while (getComputedStyle(box).display === 'inline') box = box.parentElement;
                const cut = /hidden/.test(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth;
                const lines = box.clientHeight / parseFloat(style.lineHeight);
                if (box.clientWidth < room && (cut || lines > 2.2)) found.push('narrow: ' + name(node));
              }
              const controls = all.filter(node => node.matches('a, button, input, select, textarea, summary'))
                  .map(clip).filter(box => box.right - box.left > 1 && box.bottom - box.top > 1);
              controls.forEach((a, i) => controls.slice(i + 1).forEach(b => {
                if (!a.node.contains(b.node) && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
                  found.push(name(a.node) + ' lies on ' + name(b.node));
              }));
              return [...new Set(found)].join('; ');
            })()""";

    private ServerProcess server;
    private String cron;
    private String failed;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"), "--ollama-host", "echo:");
        server.awaitEnd(server.submit("{\"type\":\"generate\",\"prompt\":\"hello\"}"));
        failed = server.submit("{\"type\":\"chat\",\"prompt\":\"a prompt that has more words than fit\","
                + "\"expires_at\":\"2020-01-01T00:00:00Z\"}");
        server.awaitEnd(failed);
        server.submit("{\"type\":\"embed\",\"input\":\"later\",\"scheduled_at\":\"2099-01-01T00:00:00Z\"}");
        server.post("/api/cron", "{\"name\":\"c\",\"cron_expr\":\"0 9 * * *\",\"task_template\":{\"type\":\"chat\","
                + "\"prompt\":\"x\"}}");
        cron = ServerProcess.object(server.post("/api/cron", "{\"name\":\"embed new documents\",\"cron_expr\":"
                + "\"*/15 8-18 * * MON-FRI\",\"timezone\":\"America/New_York\",\"task_template\":{\"type\":\"embed\","
                + "\"model\":\"mistral-small:24b-instruct\",\"input\":\"x\"}}").body()).text("id");
        server.awaitEnd(ServerProcess.object(server.post("/api/cron/" + cron + "/run", "").body()).text("id"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void everyView_hasContrastAndNames_andFitsEveryWidth(Page page) {
        Map<String, String> views = new TreeMap<>(VIEWS);
        views.put("settings", ".settings tbody tr");
        page.open(server.url() + "/").waitForText("Events").press("e");
        List<String> tight = new ArrayList<>();
        for (String view : views.keySet()) {
            page.eval("location.hash = '#/" + view.replace("ID", failed).replace("CRON", cron) + "'");
            page.waitForText("live ·").waitFor("document.querySelector('" + views.get(view) + "')");
            page.eval("document.querySelectorAll('details').forEach(details => details.open = true)");
            assertEquals("", page.text(NAMELESS), view);
            for (boolean dark : new boolean[] {false, true}) {
                page.dark(dark);
                assertEquals("", page.text(FAINT), view + (dark ? " dark" : " light"));
            }
            for (int width = 320; width <= 1440; width += 20) {
                tight.add(view + " at " + width + ": " + page.viewport(width, 800).text(TIGHT));
            }
            page.viewport(1280, 800);
        }
        tight.removeIf(line -> line.endsWith(": "));
        assertEquals("", String.join("\n", tight));
    }

    /// One switch for all views, and a zone that is named once.
    @Test
    void times_areRelativeLocalOrUtc(Page page) {
        String created = "(document.querySelector('tr[data-id=\"" + failed + "\"] time')?.textContent ?? '')";
        page.timeZone("Asia/Tokyo").open(server.url() + "/#/tasks/" + failed);
        page.waitFor(created + ".match(/^\\d+[smh]$/)");
        page.waitFor("document.querySelector('.task-body')?.innerText.includes('Times · GMT+9')");
        page.click("#times").waitFor("document.querySelector('th.c-created')?.textContent === 'Created · GMT+9'");
        page.waitFor(created + ".match(/^\\d\\d:\\d\\d:\\d\\d$/)");
        long tokyo = page.number("parseInt(" + created + ")");
        page.click("#times").waitFor("document.querySelector('th.c-created')?.textContent === 'Created · UTC'");
        page.waitFor("document.querySelector('.task-body')?.innerText.includes('Times · UTC')");
        page.waitFor(created + ".match(/^\\d\\d:\\d\\d:\\d\\d$/)");
        assertEquals(9, (tokyo - page.number("parseInt(" + created + ")") + 24) % 24);
        page.reload().waitFor("document.querySelector('th.c-created')?.textContent === 'Created · UTC'");
        page.timeZone("");
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
