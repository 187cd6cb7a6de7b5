package client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The commands `list` and `export`. The server sends one task per line, which is printed on arrival, so a list of any
/// length needs little memory.
final class TaskListing {

    private TaskListing() {
    }

    /// People get the first tasks of a list, programs get all of them, unless they specify otherwise.
    static int list(Session session, Arguments arguments) {
        String limit = arguments.count("limit");
        String offset = arguments.count("offset");
        boolean people = session.output().isText() && session.terminal().isTerminal().test(1);
        boolean all = limit == null ? !people : Integer.parseInt(limit) == 0;
        String query = Bulk.query(arguments);
        query = with(query, arguments.query("sort", "order", "limit", "offset", "after", "full").replace("?", ""));
        Printed printed = print(session, all && limit == null ? with(query, "limit=0") : query,
                session.output().isText());
        long before = offset == null ? 0 : Long.parseLong(offset);
        if (printed.total == 0 && session.output().isText()) {
            session.aside("no tasks");
        } else if (!all && (arguments.has("after") ? printed.more : before + printed.count < printed.total)) {
            session.note(printed.count + " of " + printed.total + " tasks; --limit and "
                    + (arguments.has("after") ? "--after" : "--offset") + " show more");
        }
        return 0;
    }

    /// The oldest first, the order in which they should be submitted again.
    static int export(Session session, Arguments arguments) {
        print(session, with(Bulk.query(arguments), "full=true&limit=0&sort=created_at&order=asc"),
                session.output().form == Output.Form.TABLE);
        return 0;
    }

    /// @param total the number of tasks that match the filters
    /// @param more  whether the server links to the tasks that follow
    record Printed(long count, long total, boolean more) {
    }

    /// Prints the tasks that an API query selects, as a table or as JSON.
    static Printed print(Session session, String query, boolean asTable) {
        Api.Reply reply = session.api().send("GET", "/api/tasks" + query, Map.of("Accept", "application/x-ndjson"),
                null);
        long count = 0;
        try {
            if (asTable) {
                TaskTable table = new TaskTable(session);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(reply.body(), StandardCharsets.ISO_8859_1));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    table.add(session.api().object(line.getBytes(StandardCharsets.ISO_8859_1)));
                    count++;
                }
                table.end();
            } else {
                count = session.output().copyLines(reply.body());
            }
        } catch (IOException lost) {
            throw session.api().lost(lost);
        }
        return new Printed(count, reply.connection().getHeaderFieldLong("X-Total-Count", count),
                reply.connection().getHeaderField("Link") != null);
    }

    private static String with(String query, String more) {
        return more.isEmpty() ? query : query + (query.isEmpty() ? "?" : "&") + more;
    }
}
