package server.action;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

import server.action.plan.ActionEvent;
import server.action.plan.ActionEvent.What;
import server.action.plan.ActionIndex;
import server.action.plan.ActionKind;
import server.action.plan.ActionPlan;
import server.action.plan.TaskAction;
import server.action.plan.TaskAction.Status;
import server.journal.Unit;
import server.queue.index.TaskFilter;
import server.queue.ledger.Ledger;
import server.queue.ledger.TaskReader;
import server.queue.line.EventCodec;
import server.queue.page.Matched;
import server.queue.page.Pages;
import server.queue.state.Event;
import server.queue.state.QueueState;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import shared.Problem;
import shared.json.JsonException;

/// The actions in the [Ledger]: each method is a decision or a look. What a method returns is durable, unless it says
/// otherwise.
public final class Actions {

    /// The maximum number of tasks of all running actions together, because their ids are in memory.
    static final int TASKS_MAX = 1_000_000;

    static final String UNREADABLE = "its record cannot be read";
    static final String NO_ROOM = "too many tasks are pending, in total or for its client";

    /// The maximum number of tasks in a step.
    static final int STEP = 64;

    private final Ledger ledger;
    private final Pages pages;
    private final Function<byte[], Submission> submits;
    private final int tasksMax;
    private final int step;

    /// @param submits parses the body of a submit
    Actions(Ledger ledger, Function<byte[], Submission> submits) {
        this(ledger, submits, TASKS_MAX, STEP);
    }

    /// @param tasksMax the maximum number of tasks of all running actions together
    /// @param step     the maximum number of tasks in a step
    Actions(Ledger ledger, Function<byte[], Submission> submits, int tasksMax, int step) {
        this.ledger = ledger;
        this.submits = submits;
        this.tasksMax = tasksMax;
        this.step = step;
        pages = new Pages(ledger);
    }

    /// Returns the tasks that match a filter at one moment, which lies within the call.
    public Matched matched(TaskFilter filter) {
        return pages.matched(filter);
    }

    /// Accepts an action, which begins soon.
    ///
    /// @param plan with the counts of `matched`
    /// @throws Problem 413 if it has too many tasks, 429 if it has too many together with the running actions
    public TaskAction accept(ActionPlan plan, Matched matched) {
        long[] tasks = matched.tasks().stream().mapToLong(Task::id).toArray();
        if (tasks.length > tasksMax) {
            throw new Problem(413, tasks.length + " tasks match, and an action may have at most " + tasksMax
                    + "; narrow the filter");
        }
        // that another action draws the same id before this one is recorded is too unlikely to check
        long id = ledger.unusedId();
        ActionEvent accepted = new ActionEvent(What.ACCEPTED, plan.createdAt(), TaskAction.accepted(id, plan, tasks));
        boolean in = false;
        while (!in) {
            // its line may be long, so it is encoded before the lock is taken
            Event.Action event = new Event.Action(accepted, ledger.look(QueueState::mode).value());
            Unit line = Unit.of(EventCodec.encode(event));
            in = ledger.change(writer -> {
                checkRoom(writer.state().actions().running(), tasks.length);
                return writer.state().mode() == event.mode()
                        && writer.append(List.of(event), line, Ledger.urgency(plan.kind())) != null;
            }).durable();
        }
        return get(id);
    }

    private void checkRoom(List<TaskAction> running, int more) {
        int others = running.stream().mapToInt(action -> action.tasks() == null ? 0 : action.tasks().length).sum();
        if (running.size() >= ActionIndex.RUNNING_MAX || others + more > tasksMax) {
            throw new Problem(429, running.size() + " actions on " + others + " tasks are in progress; the limit is "
                    + ActionIndex.RUNNING_MAX + " on " + tasksMax + "; try again later");
        }
    }

    /// Stops an action; its changes stay.
    ///
    /// @throws Problem 404 if there is no such action, 409 if it has ended
    public TaskAction stop(long id) {
        ledger.change(writer -> {
            TaskAction action = require(writer.state(), id);
            if (action.ended()) {
                throw Problem.conflict(action.name() + " is " + action.status().text + " already");
            }
            append(writer, List.of(), ended(action, Status.STOPPED, writer.now()));
            return null;
        }).durable();
        return get(id);
    }

