package server.executor.wire;

import server.executor.Outcome;

/// Ends an attempt from deep inside of reading its answer; becomes the attempt's outcome.
public final class HostFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final transient Outcome.Failed outcome;

    public HostFailure(Outcome.Failed outcome) {
        super(outcome.message(), null, false, false);
        this.outcome = outcome;
    }

    public HostFailure(Outcome.Cause cause, String message) {
        this(new Outcome.Failed(cause, message, null));
    }

    public Outcome.Failed outcome() {
        return outcome;
    }
}
