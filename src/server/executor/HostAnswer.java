package server.executor;

/// A host's whole answer to a call.
///
/// @param body as it came; not to be changed
public record HostAnswer(HostHead head, byte[] body) {
}
