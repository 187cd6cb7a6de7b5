package server.task;

import java.util.Objects;

import server.access.ClientName;

/// Who asked for a task, and by which API. Equal ones share one instance.
///
/// @param client   the client's name ([ClientName]); null: nobody said
/// @param endpoint where the payload, a whole body, goes as it is; null for the payload of a submit, which Ollama's own
///                 endpoint for the type takes
/// @param relayed  whether it came as a call of that API, whose caller waits for the host's answer
/// @param keep     whether it goes on when its caller has left
/// @param record   whether its prompt and answer are kept after its end
/// @param onlyOrders whether its priority, which the caller did not give, counts for the order alone and sends nothing
///                   to an endpoint
public record Caller(String client, ApiPath endpoint, boolean relayed, boolean keep, boolean record,
        boolean onlyOrders) {

    /// Of a task that somebody without a name submitted.
    public static final Caller NONE = new Caller(null, null, false, false, true);

    /// Whose priority was given.
    public Caller(String client, ApiPath endpoint, boolean relayed, boolean keep, boolean record) {
        this(client, endpoint, relayed, keep, record, false);
    }

    /// Returns the same of another client.
    ///
    /// @param name null: nobody in particular
    Caller of(String name) {
        return Objects.equals(name, client) ? this : new Caller(name, endpoint, relayed, keep, record, onlyOrders);
    }

    /// Returns whether the task ends when its caller leaves.
    public boolean endsWithCaller() {
        return relayed && !keep;
    }

    /// Returns the same caller of a task that goes on when it has left.
    public Caller kept() {
        return new Caller(client, endpoint, relayed, true, record, onlyOrders);
    }
}
