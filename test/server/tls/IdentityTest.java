package server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.log.Log;
import server.settings.Settings;
import support.Certificates;
import support.SettableClock;

/// Certificates and keys in each form in which OpenSSL writes them.
@Tag("process")
final class IdentityTest {

    private static final String NAMES = "DNS:localhost";

    @TempDir
    private Path folder;
    private Path rsa;
    private Path ec;
    private final Instant now = Instant.now().plus(Duration.ofHours(1));

    @BeforeEach
    void make() {
        rsa = Certificates.make(folder, "rsa", "rsa:2048", NAMES);
        ec = Certificates.make(folder, "ec", "ec", NAMES);
    }

    private Path openssl(String name, String... words) {
        Certificates.openssl(folder, words);
        return folder.resolve(name);
    }

    private String refused(Path certificate, Path key, Instant at) {
        return assertThrows(IOException.class, () -> Identity.read(certificate, key, at)).getMessage();
    }

    @Test
    void keys_inEveryForm_areRead() throws IOException {
        Path pkcs1 = openssl("pkcs1.key", "rsa", "-in", "rsa.key", "-traditional", "-out", "pkcs1.key");
        Path sec1 = openssl("sec1.key", "ec", "-in", "ec.key", "-out", "sec1.key");
        Path withCurve = openssl("curve.key", "ecparam", "-name", "secp384r1", "-genkey", "-out", "curve.key");
        Path ofCurve = openssl("curve.pem", "req", "-x509", "-key", "curve.key", "-subj", "/CN=c", "-days", "2", "-out",
                "curve.pem");
        Path edwards = Certificates.make(folder, "edwards", "ed25519", NAMES);
        assertTrue(Files.readString(pkcs1).contains("BEGIN RSA PRIVATE KEY"));
        assertTrue(Files.readString(sec1).contains("BEGIN EC PRIVATE KEY"));
        assertTrue(Files.readString(withCurve).contains("BEGIN EC PARAMETERS"));
        for (Map.Entry<Path, Path> pair : List.of(Map.entry(rsa, Certificates.keyOf(rsa)), Map.entry(rsa, pkcs1),
                Map.entry(ec, Certificates.keyOf(ec)), Map.entry(ec, sec1), Map.entry(ofCurve, withCurve),
                Map.entry(edwards, Certificates.keyOf(edwards)))) {
            assertEquals(1, Identity.read(pair.getKey(), pair.getValue(), now).chain().size(), pair.toString());
        }
    }

    @Test
    void chainAndKey_mayBeInOneFile() throws IOException {
        Path all = Certificates.join(folder.resolve("all"), Certificates.keyOf(ec), ec, rsa);
        Identity identity = Identity.read(all, all, now);
        assertEquals(List.of("CN=ec", "CN=rsa"), identity.chain().stream()
                .map(one -> one.getSubjectX500Principal().getName()).toList());
    }

    @Test
    void encryptedKey_isRefusedWithTheLineThatDecryptsIt() throws IOException {
        Path old = openssl("old.key", "rsa", "-in", "rsa.key", "-aes128", "-passout", "pass:secret", "-traditional",
                "-out", "old.key");
        Path pkcs8 = openssl("enc.key", "pkcs8", "-topk8", "-in", "rsa.key", "-passout", "pass:secret", "-out",
                "enc.key");
        assertTrue(Files.readString(old).contains("DEK-Info"));
        for (Path key : List.of(old, pkcs8)) {
            assertEquals("server.tls_key: the key in " + key + " is encrypted; decrypt it with: openssl pkey -in " + key
                    + " -out " + key + ".open", refused(rsa, key, now));
        }
        Path spaced = Files.copy(pkcs8, folder.resolve("its key"));
        assertEquals("server.tls_key: the key in " + spaced + " is encrypted; decrypt it with: openssl pkey -in '"
                + spaced + "' -out '" + spaced + ".open'", refused(rsa, spaced, now));
    }

    @Test
    void whatDoesNotFit_isRefused() throws IOException {
        Path another = Certificates.make(folder, "another", "rsa:2048", NAMES);
        String fits = "server.tls_key: the key in %s does not belong to the first certificate in %s, of %s";
        assertEquals(fits.formatted(Certificates.keyOf(another), rsa, "CN=rsa"),
                refused(rsa, Certificates.keyOf(another), now));
        assertEquals(fits.formatted(Certificates.keyOf(ec), rsa, "CN=rsa"),
                refused(rsa, Certificates.keyOf(ec), now));
        Path wrongOrder = Certificates.join(folder.resolve("order"), rsa, ec);
        assertEquals(fits.formatted(Certificates.keyOf(ec), wrongOrder, "CN=rsa"),
                refused(wrongOrder, Certificates.keyOf(ec), now));
    }

