package server.executor;

import java.io.IOException;

/// Ends a call to a host from deep inside it, and says whose fault that is; becomes the attempt's outcome. A kind of
/// host may throw it from [TaskExecutor#report] to tell the dispatcher why the host cannot be asked.
public final class HostFailure extends IOException {

    private static final long serialVersionUID = 1;

    private final transient Outcome.Failed outcome;

    /// Carries an outcome whose message is for people.
    public HostFailure(Outcome.Failed outcome) {
        super(outcome.message());
        this.outcome = outcome;
    }

    /// Carries a failure that requests no pause.
    public HostFailure(Outcome.Cause cause, String message) {
        this(new Outcome.Failed(cause, message, null));
    }

    /// Returns the outcome of the attempt that this ends.
    public Outcome.Failed outcome() {
        return outcome;
    }

    /// No stack trace: it is about the host, not this program, and is thrown often.
    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
