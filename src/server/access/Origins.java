package server.access;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import server.settings.Setting;

/// The origins whose pages may send requests, in addition to the server's own: patterns in which one `*` stands for any
/// text, as in Ollama's `OLLAMA_ORIGINS`. Such a page also gets the headers that let it read the answer (CORS).
final class Origins {

    static final Setting<List<String>> ALLOWED = Setting.texts("server.allowed_origins", "origins, with commas between")
            .byDefault("").live().says("further origins whose pages may use the server, as https://chat.example.org; "
                    + "one * stands for any text");
    static final Setting<List<String>> OLLAMAS = Setting.texts("server.ollama_origins", "origins, with commas between")
            .byDefault("").live().alsoNamed("OLLAMA_ORIGINS").says("further origins whose pages may use the paths of "
                    + "Ollama, OpenAI and Anthropic; also $OLLAMA_ORIGINS");

    /// The origins that Ollama allows by default.
    static final List<String> BY_OLLAMA = List.of("http://localhost", "https://localhost", "http://localhost:*",
            "https://localhost:*", "http://127.0.0.1", "https://127.0.0.1", "http://127.0.0.1:*", "https://127.0.0.1:*",
            "http://0.0.0.0", "https://0.0.0.0", "http://0.0.0.0:*", "https://0.0.0.0:*",
            "app://*", "file://*", "tauri://*", "vscode-webview://*", "vscode-file://*");

    /// The headers that Ollama allows, and those that Anthropic's SDK and the queue's own users send.
    private static final String HEADERS = "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,"
            + "X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper,"
            + "X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,"
            + "X-Stainless-Poll-Helper,X-Stainless-Read-Timeout,X-Stainless-Retry-Count,X-Stainless-Runtime,"
            + "X-Stainless-Runtime-Version,X-Stainless-Timeout,X-Api-Key,Anthropic-Version,Anthropic-Beta,"
            + "Anthropic-Dangerous-Direct-Browser-Access,Traceparent,Idempotency-Key,X-Client-Id,X-User-Id,"
            + "X-Queue-Priority,X-Queue-Client,X-Queue-On,X-Queue-Keep,X-Queue-Record";
    private static final String EXPOSED =
            "X-Queue-Task,X-Queue-Host,X-Queue-Waited-Ms,X-Queue-Warning,Retry-After,X-Request-Id,X-Should-Retry";

    /// The form of an origin as a browser sends it: no user, no path; some write `file:///`. A `*` must not match a
    /// user or a path.
    private static final Pattern ORIGIN = Pattern.compile(
            "[a-z][a-z0-9+.-]*://(\\[[0-9a-f:.]+]|[^/?#@\\\\:]*)(:\\d{1,5})?/?");

    private final List<String> patterns;

    Origins(List<String> patterns) {
        this.patterns = patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList();
    }

    boolean allow(String origin) {
        String text = origin.toLowerCase(Locale.ROOT);
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f)
                && patterns.stream().anyMatch(pattern -> fits(pattern, text));
    }

    private static boolean fits(String pattern, String text) {
        int star = pattern.indexOf('*');
        if (star < 0 || pattern.length() > 1 && !ORIGIN.matcher(text).matches()) {
            return text.equals(pattern);
        }
        return text.length() >= pattern.length() - 1
                && text.startsWith(pattern.substring(0, star)) && text.endsWith(pattern.substring(star + 1));
    }

    /// Returns the headers of an answer to an allowed origin, names and values alternating.
    ///
    /// @param preflight whether it is a browser's preflight request
    static List<String> headers(String origin, boolean preflight) {
        List<String> headers = new ArrayList<>(List.of("Access-Control-Allow-Origin", origin, "Vary", "Origin"));
        headers.addAll(preflight
                ? List.of("Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
                        "Access-Control-Allow-Headers", HEADERS, "Access-Control-Max-Age", "43200")
                : List.of("Access-Control-Expose-Headers", EXPOSED));
        return headers;
    }
}
