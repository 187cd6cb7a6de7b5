package client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import shared.json.Json;

/// The command `events`: prints every change as it happens, as a line of text on a terminal and as JSON for programs.
/// After a lost connection it resumes where it stopped, so no event is missed or repeated.
final class Events {

    private final Session session;
    private final boolean forPeople;
    private String last;

    private Events(Session session, boolean forPeople) {
        this.session = session;
        this.forPeople = forPeople;
    }

    static int run(Session session, Arguments arguments) {
        String query = arguments.query("since", "task", "status", "type", "model", "cron");
        boolean forPeople = session.output().isText()
                && (session.terminal().isTerminal().test(1) || arguments.has("output"));
        Events events = new Events(session, forPeople);
        Reconnect reconnect = new Reconnect(session, false);
        session.waitingFor().set(Session.NO_END);
        while (true) {
            try {
                events.read("/api/events" + query, reconnect);
            } catch (Failure failure) {
                reconnect.lost(failure);
            }
        }
    }

    /// Never returns.
    private void read(String path, Reconnect reconnect) {
        try (ServerEvents stream = new ServerEvents(session.api(), path, last)) {
            reconnect.reached();
            try {
                for (ServerEvents.Event event = stream.next(); event != null; event = stream.next()) {
                    print(event);
                }
                throw stream.ended();
            } finally {
                last = stream.id();
            }
        }
    }

    private void print(ServerEvents.Event event) {
        byte[] json = event.data().getBytes(StandardCharsets.UTF_8);
        Json.Obj data = session.api().object(json);
        if (event.name().equals("dropped")) {
            throw session.api().lost(new IOException(data.text("reason")));
        }
        if (event.name().equals("reset")) {
            session.note("events before this are missing: the server keeps those from number "
                    + data.integer("oldest", 0) + " on");
        }
        if (!forPeople) {
            session.output().json(json);
        } else if (!event.name().equals("reset")) {
            Terminal terminal = session.terminal();
            boolean wide = !terminal.isTerminal().test(1);
            session.output().line(TextTable.fit(line(event.name(), data),
                    wide ? Integer.MAX_VALUE : terminal.columns()));
        }
        session.output().flush();
    }

    private String line(String kind, Json.Obj event) {
        Json.Obj subject = event.get(kind) instanceof Json.Obj object ? object : event;
        String detail = TaskTable.cell(subject, "error");
        detail = detail.isEmpty() ? TaskTable.cell(subject, "preview") : detail;
        String host = TaskTable.cell(subject, "executed_on");
        String name = kind.equals("task") ? TaskTable.cell(subject, "id") + "  " + TaskTable.cell(subject, "type") + " "
                + TaskTable.cell(subject, "model") + (host.isEmpty() ? "" : " on " + host)
                : kind.equals("action") ? TaskTable.cell(subject, "id") + "  " + TaskTable.cell(subject, "action") + " "
                + TaskTable.cell(subject, "done") + " of " + TaskTable.cell(subject, "matched")
                : kind + " " + TaskTable.cell(subject, "name");
        String what = TaskTable.cell(event, "what");
        Instant at = TaskTable.time(event, "at");
        return ((at == null ? "-" : session.terminal().shown(at)) + "  " + what
                + " ".repeat(Math.max(0, 11 - what.length())) + name + (detail.isEmpty() ? "" : ": " + detail))
                .stripTrailing();
    }
}
