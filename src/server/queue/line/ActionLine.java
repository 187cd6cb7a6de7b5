package server.queue.line;

import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import server.action.plan.ActionEvent;
import server.action.plan.ActionKind;
import server.action.plan.ActionPlan;
import server.action.plan.Changes;
import server.action.plan.TaskAction;
import server.action.plan.TaskAction.Status;
import server.task.TaskId;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// The members `action` and `tasks` of a journal line. `action` is sparse: values that are 0, null or empty are absent.
/// `tasks`, only in the `accepted` line, is the 12 digits of each id, one after the other.
final class ActionLine {

    private ActionLine() {
    }

    static void write(JsonWriter out, ActionEvent event) {
        TaskAction action = event.action();
        ActionPlan plan = action.plan();
        out.name("action").beginObject();
        out.name("id").string(TaskId.digits(action.id()));
        out.name("kind").string(plan.kind().text);
        if (plan.priority() != null) {
            out.name("priority").number(plan.priority());
        }
        out.name("filter").string(plan.filter());
        if (plan.changes() != null) {
            out.name("changes").beginObject();
            plan.changes().write(out);
            out.endObject();
        }
        TaskLine.text(out, "client", plan.client());
        TaskLine.number(out, "max_pending", plan.pendingMax(), Integer.MAX_VALUE);
        out.name("as_of").number(plan.asOf());
        counts(out.name("matched"), write -> plan.matched().forEach((key, count) -> write.accept(key.text, count)));
        TaskLine.time(out, "created_at", plan.createdAt());
        TaskLine.number(out, "done", action.done(), 0);
        TaskLine.number(out, "changed", action.changed(), 0);
        if (!action.refused().isEmpty()) {
            counts(out.name("refused"), write -> action.refused().forEach(write));
        }
        TaskLine.text(out, "status", action.ended() ? action.status().text : null);
        TaskLine.time(out, "ended_at", action.endedAt());
        out.endObject();
        if (event.what() == ActionEvent.What.ACCEPTED && action.tasks() != null) {
            StringBuilder digits = new StringBuilder(action.tasks().length * TaskId.DIGITS);
            for (long task : action.tasks()) {
                digits.append(TaskId.digits(task));
            }
            out.name("tasks").string(digits.toString());
        }
    }

    private interface Counts {
        void each(BiConsumer<String, Integer> write);
    }

    private static void counts(JsonWriter out, Counts counts) {
        out.beginObject();
        counts.each((name, count) -> out.name(name).number(count));
        out.endObject();
    }

    /// Returns the action without its tasks.
    static TaskAction read(JsonReader in) {
        long id = -1;
        ActionKind kind = null;
        Integer priority = null;
        String filter = null;
        String client = null;
        int pendingMax = Integer.MAX_VALUE;
        long asOf = 0;
        long createdAt = 0;
        long endedAt = 0;
        int done = 0;
        int changed = 0;
        Status status = Status.RUNNING;
        Map<TaskStatus, Integer> matched = new EnumMap<>(TaskStatus.class);
        SortedMap<String, Integer> refused = new TreeMap<>();
        Changes changes = null;
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            switch (name) {
                case "id" -> id = TaskId.parse(in.string());
                case "kind" -> kind = ActionKind.parse(in.string());
                case "priority" -> priority = Integer.valueOf(in.number());
                case "filter" -> filter = in.string();
                case "changes" -> changes = Changes.read(in);
                case "client" -> client = in.string();
                case "max_pending" -> pendingMax = Integer.parseInt(in.number());
                case "as_of" -> asOf = Long.parseLong(in.number());
                case "matched" -> counts(in, (key, count) -> matched.put(TaskStatus.parse(key), count));
                case "created_at" -> createdAt = TaskLine.time(in);
                case "done" -> done = Integer.parseInt(in.number());
                case "changed" -> changed = Integer.parseInt(in.number());
                case "refused" -> counts(in, refused::put);
                case "status" -> status = Status.parse(in.string());
                case "ended_at" -> endedAt = TaskLine.time(in);
                // a later version may have further members
                default -> in.skip();
            }
        }
        if (id < 0 || kind == null || filter == null) {
            throw in.error("an action without id, kind or filter");
        }
        return new TaskAction(id, new ActionPlan(kind, priority, filter, client, pendingMax, asOf, matched, createdAt,
                changes), done, changed, refused, status, endedAt, null, 0, 0);
    }

    private static void counts(JsonReader in, BiConsumer<String, Integer> to) {
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            to.accept(name, Integer.valueOf(in.number()));
        }
    }

    static long[] readTasks(JsonReader in) {
        String digits = in.string();
        long[] tasks = new long[digits.length() / TaskId.DIGITS];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = TaskId.parse(digits.substring(i * TaskId.DIGITS, (i + 1) * TaskId.DIGITS));
        }
        return tasks;
    }
}
