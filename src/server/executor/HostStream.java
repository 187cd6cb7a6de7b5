package server.executor;

import java.io.InputStream;

/// A host's answer as it comes.
///
/// @param body to be closed, which ends the call where the answer has not ended
public record HostStream(HostHead head, InputStream body) {
}
