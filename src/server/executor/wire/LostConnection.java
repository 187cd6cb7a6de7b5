package server.executor.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

import javax.net.ssl.SSLHandshakeException;

import server.executor.HostFailure;
import server.executor.Outcome.Cause;
import shared.Trust;
import shared.config.Durations;

/// Distinguishes a host that could not be reached from a connection that was lost, and words both, because the JDK's
/// messages are often null.
final class LostConnection {

    private LostConnection() {
    }

    static HostFailure of(IOException failure, String host, boolean answering) {
        if (failure instanceof HttpConnectTimeoutException) {
            return unreachable(host, "no answer within " + Durations.format(HostClient.CONNECT_TIMEOUT));
        }
        if (failure instanceof UnknownHostException || failure.getCause() instanceof UnresolvedAddressException
                || failure.getCause() instanceof ConnectException nested
                        && nested.getCause() instanceof UnresolvedAddressException) {
            return unreachable(host, "unknown host");
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return unreachable(host, text(failure, "connection refused"));
        }
        if (failure instanceof SSLHandshakeException) {
            return unreachable(host, "TLS: " + tls(text(failure, "the handshake failed")));
        }
        return new HostFailure(Cause.PASSING, "the connection to " + host + " was lost "
                + (answering ? "in the middle of the answer" : "before an answer came")
                + " (" + text(failure, "closed") + ")");
    }

    /// Words a TLS failure, with the setting that may help.
    private static String tls(String jdks) {
        String reason = Trust.reason(jdks);
        return !reason.equals(Trust.UNKNOWN_ISSUER) ? reason
                : reason + "; set the host's ca_cert to a PEM file with the issuer's certificate";
    }

    /// Returns whether the beginning of an answer came: the JDK's message says so, or the head was not valid HTTP.
    static boolean afterSomeBytes(Exception failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ProtocolException
                    || t.getMessage() != null && t.getMessage().contains("receiving [")) {
                return true;
            }
        }
        return false;
    }

    static HostFailure unreachable(String host, String why) {
        return new HostFailure(Cause.UNREACHABLE, "cannot connect to " + host + ": " + why);
    }

    private static String text(IOException failure, String otherwise) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t.getMessage() != null && !t.getMessage().isBlank()) {
                return t.getMessage();
            }
        }
        return otherwise;
    }
}
