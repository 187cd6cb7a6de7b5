package client;

import java.time.Duration;

import shared.json.Json;

/// The command `explain`: why a task is where it is in the queue.
final class Explain {

    private Explain() {
    }

    static int run(Session session, Arguments arguments) {
        return session.each(arguments.operands(), id -> {
            byte[] json = session.api().get(Api.task(id) + "/explain");
            TaskPrinter printer = new TaskPrinter(session, false);
            printer.plain(json, text(session.api().object(json)).stripTrailing());
            printer.close();
        });
    }

    private static String text(Json.Obj why) {
        StringBuilder text = new StringBuilder(TaskText.member("id", TaskTable.cell(why, "id")));
        text.append(TaskText.member("status", TaskTable.cell(why, "status")));
        if (why.get("waits_for") instanceof Json.Obj waits) {
            text.append(TaskText.member("waits for", TaskTable.cell(waits, "text")));
        }
        add(text, "position", TaskTable.cell(why, "position"));
        for (String name : new String[] {"starts_in", "done_in"}) {
            add(text, name, why.get(name) instanceof Json.Obj span ? TaskText.span(span) : "");
        }
        boolean waits = TaskTable.cell(why, "status").equals("pending");
        String host = TaskTable.cell(why, "host");
        String hostRule = TaskTable.cell(why, "host_rule");
        add(text, "host", host + (hostRule.isEmpty() ? "" : " (" + hostRule + ")")
                + (!TaskTable.cell(why, "loads").equals("true") ? ""
                : waits ? ", which has to load its model" : ", which had to load its model"));
        add(text, "rule", TaskTable.cell(why, "rule"));
        add(text, "passed", TaskTable.cell(why, "passed"));
        long before = 0;
        if (why.get("before") instanceof Json.Arr all) {
            for (Json each : all.values()) {
                if (each instanceof Json.Obj one) {
                    text.append(TaskText.member(before++ == 0 ? "before it" : "", TaskTable.cell(one, "id") + "  "
                            + TaskTable.cell(one, "text")));
                }
            }
        }
        long more = why.integer("position", 0) - 1 - before;
        if (before > 0 && more > 0) {
            text.append(TaskText.member("", "and " + more + " more"));
        }
        long longest = why.integer("longest_wait", -1);
        add(text, "longest wait", longest < 0 ? "" : "a task that came more than "
                + TaskTable.span(Duration.ofSeconds(longest)) + " later never goes before it by priority");
        return text.append(TaskText.attempts(why)).toString();
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(TaskText.member(name, value));
        }
    }
}
