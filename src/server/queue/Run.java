package server.queue;

import server.task.Task;

/// An attempt that has begun.
///
/// @param task    the task since the attempt began
/// @param attempt counts from 1
/// @param seq     of its `started` event, which must be durable before the request goes to the host, or
///                before the host's answer goes to a caller with whom the task ends
/// @param begun   whether part of its answer has arrived
public record Run(Task task, int attempt, long seq, boolean begun) {

    /// Returns the same run, with part of its answer.
    public Run withAnswer() {
        return new Run(task, attempt, seq, true);
    }
}
