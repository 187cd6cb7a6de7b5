package server;

import shared.Problem;

/// The reason why the server cannot start, for people: a port that is taken, a directory that is locked, a damaged
/// journal.
final class StartFailure extends Exception {

    private static final long serialVersionUID = 1;

    StartFailure(String message) {
        super(message);
    }

    /// Returns the failure for a refusal that may pass, such as a full disk: a supervisor should try again then, but
    /// not after a mistake in the settings.
    ///
    /// @throws Problem the refusal itself if it is such a mistake
    static StartFailure of(Problem refused) {
        if (refused.status() < 500) {
            throw refused;
        }
        return new StartFailure(refused.getMessage());
    }
}
