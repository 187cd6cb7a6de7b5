package server.api;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

import server.access.Asker;
import server.action.Actions;
import server.action.plan.ActionJson;
import server.action.plan.ActionKind;
import server.action.plan.ActionPlan;
import server.action.plan.Changes;
import server.action.plan.TaskAction;
import server.api.HttpApi.Insight;
import server.http.Answer;
import server.http.Query;
import server.http.WebRequest;
import server.order.ahead.Outlook;
import server.queue.index.TaskFilter;
import server.queue.page.Matched;
import server.settings.Settings;
import server.task.FieldReader;
import server.task.SubmissionReader;
import server.task.TaskJson;
import shared.Nearest;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonReader;
import shared.json.JsonWriter;

/// Actions: one change for all tasks that match a filter.
final class ActionApi {

    static final List<String> FIELDS = List.of("filter", "action", "priority", "on", "with", "delete", "dry_run",
            "expect");
    private static final List<String> WITH = List.of("model", "num_ctx", "max_retries");

    private final Settings settings;
    private final TaskFilters filters;
    private final Insight standing;
    private final Actions actions;
    private final Searches searches;
    private final InstantSource clock;
    private final BiConsumer<String, Boolean> hostCheck;

    /// @param hostCheck checks the name of a host, as for [SubmissionReader]
    ActionApi(Settings settings, TaskFilters filters, Insight standing, Actions actions, Searches searches,
            InstantSource clock, BiConsumer<String, Boolean> hostCheck) {
        this.hostCheck = hostCheck;
        this.settings = settings;
        this.filters = filters;
        this.standing = standing;
        this.actions = actions;
        this.searches = searches;
        this.clock = clock;
    }

    /// The body of a request.
    ///
    /// @param filter null if absent
    /// @param expect how many tasks must match; negative if absent
    private record ActionRequest(Query filter, ActionKind kind, Integer priority, Changes changes, boolean dryRun,
            int expect) {

        void check() {
            if (filter == null) {
                throw Problem.badRequest("filter is missing: an object with the parameters of GET /api/tasks, as in "
                        + "{\"status\":\"pending\"}; {} is all tasks");
            }
            if (kind == null) {
                throw Problem.badRequest("action is missing: one of " + String.join(", ", ActionKind.NAMES));
            }
            if ((priority == null) == (kind == ActionKind.PRIORITY)) {
                throw Problem.badRequest(priority == null ? "priority is missing, as in {\"priority\":10}"
                        : "priority is only for the action priority, not for " + kind.text);
            }
            if (!changes.equals(Changes.NONE) && kind != ActionKind.RETRY) {
                throw Problem.badRequest("on, with and delete are only for the action retry, not for " + kind.text);
            }
            if (changes.delete() && !changes.isAny()) {
                throw Problem.badRequest("delete requires on or with: a task that is put back unchanged cannot be "
                        + "deleted");
            }
            if (dryRun == expect >= 0) {
                throw Problem.badRequest(dryRun ? "give dry_run or expect, not both" : "expect is missing: give the "
                        + "number of tasks that must match (\"dry_run\":true returns it)");
            }
        }
    }

    Answer begin(WebRequest request) throws InterruptedException {
        ActionRequest asked = read(request.json(settings.get(HttpApi.OTHER_BODY_BYTES), "an action"));
        asked.check();
        if (asked.changes().on() != null) {
            hostCheck.accept(asked.changes().on(), false);
        }
        String shown = asked.filter().json();
        if (shown.getBytes(StandardCharsets.UTF_8).length > ActionPlan.FILTER_MAX) {
            throw new Problem(413, "the filter of an action may have " + ActionPlan.FILTER_MAX + " bytes");
        }
        Asker asker = request.asker();
        TaskFilter filter = allowed(filters.of(asked.filter()), asker);
        Integer priority = asked.priority() == null ? null : (Integer) Math.min(asked.priority(), asker.priorityMax());
        TaskFilters.ByStanding stand = TaskFilters.ByStanding.of(asked.filter());
        Matched matched = searches.run(request, () -> matched(filter, stand));
        ActionPlan plan = new ActionPlan(asked.kind(), priority, shown,
                asker.speaksForOthers() ? null : asker.name(), asker.pendingMax(), matched.asOf(),
                matched.byStatus(), clock.millis(), asked.changes().isAny() ? asked.changes() : null);
        List<String> warnings = Objects.equals(priority, asked.priority()) ? List.of()
                : List.of("priority " + asked.priority() + " is lowered to " + priority + ", the highest that the "
                        + "token " + asker.name() + " may give");
        if (asked.dryRun()) {
            JsonWriter out = new JsonWriter().beginObject();
            ActionJson.counts(out, plan.total(), plan.matched());
            TaskJson.warn(out, warnings);
            return Answer.json(200, out.endObject());
        }
        if (plan.total() != asked.expect()) {
            JsonWriter out = new JsonWriter().beginObject();
            out.name("error").string(plan.total() + " tasks match now, not " + asked.expect()
                    + "; nothing was changed. If these are meant, too, ask again with this number");
            ActionJson.counts(out, plan.total(), plan.matched());
            return Answer.json(409, out.endObject());
        }
        TaskAction action = actions.accept(plan, matched);
        JsonWriter out = new JsonWriter(1024);
        ActionJson.write(out, action, warnings);
        return Answer.json(202, out, "Location", "/api/tasks/actions/" + action.name());
    }

