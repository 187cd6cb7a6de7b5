package server.stats;

/// The hosts' time that the tasks of one priority, model or client used. Times are milliseconds.
///
/// @param name    null: tasks without a client
/// @param tasks   how many tasks that had run ended
/// @param waitMax the longest wait
/// @param busy    how long hosts ran them
/// @param loads   how many of them made their host load a model
/// @param loading how long these loads took
public record WorkOf(String name, long tasks, long failed, long waitP50, long waitP95, long waitMax, long runP50,
        long runP95, long busy, long tokens, long loads, long loading) {
}
