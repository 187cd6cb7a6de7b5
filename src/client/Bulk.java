package client;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import shared.Controls;
import shared.json.Json;

/// One change of all tasks that match some filters: `cancel`, `retry`, `priority` and `delete` with `--all`. The server
/// performs it as an action, which continues even if the client ends. Also the commands `actions` and `causes`.
final class Bulk {

    private static final String PATH = "/api/tasks/actions";
    private static final long LOOK_EVERY_MS = 500;
    /// How often the number of matching tasks may change while no confirmation is asked for.
    private static final int ATTEMPTS_MAX = 5;
    private static final String[] FILTERS = {"status", "type", "model", "priority", "client", "relayed", "cut", "host",
        "since", "until", "ended-since=ended_since", "ended-until=ended_until", "cause", "cron=cron_id", "search=q"};
    private static final List<String> OWN = List.of("dry-run", "yes", "expect");

    private Bulk() {
    }

    /// Returns the query that selects the tasks.
    static String query(Arguments arguments) {
        return arguments.query(FILTERS);
    }

    /// Returns whether a command is for all matching tasks rather than for single ones.
    ///
    /// @throws Failure if both or neither are given
    static boolean isMeant(Arguments arguments, List<String> ids) {
        boolean all = arguments.isOn("all");
        if (all && !ids.isEmpty()) {
            throw Failure.usage("give IDs or --all, not both", null);
        }
        List<String> given = new ArrayList<>(OWN);
        for (String filter : FILTERS) {
            given.add(flag(filter));
        }
        given.removeIf(name -> !arguments.has(name));
        if (!all && (ids.isEmpty() || !given.isEmpty())) {
            throw Failure.usage(given.isEmpty() ? arguments.command().name() + " needs at least one ID, or --all"
                    : "--" + given.get(given.size() - 1) + " goes with --all, not with IDs",
                    "ollama-queue " + arguments.command().name() + " --help");
        }
        return all;
    }

    /// Runs an action and waits for its end.
    ///
    /// @param done     what happened to its tasks, such as `cancelled`
    /// @param priority null for none
    static int run(Session session, Arguments arguments, String done, Integer priority) {
        String expected = arguments.count("expect");
        Map<String, Json> asked = new LinkedHashMap<>();
        asked.put("filter", filter(arguments));
        asked.put("action", new Json.Str(arguments.command().name()));
        if (priority != null) {
            asked.put("priority", number(priority));
        }
        if (arguments.isOn("dry-run") || expected == null) {
            byte[] counts = dryRun(session, asked);
            long matched = session.api().object(counts).integer("matched", 0);
            if (arguments.isOn("dry-run") || matched == 0) {
                print(session, counts, counts(session.api().object(counts)));
                return 0;
            }
            if (!arguments.isOn("yes") && !agrees(session, arguments, session.api().object(counts))) {
                throw new Failure(Failure.FAILED, "nothing was changed", null);
            }
            expected = Long.toString(matched);
        }
        byte[] accepted = accepted(session, asked, expected, arguments.isOn("yes"));
        return ended(session, session.api().object(accepted).text("id"), done);
    }

    private static byte[] dryRun(Session session, Map<String, Json> asked) {
        Map<String, Json> body = new LinkedHashMap<>(asked);
        body.put("dry_run", new Json.Bool(true));
        return session.api().sendMade("POST", PATH, Map.of(), new Json.Obj(body));
    }

    /// @param any whether the number may have changed by now
    private static byte[] accepted(Session session, Map<String, Json> asked, String expected, boolean any) {
        Map<String, Json> body = new LinkedHashMap<>(asked);
        body.put("expect", new Json.Num(expected));
        for (int attempt = 1;; attempt++) {
            try {
                return session.api().sendMade("POST", PATH, Map.of(), new Json.Obj(body));
            } catch (Failure refused) {
                if (!any || attempt == ATTEMPTS_MAX || refused.exit != Failure.FAILED
                        || refused.outlook != Failure.Outlook.FINAL) {
                    throw refused.ifLost("it may have begun: ollama-queue actions shows it");
                }
                body.put("expect", number(session.api().object(dryRun(session, asked)).integer("matched", 0)));
            }
        }
    }

