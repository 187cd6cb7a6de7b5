package server.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;

import shared.LogValue;

/// `localhost` is two addresses, `127.0.0.1` and `::1`, and programs differ in which of them they try, some only one. A
/// server told to listen on `localhost` listens on both.
public final class OtherLoopback {

    private static final Logger LOG = System.getLogger("server.access");

    /// How one listens.
    public interface Listen<T> {
        /// Binds a socket to an address.
        T on(InetSocketAddress address) throws IOException;
    }

    private OtherLoopback() {
    }

    /// Returns whether this name stands for both.
    public static boolean isMeantBy(String host) {
        return host.equalsIgnoreCase("localhost");
    }

    /// Listens on the other loopback address too.
    ///
    /// @param host  what the server was told to bind
    /// @param bound what it has bound
    /// @return null if that is not meant, there is no such address, or another program has its port, which is logged
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
