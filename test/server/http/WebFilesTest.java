package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static server.api.ApiServer.error;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import server.api.ApiServer;

final class WebFilesTest {

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /// Where the page says that a file lies.
    private String path(String name) {
        return server.get("/").body().replaceFirst("(?s).*\"(w/[0-9a-f]{12}/)main.js\".*", "/$1") + name;
    }

    /// All that the page needs is named in it, so that a browser asks for all of it at once.
    @Test
    void filesThatThePageNames_areServed_andKept() throws Exception {
        List<String> named = all("\"w/[0-9a-f]{12}/([\\w.-]+)\"", server.get("/").body());
        assertEquals(List.of("icon.svg", "all.css", "main.js"), named);
        for (String name : named) {
            HttpResponse<String> answer = server.get(path(name));
            assertEquals(200, answer.statusCode(), name);
            assertEquals("public, max-age=31536000, immutable", header(answer, "Cache-Control"));
            HttpResponse<InputStream> zipped = server.client().send(server.request("GET", path(name), null,
                    "Accept-Encoding", "br, gzip"), BodyHandlers.ofInputStream());
            assertEquals("gzip", zipped.headers().firstValue("Content-Encoding").orElseThrow());
            assertEquals(answer.body(), new String(new GZIPInputStream(zipped.body()).readAllBytes(),
                    StandardCharsets.UTF_8));
        }
        assertTrue(server.get(path("main.js"), "Accept-Encoding", "gzip;q=0").headers()
                .firstValue("Content-Encoding").isEmpty());
    }

    /// Each module stands there once, the shell last, and none is asked for by itself.
    @Test
    void script_isOfAllModules() throws IOException {
        String script = server.get(path("main.js")).body();
        List<String> modules = all("(?m)^modules\\['([\\w-]+)'\\] = \\(\\(\\) => \\{$", script);
        try (Stream<Path> files = Files.list(Path.of("web"))) {
            assertEquals(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".js"))
                    .map(name -> name.replace(".js", "")).sorted().toList(), modules.stream().sorted().toList());
        }
        assertEquals("main", modules.getLast());
        assertEquals(List.of(), all("(?m)^ *(import|export \\w|.*\\bimport\\()", script));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1)).toList();
    }

    @ParameterizedTest
    @CsvSource({"/, text/html; charset=utf-8", "/index.html, text/html; charset=utf-8",
        "all.css, text/css; charset=utf-8", "main.js, text/javascript; charset=utf-8", "icon.svg, image/svg+xml"})
    void type_isTheFiles(String path, String type) {
        assertEquals(type, header(server.get(path.startsWith("/") ? path : path(path)), "Content-Type"));
    }

    @Test
    void policy_letsNothingElseIn() {
        for (String path : List.of("/", path("main.js"), path("all.css"))) {
            HttpResponse<String> answer = server.get(path);
            String policy = header(answer, "Content-Security-Policy");
            assertEquals("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
                    + "require-trusted-types-for 'script'; trusted-types 'none'",
                    policy.replaceAll(" wss?://[^ ;]+", ""));
            assertEquals("nosniff", header(answer, "X-Content-Type-Options"));
            assertEquals("no-referrer", header(answer, "Referrer-Policy"));
            assertEquals("same-origin", header(answer, "Cross-Origin-Opener-Policy"));
            assertEquals("same-origin", header(answer, "Cross-Origin-Resource-Policy"));
        }
    }

    @ParameterizedTest
    @CsvSource({"localhost:7000, localhost", "box, box", "127.0.0.1:80, 127.0.0.1", "[::1]:8080, *"})
    void policy_namesTheWebSocketOfTheHost(String host, String named) {
        assertEquals(" ws://" + named + ":8081 wss://" + named + ":8081", WebFiles.webSocket(host, 8081));
        assertEquals("", WebFiles.webSocket(host, 0));
    }

    @Test
    void tag_thatIsKnown_saves() {
        HttpResponse<String> first = server.get("/");
        assertEquals("no-cache", header(first, "Cache-Control"));
        String tag = header(first, "ETag");
        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            HttpResponse<String> again = server.get("/", "If-None-Match", known);
            assertEquals(304, again.statusCode(), known);
            assertEquals("", again.body());
            assertEquals(tag, header(again, "ETag"));
        }
        assertEquals(200, server.get("/", "If-None-Match", "\"other\"").statusCode());
    }

    @Test
    void head_hasTheLengthOnly() throws IOException {
        try (Wire wire = server.wire()) {
            Wire.Reply reply = wire.ask("HEAD", path("icon.svg"));
            assertEquals(200, reply.status());
            assertEquals(Long.toString(Files.size(Path.of("web/icon.svg"))), reply.headers().get("content-length"));
            assertEquals("", reply.body());
            // and the connection goes on
            assertEquals(200, wire.ask("GET", path("icon.svg")).status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing.js", "/main.js", "/w/0123456789ab/main.js", "/web/main.js",
        "/../web/main.js", "/..%2fmain.js", "/%2e%2e/main.js", "/main.js/x", "/main.js%00", "/module-info.class",
        "/server/Main.class", "/.", "/..", "/web/../main.js", "/MAIN.JS"})
    void otherPaths_holdNothing(String path) throws IOException {
        try (Wire wire = server.wire()) {
            Wire.Reply reply = wire.ask("GET", path);
            assertTrue(reply.status() == 404 || reply.status() == 400, path + " " + reply);
            assertTrue(reply.body().startsWith("{\"error\":"), reply.body());
        }
    }

    @Test
    void otherMethods_areRefused() {
        HttpResponse<String> answer = server.post("/", "{}");
        assertEquals(405, answer.statusCode());
        assertEquals("GET, HEAD, OPTIONS", header(answer, "Allow"));
        assertFalse(error(answer).isEmpty());
    }

    /// The page must be told nothing that is not in its files: no name of a host, nothing of another origin.
    @Test
    void files_nameNoOtherHost() throws IOException {
        Map<String, String> allowed = Map.of("http://www.w3.org/2000/svg", "SVG's name");
        try (Stream<Path> all = Files.list(Path.of("web"))) {
            for (Path file : all.toList()) {
                String text = Files.readString(file);
                for (String name : allowed.keySet()) {
                    text = text.replace(name, "");
                }
                assertFalse(text.matches("(?s).*(https?:)?//[a-z0-9-]+\\.[a-z].*"), file.toString());
            }
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse(null);
    }
}