    /// Finds an action.
    ///
    /// @param text an id or a unique prefix of one, with or without `action_`
    /// @throws Problem 404 if there is no such action, 409 if there are several
    public TaskAction find(String text) {
        return ledger.look(state -> state.actions().find(text)).durable();
    }

    /// Returns the action with this id.
    ///
    /// @throws Problem 404 if there is no such action, or it is no longer kept
    TaskAction get(long id) {
        return ledger.look(state -> require(state, id)).durable();
    }

    /// Returns the running actions and the last ended ones, newest first.
    public List<TaskAction> all() {
        return ledger.look(state -> state.actions().all()).durable();
    }

    /// Adds a listener, which is called when an action was accepted. It must be quick, and may be called by any thread.
    void onAccepted(Runnable listener) {
        ledger.onChange(events -> {
            if (events.getLast() instanceof Event.Action action && action.change().what() == What.ACCEPTED) {
                listener.run();
            }
        });
    }

    /// Returns the running actions, oldest first; they may not be durable yet.
    List<TaskAction> running() {
        return ledger.look(state -> state.actions().running()).value();
    }

    /// Handles the next tasks of an action, or ends it.
    ///
    /// @return whether there is more to do
    /// @throws Problem 503 or 507 if nothing can be written now; nothing was changed
    boolean step(long id) {
        List<Task> next = ledger.look(state -> next(state, state.actions().get(id))).durable();
        // read what memory does not hold before the lock is taken
        Map<Long, OnRecord> records = new HashMap<>();
        for (Task task : next) {
            try {
                records.put(task.lastAt(), onRecord(task, get(id).plan()));
            } catch (Problem problem) {
                // a deleted task is handled under the lock
                if (problem.status() != 404) {
                    records.put(task.lastAt(), OnRecord.UNREADABLE);
                }
            }
        }
        return ledger.change(writer -> step(writer, writer.state().actions().get(id), records)).durable();
    }

    /// The journal's data about a task that is to be retried.
    ///
    /// @param attempts all so far; empty if it is submitted anew
    /// @param anew     the new submission; null if the task itself is retried
    /// @param refused  why neither is possible; null if one is
    private record OnRecord(List<Attempt> attempts, Submission anew, Problem refused) {

        /// For a task that cannot be retried anyway.
        static final OnRecord NONE = new OnRecord(List.of(), null, null);
        static final OnRecord UNREADABLE = refused(Problem.conflict(Actions.UNREADABLE));

        static OnRecord refused(Problem why) {
            return new OnRecord(List.of(), null, why);
        }
    }

    private OnRecord onRecord(Task task, ActionPlan plan) {
        if (plan.changes() == null) {
            return new OnRecord(ledger.read(task, TaskReader::attempts), null, null);
        }
        TaskDocument document = ledger.read(task, TaskReader::document);
        try {
            Submission anew = submits.apply(Anew.body(document, plan.changes())).withPendingMax(plan.pendingMax());
            return new OnRecord(List.of(), ledger.pool().share(anew), null);
        } catch (JsonException wrong) {
            return OnRecord.refused(Problem.conflict(wrong.getMessage()));
        } catch (Problem wrong) {
            return OnRecord.refused(wrong);
        }
    }

    /// Returns the tasks of the next step whose recorded attempts are needed.
    private List<Task> next(QueueState state, TaskAction action) {
        List<Task> tasks = new ArrayList<>();
        if (action != null && !action.ended() && action.plan().kind() == ActionKind.RETRY && action.tasks() != null) {
            for (int i = action.done(); i < end(action); i++) {
                Task task = state.get(action.tasks()[i]);
                if (task != null && task.status().ended()) {
                    tasks.add(task);
                }
            }
        }
        return tasks;
    }

    private int end(TaskAction action) {
        // a task that is submitted anew may be large
        return Math.min(action.tasks().length, action.done() + (action.plan().changes() == null ? step : 1));
    }

