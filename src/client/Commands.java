package client;

import java.util.ArrayList;
import java.util.List;

import shared.Nearest;

/// The table of commands, and the help made from it.
final class Commands {

    /// The flags that every command takes.
    static final String EVERYWHERE = """
          --server URL          the server ($OLLAMA_QUEUE_CLIENT_SERVER_URL, http://localhost:8080)
          --token TOKEN         the server's token ($OLLAMA_QUEUE_TOKEN keeps it out of ps)
          --config FILE         the settings (~/.ollama-queue/config.yaml, /etc/ollama-queue/config.yaml)
          --output FORM         text (default), json, jsonl or table
          --timeout DURATION    stop waiting after this time, with exit status 124
          --help                print this
          --version             print the version
        """;

    /// The flags that say what a task asks and how it is run.
    static final String REQUEST_FLAGS = """
          --type TYPE           chat, generate or embed; also as a word without --type
          --model NAME          the model (the server's default)
          --prompt TEXT         what to say; - or nothing at all reads stdin
          --messages TEXT       chat: user:TEXT, assistant:TEXT, system:TEXT or tool:TEXT, repeatable;
                                or a JSON array, or @FILE with one
          --system TEXT         the system prompt
          --input TEXT          embed: a text, repeatable
          --image FILE          an image to look at, repeatable
          --option NAME=VALUE   a model option as temperature=0, repeatable; a JSON value or text
          --field NAME=VALUE    any other field of Ollama's request, repeatable; a JSON value or text
          --format FORM         json, or a FILE with a JSON schema
          --think[=LEVEL]       let the model think: true, false, low, medium, high
          --keep-alive DURATION how long the model stays loaded
          --priority PRIORITY   a number, or low, normal, high, critical (1, 5, 10, 15)
          --task-timeout DURATION  the most that one attempt may take
          --max-retries N       how often a failed attempt is tried again
          --on HOST             run on this host only
          --remote              run on a remote endpoint
          --wait-for-model      wait while no host has the model
          --metadata JSON       an object to keep with it
        """;

    private static final String SUBMIT_FLAGS = """
          --at TIME             not before 15:04, 2026-01-02T15:04 or 2026-01-02T15:04:05Z
          --in DURATION         not before 90s, 2h or 1d from now
          --expires-in DURATION fail if it has not begun by then
          --idempotency-key KEY the same key never makes a second task
          --lines               make a task of every line of stdin
          --wait                wait, then print the answer
          --stream              print the answer as it comes
        """;

    private static final String FILTERS = """
          --status LIST         pending, running, completed, failed, cancelled; several with commas
          --type LIST           chat, generate, embed
          --model LIST          of these models
          --priority LIST       of these priorities
          --cron LIST           made by these cron tasks: names or ids
          --search TEXT         with this text in id, model, prompt or cron task's name
        """;