    /// Asks the user at the terminal.
    private static boolean agrees(Session session, Arguments arguments, Json.Obj counts) {
        if (!session.terminal().isTerminal().test(0) || !session.terminal().isTerminal().test(2)) {
            throw Failure.usage("cannot ask whether to " + arguments.command().name() + " " + counts(counts)
                    + " without a terminal: give --yes, or --expect " + counts.integer("matched", 0), null);
        }
        session.output().flush();
        session.terminal().err().print(Controls.shown(arguments.command().name() + " " + counts(counts), false)
                + "? [y/N] ");
        session.terminal().err().flush();
        StringBuilder answer = new StringBuilder();
        try {
            for (int c = session.terminal().in().read(); c >= 0 && c != '\n'; c = session.terminal().in().read()) {
                answer.append((char) c);
            }
        } catch (IOException unreadable) {
            return false;
        }
        String words = answer.toString().strip();
        return words.equalsIgnoreCase("y") || words.equalsIgnoreCase("yes");
    }

    private static int ended(Session session, String id, String done) {
        Reconnect reconnect = new Reconnect(session, true);
        Progress progress = new Progress(session);
        session.waitingFor().set(id);
        try {
            while (true) {
                try {
                    byte[] json = session.api().get(PATH + "/" + Api.encode(id));
                    Json.Obj action = session.api().object(json);
                    reconnect.reached();
                    if (!TaskTable.cell(action, "status").equals("running")) {
                        progress.clear();
                        return told(session, json, action, done);
                    }
                    progress.show(id + ": " + action.integer("done", 0) + " of " + action.integer("matched", 0));
                    session.terminal().time().sleep(LOOK_EVERY_MS);
                } catch (Failure failure) {
                    progress.clear();
                    reconnect.lost(failure);
                } catch (InterruptedException over) {
                    Thread.currentThread().interrupt();
                }
            }
        } finally {
            progress.clear();
            session.waitingFor().set(null);
        }
    }

    private static int told(Session session, byte[] json, Json.Obj action, String done) {
        session.output().jsonIfAsked(json);
        session.aside(action.integer("changed", 0) + " " + done);
        boolean refused = false;
        if (action.get("refused") instanceof Json.Obj reasons) {
            for (Map.Entry<String, Json> reason : reasons.members().entrySet()) {
                session.note(TaskText.plain(reason.getValue()) + " not " + done + ": " + reason.getKey());
                refused = true;
            }
        }
        boolean stopped = TaskTable.cell(action, "status").equals("stopped");
        if (stopped) {
            session.note(action.text("id") + " was stopped after " + action.integer("done", 0) + " of "
                    + action.integer("matched", 0));
        }
        return refused || stopped ? Failure.FAILED : 0;
    }

    private static void print(Session session, byte[] json, String text) {
        if (session.output().isText()) {
            session.output().line(text);
        } else {
            session.output().json(json);
        }
    }

    /// Returns a count such as `3 tasks (2 pending, 1 running)`.
    private static String counts(Json.Obj counts) {
        List<String> parts = new ArrayList<>();
        if (counts.get("by_status") instanceof Json.Obj all) {
            all.members().forEach((status, count) -> parts.add(TaskText.plain(count) + " " + status));
        }
        long matched = counts.integer("matched", 0);
        return matched + (matched == 1 ? " task" : " tasks") + (parts.isEmpty() ? ""
                : " (" + String.join(", ", parts) + ")");
    }

    private static Json filter(Arguments arguments) {
        Map<String, Json> members = new LinkedHashMap<>();
        for (String filter : FILTERS) {
            List<Json> values = new ArrayList<>();
            arguments.all(flag(filter)).forEach(value -> values.add(new Json.Str(value)));
            if (!values.isEmpty()) {
                members.put(filter.substring(filter.indexOf('=') + 1),
                        values.size() == 1 ? values.get(0) : new Json.Arr(values));
            }
        }
        return new Json.Obj(members);
    }

