package shared;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/// Decides which certificates are trusted in TLS connections, and says in words why one failed. Trusting everybody is
/// not possible.
public final class Trust {

    /// What [#reason] says about a certificate whose issuer is not trusted.
    public static final String UNKNOWN_ISSUER = "the issuer of its certificate is not trusted";

    private Trust() {
    }

    /// Returns a context that trusts the certificates in a file besides those that the JDK trusts.
    ///
    /// @param setting the file's name in messages
    /// @throws IllegalArgumentException with a message for the user if the file is unusable
    public static SSLContext also(String setting, Path file) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : read(setting, file)) {
                trusted.setCertificateEntry("own" + trusted.size(), certificate);
            }
            for (TrustManager usual : managers(null)) {
                for (X509Certificate issuer : ((X509TrustManager) usual).getAcceptedIssuers()) {
                    trusted.setCertificateEntry("jdk" + trusted.size(), issuer);
                }
            }
            return context(managers(trusted));
        } catch (IOException | GeneralSecurityException unusable) {
            throw unusable(setting, file, unusable);
        }
    }

    /// Returns a context that trusts only the first certificate in a file, whatever names it contains. The file is read
    /// at each connection, because the server's certificate may have changed.
    ///
    /// @param setting the file's name in messages
    /// @throws IllegalArgumentException with a message for the user if the file is unusable
    public static SSLContext only(String setting, Path file) {
        try {
            read(setting, file);
            return context(new Only(setting, file));
        } catch (GeneralSecurityException | IOException unusable) {
            throw unusable(setting, file, unusable);
        }
    }

    /// Returns in words why a connection failed; an unknown reason stays in the JDK's words.
    public static String reason(String said) {
        String jdks = said.replaceFirst("^\\(\\w+\\) ", "");
        return jdks.contains("PKIX path") || jdks.contains("unable to find valid certification path") ? UNKNOWN_ISSUER
                : jdks.contains("No subject alternative") || jdks.contains("No name matching")
                ? "its certificate is for another name (" + jdks + ")"
                : jdks.contains("NotAfter") ? "its certificate has expired (" + jdks + ")" : jdks;
    }

    private static Collection<? extends Certificate> read(String setting, Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (all.isEmpty()) {
                throw none(setting, file, null);
            }
            return all;
        } catch (CertificateException damaged) {
            if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
                throw damaged;
            }
            throw none(setting, file, damaged);
        }
    }

    private static IllegalArgumentException none(String setting, Path file, Exception why) {
        return new IllegalArgumentException(setting + ": " + file + " holds no certificate; it must be a PEM file",
                why);
    }

    private static IllegalArgumentException unusable(String setting, Path file, Exception why) {
        return new IllegalArgumentException(setting + ": " + file + " cannot be used: "
                + (Files.isReadable(file) ? why.getMessage() : "there is no such file, or it cannot be read"), why);
    }

    private static SSLContext context(TrustManager... managers) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers, null);
        return context;
    }

    private static TrustManager[] managers(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    /// Compares the whole certificate.
    private static final class Only extends X509ExtendedTrustManager {

        private final String setting;
        private final Path file;

        Only(String setting, Path file) {
            this.setting = setting;
            this.file = file;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                if (!read(setting, file).iterator().next().equals(chain[0])) {
                    throw new CertificateException("its certificate is not the one in " + file);
                }
            } catch (IOException | GeneralSecurityException | IllegalArgumentException unreadable) {
                throw unreadable instanceof CertificateException wrong ? wrong
                        : new CertificateException(unreadable.getMessage(), unreadable);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket to) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine to)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no client is trusted");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket of) throws CertificateException {
            throw new CertificateException("no client is trusted");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine of)
                throws CertificateException {
            throw new CertificateException("no client is trusted");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
