package server.journal;

/// There is no space for these lines now, and nothing was appended. To be caught where no lock is held; there
/// [Journal#awaitRoom(NoRoom)] waits for the space, and the whole attempt starts again.
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
