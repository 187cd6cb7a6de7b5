package server.task;

import java.util.Objects;

import server.access.ClientName;

/// Who asked for a task, and by which API. Equal ones share one instance.
///
/// @param client   the client's name ([ClientName]); null: none was given
/// @param endpoint the path that takes the payload, a whole body, unchanged; null for a plain submission, whose payload
///                 goes to Ollama's own endpoint for the type
/// @param relayed  whether it came as a call of that API, whose caller waits for the host's answer
/// @param keep     whether the task goes on when its caller has left
/// @param record   whether its prompt and answer are kept after it ends
/// @param onlyOrders whether its priority, which the caller did not give, affects only the order and is not sent to an
///                   endpoint
public record Caller(String client, ApiPath endpoint, boolean relayed, boolean keep, boolean record,
        boolean onlyOrders) {

    /// The caller of a task that was submitted without a client name.
    public static final Caller NONE = new Caller(null, null, false, false, true);

    /// Makes a caller that gave the priority, if there is one.
    public Caller(String client, ApiPath endpoint, boolean relayed, boolean keep, boolean record) {
        this(client, endpoint, relayed, keep, record, false);
    }

    /// Returns the same caller with another client name.
    ///
    /// @param name null: none
    Caller of(String name) {
        return Objects.equals(name, client) ? this : new Caller(name, endpoint, relayed, keep, record, onlyOrders);
    }

    /// Returns whether the task ends when its caller leaves.
    public boolean endsWithCaller() {
        return relayed && !keep;
    }

    /// Returns the same caller with a task that goes on after the caller has left.
    public Caller kept() {
        return new Caller(client, endpoint, relayed, true, record, onlyOrders);
    }
}
