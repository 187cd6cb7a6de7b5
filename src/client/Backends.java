package client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;

/// The command `backends`: the hosts that run tasks.
final class Backends {

    private static final String[] HEAD = {"NAME", "HEALTH", "SINCE", "KIND", "BUSY", "PARALLEL", "DONE", "FAILED",
        "TOKENS/S", "URL", "MODELS (* LOADED), TROUBLE"};

    private Backends() {
    }

    static int run(Session session, Arguments arguments) {
        String verb = arguments.operand(0);
        byte[] json = verb == null ? session.api().get("/api/backends") : change(session, verb, arguments.operand(1));
        if (!session.output().isText()) {
            session.output().json(json);
        } else if (verb == null) {
            TextTable rows = new TextTable(session, HEAD);
            Instant now = session.terminal().time().instant();
            session.api().objects(json).forEach(host -> rows.add(cells(host, now)));
            rows.end();
        }
        return 0;
    }

    private static byte[] change(Session session, String verb, String name) {
        if (name == null || !verb.equals("enable") && !verb.equals("disable")) {
            throw Failure.usage("backends takes no argument, or enable NAME, or disable NAME", null);
        }
        byte[] json = session.api().post("/api/backends/" + Api.encode(name) + "/" + verb, Map.of(), RequestBody.EMPTY);
        session.aside(name + (verb.equals("enable") ? " is enabled"
                : " is disabled until it is enabled or the server is restarted; tasks that run there continue"));
        return json;
    }

    private static String[] cells(Json.Obj host, Instant now) {
        String speed = TaskTable.cell(host, "tokens_per_second");
        String rest = models(host);
        String trouble = TaskTable.cell(host, "error");
        return new String[] {TaskTable.cell(host, "name"),
            TaskTable.cell(host, "enabled").equals("false") ? "disabled" : TaskTable.cell(host, "health"),
            TaskTable.age(host, "since", now), TaskTable.cell(host, "kind"),
            TaskTable.cell(host, "slots_used") + "/" + TaskTable.cell(host, "slots"),
            TaskTable.cell(host, "parallel"), TaskTable.cell(host, "completed"), TaskTable.cell(host, "failed"),
            speed.equals("0") ? "-" : speed, TaskTable.cell(host, "url"),
            rest + (rest.isEmpty() || trouble.isEmpty() ? "" : "; ") + trouble};
    }

    /// Returns the names of its models, with a star after those that are loaded.
    private static String models(Json.Obj host) {
        List<Json> loaded = host.get("loaded") instanceof Json.Arr names ? names.values() : List.of();
        List<String> models = new ArrayList<>();
        if (host.get("installed") instanceof Json.Arr names) {
            for (Json name : names.values()) {
                models.add(TaskTable.line(TaskText.plain(name)) + (loaded.contains(name) ? "*" : ""));
            }
        }
        return String.join(" ", models);
    }
}
