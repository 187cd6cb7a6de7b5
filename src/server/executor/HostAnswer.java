package server.executor;

/// A host's whole answer to a call.
///
/// @param body as it arrived, not to be changed; null: it is in the form of another API than the call's
public record HostAnswer(HostHead head, byte[] body) {
}
