package server.executor;

/// What precedes the body of a host's answer to a call.
///
/// @param contentType as the host wrote it; null: none
/// @param length      of the body, in bytes; -1 if the host did not send it, or the body was compressed
/// @param retryAfter  its `Retry-After`; null: none
/// @param requestId   its `x-request-id`; null: none
public record HostHead(int status, String contentType, long length, String retryAfter, String requestId) {
}
