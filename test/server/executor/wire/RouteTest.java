package server.executor.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

import javax.net.ssl.SSLHandshakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RouteTest {

    @TempDir
    Path folder;

    @Test
    void of_noFile_trustsAsTheJdkDoes() {
        assertNull(Route.of(null, null).tls());
    }

    @Test
    void of_fileThatIsNotRight_isToldWithItsName() throws Exception {
        Path missing = folder.resolve("ca.pem");
        assertEquals("ca_cert: " + missing + " cannot be used: there is no such file, or it cannot be read",
                assertThrows(IllegalArgumentException.class, () -> Route.of(missing.toString(), null)).getMessage());
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        assertEquals("ca_cert: " + empty + " holds no certificate; it must be a PEM file",
                assertThrows(IllegalArgumentException.class, () -> Route.of(empty.toString(), null)).getMessage());
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "-----BEGIN CERTIFICATE-----\nx\n");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Route.of(garbage.toString(), null)).getMessage()
                .startsWith("ca_cert: " + garbage + " cannot be used: "));
        Path key = Files.writeString(folder.resolve("key.pem"), "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIkZ\n"
                + "-----END EC PRIVATE KEY-----\n");
        assertEquals("ca_cert: " + key + " holds no certificate; it must be a PEM file",
                assertThrows(IllegalArgumentException.class, () -> Route.of(key.toString(), null)).getMessage());
    }

    @Test
    void certificateThatIsNotTrusted_saysWhatToSet() {
        SSLHandshakeException failure = new SSLHandshakeException("PKIX path building failed: sun.security.provider."
                + "certpath.SunCertPathBuilderException: unable to find valid certification path to requested target");
        assertEquals("cannot connect to gpu:1: TLS: the issuer of its certificate is not trusted; set the host's "
                + "ca_cert to a PEM file with the issuer's certificate",
                LostConnection.of(failure, "gpu:1", false).getMessage());
    }
}
