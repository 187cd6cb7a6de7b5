package server.executor.wire;

import java.net.ProxySelector;
import java.nio.file.Path;

import javax.net.ssl.SSLContext;

import shared.Trust;

/// How a host is reached, apart from its address.
///
/// @param tls     which certificates are trusted; null: those that the JDK trusts
/// @param proxies null: those of the JDK's system properties
public record Route(SSLContext tls, ProxySelector proxies) {

    /// The JDK's defaults.
    public static final Route USUAL = new Route(null, null);

    /// Returns a route that also trusts the certificates in a file.
    ///
    /// @param caCert  a PEM file; null for none
    /// @param proxies null: those of the JDK's system properties
    /// @throws IllegalArgumentException with a message for the user if the file is unusable
    public static Route of(String caCert, ProxySelector proxies) {
        return new Route(caCert == null ? null : Trust.also("ca_cert", Path.of(caCert)), proxies);
    }
}
