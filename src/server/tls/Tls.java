package server.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;

import server.clock.Rounds;
import server.settings.Setting;
import server.settings.Settings;

/// TLS for the server: versions 1.2 and 1.3, with the certificate and the key of its settings, which are read again
/// when their files change.
public final class Tls implements AutoCloseable {

    public static final Setting<Path> CERT = Setting.path("server.tls_cert").optional().flag("--tls-cert FILE")
            .says("PEM file of the server's certificate, then those of its issuers: with it the server speaks only "
                    + "TLS; read again when it changes");
    public static final Setting<Path> KEY = Setting.path("server.tls_key").optional().flag("--tls-key FILE")
            .says("PEM file of the certificate's private key (PKCS#8, PKCS#1 or SEC1), not encrypted; read again when "
                    + "it changes");
    public static final List<Setting<?>> SETTINGS = List.of(CERT, KEY);

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Identities identities;
    private final SSLContext context;
    private volatile boolean closed;

    private Tls(Identities identities, SSLContext context) {
        this.identities = identities;
        this.context = context;
    }

    /// Reads certificate and key, and begins to watch their files for changes.
    ///
    /// @return null if the settings name none
    /// @throws IOException if they cannot be used, with a message for people
    public static Tls open(Settings settings, InstantSource clock) throws IOException {
        Path certificates = settings.get(CERT);
        Path key = settings.get(KEY);
        if (certificates == null && key == null) {
            return null;
        }
        checkBoth(certificates, key);
        // otherwise a client could make the server compute one handshake after another on one connection
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
        Identities identities = new Identities(certificates, key, clock);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {identities}, null, null);
            Tls tls = new Tls(identities, context);
            new Rounds("tls-files", LOOK_EVERY, identities::look, () -> !tls.closed).begin();
            return tls;
        } catch (GeneralSecurityException impossible) {
            throw new IOException("this Java has no TLS: " + impossible.getMessage(), impossible);
        }
    }

    /// Checks that certificate and key can be used, if the settings name any.
    ///
    /// @throws IOException if they cannot, with a message for people
    public static void check(Settings settings, InstantSource clock) throws IOException {
        Path certificates = settings.get(CERT);
        Path key = settings.get(KEY);
        checkBoth(certificates, key);
        if (key != null) {
            Identity.read(certificates, key, clock.instant());
        }
    }

    private static void checkBoth(Path certificates, Path key) throws IOException {
        if ((certificates == null) != (key == null)) {
            throw new IOException("TLS needs both " + CERT.key() + " and " + KEY.key());
        }
    }

    /// Returns the TLS configuration for `jdk.httpserver`.
    public HttpsConfigurator configurator() {
        SSLParameters parameters = parameters();
        return new HttpsConfigurator(new CalmContext(context)) {
            @Override
            public void configure(HttpsParameters connection) {
                connection.setSSLParameters(parameters);
            }
        };
    }

    /// Returns the server's end of TLS over a connection; reading or writing begins the handshake. It need not be
    /// closed, which could wait for the other end: close the connection instead.
    public SSLSocket over(Socket connection) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(connection, null, false);
        socket.setSSLParameters(parameters());
        return socket;
    }

    private SSLParameters parameters() {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(VERSIONS);
        return parameters;
    }

    @Override
    public void close() {
        closed = true;
    }
}
