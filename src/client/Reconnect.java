package client;

/// Retries when the server becomes unreachable while a command waits for it: it may be restarting. If the server never
/// answered, it gives up at once.
final class Reconnect {

    /// How long a server may be away if there is no `--timeout`.
    static final long AWAY_MAX_MS = 5 * 60_000;

    private static final long PAUSE_MIN_MS = 200;
    private static final long PAUSE_MAX_MS = 3_000;

    private final Session session;
    private boolean contact;
    private boolean told;
    /// When the connection was lost, in milliseconds since the epoch; 0 while there is one.
    private long awaySince;
    private long pause = PAUSE_MIN_MS;

    /// @param contact whether the server has answered already
    Reconnect(Session session, boolean contact) {
        this.session = session;
        this.contact = contact;
    }

    /// Returns whether the server has answered; only then is a long poll worth while.
    boolean contact() {
        return contact;
    }

    void reached() {
        if (told) {
            session.note("reconnected");
        }
        contact = true;
        told = false;
        awaySince = 0;
        pause = PAUSE_MIN_MS;
    }

    /// Pauses before the next attempt.
    ///
    /// @throws Failure the same one if there is nothing to wait for, or no time left
    void lost(Failure failure) {
        if (Thread.currentThread().isInterrupted()) {
            throw failure;
        }
        long now = session.terminal().time().millis();
        awaySince = awaySince == 0 ? now : awaySince;
        if (!contact || failure.outlook == Failure.Outlook.FINAL || !session.timed() && now - awaySince > AWAY_MAX_MS) {
            throw failure;
        }
        if (!told) {
            session.note(failure.getMessage() + "; retrying until it is back");
            told = true;
        }
        try {
            session.terminal().time().sleep(pause);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw failure;
        }
        pause = Math.min(PAUSE_MAX_MS, 2 * pause);
    }
}
