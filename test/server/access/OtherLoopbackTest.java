package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.junit.jupiter.api.Test;

final class OtherLoopbackTest {

    @Test
    void listen_localhost_isTheOtherOneOfBoth() {
        assertEquals("[0:0:0:0:0:0:0:1]:8080", other("localhost", "127.0.0.1"));
        assertEquals("127.0.0.1:8080", other("LocalHost", "::1"));
        assertNull(other("127.0.0.1", "127.0.0.1"), "an address is that one alone");
        assertNull(other("0.0.0.0", "0.0.0.0"));
    }

    @Test
    void listen_notPossible_isNoFailure() {
        assertNull(OtherLoopback.listen("localhost", address("127.0.0.1"), address -> {
            throw new IOException("Address already in use");
        }));
    }

    private static String other(String host, String bound) {
        return OtherLoopback.listen(host, address(bound), address -> {
            String text = address.getAddress().getHostAddress();
            return (text.contains(":") ? "[" + text + "]" : text) + ":" + address.getPort();
        });
    }

    private static InetSocketAddress address(String literal) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), 8080);
    }
}
