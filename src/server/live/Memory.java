package server.live;

import java.util.function.IntConsumer;

/// Accounts for the memory of answers until their readers have them, in bytes.
///
/// @param take     reserves bytes; throws a [shared.Problem] if there is not enough room
/// @param giveBack returns reserved bytes
public record Memory(IntConsumer take, IntConsumer giveBack) {
}
