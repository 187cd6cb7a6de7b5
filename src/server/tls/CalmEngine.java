package server.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/// An engine of the JDK that sends no close message (close_notify, or an alert) on threads that serve all connections.
/// `jdk.httpserver` closes most connections on its dispatcher thread, or on the thread that looks for idle ones, and
/// repeats writing the close message there until the client has taken it: a client that reads nothing would stop the
/// server. The message is not needed, because HTTP itself shows where an answer ends. On a connection's own virtual
/// thread it is sent.
final class CalmEngine extends SSLEngine {

    private final SSLEngine engine;
    private volatile boolean silent;

    CalmEngine(SSLEngine engine) {
        super(engine.getPeerHost(), engine.getPeerPort());
        this.engine = engine;
    }

    @Override
    public void closeInbound() {
        closeOutbound();
    }

    @Override
    public void closeOutbound() {
        silent |= !Thread.currentThread().isVirtual();
        engine.closeOutbound();
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] sources, int from, int count, ByteBuffer target) throws SSLException {
        return silent ? new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0)
                : engine.wrap(sources, from, count, target);
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        return silent ? HandshakeStatus.NOT_HANDSHAKING : engine.getHandshakeStatus();
    }

    // ---- everything else is delegated

    @Override
    public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int from, int count) throws SSLException {
        return engine.unwrap(source, targets, from, count);
    }

    @Override
    public Runnable getDelegatedTask() {
        return engine.getDelegatedTask();
    }

    @Override
    public boolean isInboundDone() {
        return engine.isInboundDone();
    }

    @Override
    public boolean isOutboundDone() {
        return engine.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    @Override
    public void beginHandshake() throws SSLException {
        engine.beginHandshake();
    }

    @Override
    public void setUseClientMode(boolean client) {
        engine.setUseClientMode(client);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean enable) {
        engine.setEnableSessionCreation(enable);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }
}
