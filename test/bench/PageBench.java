package bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import support.browser.Chromium;
import support.browser.Page;

/// The page with a busy queue of 100,000 tasks: how soon its first rows are visible, far from the server at the first
/// visit and at the next, and near the server; and what scrolling costs while the rows change.
final class PageBench {

    private static final int TASKS = 100_000;
    private static final int FAR_MILLIS = 150;
    private static final int SCROLLED_MILLIS = 15_000;
    /// What is a row of a view.
    private static final Map<String, String> ROWS = Map.of("now", ".next-list li", "tasks", "tbody tr", "queue",
            ".queue-rows li");

    /// The longest task of the page, in milliseconds, while it scrolls up and down; 0: none was longer than 50.
    private static final String SCROLL = """
            new Promise((resolve, reject) => {
              const found = [0];
              let far = 0;
              new PerformanceObserver(list => list.getEntries().forEach(({duration}) => found.push(duration)))
                  .observe({entryTypes: ['longtask']});
              const all = [document.scrollingElement, ...document.querySelectorAll('*')]
                  .filter(node => node.scrollHeight > node.clientHeight && node.clientHeight > 300);
              const end = performance.now() + %d;
              let step = 40;
              const scroll = () => {
                for (const node of all) {
                  const before = node.scrollTop;
                  node.scrollTop += step;
                  far = Math.max(far, node.scrollTop);
                  if (node.scrollTop === before && node === all.at(-1)) step = -step;
                }
                performance.now() < end ? requestAnimationFrame(scroll) : setTimeout(() => far > 500
                    ? resolve(Math.max(...found)) : reject(new Error(`scrolled by ${far} pixels`)), 500);
              };
              scroll();
            })""";

    private PageBench() {
    }

    static void run(Work work, Table table) throws Exception {
        if (!Chromium.isInstalled(true)) {
            System.out.println("page: there is no full Chromium");
            return;
        }
        Path folder = work.fresh("page");
        Million.fill(work, folder, TASKS);
        try (Program server = Program.server(work, folder, "", "--ollama-host", "echo:?delay=5ms")) {
            int port = server.port();
            try (SlowNetwork network = new SlowNetwork(port, FAR_MILLIS)) {
                for (String view : List.of("now", "tasks", "queue")) {
                    far(network, view, table);
                }
            }
            try (Client client = new Client(work)) {
                client.post(port, "/api/queue/resume");
            }
            near(port, "tasks", table);
            near(port, "queue", table);
        }
    }

    private static void far(SlowNetwork network, String view, Table table) throws Exception {
        Figures first = new Figures();
        Figures next = new Figures();
        for (int i = 0; i < Subject.RUNS; i++) {
            try (Chromium browser = Chromium.start(); Page page = browser.open(1280, 800)) {
                first.add(rows(page, network.port(), view));
                // a browser keeps the compiled form of scripts that it sees a second time
                rows(page, network.port(), view);
                network.hangUp();
                next.add(rows(page, network.port(), view));
            }
        }
        String name = "page: rows of " + view + ", " + FAR_MILLIS + " ms away, ";
        table.row(name + "first", "ms", first, Goal.atMost(1_500, "ms"));
        table.row(name + "next", "ms", next, Goal.atMost(600, "ms"));
    }

    private static void near(int port, String view, Table table) {
        Figures rows = new Figures();
        Figures longest = new Figures();
        Figures heap = new Figures();
        try (Chromium browser = Chromium.start(); Page page = browser.open(1280, 800)) {
            for (int i = 0; i < Subject.RUNS; i++) {
                rows.add(rows(page, port, view));
            }
            show(page, port, view);
            longest.add(page.number("await " + SCROLL.formatted(SCROLLED_MILLIS)));
            heap.add(page.heapBytes() / 1e6);
        }
        table.row("page: rows of " + view, "ms", rows, Goal.atMost(900, "ms"));
        table.row("page: longest task while " + view + " scrolls", "ms", longest, Goal.atMost(50, "ms"));
        table.row("page: heap of " + view, "MB", heap, Goal.atMost(8, "MB"));
    }

    /// Milliseconds from opening the address to the first row.
    private static double rows(Page page, int port, String view) {
        show(page, port, view);
        double millis = page.number("performance.now()");
        // elsewhere, because another address of the same page would load nothing
        page.open("http://localhost:" + port + "/healthz");
        return millis;
    }

    private static void show(Page page, int port, String view) {
        page.open("http://localhost:" + port + "/#/" + view)
                .waitFor("document.querySelector('" + ROWS.get(view) + "')");
    }
}
