package server.task;

/// What a submission asks about its task's place in the order, and the outcome. Equal ones share one instance.
///
/// @param window        the name of the window in which it may start; null: at any time
/// @param finishBy      when it should have ended, milliseconds since the epoch; 0: any time; negative: this many
///                      milliseconds after the submit, which is still to come
/// @param late          whether it was found that it cannot end by then
/// @param priorityAsked the priority that was asked for, if its client's limit lowered it; else null
public record Placing(String window, long finishBy, boolean late, Integer priorityAsked) {

    /// The placing of a task that asks for nothing.
    public static final Placing NONE = new Placing(null, 0, false, null);

    /// Makes a placing with a window, or with a priority that was lowered.
    public Placing(String window, Integer priorityAsked) {
        this(window, 0, false, priorityAsked);
    }

    /// Returns the same placing with the priority that was asked for.
    ///
    /// @param asked null: it was not lowered
    Placing asked(Integer asked) {
        return new Placing(window, finishBy, late, asked);
    }

    /// Returns the same placing with a window.
    Placing in(String newWindow) {
        return new Placing(newWindow, finishBy, late, priorityAsked);
    }

    /// Returns the same placing for a task submitted now: a `finishBy` relative to the submit becomes a time.
    ///
    /// @param now milliseconds since the epoch
    public Placing submitted(long now) {
        return finishBy < 0 ? new Placing(window, now - finishBy, late, priorityAsked) : this;
    }

    /// Returns the same placing for a task that cannot end by its `finishBy`.
    public Placing tooLate() {
        return new Placing(window, finishBy, true, priorityAsked);
    }
}
