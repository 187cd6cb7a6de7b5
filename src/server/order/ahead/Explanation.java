package server.order.ahead;

/// Why a task stands where it stands.
///
/// @param waitsFor what a pending task waits for; else null
/// @param forecast of a pending task; else null
/// @param longest  how long after a pending task another may have come at most and still go before it because its
///                 priority is higher, as far as waiting gives it that; in milliseconds, -1 if there is no bound
/// @param doneIn   of a running task; null where there is no ground
/// @param load     what the host of a running task does before it can answer; null if nothing
public record Explanation(Waiting waitsFor, Forecast forecast, long longest, Span doneIn, Load load) {

    /// Of a task that has ended.
    public static final Explanation ENDED = new Explanation(null, null, -1, null, null);

    /// A load of a model, in milliseconds.
    ///
    /// @param usual how long it takes on that host; -1: not known
    public record Load(long since, long usual) {
    }

    /// What a pending task waits for.
    ///
    /// @param text for people
    public record Waiting(Reason kind, String text) {

        /// Returns what a task waits for that waits only for its turn.
        ///
        /// @param position 1 is next
        public static Waiting turn(int position) {
            return position <= 1 ? new Waiting(Reason.PLACE, "a free place; it is next")
                    : new Waiting(Reason.TURN, position == 2 ? "the task before it"
                    : "the " + (position - 1) + " tasks before it");
        }
    }

    public enum Reason {
        /// The queue is paused.
        QUEUE,
        /// Its own time.
        TIME,
        /// The time of its next attempt.
        RETRY,
        WINDOW,
        /// A window that the settings do not have.
        NO_WINDOW,
        /// Its client or its model has as many running as it may have.
        LIMIT,
        /// The server has trouble of its own.
        SERVER,
        /// A task that runs alone.
        ALONE,
        /// A host that may be sent something.
        HOST,
        /// A host that has its model.
        MODEL,
        /// A host that has a place, but answers with a model beside which the task's own has no room.
        ROOM,
        /// It is next, as soon as a place is free.
        PLACE,
        /// Others before it.
        TURN;

        /// Returns whether it is more than its turn that it waits for.
        boolean isTrouble() {
            return this != ROOM && this != PLACE && this != TURN && this != QUEUE && this != TIME && this != RETRY;
        }
    }

    /// Returns why it does not run although it is its time; null if for nothing but its turn.
    public String trouble() {
        return waitsFor != null && waitsFor.kind.isTrouble() ? waitsFor.text : null;
    }
}
