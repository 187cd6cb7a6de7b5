package server.executor;

/// A kind of host, found by `ServiceLoader`: the built-in kinds are providers like any other.
public interface ExecutorProvider {

    /// Returns its name in settings and listings: `ollama`, `openai`, `echo`.
    String kind();

    /// Returns whether this kind serves such an address.
    ///
    /// @param address as the user wrote it: `http://gpu:11434`, `gpu`, `echo:`
    boolean serves(String address);

    /// Prepares a host; does not connect.
    ///
    /// @throws IllegalArgumentException with a message for the user if the address is invalid
    TaskExecutor open(String address);

    /// Opens a host with everything that the settings say about it; a kind that needs only the address does not
    /// override this.
    ///
    /// @throws IllegalArgumentException with a message for the user, without any secret
    default TaskExecutor open(HostAddress host) {
        return open(host.url());
    }

    /// Checks a host's settings, for `config check` and before the start; it is not opened if that can be avoided.
    ///
    /// @return the name of a host whose settings have none
    /// @throws IllegalArgumentException in every case in which [#open] would throw it
    default String check(HostAddress host) {
        try (TaskExecutor trial = open(host)) {
            return trial.name();
        }
    }
}