    @Test
    void curveThatJavaDoesNotKnow_isNamedAsTheReason() throws IOException {
        openssl("k1.key", "ecparam", "-name", "secp256k1", "-genkey", "-noout", "-out", "k1.key");
        Path certificate = openssl("k1.crt", "req", "-x509", "-key", "k1.key", "-subj", "/CN=k1", "-out", "k1.crt");
        assertTrue(refused(certificate, folder.resolve("k1.key"), now).contains("Java does not know"),
                () -> refused(certificate, folder.resolve("k1.key"), now));
    }

    @Test
    void certificate_thatIsNotValidNow_isRefused() {
        assertTrue(refused(ec, Certificates.keyOf(ec), now.plus(Duration.ofDays(3)))
                .startsWith("server.tls_cert: the certificate of CN=ec in " + ec + " has expired at "));
        assertTrue(refused(ec, Certificates.keyOf(ec), now.minus(Duration.ofDays(3)))
                .startsWith("server.tls_cert: the certificate of CN=ec in " + ec + " is not valid before "));
    }

    @Test
    void files_thatHoldNothing_areRefused() throws IOException {
        Path absent = folder.resolve("absent");
        Path text = Files.writeString(folder.resolve("text"), "-----BEGIN CERTIFICATE-----\n");
        Path damaged = Files.writeString(folder.resolve("damaged"), Files.readString(ec).replace("MII", "AAA"));
        assertEquals("server.tls_cert: cannot read " + absent + ": there is no such file",
                refused(absent, Certificates.keyOf(ec), now));
        assertEquals("server.tls_key: " + ec + " holds no private key; it must be a PEM file, with "
                + "-----BEGIN PRIVATE KEY-----", refused(ec, ec, now));
        assertEquals("server.tls_cert: " + text + " holds no certificate; it must be a PEM file, with "
                + "-----BEGIN CERTIFICATE-----", refused(text, Certificates.keyOf(ec), now));
        assertTrue(refused(damaged, Certificates.keyOf(ec), now).contains("holds a certificate that cannot be read"));
        Path cutOff = Files.writeString(folder.resolve("cut"), "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n"
                + "-----END EC PRIVATE KEY-----\n");
        assertEquals("server.tls_key: the key in " + cutOff + " cannot be used: it is cut off",
                refused(ec, cutOff, now));
        assertEquals("TLS needs both server.tls_cert and server.tls_key", assertThrows(IOException.class,
                () -> Tls.open(Settings.DEFAULT.with(Tls.CERT, ec), new SettableClock(now.toString()))).getMessage());
    }

    /// The thread that closes for all others must not be held up by a client that takes nothing.
    @Test
    void engine_closedByAThreadOfAll_hasNothingMoreToSay() throws Exception {
        try (Tls tls = Tls.open(Settings.DEFAULT.with(Tls.CERT, ec).with(Tls.KEY, Certificates.keyOf(ec)),
                new SettableClock(now.toString()))) {
            SSLContext context = tls.configurator().getSSLContext();
            ByteBuffer out = ByteBuffer.allocate(1 << 16);
            SSLEngine quiet = context.createSSLEngine();
            quiet.setUseClientMode(false);
            quiet.beginHandshake();
            quiet.closeOutbound();
            assertEquals(SSLEngineResult.Status.CLOSED, quiet.wrap(ByteBuffer.allocate(0), out).getStatus());
            assertEquals(0, out.position());

            SSLEngine polite = context.createSSLEngine();
            polite.setUseClientMode(false);
            polite.beginHandshake();
            Thread.ofVirtual().start(polite::closeOutbound).join();
            polite.wrap(ByteBuffer.allocate(0), out);
            assertTrue(out.position() > 0, "its own thread says it");
        }
    }

    @Test
    void changedFiles_areReadOnceTheyRest_andKeptOutWhileTheyAreWrong() throws IOException {
        Path certificate = Files.copy(rsa, folder.resolve("live.pem"));
        Path key = Files.copy(Certificates.keyOf(rsa), folder.resolve("live.key"));
        Identities identities = new Identities(certificate, key, new SettableClock(now.toString()));
        String first = identities.chooseEngineServerAlias("RSA", null, null);
        Log.ofProcess().level(System.Logger.Level.OFF);
        try {
            Files.copy(ec, certificate, StandardCopyOption.REPLACE_EXISTING);
            identities.look();
            identities.look();
            assertEquals(first, identities.chooseEngineServerAlias("RSA", null, null), "the key is still the old one");
            Files.copy(Certificates.keyOf(ec), key, StandardCopyOption.REPLACE_EXISTING);
            identities.look();
            assertEquals(first, identities.chooseEngineServerAlias("RSA", null, null), "it may still be written");
            identities.look();
        } finally {
            Log.ofProcess().level(System.Logger.Level.INFO);
        }
        assertEquals(null, identities.chooseEngineServerAlias("RSA", null, null));
        String second = identities.chooseEngineServerAlias("EC", null, null);
        assertEquals("EC", identities.getPrivateKey(second).getAlgorithm());
        assertEquals("CN=ec", identities.getCertificateChain(second)[0].getSubjectX500Principal().getName());
        assertEquals("RSA", identities.getPrivateKey(first).getAlgorithm(), "who began with it ends with it");
    }
}
