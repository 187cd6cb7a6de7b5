package support.browser;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import shared.json.Json;

/// What a page must never do: log an error, throw, violate its Content-Security-Policy, or request anything from
/// another host. Safe for several threads.
public final class Faults {

    /// Runs before every document: not everything that the policy forbids reaches the console.
    static final String SCRIPT = "addEventListener('securitypolicyviolation', event => console.error('policy: '"
            + " + event.violatedDirective + ' forbids ' + event.blockedURI + ' ' + event.sample));";

    private static final String GONE = "net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|SOCKET_NOT_CONNECTED"
            + "|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|CONTENT_LENGTH_MISMATCH)|WebSocket connection";

    private final List<String> found = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final List<Predicate<String>> expected = new ArrayList<>();

    synchronized void see(String event, Json.Obj parameters) {
        switch (event) {
            case "Runtime.exceptionThrown" -> {
                Json.Obj details = (Json.Obj) parameters.get("exceptionDetails");
                found.add("thrown: " + (details.get("exception") instanceof Json.Obj thrown
                        && thrown.text("description") != null ? thrown.text("description") : details.text("text")));
            }
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "assert", "warning").contains(parameters.text("type"))) {
                    found.add("console: " + new Json.Obj(parameters.members()).get("args").text());
                }
            }
            case "Log.entryAdded" -> {
                Json.Obj entry = (Json.Obj) parameters.get("entry");
                if (List.of("error", "warning").contains(entry.text("level"))) {
                    found.add("log: " + entry.text("text") + " " + entry.text("url"));
                }
            }
            case "Audits.issueAdded" -> {
                Json.Obj issue = (Json.Obj) parameters.get("issue");
                if (issue.text("code").equals("ContentSecurityPolicyIssue")) {
                    found.add("policy: " + issue.get("details").text());
                }
            }
            case "Network.requestWillBeSent" -> requests.add(((Json.Obj) parameters.get("request")).text("url"));
            case "Network.webSocketCreated" -> requests.add(parameters.text("url"));
            default -> {
                // not a fault
            }
        }
    }

    /// Ignores the browser's messages about a server that is gone, also over a connection that it had kept: the test
    /// intends that.
    public void expectGone() {
        expect(GONE);
    }

    /// Ignores faults with this in their text: the test intends them.
    public synchronized void expect(String pattern) {
        expected.add(Pattern.compile(pattern).asPredicate());
    }

    /// Returns every address that the page requested, including WebSockets.
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /// Returns all faults that were not expected.
    public synchronized List<String> unexpected() {
        List<String> all = new ArrayList<>(found);
        requests.stream().filter(url -> !local(url)).forEach(url -> all.add("a request to another host: " + url));
        all.removeIf(fault -> expected.stream().anyMatch(pattern -> pattern.test(fault)));
        return all;
    }

    /// Forgets the faults that have been reported: one fault fails one test.
    synchronized void forget() {
        found.clear();
        requests.clear();
    }

    private static boolean local(String url) {
        return url.startsWith("data:") || url.startsWith("blob:") || url.startsWith("about:")
                || List.of("localhost", "127.0.0.1", Chromium.LAN).contains(URI.create(url).getHost());
    }

    @Override
    public String toString() {
        return String.join("\n", unexpected());
    }
}
