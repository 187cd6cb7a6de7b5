package server.queue.index;

/// Tasks that failed for one cause.
///
/// @param model  null where several are taken together
/// @param host   null if no host was asked, or several are taken together
/// @param lastAt milliseconds since the epoch
/// @param task   the id of the last one
/// @param error  its error as it is; null if it has none
public record FailureCause(ErrorPattern cause, String model, String host, long count, long lastAt, long task,
        String error) {
}
