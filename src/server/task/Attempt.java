package server.task;

/// What one attempt did.
///
/// @param number  counts from 1
/// @param host    where it ran
/// @param startedAt milliseconds since the epoch
/// @param endedAt milliseconds since the epoch
/// @param error   null if it completed
/// @param counted whether it used up a retry; one that a crash or a stop of the server cut off did not
/// @param rule    which rule chose the host; null if it is not known
/// @param died    whether it ended with the death of the server, rather than with an orderly stop
/// @param loadMs  how long its host loaded the model, in milliseconds; -1: not known, or the task's result tells it
public record Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted,
        String rule, boolean died, long loadMs) {

    public Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted, String rule,
            boolean died) {
        this(number, host, startedAt, endedAt, error, counted, rule, died, -1);
    }

    public Attempt(int number, String host, long startedAt, long endedAt, String error, boolean counted) {
        this(number, host, startedAt, endedAt, error, counted, null, false, -1);
    }
}
