package server.executor;

import java.util.List;
import java.util.Map;

import shared.json.Slice;

/// Runs tasks on one host. Used by many threads at once.
public interface TaskExecutor extends AutoCloseable {

    /// Returns the name that `executed_on` shows: host:port, or `echo`.
    String name();

    /// Returns the host's address, without any secret.
    String url();

    /// Runs one attempt to its end, on the calling (virtual) thread. An interrupt ends it within moments and closes the
    /// request to the host; the method then throws [InterruptedException].
    ///
    /// @param pieces receives the answer as it arrives
    Outcome run(Call call, Pieces pieces) throws InterruptedException;

    /// Returns whether the host itself answers calls of this path of an API. Calls of Ollama's API that it does not
    /// answer are made through [#run]; for others it is not a candidate.
    default boolean relays(String path) {
        return false;
    }

    /// Sends a call to the host unchanged, and passes its answer on as it arrives; otherwise like [#run]. Called only
    /// for a path that it [#relays].
    ///
    /// @param pieces receives the answer's text as it arrives, as far as it can be extracted
    /// @param to     receives the answer itself
    /// @return completed, with the result for the task's record
    default Outcome relay(RelayCall call, Pieces pieces, RelaySink to) throws InterruptedException {
        throw new UnsupportedOperationException("this kind of host takes no calls");
    }

    /// Sends the host a request that is not a task, unchanged, and returns its answer, whatever the status. Called only
    /// for a path that it [#relays]; blocks for at most half a minute.
    ///
    /// @param target  the path, perhaps with a query
    /// @param headers the caller's headers, by names in lower case
    /// @param body    null: none
    /// @throws java.io.IOException there is no answer, with a message for people
    default HostAnswer ask(String method, String target, Map<String, String> headers, Slice body)
            throws java.io.IOException, InterruptedException {
        throw new UnsupportedOperationException("this kind of host takes no calls");
    }

    /// Passes a request on to the host and returns its answer, whatever the status, both as they arrive. Called only
    /// for a path that it [#relays]; blocks until the answer begins.
    ///
    /// @param body null: none
    /// @throws java.io.IOException there is no answer, with a message for people
    default HostStream pass(String method, String target, Upload body)
            throws java.io.IOException, InterruptedException {
        throw new UnsupportedOperationException("this kind of host takes no calls");
    }

    /// Asks the host for its models, for health checks and lists. Blocks for at most five seconds.
    ///
    /// @return the names of the installed models, as the host writes them
    /// @throws java.io.IOException the host cannot be asked, with a message for people
    List<String> models() throws java.io.IOException, InterruptedException;

    /// Asks the host for a report of its health; blocks for at most a few seconds. A kind that knows more than the
    /// models reports more.
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
