package support.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import shared.json.Json;

/// A headless Firefox with a tab, driven by WebDriver BiDi: for what must be tested in a second engine, too. The page's
/// errors and warnings are collected as well.
public final class Firefox implements AutoCloseable {

    /// No requests to the outside world, and no welcome pages.
    private static final String PREFERENCES = """
            user_pref("app.update.enabled", false);
            user_pref("browser.aboutwelcome.enabled", false);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("network.captive-portal-service.enabled", false);
            user_pref("network.connectivity-service.enabled", false);
            user_pref("network.proxy.type", 0);
            user_pref("services.settings.server", "http://localhost:9/");
            user_pref("toolkit.telemetry.enabled", false);
            """;

    private final BrowserProcess process;
    private final DevTools tools;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private String tab;

    private Firefox(BrowserProcess process) {
        this.process = process;
        tools = new DevTools(process.address().resolve("/session"));
        tools.listen("null", (event, parameters) -> {
            if (event.equals("log.entryAdded") && List.of("error", "warn").contains(parameters.text("level"))) {
                complaints.add(parameters.text("text"));
            }
        });
        tools.call(null, "session.new", "capabilities", new Json.Obj(Map.of()));
        tools.call(null, "session.subscribe", "events", Json.parse("[\"log.entryAdded\"]"));
        another();
    }

    public static boolean isInstalled() {
        return installed() != null;
    }

    private static Path installed() {
        return BrowserProcess.installed("firefox-esr", "firefox");
    }

    /// Starts it and waits until it can be driven.
    public static Firefox start() {
        return new Firefox(new BrowserProcess(Firefox::command, "WebDriver BiDi listening on "));
    }

    private static List<String> command(Path profile) {
        try {
            Files.writeString(profile.resolve("user.js"), PREFERENCES);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return List.of(installed().toString(), "--headless", "--no-remote", "--remote-debugging-port", "0",
                "--profile", profile.toString());
    }

    /// Opens another tab, which gets all commands from now on; the others stay open. Returns the previous one, for
    /// [#tab(String)].
    public String another() {
        String before = tab;
        tab = tools.call(null, "browsingContext.create", "type", "tab").text("context");
        return before;
    }

    /// Switches to a tab.
    public Firefox tab(String wanted) {
        tab = wanted;
        tools.call(null, "browsingContext.activate", "context", tab);
        return this;
    }

    /// Opens an address and waits until it is loaded.
    public Firefox open(String url) {
        tools.call(null, "browsingContext.navigate", "context", tab, "url", url, "wait", "complete");
        return this;
    }

    /// @param width in CSS pixels
    public Firefox viewport(int width, int height) {
        tools.call(null, "browsingContext.setViewport", "context", tab, "viewport",
                Json.parse("{\"width\":" + width + ",\"height\":" + height + "}"));
        return this;
    }

    /// Returns an expression's value as text; it may be a promise.
    public String text(String expression) {
        Json.Obj answer = tools.call(null, "script.evaluate", "expression",
                "(async () => String(" + expression + "))()", "target",
                new Json.Obj(Map.of("context", new Json.Str(tab))), "awaitPromise", true, "userActivation", true);
        if (answer.get("exceptionDetails") instanceof Json.Obj details) {
            throw new AssertionError(expression + "\n    " + details.text("text"));
        }
        return ((Json.Obj) answer.get("result")).text("value");
    }

    /// Waits until an expression is true, for [Page#PATIENCE_MS] at most.
    public Firefox waitFor(String condition) {
        if (!text("await " + Page.awaiting(condition, Page.PATIENCE_MS)).equals("true")) {
            throw new AssertionError("in vain: " + condition + "\n" + text("location.href") + " shows:\n"
                    + text("document.body.innerText") + "\n" + complaints);
        }
        return this;
    }

    /// Clicks in the middle of the first matching element.
    public Firefox click(String selector) {
        waitFor("document.querySelector(" + Page.quoted(selector) + ")?.checkVisibility()");
        String[] at = text("(element => { element.scrollIntoView({block: 'nearest'}); const box = "
                + "element.getBoundingClientRect(); return Math.round(box.x + box.width / 2) + ' ' + "
                + "Math.round(box.y + box.height / 2); })(document.querySelector(" + Page.quoted(selector) + "))")
                .split(" ");
        return act("{\"type\":\"pointer\",\"id\":\"mouse\",\"actions\":[{\"type\":\"pointerMove\",\"x\":" + at[0]
                + ",\"y\":" + at[1] + "},{\"type\":\"pointerDown\",\"button\":0},"
                + "{\"type\":\"pointerUp\",\"button\":0}]}");
    }

    /// Types each character of a text into the focused element.
    public Firefox type(String text) {
        StringBuilder keys = new StringBuilder();
        for (char c : text.toCharArray()) {
            String key = Page.quoted(String.valueOf(c));
            keys.append(keys.isEmpty() ? "" : ",").append("{\"type\":\"keyDown\",\"value\":").append(key)
                    .append("},{\"type\":\"keyUp\",\"value\":").append(key).append('}');
        }
        return act("{\"type\":\"key\",\"id\":\"keyboard\",\"actions\":[" + keys + "]}");
    }

    private Firefox act(String source) {
        tools.call(null, "input.performActions", "context", tab, "actions", Json.parse("[" + source + "]"));
        return this;
    }

    /// Saves what is visible as PNG.
    public void screenshot(Path file) {
        byte[] png = Base64.getDecoder().decode(tools.call(null, "browsingContext.captureScreenshot", "context", tab)
                .text("data"));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, png);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Returns errors and warnings of the page, including what its policy or the browser refused.
    public List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {
        tools.close();
        process.close();
    }
}
