package server.journal;

/// There is no space for these lines now; nothing was appended. Catch it where no lock is held;
/// [Journal#awaitRoom(NoRoom)] waits for the space there, and then the whole operation starts again.
public final class NoRoom extends RuntimeException {

    private static final long serialVersionUID = 1;

    final transient Unit lines;
    final Urgency urgency;

    NoRoom(Unit lines, Urgency urgency) {
        super("no room in the journal now", null, false, false);
        this.lines = lines;
        this.urgency = urgency;
    }
}
