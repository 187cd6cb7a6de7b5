package server.order;

import java.time.Duration;

import server.settings.Setting;
import server.settings.Settings;
import server.task.Task;
import shared.Priority;

/// How the priority of waiting tasks grows: by 1 for each `every` that a task has waited, up to `upTo`. Times are
/// milliseconds.
///
/// @param every 0: it does not grow
/// @param upTo  a priority; a task whose own priority is higher does not age
public record Ageing(long every, int upTo) {

    static final Setting<Duration> EVERY = Setting.durationOrZero("ageing.every", "1s", "30d").byDefault("0s").live()
            .says("waiting time that raises a task's effective priority by 1; 0 turns ageing off");
    static final Setting<Integer> UP_TO = Setting.priority("ageing.up_to").byDefault("high").live()
            .says("the highest priority that ageing can reach");

    /// Priorities do not grow.
    public static final Ageing NONE = new Ageing(0, Priority.HIGH.value);

    static Ageing of(Settings settings) {
        return new Ageing(settings.get(EVERY).toMillis(), settings.get(UP_TO));
    }

    /// Returns the priority by which a pending task is ordered now.
    public int priority(Task task, long now) {
        int own = task.priority();
        if (every == 0 || own >= upTo) {
            return own;
        }
        return (int) Math.min(upTo, own + Math.max(0, now - since(task)) / every);
    }

    /// Returns when a task reaches a priority above its own.
    long reaches(Task task, int priority) {
        return since(task) + ((long) priority - task.priority()) * every;
    }

    /// Returns by how much a task of higher priority may have arrived later than another and still go before it because
    /// of its priority. Both grow alike, so this is the longest wait that the priority of others can cost.
    ///
    /// @return Long.MAX_VALUE if there is no bound: without ageing, or if the higher priority is above `upTo`
    public long headStart(int own, int other) {
        long above = (long) other - own;
        return above <= 0 ? 0 : every == 0 || other > upTo || above > Long.MAX_VALUE / every ? Long.MAX_VALUE
                : above * every;
    }

    /// Returns since when a task has waited: since it was submitted or the time for which it was scheduled; after a
    /// manual retry, since the end of its last attempt.
    static long since(Task task) {
        long since = Math.max(task.createdAt(), task.terms().scheduledAt());
        return task.order() == task.arrival() || task.attempts().isEmpty() ? since
                : Math.max(since, task.attempts().getLast().endedAt());
    }
}
