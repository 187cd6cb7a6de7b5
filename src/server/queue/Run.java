package server.queue;

import server.task.Task;

/// An attempt that was begun.
///
/// @param task    the task as it is since the attempt began
/// @param attempt counts from 1
/// @param seq     of its `started` event, to be awaited before the host is asked
/// @param begun   whether some of its answer has come
public record Run(Task task, int attempt, long seq, boolean begun) {

    /// Returns the same, with some of its answer.
    public Run withAnswer() {
        return new Run(task, attempt, seq, true);
    }
}
