package server.action.plan;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import server.task.TaskJson;
import server.task.Times;
import shared.TaskStatus;
import shared.json.JsonWriter;

/// The public JSON form of an action, in the API and the feed.
public final class ActionJson {

    /// See `server.openapi.Shapes`.
    public static final String SHAPES = """
            ActionMatched = matched:int by_status:{int} warnings?:[text]
            ActionMismatch = error ...ActionMatched
            RetryWith = model?:text num_ctx?:int max_retries?:int
            Action = id action:ActionKind priority?:int on?:text with?:RetryWith delete?:bool filter:object \
                client|null status created_at:time ended_at:time|null ...ActionMatched done:int changed:int \
                refused:{int}
            """;

    private ActionJson() {
    }

    /// Writes an action.
    public static void write(JsonWriter out, TaskAction action) {
        write(out, action, List.of());
    }

    /// Writes an action, as the answer to a change.
    ///
    /// @param warnings for whoever requested it; empty for none
    public static void write(JsonWriter out, TaskAction action, List<String> warnings) {
        ActionPlan plan = action.plan();
        out.beginObject();
        out.name("id").string(action.name());
        out.name("action").string(plan.kind().text);
        if (plan.priority() != null) {
            out.name("priority").number(plan.priority());
        }
        if (plan.changes() != null) {
            plan.changes().write(out);
        }
        out.name("filter").raw(plan.filter().getBytes(StandardCharsets.UTF_8));
        out.name("client").string(plan.client());
        out.name("status").string(action.status().text);
        Times.write(out.name("created_at"), plan.createdAt());
        if (action.ended()) {
            Times.write(out.name("ended_at"), action.endedAt());
        } else {
            out.name("ended_at").nul();
        }
        counts(out, plan.total(), plan.matched());
        out.name("done").number(action.done());
        out.name("changed").number(action.changed());
        out.name("refused").beginObject();
        action.refused().forEach((reason, count) -> out.name(reason).number(count));
        out.endObject();
        TaskJson.warn(out, warnings);
        out.endObject();
    }

    /// Writes the members `matched` and `by_status`.
    public static void counts(JsonWriter out, int total, Map<TaskStatus, Integer> byStatus) {
        out.name("matched").number(total);
        out.name("by_status").beginObject();
        for (TaskStatus status : TaskStatus.values()) {
            if (byStatus.containsKey(status)) {
                out.name(status.text).number(byStatus.get(status));
            }
        }
        out.endObject();
    }
}
