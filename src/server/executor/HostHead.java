package server.executor;

/// What stands in front of a host's answer to a call.
///
/// @param contentType as the host wrote it; null: none
/// @param length      of the body, in bytes; -1 if the host did not tell, or it was sent compressed
/// @param retryAfter  its `Retry-After`; null: none
/// @param requestId   its `x-request-id`; null: none
public record HostHead(int status, String contentType, long length, String retryAfter, String requestId) {
}
