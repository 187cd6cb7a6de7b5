package server.order;

/// What the settings say of clients, and how many of their tasks run.
public interface Clients {

    /// Of clients that are all alike and have no limits.
    Clients ALIKE = new Clients() {
        @Override
        public double weight(String client) {
            return 1;
        }

        @Override
        public boolean hasRoom(String client) {
            return true;
        }

        @Override
        public boolean mayStart(String client, String model) {
            return true;
        }
    };

    /// The client's share beside those of others, more than 0.
    ///
    /// @param client null: nobody said
    double weight(String client);

    /// Whether limits of the client let one more task start, whatever its model.
    ///
    /// @param client null: nobody said
    boolean hasRoom(String client);

    /// Whether limits of the client and of the model let one more task start.
    ///
    /// @param client null: nobody said
    boolean mayStart(String client, String model);
}
