package client;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import shared.Problem;
import shared.Utf8;
import shared.config.ConfigFile;

/// The server to ask and its token. A flag overrides the environment, which overrides the settings file. A file in the
/// working directory is not read, because a file in a checkout must not send a token elsewhere. The server's own token
/// is sent only to the server that the same file describes: at its address, or at its port on this machine.
///
/// @param token       null: none
/// @param caCert      file of certificates to trust too; null: none
/// @param certificate file of the server's own certificate, if the server is that of the settings file: then only this
///                    certificate is trusted; null: none
record Target(String server, String token, String caCert, String certificate) {

    /// The setting names that the client reads. In the section `client` there are no others; the server checks the
    /// rest.
    private static final Map<String, String> KNOWN = Stream.of("client.server_url", "client.token",
            "client.ca_cert", "server.host", "server.port", "server.token", "server.token_file", "server.tls_cert",
            "listen_addr")
            .collect(Collectors.toMap(key -> key, key -> key));

    static Target of(Arguments arguments, Terminal terminal) {
        String server = first(arguments.text("server"), terminal.variable("OLLAMA_QUEUE_CLIENT_SERVER_URL"));
        String token = first(told(arguments), first(terminal.variable("OLLAMA_QUEUE_TOKEN"),
                terminal.variable("OLLAMA_QUEUE_CLIENT_TOKEN")));
        String caCert = first(arguments.text("ca-cert"), terminal.variable("OLLAMA_QUEUE_CLIENT_CA_CERT"));
        String certificate = null;
        String named = first(arguments.text("config"), terminal.variable("OLLAMA_QUEUE_CONFIG"));
        boolean isTold = server != null && token != null && (caCert != null || !server.startsWith("https:"));
        ConfigFile file = isTold && named == null ? null : file(named, terminal);
        if (file != null) {
            // values that are not needed are not resolved, because their variables may exist only for the server
            server = server != null ? server : file.text("client.server_url");
            token = token != null ? token : file.text("client.token");
            boolean isNamed = server != null && !server.isEmpty();
            boolean isOwn = !isNamed || isOwn(server, file);
            if ((token == null || token.isEmpty()) && isOwn) {
                token = first(file.text("server.token"), secret(file.text("server.token_file")));
            }
            caCert = caCert != null ? caCert : first(file.text("client.ca_cert"), null);
            certificate = isOwn ? first(file.text("server.tls_cert"), null) : null;
            server = isNamed ? server : address(file);
        }
        return new Target(server == null ? Api.DEFAULT_SERVER : server, token, caCert, certificate);
    }

    private static ConfigFile file(String named, Terminal terminal) {
        ConfigFile file = named == null ? null : read(Path.of(named), terminal);
        for (Path place : ConfigFile.places(terminal::variable)) {
            // the server's file may be readable only by the server's user
            if (file == null && Files.isReadable(place)) {
                file = read(place, terminal);
            }
        }
        if (file != null && !file.problems().isEmpty()) {
            throw file.problems().get(0);
        }
        return file;
    }

    private static ConfigFile read(Path path, Terminal terminal) {
        return ConfigFile.read(path, terminal::variable, KNOWN, "client");
    }

    /// Returns whether an address is that of the server that the file describes: its port, on this machine.
    private static boolean isOwn(String server, ConfigFile file) {
        try {
            URI asked = new URI(server.contains("://") ? server : "http://" + server);
            URI own = new URI(address(file));
            return isLoopback(asked) && isLoopback(own) && asked.getPort() == own.getPort()
                    && own.getScheme().equals(asked.getScheme());
        } catch (URISyntaxException wrong) {
            return false;
        }
    }

    private static boolean isLoopback(URI address) {
        return String.valueOf(address.getHost()).matches("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]");
    }

    /// Returns an address of this machine for a server that listens on all addresses.
    private static String address(ConfigFile file) {
        String host = file.text("server.host");
        String port = file.text("server.port");
        boolean here = host == null || host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
        String name = here ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
        String scheme = first(file.text("server.tls_cert"), null) == null ? "http" : "https";
        return scheme + "://" + name + ":" + (port == null || port.equals("0") ? "8080" : port);
    }

    /// Returns the token of the flags; null: none.
    private static String told(Arguments arguments) {
        String path = arguments.text("token-file");
        if (path == null) {
            return arguments.text("token");
        }
        if (arguments.text("token") != null) {
            throw Failure.usage("give --token-file or --token, not both", null);
        }
        String token;
        try {
            token = Utf8.decode(path, Files.readAllBytes(Path.of(path))).strip();
        } catch (IOException | InvalidPathException | Problem failed) {
            throw Inputs.unreadable("--token-file", path, failed);
        }
        if (token.isEmpty()) {
            throw Failure.usage("--token-file: there is no token in " + path, null);
        }
        return token;
    }

    private static String secret(String path) {
        try {
            return path == null || path.isEmpty() ? null : Utf8.decode(path, Files.readAllBytes(Path.of(path))).strip();
        } catch (IOException | Problem unreadable) {
            return null;
        }
    }

    /// Returns the first text, or the other if that is null or empty.
    private static String first(String one, String other) {
        return one == null || one.isEmpty() ? other : one;
    }
}
