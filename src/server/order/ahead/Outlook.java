package server.order.ahead;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import server.order.ahead.Explanation.Waiting;
import server.task.Task;

/// How all pending tasks stand at one moment.
///
/// @param next   the tasks that are ready and start next, in that order, by id; empty if nobody asked for them
/// @param groups the pending tasks by what they wait for: what needs somebody first, then what waits for its turn, for
///               its next attempt, for its time
/// @param waits  what a pending task waits for
public record Outlook(Map<Long, Upcoming> next, List<Group> groups, Function<Task, Waiting> waits) {

    /// Behind all times.
    private static final long SCHEDULED_FROM = 1L << 50;

    /// What tasks are taken together for that wait for a time of their own.
    public static final Waiting ITS_TIME = new Waiting(Explanation.Reason.TIME, "its time");
    public static final Waiting ITS_NEXT_ATTEMPT = new Waiting(Explanation.Reason.RETRY, "its next attempt");

    /// How a pending task stands.
    public enum State {
        READY, RETRYING, SCHEDULED, BLOCKED;

        /// Returns its name as the API has it, in lower case.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Returns how a task stands that waits for this.
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
    /// @param first one of them; null if nobody knows one
    /// @param until when the first of them goes on by itself, milliseconds since the epoch; 0: not known
    public record Group(Waiting waiting, int tasks, Task first, long until) {

        /// Returns how its tasks stand.
        public State state() {
            return State.of(waiting.kind());
        }
    }

    /// Returns how many pending tasks are in a state.
    public int count(State state) {
        return groups.stream().filter(group -> group.state() == state).mapToInt(Group::tasks).sum();
    }

    /// Returns how a pending task stands.
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

    /// Returns the order in which tasks probably start: what was played, the others that are ready, what is blocked,
    /// then by time. It holds for this moment only.
    public Comparator<Task> order() {
        return Comparator.comparingLong(new Ranks(this)::of)
                .thenComparing(Comparator.comparingInt(Task::priority).reversed()).thenComparingLong(Task::order);
    }

    /// Returns when and where a task starts, if it starts soon; null for any other.
    public Upcoming start(Task task) {
        return next.get(task.id());
    }

    private long rank(Task task) {
        Waiting waiting = waits.apply(task);
        Upcoming start = start(task);
        return switch (State.of(waiting.kind())) {
            case READY -> start == null ? Ahead.PLAYED_MAX + 1 : start.position();
            // those that wait for the same stay together
            case BLOCKED -> Ahead.PLAYED_MAX + 2 + groupOf(waiting);
            case RETRYING -> task.wakeAt();
            case SCHEDULED -> SCHEDULED_FROM + task.wakeAt();
        };
    }

    /// Remembers ranks, for to find out what a task waits for takes longer than all else of a comparison. Not safe for
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
