package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

import server.access.Scope;

/// The files of the web UI: what lies in the folder `web` of this module, each read once, when it is first asked for,
/// and served at a path of its own. A request's path is never turned into a file's, so there is none to lead astray.
///
/// The build (`page.sh`) has made one of all scripts and one of all style sheets, and put a hash of all into the paths,
/// `/w/HASH/main.js`, by which the page names them: a browser keeps them for good, asks only for the page each time,
/// and never mixes two versions. Each lies there compressed too.
public final class WebFiles {

    private static final String ABOUT_PAGE = "the page | | 200 html 304";

    /// What `server.openapi` calls a file by its ending.
    private static final Map<String, String> KINDS = Map.of("js", "script", "css", "style", "svg", "image");
    private static final String FOLDER = "web/";
    private static final String PAGE = "index.html";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final Pattern ZIP = Pattern.compile("(?i)\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");
    private static final String PAGE_KEPT = "no-cache";
    private static final String FILE_KEPT = "public, max-age=31536000, immutable";

    private static final class WebFile {
        /// As `style.css`.
        final String name;
        final String type;
        private byte[] plain;
        private byte[] zipped;

        WebFile(String name) {
            this.name = name;
            this.type = TYPES.get(ending(name));
        }

        /// To read them all would take a while of the server's start.
        synchronized byte[] bytes(boolean zip) {
            if (zip) {
                zipped = zipped == null ? WebFiles.bytes(name + ".gz") : zipped;
                return zipped;
            }
            plain = plain == null ? WebFiles.bytes(name) : plain;
            return plain;
        }
    }

    private final String hash;
    private final List<WebFile> files;
    private final IntSupplier webSocketPort;

    private WebFiles(String hash, List<WebFile> files, IntSupplier webSocketPort) {
        this.hash = hash;
        this.files = files;
        this.webSocketPort = webSocketPort;
    }

    /// Reads the page's files, which the build has put beside this class.
    ///
    /// @param webSocketPort where the page may open a WebSocket; 0 for nowhere
    /// @throws UncheckedIOException the module that this class lies in cannot be read
    public static WebFiles load(IntSupplier webSocketPort) {
        // the build's list, after the hash, because looking through the module would take 10 ms of the server's start
        List<String> lines = new String(bytes("files"), StandardCharsets.UTF_8).lines().toList();
        return new WebFiles(lines.getFirst(), lines.stream().filter(name -> TYPES.containsKey(ending(name)))
                .map(WebFile::new).toList(), webSocketPort);
    }

    private static byte[] bytes(String name) {
        try (InputStream in = WebFiles.class.getResourceAsStream("/" + FOLDER + name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String ending(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /// Returns the hash that stands in the files' paths: another one means another page.
    public String hash() {
        return hash;
    }

    /// Adds a route for each file, and for the page at `/`. All are open: the page itself asks for the token.
    public void addTo(Routes routes) {
        for (WebFile file : files) {
            if (file.name.equals(PAGE)) {
                routes.add("GET", "/", Scope.OPEN, ABOUT_PAGE, request -> answer(request, file));
                routes.add("GET", "/" + PAGE, Scope.OPEN, ABOUT_PAGE, request -> answer(request, file));
            } else {
                String kind = KINDS.get(ending(file.name));
                routes.add("GET", "/w/" + hash + "/" + file.name, Scope.OPEN, "a file of the page | | 200 " + kind
                        + " 304", request -> answer(request, file));
            }
        }
    }

    /// Answers with the page.
    public Answer page(WebRequest request) {
        return answer(request, files.stream().filter(file -> file.name.equals(PAGE)).findFirst().orElseThrow());
    }

    private Answer answer(WebRequest request, WebFile file) {
        String accepted = request.header("Accept-encoding");
        boolean zip = accepted != null && ZIP.matcher(accepted).find();
        List<String> headers = new ArrayList<>(List.of("ETag", "\"" + hash + (zip ? "-gzip\"" : "\""),
                "Cache-Control", file.name.equals(PAGE) ? PAGE_KEPT : FILE_KEPT, "Vary", "Accept-Encoding",
                "Content-Security-Policy", policy(request.header("Host")),
                "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
                "Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Resource-Policy", "same-origin",
                "Permissions-Policy", "camera=(), microphone=(), geolocation=()"));
        String known = request.header("If-none-match");
        if (known != null && (known.contains("\"" + hash) || known.equals("*"))) {
            return Answer.empty(304, headers.toArray(String[]::new));
        }
        if (zip) {
            headers.addAll(List.of("Content-Encoding", "gzip"));
        }
        byte[] bytes = file.bytes(zip);
        return new Answer.Whole(200, file.type, bytes, bytes.length, headers.toArray(String[]::new));
    }

    /// Nothing but the page's own files, and connections to this server alone. Nor may a script turn text into HTML.
    ///
    /// @param host as the guard let it pass, so it holds no blank and no semicolon
    private String policy(String host) {
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
                + webSocket(host == null ? "localhost" : host.toLowerCase(Locale.ROOT), webSocketPort.getAsInt())
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                + "; require-trusted-types-for 'script'; trusted-types 'none'";
    }

    static String webSocket(String host, int port) {
        // a policy cannot name an IPv6 address
        String name = host.startsWith("[") ? "*" : host.replaceFirst(":\\d*$", "");
        return port == 0 ? "" : " ws://" + name + ":" + port + " wss://" + name + ":" + port;
    }
}
