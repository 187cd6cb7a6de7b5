package support.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import shared.json.Json;
import shared.json.JsonWriter;

/// A page of the browser, used as a person uses it: with the mouse, the keyboard and the eyes. What it must never do
/// (see [Faults]) is collected as well.
///
/// Every wait is inside the page and bounded; a wait in vain fails with what the page shows.
public final class Page implements AutoCloseable {

    /// How long a condition may take to become true on a busy machine.
    static final long PATIENCE_MS = 30_000;

    /// A condition is checked after every change of the page, and now and then, because not everything is in the
    /// document.
    private static final String WAIT = """
            new Promise((resolve, reject) => {
              const condition = () => (%s);
              let observer, timer, end, failure;
              const look = () => {
                try {
                  if (condition()) stop(resolve, true);
                  failure = undefined;
                } catch (error) {
                  // what it looks at is not there yet, or is being replaced
                  failure = error;
                }
              };
              const stop = (settle, value) => {
                observer?.disconnect(); clearInterval(timer); clearTimeout(end); settle(value);
              };
              observer = new MutationObserver(look);
              observer.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
              timer = setInterval(look, 20);
              end = setTimeout(() => failure ? stop(reject, failure) : stop(resolve, false), %d);
              look();
            })""";

    /// Where to click, or what covers it; and a guard that stops any press that hits something else.
    private static final String AIM = """
            (async () => {
              const find = () => document.querySelector(SELECTOR);
              const isHit = node => {
                const [wanted, label] = [find(), node?.closest?.('label')];
                return wanted && node && (wanted.contains(node) || label && (label.contains(wanted)
                    || label.control === wanted));
              };
              find()?.scrollIntoView({block: 'center', inline: 'nearest', behavior: 'instant'});
              await new Promise(resolve => requestAnimationFrame(resolve));
              // if it wraps, the first line
              const box = find()?.getClientRects()[0];
              const [x, y] = box ? [box.left + box.width / 2, box.top + box.height / 2] : [-1, -1];
              const top = document.elementFromPoint(x, y);
              if (!isHit(top)) {
                await new Promise(resolve => setTimeout(resolve, 50));
                return {over: String(top?.outerHTML ?? 'nothing')};
              }
              window.missed?.();
              const guard = new AbortController();
              let missed = false;
              for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
                addEventListener(type, event => {
                  missed ||= (type === 'pointerdown' || type === 'click') && !isHit(event.target);
                  if (missed) {
                    event.preventDefault();
                    event.stopImmediatePropagation();
                  } else if (type === 'click') {
                    guard.abort();
                  }
                }, {capture: true, signal: guard.signal});
              }
              window.missed = () => {
                guard.abort();
                return missed;
              };
              return {x: String(x), y: String(y), over: ''};
            })()""";

    private static final Map<String, Integer> KEYS = Map.ofEntries(Map.entry("Enter", 13), Map.entry("Tab", 9),
            Map.entry("Escape", 27), Map.entry("Backspace", 8), Map.entry("Delete", 46), Map.entry("Home", 36),
            Map.entry("End", 35), Map.entry("PageUp", 33), Map.entry("PageDown", 34), Map.entry("ArrowLeft", 37),
            Map.entry("ArrowUp", 38), Map.entry("ArrowRight", 39), Map.entry("ArrowDown", 40), Map.entry("Space", 32));
    private static final Map<String, Integer> MODIFIERS = Map.of("Alt", 1, "Control", 2, "Meta", 4, "Shift", 8);

    private final DevTools tools;
    private final String target;
    private final String session;
    private final String context;
    private final Faults faults = new Faults();
    private final Replies replies;
    private final Map<String, String> preferences = new LinkedHashMap<>();
    private final List<Page> others = new ArrayList<>();
    private boolean closed;

    /// Whether to clear what an earlier page has stored when this one opens its first address.
    private boolean fresh;

