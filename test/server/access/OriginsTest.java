package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OriginsTest {

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "https://localhost:3000", "HTTP://LOCALHOST:5173", "http://127.0.0.1:1",
            "http://0.0.0.0", "app://obsidian.md", "file://", "file:///", "tauri://localhost", "vscode-webview://abc",
            "vscode-file://vscode-app"})
    void byOllama_allows(String origin) {
        assertTrue(new Origins(Origins.BY_OLLAMA).allow(origin));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "https://example.org", "http://localhost.evil.com", "http://evil.com/localhost",
            "chrome-extension://abcdefgh", "localhost", "http://127.0.0.2", "app://a\tb", "file://\u00e9",
            "http://localhost:3000@evil", "http://localhost:@evil.com", "http://localhost:3000.evil.com",
            "http://localhost:", "http://127.0.0.1:80/evil", "app://a@b"})
    void byOllama_refuses(String origin) {
        assertFalse(new Origins(Origins.BY_OLLAMA).allow(origin));
    }

    @Test
    void star_standsForAnyText() {
        Origins origins = new Origins(List.of("https://*.example.org", "chrome-extension://*", "*://a"));
        assertTrue(origins.allow("https://chat.example.org"));
        assertTrue(origins.allow("chrome-extension://abc"));
        assertTrue(origins.allow("x://a"));
        assertFalse(origins.allow("https://example.org"));
        assertFalse(origins.allow("http://chat.example.org"));
        assertFalse(new Origins(List.of("ab*ba")).allow("aba"));
        assertTrue(new Origins(List.of("*")).allow("https://any.example"));
        assertFalse(new Origins(List.of()).allow("https://any.example"));
    }

    /// Word by word as a real Ollama lists them (`recordings/ollama/cors-preflight.http`).
    @Test
    void preflight_hasAllThatOllamaAllows() {
        List<String> headers = Origins.headers("app://a", true);
        String allowed = headers.get(headers.indexOf("Access-Control-Allow-Headers") + 1);
        for (String name : ("Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,"
                + "X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,"
                + "X-Stainless-Lang,"
                + "X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,"
                + "X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout").split(",")) {
            assertTrue(("," + allowed + ",").contains("," + name + ","), name);
        }
        assertEquals("GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
                headers.get(headers.indexOf("Access-Control-Allow-Methods") + 1));
        assertEquals("43200", headers.get(headers.indexOf("Access-Control-Max-Age") + 1));
        assertEquals("app://a", headers.get(headers.indexOf("Access-Control-Allow-Origin") + 1));
        assertEquals("Origin", headers.get(headers.indexOf("Vary") + 1));
    }
}
