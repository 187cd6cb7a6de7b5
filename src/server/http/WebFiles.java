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

/// The files of the web UI, from the folder `web` of this module. Each is read once, when it is first requested, and
/// served at a path of its own. The path of a request never becomes a file name, so path traversal is impossible.
///
/// The build (`page.sh`) joins all scripts into one file and all style sheets into another, and puts a hash of all
/// files into their paths, `/w/HASH/main.js`. So a browser keeps them permanently, requests only the page each time,
/// and never mixes two versions. A compressed copy of each file is stored too.
public final class WebFiles {

    private static final String ABOUT_PAGE = "the page | | 200 html 304";

    /// The kinds of files by their endings, for `server.openapi`.
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
        /// For example `style.css`.
        final String name;
        final String type;
        private byte[] plain;
        private byte[] zipped;

        WebFile(String name) {
            this.name = name;
            this.type = TYPES.get(ending(name));
        }

        /// Returns the content, which is read on first use, because reading all files would delay the server's start.
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

    /// Reads the list of the page's files, which the build has put beside this class.
    ///
    /// @param webSocketPort the port at which the page may open a WebSocket; 0: none
    /// @throws UncheckedIOException if the module of this class cannot be read
    public static WebFiles load(IntSupplier webSocketPort) {
        // from the build's list, because searching the module would take 10 ms of the server's start
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

    /// Returns the hash in the files' paths: another hash means another page.
    public String hash() {
        return hash;
    }

    /// Adds a route for each file, and for the page at `/`. All of them need no token: the page itself asks for it.
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

    /// Returns an answer with the page.
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

    /// Returns a content security policy that allows only the page's own files and connections to this server, and no
    /// script to turn text into HTML.
    ///
    /// @param host checked by the guard, so it contains no space and no semicolon; null for none
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
