package server.order.ahead;

/// Why a task has not started, or when it will be done.
///
/// @param waitsFor what a pending task waits for; else null
/// @param forecast the forecast for a pending task; else null
/// @param longest  how much later than a pending task one of a higher priority, up to `ageing.up_to`, may be submitted
///                 and still go before it; in milliseconds, -1 if there is no bound
/// @param doneIn   for a running task, when it will be done; null if nothing is known
/// @param load     the load of the model for which a running task waits; null for none
public record Explanation(Waiting waitsFor, Forecast forecast, long longest, Span doneIn, Load load) {

    /// The explanation of a task that has ended.
    public static final Explanation ENDED = new Explanation(null, null, -1, null, null);

    /// A load of a model, in milliseconds.
    ///
    /// @param usual how long it usually takes on that host; -1: not known
    public record Load(long since, long usual) {
    }

    /// What a pending task waits for.
    ///
    /// @param text for people
    public record Waiting(Reason kind, String text) {

        /// Returns what a task waits for if it waits only for its turn.
        ///
        /// @param position 1: it is next
        public static Waiting turn(int position) {
            return position <= 1 ? new Waiting(Reason.PLACE, "a free place; it is next")
                    : new Waiting(Reason.TURN, position == 2 ? "the task before it"
                    : "the " + (position - 1) + " tasks before it");
        }
    }

    public enum Reason {
        /// The queue is paused.
        QUEUE,
        /// Its `scheduled_at`.
        TIME,
        /// The time of its next attempt.
        RETRY,
        WINDOW,
        /// A window that is not in the settings.
        NO_WINDOW,
        /// Its client or its model has as many tasks running as allowed.
        LIMIT,
        /// The server itself has a problem.
        SERVER,
        /// A task that must run alone.
        ALONE,
        /// A host that may be sent tasks.
        HOST,
        /// A host that has its model.
        MODEL,
        /// A host that has a free slot, but is answering with a model that leaves no room for the task's own.
        ROOM,
        /// A free slot; it is next.
        PLACE,
        /// The tasks before it.
        TURN;

        /// Returns whether it waits for more than its turn or its time.
        boolean isTrouble() {
            return this != ROOM && this != PLACE && this != TURN && this != QUEUE && this != TIME && this != RETRY;
        }
    }

    /// Returns why it does not run although its time has come; null if there is no such reason.
    public String trouble() {
        return waitsFor != null && waitsFor.kind.isTrouble() ? waitsFor.text : null;
    }
}
