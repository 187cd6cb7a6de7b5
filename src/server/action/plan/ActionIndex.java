package server.action.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import server.task.TaskId;
import shared.Problem;

/// The running actions, and the last ones that have ended.
///
/// Invariant: `ended` has the ids of the ended ones, the first to end first.
public final class ActionIndex {

    /// The number of ended actions that are kept.
    public static final int ENDED_MAX = 100;
    /// The maximum number of running actions.
    public static final int RUNNING_MAX = 100;

    private final Map<Long, TaskAction> byId = new HashMap<>();
    private final ArrayDeque<Long> ended = new ArrayDeque<>();

    /// Returns the action with this id; null if there is none.
    public TaskAction get(long id) {
        return byId.get(id);
    }

    /// Returns the running actions, oldest first.
    public List<TaskAction> running() {
        return byId.values().stream().filter(action -> !action.ended()).sorted(ActionIndex::byArrival).toList();
    }

    /// Returns all actions that are kept, newest first.
    public List<TaskAction> all() {
        List<TaskAction> all = new ArrayList<>(byId.values());
        all.sort(ActionIndex::byArrival);
        return all.reversed();
    }

    private static int byArrival(TaskAction one, TaskAction other) {
        return Long.compare(one.plan().asOf(), other.plan().asOf());
    }

    /// Finds an action.
    ///
    /// @param text an id or a unique prefix of one, with or without `action_`
    /// @throws Problem 404 if there is no such action, 409 if there are several
    public TaskAction find(String text) {
        TaskId.IdRange range = TaskId.range(text.startsWith(TaskAction.PREFIX)
                ? text.substring(TaskAction.PREFIX.length()) : text);
        return TaskId.only(text, range == null ? List.of() : byId.values().stream()
                .filter(action -> action.id() >= range.low() && action.id() <= range.high()).toList(),
                "action", TaskAction::name);
    }

    /// Applies an event.
    ///
    /// @param position of its line in the journal
    public void apply(ActionEvent event, long position) {
        TaskAction before = byId.get(event.action().id());
        TaskAction after = event.action().following(before, position);
        byId.put(after.id(), after);
        if (after.ended() && (before == null || !before.ended())) {
            ended.add(after.id());
            if (ended.size() > ENDED_MAX) {
                byId.remove(ended.poll());
            }
        }
    }

    /// Passes on the positions of the lines that a replay needs.
    public void forEachLine(LongConsumer line) {
        byId.values().forEach(action -> {
            line.accept(action.lastAt());
            if (!action.ended() && action.acceptedAt() != action.lastAt()) {
                line.accept(action.acceptedAt());
            }
        });
    }
}
