package server.queue.page;

import java.util.List;

import server.task.Task;

/// Part of a listing.
///
/// @param total how many tasks pass the filter in all
/// @param more  whether others follow
public record TaskPage(List<Task> tasks, long total, boolean more) {
}
