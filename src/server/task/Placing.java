package server.task;

/// What a submit asks of its task's place in the order. Equal ones share one instance.
///
/// @param window        the name of the window in which it may start; null: at any time
/// @param priorityAsked the priority that was asked for, where its client's limit lowered it; else null
public record Placing(String window, Integer priorityAsked) {

    /// Of a task that asks for nothing.
    public static final Placing NONE = new Placing(null, null);

    /// Returns the same with what was asked for of a priority.
    ///
    /// @param asked null: it was not lowered
    Placing asked(Integer asked) {
        return new Placing(window, asked);
    }
}
