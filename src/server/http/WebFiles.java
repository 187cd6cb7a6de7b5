package server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/// The files of the web UI: what lies in the folder `web` of this module, each read once, when it is first asked for,
/// and served at a path of its own. A request's path is never turned into a file's, so there is none to lead astray.
///
/// A browser keeps the files and asks each time whether they are still right, so that a new server has no old page.
public final class WebFiles {

    private static final String FOLDER = "web/";
    private static final String PAGE = "index.html";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /// What a file holds, and its tag.
    private record Content(byte[] bytes, String tag) {
    }

    private static final class WebFile {
        /// As `style.css`.
        final String name;
        final String type;
        private Content content;

        WebFile(String name) {
            this.name = name;
            this.type = TYPES.get(ending(name));
        }

        /// To read and to digest them all would take 40 ms of the server's start.
        synchronized Content content() {
            content = content == null ? read(name) : content;
            return content;
        }
    }

    private final List<WebFile> files;
    private final IntSupplier webSocketPort;

    private WebFiles(List<WebFile> files, IntSupplier webSocketPort) {
        this.files = files;
        this.webSocketPort = webSocketPort;
    }

    /// @param webSocketPort where the page may open a WebSocket; 0 for nowhere
    /// @throws UncheckedIOException the module that this class lies in cannot be read
    public static WebFiles load(IntSupplier webSocketPort) {
        // the build's list, for to look through the module would take 10 ms of the server's start
        String list = new String(bytes("files"), StandardCharsets.UTF_8);
        return new WebFiles(list.lines().filter(name -> TYPES.containsKey(ending(name))).map(WebFile::new).toList(),
                webSocketPort);
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

    private static Content read(String name) {
        try {
            byte[] bytes = bytes(name);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Content(bytes, "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// Each file at its name, and the page at `/` too. All are open: the page itself asks for the token.
    public void addTo(Routes routes) {
        for (WebFile file : files) {
            routes.addOpen("GET", "/" + file.name, request -> answer(request, file));
            if (file.name.equals(PAGE)) {
                routes.addOpen("GET", "/", request -> answer(request, file));
            }
        }
    }

    /// Answers with the page.
    public Answer page(WebRequest request) {
        return answer(request, files.stream().filter(file -> file.name.equals(PAGE)).findFirst().orElseThrow());
    }

    private Answer answer(WebRequest request, WebFile file) {
        Content content = file.content();
        String[] headers = {"ETag", content.tag(), "Cache-Control", "no-cache",
                "Content-Security-Policy", policy(request.header("Host")),
                "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
                "Cross-Origin-Opener-Policy", "same-origin", "Cross-Origin-Resource-Policy", "same-origin",
                "Permissions-Policy", "camera=(), microphone=(), geolocation=()"};
        String known = request.header("If-none-match");
        if (known != null && (known.contains(content.tag()) || known.equals("*"))) {
            return Answer.empty(304, headers);
        }
        return new Answer.Whole(200, file.type, content.bytes(), content.bytes().length, headers);
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