    private Matched matched(TaskFilter filter, TaskFilters.ByStanding stand) {
        if (stand.isAll()) {
            return actions.matched(filter);
        }
        Outlook outlook = standing.outlook().apply(0);
        Matched pending = actions.matched(filter.only(TaskStatus.PENDING));
        return new Matched(pending.tasks().stream().filter(task -> stand.passes(outlook, task)).toList(),
                pending.asOf());
    }

    /// Returns the filter, restricted to the tasks that the asker may change.
    ///
    /// @throws Problem 403 if it names another client, and the asker may not speak for others
    private static TaskFilter allowed(TaskFilter filter, Asker asker) {
        filter.clients().forEach(asker::client);
        return asker.speaksForOthers() ? filter : filter.ofClients(Set.of(asker.name()));
    }

    Answer list(WebRequest request) {
        JsonWriter out = new JsonWriter(1024).beginArray();
        actions.all().forEach(action -> ActionJson.write(out, action));
        return Answer.json(200, out.endArray());
    }

    Answer show(WebRequest request) {
        return Answer.json(200, json(actions.find(request.id())));
    }

    Answer stop(WebRequest request) {
        TaskAction action = actions.find(request.id());
        request.asker().checkChange(action.name(), action.plan().client());
        return Answer.json(200, json(actions.stop(action.id())));
    }

    private static JsonWriter json(TaskAction action) {
        JsonWriter out = new JsonWriter(1024);
        ActionJson.write(out, action);
        return out;
    }

    private static ActionRequest read(JsonReader json) {
        FieldReader fields = new FieldReader(json);
        Query filter = null;
        ActionKind kind = null;
        Integer priority = null;
        String on = null;
        Changes with = Changes.NONE;
        boolean delete = false;
        boolean dryRun = false;
        int expect = -1;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "filter" -> filter = Query.read(json, Set.of(TaskFilters.and(TaskFilters.ByStanding.PARAMETERS)));
                case "action" -> kind = fields.parsed(ActionApi::kind);
                case "priority" -> priority = fields.priority();
                case "on" -> on = fields.text(SubmissionReader.HOST_LENGTH_MAX);
                case "with" -> with = with(json, fields);
                case "delete" -> delete = json.bool();
                case "dry_run" -> dryRun = json.bool();
                case "expect" -> expect = fields.integer(0, Integer.MAX_VALUE);
                default -> throw fields.unknown(FIELDS, "; known are " + String.join(", ", FIELDS));
            }
        }
        json.end();
        return new ActionRequest(filter, kind, priority, new Changes(on, with.model(), with.numCtx(), with.maxRetries(),
                delete), dryRun, expect);
    }

    private static Changes with(JsonReader json, FieldReader fields) {
        String model = null;
        Integer numCtx = null;
        Integer maxRetries = null;
        json.beginObject();
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            switch (name) {
                case "model" -> model = fields.text(SubmissionReader.MODEL_LENGTH_MAX);
                case "num_ctx" -> numCtx = fields.integer(1, Changes.NUM_CTX_MAX);
                case "max_retries" -> maxRetries = fields.integer(0, SubmissionReader.RETRIES_MAX);
                default -> throw fields.unknown(WITH, "; known are " + String.join(", ", WITH));
            }
        }
        return new Changes(null, model, numCtx, maxRetries, false);
    }

    private static ActionKind kind(String text) {
        if (!ActionKind.NAMES.contains(text)) {
            throw Problem.badRequest("action must be one of " + String.join(", ", ActionKind.NAMES) + ", not \""
                    + Problem.shown(text) + "\"" + Nearest.hint(text, ActionKind.NAMES));
        }
        return ActionKind.parse(text);
    }
}
