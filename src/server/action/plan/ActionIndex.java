package server.action.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import server.task.TaskId;
import shared.Problem;

/// The actions that are at work, and the last that have ended.
///
/// Invariant: `ended` has the ids of those that have ended, the first to end first.
public final class ActionIndex {

    /// How many that have ended are kept.
    public static final int ENDED_MAX = 100;
    /// How many may be at work.
    public static final int RUNNING_MAX = 100;

    private final Map<Long, TaskAction> byId = new HashMap<>();
    private final ArrayDeque<Long> ended = new ArrayDeque<>();

    /// Returns the action with this id; null if there is none.
    public TaskAction get(long id) {
        return byId.get(id);
    }

    /// Returns the actions at work, the oldest first.
    public List<TaskAction> running() {
        return byId.values().stream().filter(action -> !action.ended()).sorted(ActionIndex::byArrival).toList();
    }

    /// Returns all actions that are kept, the newest first.
    public List<TaskAction> all() {
        List<TaskAction> all = new ArrayList<>(byId.values());
        all.sort(ActionIndex::byArrival);
        return all.reversed();
    }

    private static int byArrival(TaskAction one, TaskAction other) {
        return Long.compare(one.plan().asOf(), other.plan().asOf());
    }

    /// Returns the action that a text names.
    ///
    /// @param text an id or a unique prefix of one, with or without `action_`
    /// @throws Problem 404 if there is none, 409 if there are several
    public TaskAction find(String text) {
        TaskId.IdRange range = TaskId.range(text.startsWith(TaskAction.PREFIX)
                ? text.substring(TaskAction.PREFIX.length()) : text);
        return TaskId.only(text, range == null ? List.of() : byId.values().stream()
                .filter(action -> action.id() >= range.low() && action.id() <= range.high()).toList(),
                "action", TaskAction::name);
    }

    /// Carries an event out.
    ///
    /// @param position where its line lies
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

    /// Tells the positions of the lines that a replay needs.
    public void forEachLine(LongConsumer line) {
        byId.values().forEach(action -> {
            line.accept(action.lastAt());
            if (!action.ended() && action.acceptedAt() != action.lastAt()) {
                line.accept(action.acceptedAt());
            }
        });
    }
}
