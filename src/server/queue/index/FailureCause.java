package server.queue.index;

/// Tasks that failed for the same cause.
///
/// @param model  null if several are counted together
/// @param host   null if no host was asked, or several are counted together
/// @param lastAt when the last one failed, milliseconds since the epoch
/// @param task   the id of the last one
/// @param error  the full error of the last one; null if it has none
public record FailureCause(ErrorPattern cause, String model, String host, long count, long lastAt, long task,
        String error) {
}
