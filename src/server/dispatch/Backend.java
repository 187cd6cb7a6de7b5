package server.dispatch;

import java.util.List;
import java.util.Map;
import java.util.Set;

import server.stats.Activity;
import server.task.RunnerOptions;

/// A host as it is shown. Times are milliseconds since the epoch, 0 for none; counters start when the server starts.
///
/// @param enabled         whether it gets new tasks at all
/// @param health          `up`, `down`, or `unknown` before the first check
/// @param healthSince     since when it has this health
/// @param checkedAt       when its health was last checked
/// @param error           why it is down or left alone, or refuses a model; null for nothing
/// @param leftAloneUntil  until when nothing is sent to it
/// @param version         null if it does not report one
/// @param installed       null if it reported no list
/// @param slots           how many attempts it gets at once
/// @param parallel        how many of these with one runner key
/// @param failed          attempts that failed, for whatever reason
/// @param tokens          all tokens that it has written
/// @param tokensPerSecond the average speed of one answer; 0 if it never reported it
/// @param completedPerMinute in the last minutes
/// @param failedPerMinute likewise
/// @param refused         the models that it refuses for a reason of its own or its account's, or for which it is busy
/// @param runners         what it has loaded, as far as is known; empty for a host that loads nothing
/// @param fits            how many of them fit, as far as was seen; 0 for a host that loads nothing
/// @param loadsToday      of the present day, in UTC
/// @param lane            how it spent its time
/// @param sums            other counters since the server's start
public record Backend(String name, String kind, String url, boolean remote, boolean enabled, String health, long
        healthSince, long checkedAt, String error, long leftAloneUntil, String version, Set<String> installed,
        Set<String> loaded, int slots, int parallel, int slotsUsed, int weight, int priority, long completed, long
        failed, long tokens, double tokensPerSecond, double completedPerMinute, double failedPerMinute, List<Refused>
        refused, List<RunnerView> runners, int fits, int loadsToday, Activity.HostLane lane, Sums sums) {

    /// @param attempts   how many attempts ended in each way: a cause, `completed` or `interrupted`
    /// @param tokensRead the tokens that the models read, if the host reports them
    /// @param loads      of models
    public record Sums(Map<String, Long> attempts, long tokensRead, long loads) {
    }

    /// @param options those with which it was started; null: not known
    /// @param since   when its load began, or when it was first seen
    /// @param until   when it is unloaded if it gets no requests
    /// @param running how many of our attempts it has
    /// @param loading whether it is being loaded
    /// @param usual   how long a load of it usually takes, in milliseconds; 0: not known
    /// @param size    its memory, in bytes; 0: not known
    /// @param vram    how much of that is memory of graphics cards
    public record RunnerView(String model, RunnerOptions options, long since, long until, int running, boolean loading,
            long usual, long size, long vram) {
    }

    /// @param since when it first refused the model
    /// @param until when it may be tried again; 0: with the next task, or a try is under way
    /// @param error the host's message
    public record Refused(String model, long since, long until, String error) {
    }
}
