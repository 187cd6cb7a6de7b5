package server.order;

/// The task that starts next, and where.
///
/// @param slot where the task is found
public record Choice(int slot, Offer offer) {
}
