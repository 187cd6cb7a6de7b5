package server.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;

import shared.LogValue;

/// Listens on the other loopback address too. `localhost` is two addresses, `127.0.0.1` and `::1`, and programs differ
/// in which of them they try, some only one. So a server that is to listen on `localhost` listens on both.
public final class OtherLoopback {

    private static final Logger LOG = System.getLogger("server.access");

    /// Opens a listener.
    public interface Listen<T> {
        /// Binds a socket to an address.
        T on(InetSocketAddress address) throws IOException;
    }

    private OtherLoopback() {
    }

    /// Returns whether this name means both addresses.
    public static boolean isMeantBy(String host) {
        return host.equalsIgnoreCase("localhost");
    }

    /// Listens on the other loopback address too.
    ///
    /// @param host  the configured address or name
    /// @param bound the address that was bound
    /// @return null if only one address is meant, the other one does not exist, or its port is taken, which is logged
    public static <T> T listen(String host, InetSocketAddress bound, Listen<T> listen) {
        if (!isMeantBy(host)) {
            return null;
        }
        InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral(
                bound.getAddress() instanceof Inet6Address ? "127.0.0.1" : "::1"), bound.getPort());
        try {
            return listen.on(other);
        } catch (IOException cannot) {
            if (exists(other.getAddress())) {
                LOG.log(Level.WARNING, "event=loopback_taken address=" + other.getAddress().getHostAddress() + " port="
                        + other.getPort() + " reason=" + LogValue.of(cannot.getMessage()));
            }
            return null;
        }
    }

    private static boolean exists(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException untold) {
            return false;
        }
    }
}
