package server.executor.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// How a host is reached, besides its address.
///
/// @param tls     whom to trust; null: those that the JDK trusts
/// @param proxies null: those of the JDK's system properties
public record Route(SSLContext tls, ProxySelector proxies) {

    /// As the JDK would have it.
    public static final Route USUAL = new Route(null, null);

    /// A route that trusts the certificates of a file too.
    ///
    /// @param caCert  a PEM file; null for none
    /// @param proxies null: those of the JDK's system properties
    /// @throws IllegalArgumentException with a message for the user if the file is not right
    public static Route of(String caCert, ProxySelector proxies) {
        return new Route(caCert == null ? null : trusting(Path.of(caCert)), proxies);
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            Collection<? extends Certificate> own = CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (own.isEmpty()) {
                throw new IllegalArgumentException("ca_cert: " + file + " holds no certificate; it must be a PEM file");
            }
            for (Certificate certificate : own) {
                trusted.setCertificateEntry("own" + trusted.size(), certificate);
            }
            for (TrustManager usual : managers(null)) {
                for (X509Certificate issuer : ((X509TrustManager) usual).getAcceptedIssuers()) {
                    trusted.setCertificateEntry("jdk" + trusted.size(), issuer);
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(trusted), null);
            return context;
        } catch (IOException | GeneralSecurityException unusable) {
            throw new IllegalArgumentException("ca_cert: " + file + " cannot be used: "
                    + (Files.isReadable(file) ? unusable.getMessage() : "there is no such file, or it cannot be read"),
                    unusable);
        }
    }

    private static TrustManager[] managers(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }
}
