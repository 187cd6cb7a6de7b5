package server.dispatch;

import java.util.List;
import java.util.Map;
import java.util.Set;

import server.stats.Activity;
import server.task.RunnerOptions;

/// A host as it is shown. Times are milliseconds since the epoch, 0 for none; counters begin with the server's start.
///
/// @param enabled         whether it gets new tasks at all
/// @param health          `up`, `down`, or `unknown` before it was asked first
/// @param healthSince     since when it is so
/// @param checkedAt       when it was last asked how it is
/// @param error           why it is down or left alone, or refuses a model; null for nothing
/// @param leftAloneUntil  until when nothing is sent to it
/// @param version         null if it does not tell
/// @param installed       null if it gave no list
/// @param slots           how many attempts it gets at once
/// @param parallel        how many of these of one runner key
/// @param failed          attempts that failed, for whatever reason
/// @param tokens          all that it has written
/// @param tokensPerSecond how fast it writes one answer, on average; 0 if it never said
/// @param completedPerMinute in the last minutes
/// @param failedPerMinute likewise
/// @param refused         the models that it refuses for a reason of its own or its account's, or is busy for
/// @param runners         what it has loaded, as far as is known; empty for one that loads nothing
/// @param fits            how many of them fit, as far as was seen; 0 for one that loads nothing
/// @param loadsToday      of the present day, in UTC
/// @param lane            what it did with its time
/// @param sums            what else is counted since the server's start
public record Backend(String name, String kind, String url, boolean remote, boolean enabled, String health, long
        healthSince, long checkedAt, String error, long leftAloneUntil, String version, Set<String> installed,
        Set<String> loaded, int slots, int parallel, int slotsUsed, int weight, int priority, long completed, long
        failed, long tokens, double tokensPerSecond, double completedPerMinute, double failedPerMinute, List<Refused>
        refused, List<RunnerView> runners, int fits, int loadsToday, Activity.HostLane lane, Sums sums) {

    /// @param attempts   how many attempts ended how: by a cause, `completed` or `interrupted`
    /// @param tokensRead what the models read, where the host tells
    /// @param loads      of models
    public record Sums(Map<String, Long> attempts, long tokensRead, long loads) {
    }

    /// @param options those for which it was started; null: not known
    /// @param since   when its load began, or when it was first seen
    /// @param until   when it is thrown out if nobody asks for it
    /// @param running how many of our attempts it has
    /// @param loading whether it is being loaded
    /// @param usual   how long a load of it usually takes, in milliseconds; 0: not known
    /// @param size    what it takes, in bytes; 0: not known
    /// @param vram    how much of that in the memory of graphics cards
    public record RunnerView(String model, RunnerOptions options, long since, long until, int running, boolean loading,
            long usual, long size, long vram) {
    }

    /// @param since when it first refused the model
    /// @param until when it may be tried again; 0: with the next task, or a try is under way
    /// @param error what it said
    public record Refused(String model, long since, long until, String error) {
    }
}
