package support.browser;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import shared.json.Json;

/// Answers that a page gets instead of the server's.
final class Replies {

    private final DevTools tools;
    private final String session;
    private final Map<String, String> byPath = new ConcurrentHashMap<>();

    Replies(DevTools tools, String session) {
        this.tools = tools;
        this.session = session;
    }

    void put(String path, String json) {
        byPath.put(path, json);
    }

    /// Returns the requests to hold back until they are answered.
    String patterns() {
        return byPath.keySet().stream().map(path -> "{\"urlPattern\":\"*" + path + "*\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    void see(String event, Json.Obj parameters) {
        if (!event.equals("Fetch.requestPaused")) {
            return;
        }
        String id = parameters.text("requestId");
        String url = ((Json.Obj) parameters.get("request")).text("url");
        byPath.entrySet().stream().filter(entry -> url.contains(entry.getKey())).findFirst().ifPresentOrElse(
                entry -> tools.send(session, "Fetch.fulfillRequest", "requestId", id, "responseCode", 200,
                        "responseHeaders", Json.parse("[{\"name\":\"Content-Type\",\"value\":\"application/json\"}]"),
                        "body", Base64.getEncoder().encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8))),
                () -> tools.send(session, "Fetch.continueRequest", "requestId", id));
    }
}