    private static String flag(String filter) {
        int equals = filter.indexOf('=');
        return equals < 0 ? filter : filter.substring(0, equals);
    }

    private static Json number(long number) {
        return new Json.Num(Long.toString(number));
    }

    // ---- the commands actions and causes

    /// The command `actions`: lists them, shows one, or stops one.
    static int actions(Session session, Arguments arguments) {
        boolean stop = "stop".equals(arguments.operand(0));
        String id = arguments.operand(stop ? 1 : 0);
        if (stop && id == null || !stop && arguments.operand(1) != null) {
            throw Failure.usage("actions takes no argument, an ID, or stop ID", null);
        }
        if (id != null) {
            String path = PATH + "/" + Api.encode(id);
            byte[] json = stop ? session.api().post(path + "/stop", Map.of(), RequestBody.EMPTY)
                    : session.api().get(path);
            print(session, json, shown(session.api().object(json)));
            return 0;
        }
        byte[] json = session.api().get(PATH);
        if (!session.output().isText()) {
            session.output().json(json);
            return 0;
        }
        TextTable rows = new TextTable(session, "ID", "STATUS", "ACTION", "MATCHED", "DONE", "CHANGED", "AGE",
                "FILTER");
        Instant now = session.terminal().time().instant();
        session.api().objects(json).forEach(action -> rows.add(TaskTable.cell(action, "id"),
                TaskTable.cell(action, "status"), kind(action), TaskTable.cell(action, "matched"),
                TaskTable.cell(action, "done"), TaskTable.cell(action, "changed"),
                TaskTable.age(action, "created_at", now), TaskTable.line(action.get("filter").text())));
        if (!rows.end()) {
            session.aside("no actions");
        }
        return 0;
    }

    private static String kind(Json.Obj action) {
        return (TaskTable.cell(action, "action") + " " + TaskTable.cell(action, "priority")).strip();
    }

    private static String shown(Json.Obj action) {
        StringBuilder text = new StringBuilder(TaskText.member("id", TaskTable.cell(action, "id")));
        text.append(TaskText.member("action", kind(action)));
        text.append(TaskText.member("filter", TaskTable.line(action.get("filter").text())));
        text.append(TaskText.member("status", TaskTable.cell(action, "status")));
        text.append(TaskText.member("matched", counts(action)));
        for (String count : new String[] {"done", "changed"}) {
            text.append(TaskText.member(count, TaskTable.cell(action, count)));
        }
        if (action.get("refused") instanceof Json.Obj reasons) {
            reasons.members().forEach((reason, count) -> text.append(TaskText.member("refused",
                    TaskText.plain(count) + ": " + reason)));
        }
        return text.toString().stripTrailing();
    }

    /// The command `causes`.
    static int causes(Session session, Arguments arguments) {
        String limit = arguments.count("limit");
        String query = query(arguments);
        byte[] json = session.api().get("/api/tasks/causes" + query + (limit == null ? ""
                : (query.isEmpty() ? "?" : "&") + "limit=" + limit));
        if (!session.output().isText()) {
            session.output().json(json);
            return 0;
        }
        TextTable rows = new TextTable(session, "TASKS", "CAUSE-ID", "MODEL", "HOST", "LAST", "LAST-TASK", "CAUSE");
        Instant now = session.terminal().time().instant();
        session.api().objects(json).forEach(cause -> rows.add(TaskTable.cell(cause, "tasks"),
                TaskTable.cell(cause, "cause_id"), TaskTable.cell(cause, "model"), TaskTable.cell(cause, "host"),
                TaskTable.age(cause, "last_at", now), TaskTable.cell(cause, "last"), TaskTable.cell(cause, "cause")));
        if (!rows.end()) {
            session.aside("no failed tasks");
        }
        return 0;
    }
}
