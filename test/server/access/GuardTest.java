package server.access;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;

/// What needs no server; the rest is in `BoundaryTest`.
final class GuardTest {

    @Test
    void peer_boundBeyondLoopback_privateOnly() throws Exception {
        assertTrue(Guard.isPrivate(InetAddress.ofLiteral("127.0.0.1")));
        assertTrue(Guard.isPrivate(InetAddress.ofLiteral("::1")));
        assertTrue(Guard.isPrivate(InetAddress.ofLiteral("::ffff:10.0.0.1")));
        assertTrue(Guard.isPrivate(InetAddress.ofLiteral("fd12::1")));
        assertFalse(Guard.isPrivate(InetAddress.ofLiteral("::ffff:8.8.8.8")));
        assertFalse(Guard.isPrivate(InetAddress.ofLiteral("2001:db8::1")));
        assertFalse(Guard.isPrivate(InetAddress.ofLiteral("100.64.0.1")));
        assertFalse(Guard.isPrivate(InetAddress.ofLiteral("0.0.0.0")));
    }
}
