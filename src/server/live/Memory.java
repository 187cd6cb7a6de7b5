package server.live;

import java.util.function.IntConsumer;

/// The room that answers take of memory while their readers have not got them, in bytes.
///
/// @param take     throws a [shared.Problem] if there is no room for so much
/// @param giveBack what was taken
public record Memory(IntConsumer take, IntConsumer giveBack) {
}
