package server.api;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import server.http.Query;
import server.order.RunnerKey;
import server.order.ahead.Explanation.Waiting;
import server.order.ahead.Outlook.State;
import server.order.ahead.Outlook;
import server.queue.TaskQueue;
import server.queue.index.ErrorPattern;
import server.queue.index.TaskFilter;
import server.queue.index.TaskTimes;
import server.task.Task;
import server.task.Times;
import shared.Priority;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.config.Durations;

/// The query parameters that select tasks, the same for lists and actions.
final class TaskFilters {

    static final String[] PARAMETERS = {"status", "type", "priority", "model", "client", "relayed", "cut", "host",
        "since", "until", "ended_since", "ended_until", "cause", "cron_id", "q"};

    private final TaskQueue queue;
    private final InstantSource clock;

    TaskFilters(TaskQueue queue, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
    }

    /// Returns the names of these parameters and others.
    static String[] and(String... others) {
        return Stream.of(PARAMETERS, others).flatMap(Stream::of).toArray(String[]::new);
    }

    TaskFilter of(Query query) {
        long now = clock.millis();
        Set<Long> causes = query.set("cause", ErrorPattern::parse);
        Set<TaskStatus> statuses = query.set("status", TaskStatus::parse);
        // only failed tasks have a cause
        return new TaskFilter(causes.isEmpty() || !statuses.isEmpty() ? statuses : Set.of(TaskStatus.FAILED),
                query.set("type", TaskType::parse),
                query.set("priority", Priority::parse), models(query),
                query.set("client", Function.identity()),
                query.text("relayed") == null ? null : query.flag("relayed"),
                query.text("cut") == null ? null : query.flag("cut"), query.set("host", Function.identity()),
                new TaskTimes(time(query, "since", Long.MIN_VALUE, now), time(query, "until", Long.MAX_VALUE, now),
                        time(query, "ended_since", Long.MIN_VALUE, now),
                        time(query, "ended_until", Long.MAX_VALUE, now)),
                causes, query.set("cron_id", queue::cronId), query.text("q"));
    }

    /// Returns the models of a query, each with and without the tag `:latest`, which mean the same.
    static Set<String> models(Query query) {
        return query.set("model", Function.identity()).stream().flatMap(model -> RunnerKey.names(model).stream())
                .collect(Collectors.toSet());
    }

    /// Returns a point in time, in milliseconds since the epoch; the text may be a time, or a duration before now.
    private static long time(Query query, String name, long otherwise, long now) {
        String text = query.text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            return text.contains("-") ? Times.parse(name, text) : now - Durations.parse(name, text).toMillis();
        } catch (Problem wrong) {
            throw Problem.badRequest(name + " must be a time such as 2026-01-02T03:04:05Z, or a duration such as 2h, "
                    + "which is before now, not \"" + Problem.shown(text) + "\"");
        }
    }

    /// Selects pending tasks by their state.
    ///
    /// @param states   empty: any
    /// @param waitsFor the text of their group, see [Outlook#groups]; null: any
    record ByStanding(Set<State> states, String waitsFor) {

        static final String[] PARAMETERS = {"state", "waits_for"};

        private static final List<String> STATES = Arrays.stream(State.values()).map(State::text).toList();

        static ByStanding of(Query query) {
            return new ByStanding(query.set("state", ByStanding::state), query.text("waits_for"));
        }

        /// Returns whether it selects all tasks, including those that are not pending.
        boolean isAll() {
            return states.isEmpty() && waitsFor == null;
        }

        boolean passes(Outlook outlook, Task task) {
            return isAll() || passes(outlook.group(task));
        }

        boolean passes(Waiting group) {
            return (states.isEmpty() || states.contains(State.of(group.kind())))
                    && (waitsFor == null || waitsFor.equals(group.text()));
        }

        /// Returns whether all selected tasks are ready.
        boolean isReady(Outlook outlook) {
            return !isAll() && outlook.groups().stream().filter(group -> passes(group.waiting()))
                    .allMatch(group -> group.state() == State.READY);
        }

        private static State state(String text) {
            int index = STATES.indexOf(text);
            if (index < 0) {
                throw Problem.badRequest("state must be one of " + String.join(", ", STATES) + ", not "
                        + Problem.shown(text));
            }
            return State.values()[index];
        }
    }
}