    private Page(DevTools tools, String target, String session, String context, boolean fresh) {
        this.tools = tools;
        this.target = target;
        this.session = session;
        this.context = context;
        this.fresh = fresh;
        replies = new Replies(tools, session);
        tools.listen(session, (event, parameters) -> {
            faults.see(event, parameters);
            replies.see(event, parameters);
        });
        for (String domain : List.of("Page", "Runtime", "Network", "Log", "Audits")) {
            call(domain + ".enable");
        }
        call("Page.addScriptToEvaluateOnNewDocument", "source", Faults.SCRIPT);
        call("Emulation.setFocusEmulationEnabled", "enabled", true);
    }

    /// Opens a page in a context of the browser.
    ///
    /// @param fresh whether nothing that others have stored there is visible
    static Page in(DevTools tools, String context, boolean fresh) {
        String target = tools.call(null, "Target.createTarget", "url", "about:blank", "browserContextId", context)
                .text("targetId");
        String session = tools.call(null, "Target.attachToTarget", "targetId", target, "flatten", true)
                .text("sessionId");
        return new Page(tools, target, session, context, fresh);
    }

    /// Opens another tab of the same browser: it shares this one's storage, and closes with it.
    public Page another() {
        Page other = in(tools, context, false);
        others.add(other);
        return other;
    }

    /// Closes this tab, as a person does.
    public void closeTab() {
        if (!closed) {
            closed = true;
            tools.call(null, "Target.closeTarget", "targetId", target);
            tools.forget(session);
        }
    }

    /// Lets the browser put this tab to sleep, as it does with tabs that are hidden for long, or wakes it up.
    public Page asleep(boolean asleep) {
        call("Page.setWebLifecycleState", "state", asleep ? "frozen" : "active");
        return this;
    }

    /// Tells the page that it is hidden, as when another tab is shown, or that it is visible again.
    public Page seen(boolean seen) {
        eval("Object.defineProperty(document, 'hidden', {value: " + !seen + ", configurable: true});"
                + "document.dispatchEvent(new Event('visibilitychange'))");
        return this;
    }

    // ---- where it is, and how it looks

