package client;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import shared.TaskType;
import shared.Zones;
import shared.cron.CronExpression;
import shared.cron.CronPreview;
import shared.json.Json;

/// The commands that begin with `cron`. Each names a cron task by its name, its ID or the beginning of its ID.
final class Cron {

    private static final String[] HEAD = {"ID", "NAME", "NEXT RUN", "LAST RUN", "RUNS", "WHEN"};

    private Cron() {
    }

    static int add(Session session, Arguments arguments) {
        Map<String, Json> cron = read(session, arguments, new ArrayList<>(arguments.operands()), true);
        if (!cron.containsKey("name")) {
            throw Failure.usage("cron add needs --name NAME", null);
        }
        if (!cron.containsKey("cron_expr")) {
            throw Failure.usage("cron add needs --cron EXPRESSION", "--cron \"0 9 * * 1-5\", or --cron @daily");
        }
        String path = arguments.isOn("replace") ? "/api/cron?replace=true" : "/api/cron";
        byte[] answer = session.api().sendMade("POST", path, Map.of(), new Json.Obj(cron));
        print(session, answer, "id");
        tellWhen(session, answer);
        return 0;
    }

    static int update(Session session, Arguments arguments) {
        List<String> rest = new ArrayList<>(arguments.operands());
        String path = path(rest.remove(0));
        Map<String, Json> changes = read(session, arguments, rest, false);
        if (changes.isEmpty()) {
            throw Failure.usage("cron update needs something to change", "ollama-queue cron update --help");
        }
        byte[] answer = session.api().sendMade("PUT", path, Map.of(), new Json.Obj(changes));
        session.output().jsonIfAsked(answer);
        tellWhen(session, answer);
        return 0;
    }

    static int list(Session session, Arguments arguments) {
        byte[] json = session.api().get("/api/cron");
        if (session.output().form == Output.Form.JSON) {
            session.output().json(json);
            return 0;
        }
        TextTable rows = new TextTable(session, HEAD);
        for (Json.Obj cron : session.api().objects(json)) {
            if (session.output().form == Output.Form.JSONL) {
                session.output().json(cron.text().getBytes(StandardCharsets.UTF_8));
            } else {
                boolean enabled = cron.members().get("enabled") instanceof Json.Bool on && on.value();
                rows.add(TaskTable.cell(cron, "id"), TaskTable.cell(cron, "name"),
                        enabled ? time(session, cron, "next_run") : "disabled", time(session, cron, "last_run"),
                        TaskTable.cell(cron, "run_count"), TaskTable.cell(cron, "description"));
            }
        }
        if (!rows.end() && session.output().isText()) {
            session.aside("no cron tasks");
        }
        return 0;
    }

    static int show(Session session, Arguments arguments) {
        byte[] json = session.api().get(path(arguments.operand(0)));
        if (!session.output().isText()) {
            session.output().json(json);
            return 0;
        }
        Map<String, Json> members = new LinkedHashMap<>(session.api().object(json).members());
        Json template = members.remove("task_template");
        Json runs = members.remove("runs");
        // members that are not set
        members.remove("max_runs", new Json.Num("0"));
        members.remove("jitter", new Json.Str("0s"));
        StringBuilder text = new StringBuilder(TaskText.whole(new Json.Obj(members), session.terminal()));
        if (template instanceof Json.Obj object) {
            text.append(TaskText.whole(object, session.terminal()));
        }
        if (runs instanceof Json.Arr array) {
            for (Json run : array.values()) {
                Json.Obj one = (Json.Obj) run;
                text.append(TaskText.member("run " + one.integer("run", 0), one.text("task_id") + "  due "
                        + time(session, one, "due_at") + "  " + one.text("status")));
            }
        }
        session.output().text(text.toString());
        return 0;
    }

    /// The commands `enable`, `disable`, `run` and `remove`.
    static int change(Session session, Arguments arguments) {
        String verb = arguments.command().name().substring("cron ".length());
        return session.each(arguments.operands(), cron -> {
            boolean remove = verb.equals("remove");
            String method = remove ? "DELETE" : verb.equals("run") ? "POST" : "PUT";
            byte[] answer;
            try {
                answer = session.api().bytes(session.api().send(method, path(cron) + (remove ? "" : "/" + verb),
                        Map.of(), remove ? null : RequestBody.EMPTY));
            } catch (Failure failure) {
                throw verb.equals("run") ? failure.ifLost("it may run: ollama-queue list --cron " + cron) : failure;
            }
            if (verb.equals("run")) {
                print(session, answer, "task_id");
            } else if (!remove) {
                session.output().jsonIfAsked(answer);
            }
            session.aside(cron + (verb.equals("run") ? " runs" : " " + verb + (verb.endsWith("e") ? "d" : "ed")));
        });
    }

