package server.order;

import server.task.Attempt.Chosen;

/// The task that starts next, and where.
///
/// @param slot   the task's slot
/// @param chosen why it was chosen
public record Choice(int slot, Offer offer, Chosen chosen) {
}
