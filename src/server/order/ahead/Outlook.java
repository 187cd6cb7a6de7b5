package server.order.ahead;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import server.order.ahead.Explanation.Waiting;
import server.task.Task;

/// The standing of all pending tasks at one moment.
///
/// @param next   the tasks that are ready and start next, in that order, by id; empty if not requested
/// @param groups the pending tasks by what they wait for: first those that need attention, then those that wait for
///               their turn, for their next attempt, for their time
/// @param waits  returns what a pending task waits for
public record Outlook(Map<Long, Upcoming> next, List<Group> groups, Function<Task, Waiting> waits) {

    /// Later than all times.
    private static final long SCHEDULED_FROM = 1L << 50;

    /// What a group of tasks waits for whose times differ.
    public static final Waiting ITS_TIME = new Waiting(Explanation.Reason.TIME, "its time");
    public static final Waiting ITS_NEXT_ATTEMPT = new Waiting(Explanation.Reason.RETRY, "its next attempt");

    /// The state of a pending task.
    public enum State {
        READY, RETRYING, SCHEDULED, BLOCKED;

        /// Returns its name in the API, in lower case.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Returns the state of a task that waits for this.
        public static State of(Explanation.Reason kind) {
            return switch (kind) {
                case QUEUE, ALONE, ROOM, PLACE, TURN -> READY;
                case RETRY -> RETRYING;
                case TIME, WINDOW -> SCHEDULED;
                case LIMIT, SERVER, HOST, MODEL, NO_WINDOW -> BLOCKED;
            };
        }
    }

    /// Pending tasks that wait for the same.
    ///
    /// @param first one of them; null if none is known
    /// @param until when the first of them continues without help, milliseconds since the epoch; 0: not known
    public record Group(Waiting waiting, int tasks, Task first, long until) {

        /// Returns the state of its tasks.
        public State state() {
            return State.of(waiting.kind());
        }
    }

    /// Returns how many pending tasks are in a state.
    public int count(State state) {
        return groups.stream().filter(group -> group.state() == state).mapToInt(Group::tasks).sum();
    }

    /// Returns the state of a pending task.
    State state(Task task) {
        return State.of(waits.apply(task).kind());
    }

    /// Returns what the group of a pending task waits for.
    public Waiting group(Task task) {
        Waiting waiting = waits.apply(task);
        return switch (waiting.kind()) {
            case TIME -> ITS_TIME;
            case RETRY -> ITS_NEXT_ATTEMPT;
            default -> waiting;
        };
    }

    /// Returns the order in which tasks probably start: first those that were played, then the others that are ready,
    /// then blocked ones, then the rest by time. It is valid only for this moment.
    public Comparator<Task> order() {
        return Comparator.comparingLong(new Ranks(this)::of)
                .thenComparing(Comparator.comparingInt(Task::priority).reversed()).thenComparingLong(Task::order);
    }

    /// Returns when and where a task starts; null if it does not start soon.
    public Upcoming start(Task task) {
        return next.get(task.id());
    }

    private long rank(Task task) {
        Waiting waiting = waits.apply(task);
        Upcoming start = start(task);
        return switch (State.of(waiting.kind())) {
            case READY -> start == null ? Ahead.PLAYED_MAX + 1 : start.position();
            // tasks that wait for the same thing stay together
            case BLOCKED -> Ahead.PLAYED_MAX + 2 + groupOf(waiting);
            case RETRYING -> task.wakeAt();
            case SCHEDULED -> SCHEDULED_FROM + task.wakeAt();
        };
    }

    /// Caches ranks, because finding what a task waits for takes longer than the rest of a comparison. Not safe for
    /// several threads.
    private static final class Ranks {

        private static final int KEPT = 1 << 12;

        private final Outlook outlook;
        private final long[] ids = new long[KEPT];
        private final long[] ranks = new long[KEPT];

        Ranks(Outlook outlook) {
            this.outlook = outlook;
            Arrays.fill(ids, -1);
        }

        long of(Task task) {
            int at = Long.hashCode(task.id()) & KEPT - 1;
            if (ids[at] != task.id()) {
                ids[at] = task.id();
                ranks[at] = outlook.rank(task);
            }
            return ranks[at];
        }
    }

    private int groupOf(Waiting waiting) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).waiting().equals(waiting)) {
                return i;
            }
        }
        return groups.size();
    }
}