    static int test(Session session, Arguments arguments) {
        ZonedDateTime now = session.terminal().now();
        ZoneId zone = arguments.has("timezone") ? Zones.named("--timezone", arguments.text("timezone")) : now.getZone();
        Instant from = arguments.has("from") ? TaskFlags.time("--from", arguments.text("from"),
                now.withZoneSameInstant(zone)) : now.toInstant();
        int count = arguments.has("count") ? Integer.parseInt(arguments.count("count")) : 5;
        if (count == 0) {
            throw Failure.usage("--count must be at least 1", null);
        }
        CronPreview preview = CronPreview.of(arguments.operand(0), zone, from, count);
        if (!session.output().isText()) {
            session.output().line(preview.json().toString());
            return 0;
        }
        session.output().line(CronExpression.parse(preview.expression(), 0).describe(zone));
        preview.next().forEach(due -> session.output().line(Terminal.shown(due.atZone(preview.zone()))));
        return 0;
    }

    /// Reads the flags and the file. The result holds only what was given.
    ///
    /// @param operands a type, or `-` for stdin
    private static Map<String, Json> read(Session session, Arguments arguments, List<String> operands, boolean whole) {
        Map<String, Json> cron = new LinkedHashMap<>();
        Map<String, Json> template = new LinkedHashMap<>();
        String file = arguments.text("file");
        if (file != null) {
            if (!(session.inputs().json("--file", file) instanceof Json.Obj object)) {
                throw Failure.usage("--file must hold a JSON object, as cron show --output json prints it", null);
            }
            cron.putAll(object.members());
            if (cron.remove("task_template") instanceof Json.Obj given) {
                template.putAll(given.members());
            }
        }
        boolean dash = operands.remove("-");
        boolean typed = !operands.isEmpty() || arguments.has("type");
        TaskType type = typed || whole && file == null ? Submit.type(operands, arguments) : null;
        template.putAll(TaskFlags.read(type, arguments, session));
        if (whole && file == null || dash || arguments.has("prompt") || arguments.has("input")) {
            Submit.addTexts(session, arguments, type, dash, template);
        }
        plan(session, arguments, cron, template);
        if (!template.isEmpty()) {
            cron.put("task_template", new Json.Obj(template));
        }
        return cron;
    }

    private static void plan(Session session, Arguments arguments, Map<String, Json> cron, Map<String, Json> template) {
        if (arguments.has("metadata")) {
            cron.put("metadata", template.remove("metadata"));
        }
        for (String flag : List.of("name", "timezone", "missed", "missed-max-age", "overlap", "jitter")) {
            if (arguments.has(flag)) {
                cron.put(flag.replace('-', '_'), new Json.Str(arguments.text(flag)));
            }
        }
        if (arguments.has("cron") && arguments.has("schedule")) {
            throw Failure.usage("--cron and --schedule are the same: give one of them", null);
        }
        for (String flag : List.of("cron", "schedule")) {
            if (arguments.has(flag)) {
                cron.put("cron_expr", new Json.Str(arguments.text(flag)));
            }
        }
        for (String flag : List.of("start-at", "end-at")) {
            if (arguments.has(flag)) {
                String time = arguments.text(flag);
                cron.put(flag.replace('-', '_'), time.isEmpty() ? new Json.Null() : new Json.Str(
                        TaskFlags.time("--" + flag, time, session.terminal().now()).toString()));
            }
        }
        if (arguments.has("max-runs")) {
            cron.put("max_runs", new Json.Num(Integer.toString(Integer.parseInt(arguments.count("max-runs")))));
        }
        if (arguments.has("enabled")) {
            cron.put("enabled", new Json.Bool(arguments.isOn("enabled")));
        }
    }

    private static void print(Session session, byte[] answer, String name) {
        String made = String.valueOf(session.api().object(answer).text(name));
        session.output().setDone(made + (name.equals("id") ? " was added" : " was submitted"));
        if (session.output().isText()) {
            session.output().line(made);
        } else {
            session.output().json(answer);
        }
    }

    /// Tells when a cron task runs, and in which zone: the server's may differ from the user's.
    private static void tellWhen(Session session, byte[] answer) {
        if (!session.output().isText()) {
            return;
        }
        Json.Obj cron = session.api().object(answer);
        String when = cron.text("description");
        String zone = cron.text("timezone");
        boolean named = when.endsWith("(" + zone + ")");
        boolean same = ZoneId.of(zone).getRules().equals(session.terminal().zone().get().getRules());
        String told = cron.text("name") + ": " + when + (named ? "" : " (" + zone + ")")
                + (same ? "" : ", which is not your zone") + "; next run " + time(session, cron, "next_run");
        if (same) {
            session.aside(told);
        } else {
            session.note(told);
        }
    }

    private static String time(Session session, Json.Obj cron, String name) {
        Instant time = TaskTable.time(cron, name);
        return time == null ? "-" : session.terminal().shown(time);
    }

    private static String path(String cron) {
        return "/api/cron/" + Api.encode(cron);
    }
}
