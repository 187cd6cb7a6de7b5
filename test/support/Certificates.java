package support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Certificates and keys in PEM files, made by OpenSSL.
public final class Certificates {

    private Certificates() {
    }

    /// Makes a self-signed certificate, `NAME.pem`, valid for two days, and its PKCS#8 key, `NAME.key`.
    ///
    /// @param algorithm as in OpenSSL's `-newkey`: `rsa:2048`, `ec`, `ed25519`
    /// @param names     such as `DNS:localhost,IP:127.0.0.1`
    /// @return the certificate's file
    public static Path make(Path folder, String name, String algorithm, String names) {
        List<String> words = new ArrayList<>(List.of("req", "-x509", "-newkey", algorithm, "-nodes", "-days", "2",
                "-subj", "/CN=" + name, "-addext", "subjectAltName=" + names, "-keyout", name + ".key", "-out",
                name + ".pem"));
        if (algorithm.equals("ec")) {
            words.addAll(List.of("-pkeyopt", "ec_paramgen_curve:prime256v1"));
        }
        openssl(folder, words.toArray(new String[0]));
        return folder.resolve(name + ".pem");
    }

    /// Returns the key that was made with a certificate.
    public static Path keyOf(Path certificate) {
        return certificate.resolveSibling(certificate.getFileName().toString().replace(".pem", ".key"));
    }

    /// Runs OpenSSL in a folder, and returns what it prints.
    public static String openssl(Path folder, String... words) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
            return said;
        } catch (IOException failure) {
            throw new AssertionError("OpenSSL is needed: " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Joins several files into one.
    public static Path join(Path into, Path... parts) throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path part : parts) {
            all.append(Files.readString(part));
        }
        return Files.writeString(into, all);
    }
}
