package server.executor;

import java.io.InputStream;

/// A host's answer as it arrives.
///
/// @param body must be closed, which ends the call if the answer has not ended
public record HostStream(HostHead head, InputStream body) {
}
