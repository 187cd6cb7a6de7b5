package server.task;

/// The rules that the settings impose on a submit.
public interface SubmitRules {

    /// Returns the highest priority that a client's tasks may have.
    ///
    /// @param client null: none was given
    int priorityMax(String client);

    /// Returns the window of a client's tasks that name none; null for no window.
    ///
    /// @param client null: none was given
    String windowOf(String client);

    /// Checks that there is a window of this name.
    ///
    /// @throws shared.Problem that names the known windows if there is not
    void checkWindow(String name);
}
