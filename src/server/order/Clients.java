package server.order;

/// What the settings say of clients, models and windows, and how many of their tasks run.
public interface Clients {

    /// Returns the client's share beside those of others, more than 0.
    ///
    /// @param client null: nobody said
    double weight(String client);

    /// Returns whether limits of the client let one more task start, whatever its model. Once it has none, it is asked
    /// again only after an attempt of it has ended, or after [ReadyOrder#reconfigure].
    ///
    /// @param client null: nobody said
    boolean hasRoom(String client);

    /// Returns whether limits of the model let one more task start.
    boolean modelHasRoom(String model);

    /// Returns whether tasks of a window may start at a moment.
    ///
    /// @param window null: of none, which always may
    boolean isOpen(String window, long now);
}
