package server;

/// The reason why the server cannot start, for people: a port that is taken, a directory that is locked, a damaged
/// journal.
final class StartFailure extends Exception {

    private static final long serialVersionUID = 1;

    StartFailure(String message) {
        super(message);
    }
}
