package server.task;

/// What a submit asks of its task's place in the order, and what came of that. Equal ones share one instance.
///
/// @param window        the name of the window in which it may start; null: at any time
/// @param finishBy      when it is to have ended, milliseconds since the epoch; 0: whenever; negative: so many
///                      milliseconds after the submit that is yet to come
/// @param late          whether it was found that it cannot have ended by then
/// @param priorityAsked the priority that was asked for, where its client's limit lowered it; else null
public record Placing(String window, long finishBy, boolean late, Integer priorityAsked) {

    /// Of a task that asks for nothing.
    public static final Placing NONE = new Placing(null, 0, false, null);

    /// In a window, or with a priority that was lowered.
    public Placing(String window, Integer priorityAsked) {
        this(window, 0, false, priorityAsked);
    }

    /// Returns the same with what was asked for of a priority.
    ///
    /// @param asked null: it was not lowered
    Placing asked(Integer asked) {
        return new Placing(window, finishBy, late, asked);
    }

    /// Returns the same with a window.
    Placing in(String newWindow) {
        return new Placing(newWindow, finishBy, late, priorityAsked);
    }

    /// Returns the same of a task that is submitted.
    public Placing submitted(long now) {
        return finishBy < 0 ? new Placing(window, now - finishBy, late, priorityAsked) : this;
    }

    /// Returns the same of a task that cannot have ended by its time.
    public Placing tooLate() {
        return new Placing(window, finishBy, true, priorityAsked);
    }
}
