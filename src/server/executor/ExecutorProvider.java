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
    /// @throws IllegalArgumentException with a message for the user if the address is not right
    TaskExecutor open(String address);

    /// Returns the same with all that the settings say of the host; a kind that has no use for more than the address
    /// leaves this as it is.
    ///
    /// @throws IllegalArgumentException with a message for the user, without any secret
    default TaskExecutor open(HostAddress host) {
        return open(host.url());
    }

    /// Looks at what the settings say of a host, for `config check` and before the start; it is not opened, if that
    /// can be avoided.
    ///
    /// @return the name of a host that the settings give none
    /// @throws IllegalArgumentException whenever [#open] would throw it
    default String check(HostAddress host) {
        try (TaskExecutor trial = open(host)) {
            return trial.name();
        }
    }
}