    /// Opens an address and waits until it is loaded; a change of only the fragment does not load anything.
    public Page open(String url) {
        if (fresh) {
            fresh = false;
            call("Storage.clearDataForOrigin", "origin", url.replaceFirst("(//[^/]*).*", "$1"), "storageTypes",
                    "cookies,local_storage,indexeddb,service_workers,cache_storage");
        }
        Json.Obj answer = call("Page.navigate", "url", url);
        if (answer.text("errorText") != null) {
            throw new AssertionError(url + ": " + answer.text("errorText"));
        }
        return waitFor("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    public Page reload() {
        eval("window.beforeReload = true");
        call("Page.reload");
        return waitFor("!window.beforeReload && document.readyState === 'complete'");
    }

    /// @param width in CSS pixels
    public Page viewport(int width, int height) {
        call("Emulation.setDeviceMetricsOverride", "width", width, "height", height, "deviceScaleFactor", 1,
                "mobile", false);
        return this;
    }

    /// @param zone such as `Asia/Tokyo`
    public Page timeZone(String zone) {
        call("Emulation.setTimezoneOverride", "timezoneId", zone);
        return this;
    }

    /// Sets the user's preference for dark colours.
    public Page dark(boolean dark) {
        return prefers("prefers-color-scheme", dark ? "dark" : "light");
    }

    /// Lets the system set the colours, as Windows' high contrast does.
    public Page forcedColours(boolean forced) {
        return prefers("forced-colors", forced ? "active" : "none");
    }

    public Page reducedMotion(boolean reduced) {
        return prefers("prefers-reduced-motion", reduced ? "reduce" : "no-preference");
    }

    private Page prefers(String feature, String value) {
        preferences.put(feature, value);
        List<Json> features = new ArrayList<>();
        preferences.forEach((name, wanted) -> features.add(new Json.Obj(Map.of("name", new Json.Str(name), "value",
                new Json.Str(wanted)))));
        call("Emulation.setEmulatedMedia", "features", new Json.Arr(features));
        return this;
    }

    /// Allows the page to write and read the clipboard.
    public Page allowClipboard() {
        return allow("[\"clipboardReadWrite\",\"clipboardSanitizedWrite\"]");
    }

    /// Allows the page to notify, and to write and read the clipboard: a later permission replaces earlier ones.
    public Page allowNotifications() {
        return allow("[\"notifications\",\"clipboardReadWrite\",\"clipboardSanitizedWrite\"]");
    }

    private Page allow(String permissions) {
        tools.call(null, "Browser.grantPermissions", "browserContextId", context, "permissions",
                Json.parse(permissions));
        return this;
    }

    /// Saves what is visible as PNG.
    public void screenshot(Path file) {
        byte[] png = Base64.getDecoder().decode(call("Page.captureScreenshot", "format", "png").text("data"));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, png);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // ---- queries

    /// Returns the value of an expression, which may be a promise.
    public Json eval(String expression) {
        Json.Obj answer = call("Runtime.evaluate", "expression", expression, "awaitPromise", true, "returnByValue",
                true, "userGesture", true);
        if (answer.get("exceptionDetails") instanceof Json.Obj details) {
            String what = details.get("exception") instanceof Json.Obj thrown && thrown.text("description") != null
                    ? thrown.text("description") : details.text("text");
            throw new AssertionError(expression + "\n    " + what);
        }
        Json value = ((Json.Obj) answer.get("result")).get("value");
        return value == null ? new Json.Null() : value;
    }

    public boolean is(String condition) {
        return eval("(async () => !!(" + condition + "))()").equals(new Json.Bool(true));
    }

    public String text(String expression) {
        return eval("(async () => String(" + expression + "))()") instanceof Json.Str text ? text.value() : null;
    }

    public long number(String expression) {
        return Long.parseLong(text("Math.round(" + expression + ")"));
    }

    /// Returns the readable text of the first matching element, or of the whole page.
    public String shown(String selector) {
        waitFor("document.querySelector(" + quoted(selector) + ")");
        return text("document.querySelector(" + quoted(selector) + ").innerText");
    }

    /// Waits until an expression is true, even if a new document is loaded meanwhile.
    public Page waitFor(String condition) {
        return waitFor(condition, PATIENCE_MS);
    }

    public Page waitFor(String condition, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (true) {
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            try {
                if (is("await " + awaiting(condition, left))) {
                    return this;
                }
            } catch (AssertionError failure) {
                // the document that was queried is gone
                if (left > 1 && failure.getMessage().matches("(?s).*(context was destroyed|Cannot find (default )?"
                        + "execution context|navigated or closed|Promise was collected).*")) {
                    continue;
                }
                throw failure;
            }
            throw new AssertionError("in vain for " + millis + " ms: " + condition + "\n" + text("location.href")
                    + " shows:\n" + text("document.body?.innerText") + "\n" + faults);
        }
    }

    /// Returns a promise of whether an expression becomes true in time.
    static String awaiting(String condition, long millis) {
        return WAIT.replace("%s", condition).replace("%d", Long.toString(millis));
    }

    /// Waits until this text is readable somewhere on the page.
    public Page waitForText(String text) {
        return waitFor("document.body?.innerText.includes(" + quoted(text) + ")");
    }

    /// Returns a text as a JavaScript literal.
    public static String quoted(String text) {
        return new JsonWriter().string(text).toString();
    }

    // ---- the mouse and the keyboard

    /// Clicks in the middle of the first matching element, once nothing else covers it. If it moves meanwhile, the
    /// mouse is aimed again: a press that would hit something else never reaches the page.
    public Page click(String selector) {
        String element = "document.querySelector(" + quoted(selector) + ")";
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        String over;
        do {
            waitFor("(element => element && !element.disabled && element.checkVisibility())(" + element + ")");
            Json.Obj place = (Json.Obj) eval(AIM.replace("SELECTOR", quoted(selector)));
            over = place.text("over");
            if (over.isEmpty()) {
                double x = Double.parseDouble(place.text("x"));
                double y = Double.parseDouble(place.text("y"));
                for (String type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
                    call("Input.dispatchMouseEvent", "type", type, "x", x, "y", y, "button",
                            type.equals("mouseMoved") ? "none" : "left", "clickCount",
                            type.equals("mouseMoved") ? 0 : 1);
                }
                if (!is("window.missed?.()")) {
                    return this;
                }
                over = "what it moved to";
            }
        } while (System.nanoTime() < end);
        throw new AssertionError(selector + " cannot be clicked, for there lies " + over);
    }

    /// Moves the mouse to a position in the first matching element.
    ///
    /// @param across from 0, its left edge, to 1
    public Page hover(String selector, double across) {
        waitFor("document.querySelector(" + quoted(selector) + ")");
        Json.Obj place = (Json.Obj) eval("(element => { element.scrollIntoView({block: 'center', behavior: 'instant'});"
                + " const box = element.getBoundingClientRect(); return {x: String(box.left + box.width * " + across
                + "), y: String(box.top + box.height / 2)}; })(document.querySelector(" + quoted(selector) + "))");
        call("Input.dispatchMouseEvent", "type", "mouseMoved", "x", Double.parseDouble(place.text("x")), "y",
                Double.parseDouble(place.text("y")));
        return this;
    }

    /// Enters text into the focused element, as if pasted.
    public Page type(String text) {
        call("Input.insertText", "text", text);
        return this;
    }

    /// Replaces the contents of a field.
    public Page fill(String selector, String text) {
        click(selector);
        eval("document.activeElement.select?.()");
        if (text.isEmpty()) {
            return press("Backspace");
        }
        return type(text);
    }

    /// Selects the option of a `select` with this value, or sets a field that cannot be typed into (a date).
    public Page choose(String selector, String value) {
        waitFor("document.querySelector(" + quoted(selector) + ")");
        eval("(field => { field.focus(); field.value = " + quoted(value) + "; if (field.value !== " + quoted(value)
                + ") throw new Error('cannot be chosen'); field.dispatchEvent(new Event('input', {bubbles: true}));"
                + " field.dispatchEvent(new Event('change', {bubbles: true})); })(document.querySelector("
                + quoted(selector) + "))");
        return this;
    }

    /// Presses a key: a character, or `Enter`, `Tab`, `Escape`, `ArrowDown`, …, each with an optional `Shift+` or the
    /// like.
    public Page press(String keys) {
        int modifiers = 0;
        String key = keys;
        for (int plus = key.indexOf('+'); plus > 0; plus = key.indexOf('+')) {
            modifiers |= MODIFIERS.get(key.substring(0, plus));
            key = key.substring(plus + 1);
        }
        boolean named = KEYS.containsKey(key);
        String text = named ? Map.of("Enter", "\r", "Space", " ").getOrDefault(key, "") : key;
        String code = named ? key : Character.isLetter(key.charAt(0)) ? "Key" + key.toUpperCase(Locale.ROOT)
                : "";
        int number = named ? KEYS.get(key) : Character.toUpperCase(key.charAt(0));
        boolean silent = (modifiers & ~MODIFIERS.get("Shift")) != 0 || text.isEmpty();
        call("Input.dispatchKeyEvent", "type", silent ? "rawKeyDown" : "keyDown", "key", key.equals("Space") ? " "
                : key, "code", code, "windowsVirtualKeyCode", number, "modifiers", modifiers, "text",
                silent ? "" : text);
        call("Input.dispatchKeyEvent", "type", "keyUp", "key", key.equals("Space") ? " " : key, "code", code,
                "windowsVirtualKeyCode", number, "modifiers", modifiers);
        return this;
    }

    // ---- the network

    /// Returns what the page did that it must not do, and all its requests.
    public Faults faults() {
        return faults;
    }

    /// From now on, answers the page's requests for a path with this JSON instead of the server's answer.
    public Page answer(String path, String json) {
        replies.put(path, json);
        call("Fetch.enable", "patterns", Json.parse(replies.patterns()));
        return this;
    }

    /// Takes the network away from the page, except for an open WebSocket, or gives it back.
    public Page offline(boolean offline) {
        call("Network.emulateNetworkConditions", "offline", offline, "latency", 0, "downloadThroughput", -1,
                "uploadThroughput", -1);
        return this;
    }

    /// Returns the memory that its scripts use.
    public long heapBytes() {
        call("HeapProfiler.collectGarbage");
        return call("Runtime.getHeapUsage").integer("usedSize", 0);
    }

    /// Closes the page and its other tabs.
    @Override
    public void close() {
        others.forEach(Page::closeTab);
        closeTab();
    }

    private Json.Obj call(String method, Object... parameters) {
        return tools.call(session, method, parameters);
    }
}
