package server.order;

/// The task that starts next, and where.
///
/// @param slot where the task is found
/// @param by   the rule that let it go first
public record Choice(int slot, Offer offer, By by) {

    /// The rules of a level, in the order in which they are tried.
    public enum By {
        PRESSING("it would miss its finish_by otherwise"),
        OVERDUE("it was passed over as often or as long as it may be"),
        LOADED("what it needs is loaded where a place is free"),
        FIRST("it is first by priority, client and time");

        /// For people.
        public final String text;

        By(String text) {
            this.text = text;
        }
    }
}
