package server.executor.ollama;

import server.executor.Outcome;

/// Ends an attempt from deep inside of reading its answer; becomes the attempt's outcome.
final class HostFailure extends Exception {

    private static final long serialVersionUID = 1;

    final transient Outcome.Failed outcome;

    HostFailure(Outcome.Failed outcome) {
        super(outcome.message(), null, false, false);
        this.outcome = outcome;
    }

    HostFailure(Outcome.Cause cause, String message) {
        this(new Outcome.Failed(cause, message, null));
    }
}
