package client;

import java.util.List;

/// The table of the commands that begin with `cron`.
final class CronCommands {

    private static final String PLAN_FLAGS = """
          --name NAME           what it is called
          --cron EXPRESSION     when: 5 fields, or 6 with seconds first, or @daily, @every 90m and the like
          --schedule EXPRESSION the same as --cron
          --timezone ZONE       whose clock it follows, as Europe/Berlin (the server's)
          --missed HOW          due times missed while the server was down: skip (default), once, all
          --missed-max-age DURATION  older ones are skipped (24h)
          --overlap HOW         while the run before goes on: skip (default), allow, queue, replace
          --jitter DURATION     spread the runs over this time
          --start-at TIME       no run before it; "" takes it away again
          --end-at TIME         no run after it; "" takes it away again
          --max-runs N          no more runs than this
          --enabled             --enabled=false: without due times until it is enabled
          --file FILE           what `cron show --output json` prints; - reads stdin; flags go before it
        """;

    /// What `cron` alone is: the way to the others.
    static final Command TOPIC = new Command("cron", "COMMAND",
            "recurring tasks: add, list, show, update, enable, disable, run, remove, test", "", """
              ollama-queue cron --help
            """, (session, arguments) -> Failure.USAGE);

    static final List<Command> ALL = List.of(
            new Command("cron add", "[TYPE] [-]", "make a cron task; prints its id",
                    PLAN_FLAGS + Commands.REQUEST_FLAGS, """
                      ollama-queue cron add --name "hourly" --cron "0 * * * *" --type chat --prompt "Status update"
                      ollama-queue cron add generate --name report --cron @daily --prompt "Report of {{date}}"
                    """, Cron::add),
            new Command("cron list", "", "list the cron tasks", "", """
                      ollama-queue cron list
                    """, Cron::list),
            new Command("cron show", "CRON", "print everything about a cron task", "", """
                      ollama-queue cron show hourly
                      ollama-queue cron show hourly --output json >hourly.json
                    """, Cron::show),
            new Command("cron update", "CRON [-]", "change what is named, and nothing else",
                    PLAN_FLAGS + Commands.REQUEST_FLAGS, """
                      ollama-queue cron update hourly --cron "30 * * * *" --priority low
                    """, Cron::update),
            new Command("cron enable", "CRON...", "let cron tasks run when they are due", "", """
                      ollama-queue cron enable hourly
                    """, Cron::change),
            new Command("cron disable", "CRON...", "keep cron tasks, but let them make no tasks", "", """
                      ollama-queue cron disable hourly
                    """, Cron::change),
            new Command("cron run", "CRON...", "run cron tasks now; prints the ids of the tasks", "", """
                      ollama-queue cron run hourly | xargs ollama-queue wait
                    """, Cron::change),
            new Command("cron remove", "CRON...", "forget cron tasks; their tasks stay", "", """
                      ollama-queue cron remove hourly
                    """, Cron::change),
            new Command("cron test", "EXPRESSION", "what an expression means and when it is due, offline", """
                      --timezone ZONE       whose clock to follow (yours)
                      --count N             so many due times (5)
                      --from TIME           after this time (now)
                    """, """
                      ollama-queue cron test "*/15 9-17 * * 1-5" --timezone Europe/Berlin --count 3
                    """, Cron::test));

    private CronCommands() {
    }
}
