package support.browser;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// A headless Chromium in its own process, with an empty profile. It can reach only this machine.
public final class Chromium implements AutoCloseable {

    private static final List<String> SHELLS = List.of("chromium-headless-shell", "chrome-headless-shell");
    private static final List<String> FULL = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    /// One for each program.
    private static final Map<Path, Chromium> OF_LANE = new ConcurrentHashMap<>();
    /// A name by which it reaches this machine as a host of the network: over plain HTTP it trusts that less.
    public static final String LAN = "queue.lan";

    private final BrowserProcess process;
    private final DevTools tools;
    private final String context;

    private Chromium(BrowserProcess process) {
        this.process = process;
        tools = new DevTools(process.address());
        context = tools.call(null, "Target.createBrowserContext", "disposeOnDetach", true).text("browserContextId");
    }

    /// Returns the one that all classes of this process share: started when first needed, and again after a test that
    /// exceeded its time limit, when it is killed, too.
    ///
    /// @param full as for [WithBrowser#full]
    public static synchronized Chromium ofLane(boolean full) {
        return OF_LANE.compute(installed(full), (program, browser) -> {
            if (browser != null && browser.process.isAlive()) {
                return browser;
            }
            if (browser != null) {
                browser.close();
            }
            return start(program);
        });
    }

    /// @param full as for [WithBrowser#full]
    public static boolean isInstalled(boolean full) {
        return installed(full) != null;
    }

    /// Returns the program in `CHROMIUM`, or the first one on the `PATH`: the headless shell, if that suffices; null if
    /// there is none.
    private static Path installed(boolean full) {
        String named = System.getenv("CHROMIUM");
        return named != null ? Path.of(named)
                : BrowserProcess.installed(Stream.concat(full ? Stream.of() : SHELLS.stream(), FULL.stream())
                        .toArray(String[]::new));
    }

    /// Starts the full one and waits until it can be driven.
    public static Chromium start() {
        return start(installed(true));
    }

    private static Chromium start(Path program) {
        return new Chromium(new BrowserProcess(profile -> command(program, profile), "DevTools listening on "));
    }

    private static List<String> command(Path program, Path profile) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--headless",
                "--remote-debugging-port=0", "--user-data-dir=" + profile, "--no-first-run", "--disable-gpu",
                "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync", "--disable-default-apps",
                "--disable-component-update", "--disable-background-networking", "--no-proxy-server",
                "--force-color-profile=srgb", "--lang=en-GB", "--font-render-hinting=none",
                "--host-resolver-rules=MAP " + LAN
                + " 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"));
        if (System.getProperty("user.name").equals("root")) {
            // its sandbox refuses to run as root, as containers do
            command.add("--no-sandbox");
        }
        command.add("about:blank");
        return command;
    }

    /// Opens a page without another page's cookies, storage and permissions. The browser's caches of loaded and
    /// compiled files are kept: filling them again for each page would take most of the tests' time.
    ///
    /// @param width in CSS pixels
    public Page open(int width, int height) {
        tools.call(null, "Browser.resetPermissions", "browserContextId", context);
        return Page.in(tools, context, true).viewport(width, height);
    }

    @Override
    public void close() {
        tools.close();
        process.close();
    }
}
