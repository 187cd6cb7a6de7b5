package server.order;

/// The settings for clients, models and windows, and the number of their running tasks.
public interface Clients {

    /// Returns the client's weight relative to the others, more than 0.
    ///
    /// @param client null: none
    double weight(String client);

    /// Returns whether the client's limits let one more task start, whatever its model. Once they do not, it is asked
    /// again only after an attempt of the client has ended, or after [ReadyOrder#reconfigure].
    ///
    /// @param client null: none
    boolean hasRoom(String client);

    /// Returns whether the model's limits let one more task start.
    boolean modelHasRoom(String model);

    /// Returns whether tasks of a window may start at a moment.
    ///
    /// @param window null: no window, so they may
    boolean isOpen(String window, long now);
}
