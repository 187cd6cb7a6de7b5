package server.executor.wire;

import java.time.Duration;

import server.executor.Call;

/// The time limits of a call.
///
/// @param firstByte the longest time to the first byte of the answer's body, which includes loading the model and
///                  reading the prompt
/// @param idle      the longest silence after that
/// @param whole     the longest duration of the whole call
public record CallTimes(Duration firstByte, Duration idle, Duration whole) {

    /// Returns the limits of an attempt.
    public static CallTimes of(Call call) {
        return new CallTimes(call.firstByte(), call.idle(), call.timeout());
    }

    /// Returns the same limit for everything.
    public static CallTimes within(Duration time) {
        return new CallTimes(time, time, time);
    }

    /// Returns the same limits with another limit for the whole call.
    public CallTimes shortened(Duration newWhole) {
        return new CallTimes(firstByte, idle, newWhole);
    }
}
