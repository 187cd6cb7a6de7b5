package server.queue.page;

import java.util.List;

import server.task.Task;

/// Part of a listing.
///
/// @param total how many tasks match the filter in all
/// @param more  whether more follow
public record TaskPage(List<Task> tasks, long total, boolean more) {
}
