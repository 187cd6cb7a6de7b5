package server.stats;

/// Tasks that failed for one cause.
///
/// @param cause  the error without ids and numbers
/// @param model  null where several are taken together
/// @param host   null if no host was asked, or several are taken together
/// @param lastAt milliseconds since the epoch
/// @param task   the id of the last one
public record FailureCause(String cause, String model, String host, long count, long lastAt, long task) {
}
