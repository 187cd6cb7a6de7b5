package server.queue.page;

import java.util.List;

import server.queue.index.FailureCause;

/// When tasks failed for one cause.
///
/// @param firstAt when the first of them failed, milliseconds since the epoch
/// @param hours   how many failed in each of the last [#HOURS] hours, the oldest first
public record CauseInTime(FailureCause cause, long firstAt, List<Integer> hours) {

    static final int HOURS = 24;
}