    private static final List<Command> ALL = List.of(
            new Command("submit", "[TYPE] [-]", "submit a task; prints its id, or with --wait its answer",
                    REQUEST_FLAGS + SUBMIT_FLAGS, """
                      ollama-queue submit chat --model qwen3 --messages "user:Hello, how are you?" --wait
                      git diff | ollama-queue submit generate --prompt "Explain this change" - --stream
                      ollama-queue submit embed --input "a text" --in 2h --priority low
                    """, Submit::run),
            new Command("batch", "", "submit many tasks, all or none; prints their ids", """
                      --file FILE           a JSON array of tasks, or one task on each line; - reads stdin
                      --sync                wait for all, then print their answers in order
                    """, """
                      ollama-queue batch --file tasks.json --sync
                      jq -c '.[]' tasks.json | ollama-queue submit batch --file -
                    """, BatchSubmit::run),
            new Command("status", "[ID]", "print how the queue stands, or a task's status", "", """
                      ollama-queue status
                      ollama-queue status 7k3f
                    """, Show::status),
            new Command("list", "", "list tasks, newest first", FILTERS + """
                      --sort KEY            created_at, priority, status, model or duration
                      --order ORDER         asc or desc
                      --limit N             at most N tasks; 0: all (100 on a terminal, else all)
                      --offset N            skip the first N tasks
                      --after ID            only the tasks that follow this one
                      --full                with request and answer (json, jsonl)
                    """, """
                      ollama-queue list --status pending,running
                      ollama-queue list --status failed --output jsonl | jq -r .id | xargs ollama-queue retry
                    """, TaskListing::list),
            new Command("export", "", "print tasks whole, one on each line, the oldest first", FILTERS, """
                      ollama-queue export --status pending,running >tasks.ndjson
                    """, TaskListing::export),
            new Command("import", "", "submit exported tasks again, as new ones; prints their ids", """
                      --file FILE           a task on each line; - reads stdin
                      --all                 also those that had ended
                    """, """
                      ollama-queue import --file tasks.ndjson
                      ollama-queue import --server http://new:8080 --file tasks.ndjson --all
                    """, Import::run),
            new Command("show", "ID", "print everything about a task", "", """
                      ollama-queue show 7k3f
                    """, Show::show),
            new Command("result", "ID...", "print the answers of completed tasks", "", """
                      ollama-queue result 7k3f >answer.txt
                    """, Show::result),
            new Command("wait", "ID...", "wait until tasks have ended, then print their answers", "", """
                      ollama-queue wait 7k3f 9q2m --timeout 10m
                    """, Wait::run),
            new Command("follow", "ID", "print an answer as it comes", "", """
                      ollama-queue follow 7k3f
                    """, Follow::run),
            new Command("cancel", "ID...", "cancel pending or running tasks", "", """
                      ollama-queue cancel 7k3f
                    """, Change::cancel),
            new Command("priority", "ID PRIORITY", "change a task's priority", "", """
                      ollama-queue priority 7k3f high
                    """, Change::priority),
            new Command("retry", "ID...", "put failed or cancelled tasks back into the queue", "", """
                      ollama-queue retry 7k3f
                    """, Change::retry),
            new Command("pause", "", "hold the queue: tasks are taken but not begun", "", """
                      ollama-queue pause
                    """, Change::queue),
            new Command("resume", "", "end pause and drain", "", """
                      ollama-queue resume
                    """, Change::queue),
            new Command("drain", "", "refuse new tasks and run what is there", "", """
                      ollama-queue drain
                    """, Change::queue),
            new Command("events", "", "print every change as it happens; goes on until it is interrupted", """
                      --since N             all after this number first; 0: all that are kept
                      --task LIST           of these tasks
                      --status LIST         of tasks that are then pending, running, completed, failed, cancelled
                      --type LIST           of tasks of these types
                      --model LIST          of tasks for these models
                      --cron LIST           of these cron tasks, and of the tasks that they made
                    """, """
                      ollama-queue events
                      ollama-queue events --status failed --since 0 | jq -r .task.error
                    """, Events::run),
            new Command("top", "", "show how the queue stands and what runs, again and again", "", """
                      ollama-queue top
                    """, Top::run),
            new Command("backends", "[ACTION] [NAME]", "list the hosts that run tasks; enable or disable one", "", """
                      ollama-queue backends
                      ollama-queue backends disable gpu
                    """, Backends::run),
            CronCommands.TOPIC,
            new Command("help", "[COMMAND] [WORD]", "print help", "", """
                      ollama-queue help submit
                    """, null),
            new Command("version", "", "print the version", "", """
                      ollama-queue version
                    """, null));

    private Commands() {
    }

    static Command find(String name) {
        List<Command> commands = name.startsWith("cron ") ? CronCommands.ALL : ALL;
        for (Command command : commands) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        List<String> names = new ArrayList<>();
        commands.forEach(command -> names.add(command.name()));
        boolean type = List.of("chat", "generate", "embed").contains(name);
        throw Failure.usage("unknown command " + name + (type ? "" : Nearest.hint(name, names)),
                type ? "ollama-queue submit " + name : "ollama-queue help lists all");
    }

    /// @param command null: of the whole program
    static String help(Command command) {
        if (command == null) {
            return "usage: ollama-queue COMMAND [flags]\n\nA durable task queue in front of Ollama.\n\ncommands:\n"
                    + table(ALL) + "\nflags of every command:\n" + EVERYWHERE
                    + "\nIDs may be cut short, with or without task_. Help on one: ollama-queue COMMAND --help\n"
                    + "Exit status: 0 done, 1 failed or refused, 2 wrong usage, 3 server not reached, 4 not found,\n"
                    + "5 not allowed, 124 timed out, 130 interrupted.\n";
        }
        String operands = command.operands().isEmpty() ? "" : " " + command.operands();
        return "usage: ollama-queue " + command.name() + operands + " [flags]\n\n" + command.summary() + "\n\n"
                + (command == CronCommands.TOPIC ? "commands:\n" + table(CronCommands.ALL) + "\n" : "")
                + (command.flags().isEmpty() ? "" : "flags:\n" + command.flags() + "\n")
                + "flags of every command:\n" + EVERYWHERE + "\nfor example:\n" + command.examples();
    }

    private static String table(List<Command> commands) {
        StringBuilder lines = new StringBuilder();
        for (Command each : commands) {
            lines.append("  ").append(each.name()).append(" ".repeat(14 - each.name().length()))
                    .append(each.summary()).append('\n');
        }
        return lines.toString();
    }
}
