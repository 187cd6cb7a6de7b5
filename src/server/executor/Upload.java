package server.executor;

import java.io.InputStream;

/// A request's body of any size, read as fast as the host accepts it.
///
/// @param length      in bytes; -1 if it is not known
/// @param contentType null: none
public record Upload(InputStream bytes, long length, String contentType) {
}
