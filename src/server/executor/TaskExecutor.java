package server.executor;

import java.util.List;

/// Runs tasks on one host. Used by many threads at once.
public interface TaskExecutor extends AutoCloseable {

    /// The name that `executed_on` shows: host:port, or `echo`.
    String name();

    /// The address that it talks to, without any secret.
    String url();

    /// Runs one attempt to its end, on the calling (virtual) thread. An interrupt ends it within moments and closes
    /// the request to the host; it is then answered with [InterruptedException].
    ///
    /// @param pieces takes the answer as it comes
    Outcome run(Call call, Pieces pieces) throws InterruptedException;

    /// Asks the host for its models, for health checks and lists. Blocks for at most five seconds.
    ///
    /// @return the names of the installed models, as the host writes them
    /// @throws java.io.IOException the host cannot be asked, with a message for people
    List<String> models() throws java.io.IOException, InterruptedException;

    /// Asks the host how it is; blocks for at most some seconds. A kind that knows more than its models says more.
    ///
    /// @throws java.io.IOException the host cannot be asked, with a message for people; a [HostFailure] says whose
    ///                             fault that is
    default HostReport report() throws java.io.IOException, InterruptedException {
        List<String> models = models();
        return new HostReport(null, models.isEmpty() ? null : models, null);
    }

    @Override
    void close();
}
