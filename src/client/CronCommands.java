package client;

import java.util.List;

/// The table of the commands that begin with `cron`.
final class CronCommands {

    private static final String PLAN_FLAGS = """
        plan:
          --name NAME           name of the cron task
          --cron EXPRESSION     5 fields, or 6 with seconds first, or @daily, @every 90m
                                and the like
          --schedule EXPRESSION same as --cron
          --timezone ZONE       time zone such as Europe/Berlin (the server's)
          --missed HOW          runs that came due while the server was down: skip
                                (default), once or all
          --missed-max-age DURATION  skip missed runs older than this (24h)
          --overlap HOW         if the previous run has not ended: skip (default),
                                allow, queue or replace
          --jitter DURATION     spread the runs over this time
          --start-at TIME       no run before this time; "" removes it
          --end-at TIME         no run after this time; "" removes it
          --max-runs N          at most N runs
          --enabled             --enabled=false: never fire until enabled
          --file FILE           JSON as printed by cron show --output json; - for stdin;
                                flags override it

        """;

    /// The command `cron` alone, which leads to the others.
    static final Command TOPIC = new Command("cron", "COMMAND",
            "recurring tasks: add, list, show, update, enable, disable, ...", "", """
              ollama-queue cron --help
            """, (session, arguments) -> Failure.USAGE);

    static final List<Command> ALL = List.of(
            new Command("cron add", "[TYPE] [-]", "add a cron task; print its ID",
                    """
                      --replace             update the cron task that has this name
                    """ + PLAN_FLAGS + Commands.REQUEST_FLAGS, """
                      ollama-queue cron add chat --name hourly --cron "0 * * * *" --prompt "Hello"
                      ollama-queue cron add generate --name report --cron @daily \\
                          --prompt "Report of {{date}}"
                    """, Cron::add),
            new Command("cron list", "", "list cron tasks", "", """
                      ollama-queue cron list
                    """, Cron::list),
            new Command("cron show", "CRON", "print everything about a cron task", "", """
                      ollama-queue cron show hourly
                      ollama-queue cron show hourly --output json >hourly.json
                    """, Cron::show),
            new Command("cron update", "CRON [-]", "change only the fields that are given as flags",
                    PLAN_FLAGS + Commands.REQUEST_FLAGS, """
                      ollama-queue cron update hourly --cron "30 * * * *" --priority low
                    """, Cron::update),
            new Command("cron enable", "CRON...", "let cron tasks fire again", "", """
                      ollama-queue cron enable hourly
                    """, Cron::change),
            new Command("cron disable", "CRON...", "stop cron tasks from firing, without deleting them", "", """
                      ollama-queue cron disable hourly
                    """, Cron::change),
            new Command("cron run", "CRON...", "submit the tasks of cron tasks now; print their IDs", "", """
                      ollama-queue cron run hourly | xargs ollama-queue wait
                    """, Cron::change),
            new Command("cron remove", "CRON...", "delete cron tasks, but not the tasks they submitted", "", """
                      ollama-queue cron remove hourly
                    """, Cron::change),
            new Command("cron test", "EXPRESSION", "explain an expression and list its next runs, offline", """
                      --timezone ZONE       time zone (yours)
                      --count N             number of runs (5)
                      --from TIME           list runs after this time (now)
                    """, """
                      ollama-queue cron test "*/15 9-17 * * 1-5" --timezone Europe/Berlin
                    """, Cron::test));

    private CronCommands() {
    }
}
