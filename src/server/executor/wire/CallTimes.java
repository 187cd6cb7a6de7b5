package server.executor.wire;

import java.time.Duration;

import server.executor.Call;

/// How long a call may take.
///
/// @param firstByte the longest time to the first byte of the answer's body: loading the model and reading the prompt
/// @param idle      the longest silence after that
/// @param whole     the longest time of all
public record CallTimes(Duration firstByte, Duration idle, Duration whole) {

    /// Returns an attempt's times.
    public static CallTimes of(Call call) {
        return new CallTimes(call.firstByte(), call.idle(), call.timeout());
    }

    /// Returns one limit for everything.
    public static CallTimes within(Duration time) {
        return new CallTimes(time, time, time);
    }

    /// Returns the same, with less time in all.
    public CallTimes shortened(Duration newWhole) {
        return new CallTimes(firstByte, idle, newWhole);
    }
}