    /// Handles the next tasks of an action under the lock.
    ///
    /// @param records the tasks' records, by the positions of their last lines
    /// @return whether there is more to do
    private boolean step(Ledger.Writer writer, TaskAction action, Map<Long, OnRecord> records) {
        if (action == null || action.ended()) {
            return false;
        }
        long now = writer.now();
        if (action.tasks() == null || action.done() == action.tasks().length) {
            // a repair may have lost the line that contained its tasks
            append(writer, List.of(), ended(action, action.tasks() == null ? Status.STOPPED : Status.COMPLETED, now));
            return false;
        }
        List<Event> events = new ArrayList<>();
        int changed = 0;
        Map<String, Integer> refused = new TreeMap<>();
        Map<String, Integer> putBack = new HashMap<>();
        Set<Long> crons = new HashSet<>();
        for (int i = action.done(); i < end(action); i++) {
            Task task = writer.state().get(action.tasks()[i]);
            if (task != null && task.cron() != null && !crons.add(task.cron().cron())) {
                // the effect of the previous task on their cron task must be applied first
                break;
            }
            if (isUnread(action.plan().kind(), task, records)) {
                break;
            }
            try {
                events.addAll(changed(writer, action, i, records, putBack, now));
                changed++;
            } catch (Problem problem) {
                refused.merge(reason(task, problem), 1, Integer::sum);
            }
        }
        TaskAction after = action.stepped(changed, refused);
        if (after.done() > action.done()) {
            append(writer, events, new ActionEvent(What.PROGRESS, now, after));
        }
        return true;
    }

    /// Returns whether the task's record was not read, because the task has changed meanwhile.
    private static boolean isUnread(ActionKind kind, Task task, Map<Long, OnRecord> records) {
        return kind == ActionKind.RETRY && task != null && task.status().ended()
                && !records.containsKey(task.lastAt());
    }

    private static List<Event.Change> changed(Ledger.Writer writer, TaskAction action, int index,
            Map<Long, OnRecord> records, Map<String, Integer> putBack, long now) {
        QueueState state = writer.state();
        long id = action.tasks()[index];
        Task task = state.require(id);
        return switch (action.plan().kind()) {
            case CANCEL -> List.of(state.cancel(id, null, now));
            case DELETE -> List.of(state.delete(id, now));
            case PRIORITY -> {
                Event.Change change = state.changePriority(id, action.plan().priority(), Integer.MAX_VALUE, now);
                if (change.task().equals(task)) {
                    throw Problem.conflict(task.name() + " has this priority already");
                }
                yield List.of(change);
            }
            case RETRY -> {
                OnRecord record = records.getOrDefault(task.lastAt(), OnRecord.NONE);
                if (record.refused != null) {
                    throw record.refused;
                }
                int most = action.plan().pendingMax();
                Event.Change change = state.retry(id, record.attempts, most, now);
                if (record.anew != null) {
                    Event.Change anew = state.submit(record.anew, writer.unusedId(), null, null, now);
                    yield action.plan().changes().delete() ? List.of(anew, state.delete(id, now)) : List.of(anew);
                }
                Map<String, Integer> together = new HashMap<>(putBack);
                together.merge(task.terms().caller().client(), 1, Integer::sum);
                state.admitAgain(together, most);
                putBack.putAll(together);
                yield List.of(change);
            }
        };
    }

    /// Returns the reason of a refusal without the task's own name, so that equal reasons are counted together.
    private static String reason(Task task, Problem problem) {
        return task == null ? "is gone" : problem.status() == 429 ? NO_ROOM
                : problem.reason().replace(task.name() + " ", "");
    }

    private static ActionEvent ended(TaskAction action, Status how, long now) {
        return new ActionEvent(how == Status.STOPPED ? What.STOPPED : What.COMPLETED, now, action.ended(how, now));
    }

    /// Appends one unit: changes of tasks, each with its effect on the cron task that created the task, and then the
    /// action's own event.
    private static void append(Ledger.Writer writer, List<Event> changes, ActionEvent event) {
        List<Event> unit = new ArrayList<>();
        for (Event change : changes) {
            unit.add(change);
            Event echo = writer.echo(change);
            if (echo != null) {
                unit.add(echo);
            }
        }
        unit.add(new Event.Action(event, writer.state().mode()));
        writer.append(unit, Ledger.urgency(event.action().plan().kind()));
    }

    private static TaskAction require(QueueState state, long id) {
        TaskAction action = state.actions().get(id);
        if (action == null) {
            throw Problem.notFound("no such action, or it is not kept any more: the last " + ActionIndex.ENDED_MAX
                    + " that have ended are");
        }
        return action;
    }
}
