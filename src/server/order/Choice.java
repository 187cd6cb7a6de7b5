package server.order;

import server.task.Attempt.Chosen;

/// The task that starts next, and where.
///
/// @param slot   where the task is found
/// @param chosen why it does
public record Choice(int slot, Offer offer, Chosen chosen) {
}
