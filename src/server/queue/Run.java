package server.queue;

import server.task.Task;

/// An attempt that was begun.
///
/// @param task    the task as it is since the attempt began
/// @param attempt counts from 1
/// @param seq     of its `started` event, to be awaited before the host is asked
public record Run(Task task, int attempt, long seq) {
}
