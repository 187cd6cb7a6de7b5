package server.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import fuzz.Subject;
import support.Certificates;

/// A certificate and its key in one PEM file: they are taken, or refused with a message for people.
public final class IdentitySubject implements Subject {

    private final Path folder;
    private final Instant now = Instant.now().plus(Duration.ofHours(1));

    public IdentitySubject(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    @Override
    public String name() {
        return "pem";
    }

    @Override
    public List<byte[]> corpus() {
        try {
            Path ec = Certificates.make(folder, "ec", "ec", "DNS:localhost");
            Certificates.openssl(folder, "ec", "-in", "ec.key", "-out", "sec1.key");
            Path rsa = Certificates.make(folder, "rsa", "rsa:1024", "DNS:localhost");
            Certificates.openssl(folder, "rsa", "-in", "rsa.key", "-traditional", "-out", "pkcs1.key");
            return List.of(joined(ec, "ec.key"), joined(ec, "sec1.key"), joined(rsa, "pkcs1.key"),
                    joined(rsa, "ec.key"));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private byte[] joined(Path certificate, String key) throws IOException {
        Certificates.join(folder.resolve("joined"), certificate, folder.resolve(key));
        return Files.readAllBytes(folder.resolve("joined"));
    }

    @Override
    public List<String> words() {
        return List.of("-----BEGIN ", "-----END ", "-----\n", "CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY",
                "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PARAMETERS", "Proc-Type: 4,ENCRYPTED\n",
                "DEK-Info: AES-128-CBC,00\n", "\n", "\r\n", "=", "==", "MIIB", "MIGH", "MA==", "MIL/////", "AAAA",
                "/w==", " ", ": x\n y\n");
    }

    @Override
    public String take(byte[] input) throws IOException {
        Path file = folder.resolve("input");
        Files.write(file, input);
        try {
            Identity identity = Identity.read(file, file, now);
            assertEquals(identity.chain().getFirst().getPublicKey().getAlgorithm(), identity.key().getAlgorithm());
            return "good " + identity.chain().size() + identity.key().getAlgorithm();
        } catch (IOException refused) {
            assertTrue(refused.getMessage().startsWith("server.tls_"), refused.getMessage());
            return Subject.way(refused);
        }
    }

    /// What the JDK makes of a certificate is its own affair.
    @Override
    public long bytesMax(int length) {
        return (8 << 20) + 2_000L * length;
    }
}
