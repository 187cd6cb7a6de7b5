package client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.json.Json;
import shared.json.JsonException;

/// The command `backends`: the hosts that run tasks.
final class Backends {

    private static final String[] HEAD = {"NAME", "HEALTH", "SINCE", "KIND", "BUSY", "DONE", "FAILED", "TOKENS/S",
        "URL", "MODELS (* LOADED), TROUBLE"};

    private Backends() {
    }

    static int run(Session session, Arguments arguments) {
        String verb = arguments.operand(0);
        byte[] json = verb == null ? session.api().get("/api/backends") : change(session, verb, arguments.operand(1));
        if (!session.output().isText()) {
            session.output().json(json);
        } else if (verb == null) {
            List<String[]> rows = new ArrayList<>();
            rows.add(HEAD);
            hosts(session, json).forEach(host -> rows.add(cells(host, session.terminal().time().instant())));
            TaskTable.printRows(session, rows);
        }
        return 0;
    }

    private static byte[] change(Session session, String verb, String name) {
        if (name == null || !verb.equals("enable") && !verb.equals("disable")) {
            throw Failure.usage("backends takes nothing, or enable NAME, or disable NAME", null);
        }
        byte[] json = session.api().post("/api/backends/" + Api.encode(name) + "/" + verb, Map.of(), new byte[0]);
        session.aside(name + (verb.equals("enable") ? " is enabled"
                : " is disabled until it is enabled or the server starts again; what runs there goes on"));
        return json;
    }

    private static String[] cells(Json.Obj host, Instant now) {
        String speed = text(host, "tokens_per_second");
        String rest = models(host);
        String trouble = text(host, "error");
        return new String[] {text(host, "name"), "false".equals(text(host, "enabled")) ? "disabled"
                : text(host, "health"), TaskTable.age(text(host, "since"), now), text(host, "kind"),
            text(host, "slots_used") + "/" + text(host, "slots"), text(host, "completed"), text(host, "failed"),
            speed.equals("0") ? "-" : speed, text(host, "url"),
            rest + (rest.isEmpty() || trouble.isEmpty() ? "" : "; ") + trouble};
    }

    /// The names of its models, a star at those that are loaded.
    private static String models(Json.Obj host) {
        List<Json> loaded = host.get("loaded") instanceof Json.Arr names ? names.values() : List.of();
        List<String> models = new ArrayList<>();
        if (host.get("installed") instanceof Json.Arr names) {
            for (Json name : names.values()) {
                models.add(TaskTable.line(plain(name)) + (loaded.contains(name) ? "*" : ""));
            }
        }
        return String.join(" ", models);
    }

    private static String text(Json.Obj host, String name) {
        Json value = host.get(name);
        return value == null || value instanceof Json.Null ? "" : TaskTable.line(plain(value));
    }

    private static String plain(Json value) {
        return value instanceof Json.Str string ? string.value() : value.text();
    }

    private static List<Json.Obj> hosts(Session session, byte[] json) {
        List<Json.Obj> hosts = new ArrayList<>();
        try {
            ((Json.Arr) Json.parse(json)).values().forEach(host -> hosts.add((Json.Obj) host));
            return hosts;
        } catch (JsonException | ClassCastException rubbish) {
            throw session.api().notOurs("its list is not a JSON array of hosts");
        }
    }
}
