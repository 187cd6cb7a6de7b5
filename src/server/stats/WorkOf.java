package server.stats;

/// What the tasks of one priority, model or client took. Times are milliseconds.
///
/// @param name    null: those without a client
/// @param tasks   how many ended that had run
/// @param waitMax the longest
/// @param busy    how long hosts worked for them
/// @param loads   how many of them made their host load a model
/// @param loading how long that took
public record WorkOf(String name, long tasks, long failed, long waitP50, long waitP95, long waitMax, long runP50,
        long runP95, long busy, long tokens, long loads, long loading) {
}
