package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import shared.LogValue;

/// Whether attempts may begin, as far as this server itself is concerned: while it lacks descriptors or memory, each
/// would only fail. Pauses as a [Circuit] does, with one try at the end. For any thread.
final class Hold {

    private static final Logger LOG = System.getLogger("dispatch");

    private final Circuit circuit = new Circuit();
    private String reason;

    /// Returns whether an attempt may begin now.
    boolean allows(long now) {
        return circuit.allows(now);
    }

    /// Notes that an attempt begins.
    void sent() {
        circuit.sent();
    }

    /// Returns when the next attempt may begin, milliseconds since the epoch; Long.MAX_VALUE: nothing holds it back.
    long nextTry(long now) {
        long end = circuit.pauseEnd(now);
        return end == 0 ? Long.MAX_VALUE : end;
    }

    /// An attempt failed for this reason.
    synchronized void begin(String why, long now) {
        if (reason == null) {
            LOG.log(Level.WARNING, "event=attempts_held error=" + LogValue.of(why));
        }
        reason = why;
        circuit.busy(now, 0);
    }

    /// The answer to an attempt has begun.
    ///
    /// @param begunAt when the attempt began; one from before the trouble tells nothing of it
    void answers(long begunAt, long now) {
        if (circuit.isTry(begunAt)) {
            end(now);
        }
    }

    /// An attempt ended otherwise.
    synchronized void end(long now) {
        circuit.answered(now);
        if (reason != null && circuit.allows(now)) {
            LOG.log(Level.INFO, "event=attempts_resumed");
            reason = null;
        }
    }

    /// An attempt ended without telling anything.
    void unknown() {
        circuit.unknown();
    }

    /// Why no attempt begins; null if one may begin.
    synchronized String reason(long now) {
        return circuit.allows(now) ? null : reason;
    }
}
