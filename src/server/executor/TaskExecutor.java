package server.executor;

import java.util.List;
import java.util.Map;

import shared.json.Slice;

/// Runs tasks on one host. Used by many threads at once.
public interface TaskExecutor extends AutoCloseable {

    /// Returns the name that `executed_on` shows: host:port, or `echo`.
    String name();

    /// Returns the address that it talks to, without any secret.
    String url();

    /// Runs one attempt to its end, on the calling (virtual) thread. An interrupt ends it within moments and closes
    /// the request to the host; it is then answered with [InterruptedException].
    ///
    /// @param pieces takes the answer as it comes
    Outcome run(Call call, Pieces pieces) throws InterruptedException;

    /// Returns whether the host itself answers calls of this path of an API. Calls of Ollama's API that it does not
    /// answer are made by [#run]; it is no candidate for others.
    default boolean relays(String path) {
        return false;
    }

    /// Sends a call to the host as it is, and hands its answer on as it comes; otherwise as [#run]. Only a path that it
    /// [#relays] is asked for.
    ///
    /// @param pieces takes the answer's text as it comes, as far as it can be told
    /// @param to     takes the answer itself
    /// @return completed: with the result that a task's record shows
    default Outcome relay(RelayCall call, Pieces pieces, RelaySink to) throws InterruptedException {
        throw new UnsupportedOperationException("this kind of host takes no calls");
    }

    /// Asks the host something that is no task, as it is, and returns what it answers, whatever the status. Only a path
    /// that it [#relays] is asked for; blocks for at most half a minute.
    ///
    /// @param target  the path and perhaps a query
    /// @param headers what the caller has to say beside the body, by names in lower case
    /// @param body    null: none
    /// @throws java.io.IOException there is no answer, with a message for people
    default HostAnswer ask(String method, String target, Map<String, String> headers, Slice body)
            throws java.io.IOException, InterruptedException {
        throw new UnsupportedOperationException("this kind of host takes no calls");
    }

    /// Passes a request on to the host and returns its answer, whatever the status, both as they come. Only a path that
    /// it [#relays] is asked for; blocks until the answer begins.
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
