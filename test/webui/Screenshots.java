package webui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import support.browser.Chromium;
import support.browser.Page;

/// `make screenshots`: each view at 1440, 768 and 390 pixels, in light and in dark. The arguments are the folder, and
/// names of views if only some are wanted.
final class Screenshots {

    private static final int[][] SIZES = {{1440, 900}, {768, 1024}, {390, 844}};

    /// @param ready what is true once there is something to see
    private record View(String name, String address, String ready) {
    }

    private Screenshots() {
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> wanted = List.of(arguments).subList(1, arguments.length);
        Path data = Files.createTempDirectory("screenshots");
        try (Scene scene = Scene.set(data); Chromium chromium = Chromium.start()) {
            for (View view : views(scene)) {
                if (wanted.isEmpty() || wanted.contains(view.name())) {
                    take(chromium, scene, view, folder);
                }
            }
        }
        // the processes are still ending
        System.exit(0);
    }

    private static List<View> views(Scene scene) {
        String rows = "document.querySelectorAll('main tr, main [role=row]').length > 5";
        return List.of(
                new View("now", "#/now", "document.querySelectorAll('.next-list li').length > 3"),
                new View("queue", "#/queue", "document.querySelectorAll('.queue-rows > li').length > 5"),
                new View("tasks", "#/tasks", rows),
                new View("task", "#/tasks/" + scene.completed(), "document.body.innerText.includes('durable write')"),
                new View("calls", "#/tasks?relayed=true", "document.querySelectorAll('tbody tr').length === 3"),
                new View("call", "#/tasks/" + scene.call(), "document.body.innerText.includes('/api/chat')"),
                new View("task-running", "#/tasks/" + scene.running(),
                        "document.body.innerText.includes('durable write')"),
                new View("failed", "#/failed", "document.querySelector('.cause')"),
                new View("failed-list", "#/tasks?status=failed&type=chat,generate", rows),
                new View("task-waiting", "#/tasks/" + scene.waiting(),
                        "document.body.innerText.includes('position')"),
                new View("task-failed", "#/tasks/" + scene.failed(), "document.querySelector('.attempts')"),
                new View("new", "#/new", "document.querySelector('form')"),
                new View("cron", "#/cron", "document.querySelectorAll('.strip').length === 6"),
                new View("cron-new", "#/cron/new", "document.querySelector('form')"),
                new View("cron-edit", "#/cron/" + scene.cron(), "document.querySelectorAll('.runs td').length > 3"
                        + " && document.querySelectorAll('.preview li').length === 5"),
                new View("backends", "#/backends", "document.querySelectorAll('.backend').length === 3"),
                new View("charts", "#/charts", "document.querySelectorAll('.chart .line').length > 8"),
                new View("settings", "#/settings", "document.querySelectorAll('.settings tbody tr').length > 20"),
                new View("charts-day", "#/charts?window=24h", "document.querySelectorAll('.chart .line').length > 8"));
    }

    private static void take(Chromium chromium, Scene scene, View view, Path folder) {
        for (int[] size : SIZES) {
            for (boolean dark : new boolean[] {false, true}) {
                try (Page page = chromium.open(size[0], size[1])) {
                    page.answer("/api/stats/history?window=1h", Afternoon.history("1h", 47))
                            .answer("/api/stats/history?window=24h", Afternoon.history("24h", 19 * 60));
                    page.dark(dark).reducedMotion(true).open(scene.url() + "/" + view.address());
                    page.waitFor(view.ready());
                    page.waitFor("document.querySelector('#connection').dataset.mode !== 'connecting'");
                    String name = view.name() + "-" + size[0] + (dark ? "-dark" : "") + ".png";
                    page.screenshot(folder.resolve(name));
                    System.out.println(folder.resolve(name));
                }
            }
        }
    }
}
