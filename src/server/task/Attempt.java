package server.task;

/// What one attempt did.
///
/// @param number  counts from 1
/// @param host    where it ran
/// @param startedAt milliseconds since the epoch
/// @param endedAt milliseconds since the epoch
/// @param error   null if it completed
/// @param counted whether it used up a retry; one that a crash or a stop of the server cut off did not
public record Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted) {
}
