package server.tls;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import shared.LogValue;

/// Gives the JDK the server's identity, the newest that its files contained. A handshake that began with the previous
/// one ends with that: an alias names the identity.
final class Identities extends X509ExtendedKeyManager {

    private static final Logger LOG = System.getLogger("server.tls");

    private record Named(String alias, Identity identity) {
    }

    private final Path certificates;
    private final Path key;
    private final InstantSource clock;
    private volatile Named current;
    private volatile Named before;

    // used only by the thread that checks the files
    private List<Object> read;
    private List<Object> seen;

    /// @throws IOException if the files cannot be used, with a message for people
    Identities(Path certificates, Path key, InstantSource clock) throws IOException {
        this.certificates = certificates;
        this.key = key;
        this.clock = clock;
        read = stamp();
        current = new Named("1", Identity.read(certificates, key, clock.instant()));
        before = current;
    }

    /// Checks whether the files have changed, and reads them once they have been the same for two checks, because a
    /// tool may write one after the other.
    void look() {
        List<Object> now = stamp();
        boolean rests = now.equals(seen);
        seen = now;
        if (!rests || now.equals(read)) {
            return;
        }
        read = now;
        try {
            Identity identity = Identity.read(certificates, key, clock.instant());
            before = current;
            current = new Named(Integer.toString(Integer.parseInt(before.alias()) + 1), identity);
            LOG.log(Level.INFO, () -> "event=tls_certificate_read name=" + LogValue.of(identity.chain().getFirst()
                    .getSubjectX500Principal().getName()) + " until="
                    + identity.chain().getFirst().getNotAfter().toInstant());
        } catch (IOException wrong) {
            LOG.log(Level.ERROR, () -> "event=tls_certificate_kept reason="
                    + LogValue.of(wrong.getMessage()));
        }
    }

    /// Returns values that change when one of the files is written or replaced.
    private List<Object> stamp() {
        List<Object> stamp = new ArrayList<>();
        for (Path file : List.of(certificates, key)) {
            try {
                BasicFileAttributes its = Files.readAttributes(file, BasicFileAttributes.class);
                stamp.add(its.lastModifiedTime());
                stamp.add(its.size());
                stamp.add(String.valueOf(its.fileKey()));
            } catch (IOException absent) {
                stamp.add("absent");
            }
        }
        return stamp;
    }

    private Identity named(String alias) {
        Named newest = current;
        return newest.alias().equals(alias) ? newest.identity() : before.identity();
    }

    private String aliasFor(String keyType) {
        Named newest = current;
        return newest.identity().key().getAlgorithm().equals(keyType) ? newest.alias() : null;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return aliasFor(keyType);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return named(alias).certificates();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }
}
