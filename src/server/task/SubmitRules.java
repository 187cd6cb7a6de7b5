package server.task;

/// What the settings say that a submit has to obey.
public interface SubmitRules {

    /// Returns the highest priority that a client's tasks may have.
    ///
    /// @param client null: nobody said
    int priorityMax(String client);

    /// Returns the window of a client's tasks that name none; null for none.
    ///
    /// @param client null: nobody said
    String windowOf(String client);

    /// Throws a [shared.Problem] that names the known ones if there is no such window.
    void checkWindow(String name);
}
