package client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import shared.Nearest;

/// The table of commands, and their help.
final class Commands {

    /// The flags that every command takes.
    static final String EVERYWHERE = """
          --server URL          server address, also OLLAMA_QUEUE_CLIENT_SERVER_URL
                                (http://localhost:8080)
          --token-file FILE     file with the token for the server
          --token TOKEN         the token itself; ps shows it to every user of this
                                machine, unlike OLLAMA_QUEUE_TOKEN
          --ca-cert FILE        PEM file of further certificates to trust; also
                                OLLAMA_QUEUE_CLIENT_CA_CERT
          --config FILE         settings file (~/.ollama-queue/config.yaml, then
                                /etc/ollama-queue/config.yaml)
          --output FORM         text (default), json, jsonl or table
          --timeout DURATION    stop after this time, with exit status 124
          --help                print this help
          --version             print the version
        """;

    /// The flags that describe a task's request and how to run it.
    static final String REQUEST_FLAGS = """
        request:
          --type TYPE           chat, generate or embed; also the first word
          --model NAME          model (the server's default model)
          --prompt TEXT         prompt; if omitted or -, it is read from stdin
          --messages TEXT       chat: user:TEXT, assistant:TEXT, system:TEXT or
                                tool:TEXT, repeatable; or a JSON array, or @FILE
          --system TEXT         system prompt
          --input TEXT          embed: text to embed, repeatable
          --image FILE          image, repeatable
          --option NAME=VALUE   model option such as temperature=0, repeatable; the
                                value is JSON, text or @FILE
          --field NAME=VALUE    any other field of Ollama's request, repeatable; the
                                value is JSON, text or @FILE
          --format FORM         json, or a FILE that holds a JSON schema
          --think[=LEVEL]       thinking: true, false, low, medium or high
          --keep-alive DURATION how long the model stays loaded

        execution:
          --priority PRIORITY   number, or low, normal, high, critical (1, 5, 10, 15)
          --task-timeout DURATION  time limit for one attempt
          --first-byte-timeout DURATION  time limit until the answer begins
          --max-retries N       retries after a failed attempt
          --on HOST             run only on this host
          --remote              run on a remote endpoint
          --wait-for-model      wait while no host has the model
          --client NAME         name of the client that the task belongs to
          --by TIME             finish by this time, or within this duration, if that
                                is possible: 08:00, 2h
          --window NAME         start only within this window of the server's settings
          --metadata JSON       object to store with the task; JSON or @FILE
        """;

    private static final String SUBMIT_FLAGS = """
          --at TIME             start no earlier than this time: 15:04,
                                2026-01-02T15:04 or 2026-01-02T15:04:05Z
          --in DURATION         start no earlier than 90s, 2h or 1d from now
          --expires-in DURATION fail if the task has not started by then
          --idempotency-key KEY the server accepts only one task with this key

        submission:
          --lines               submit each line of stdin as a task
          --wait                wait for the task and print its answer
          --stream              print the answer while it is generated
        """;

    private static final String FILTERS = """
          --status LIST         pending, running, completed, failed, cancelled;
                                separated by commas, like every LIST
          --type LIST           chat, generate, embed
          --model LIST          models
          --priority LIST       priorities
          --client LIST         names of the clients that submitted them
          --relayed             only calls of programs that use the server as if
                                it were Ollama
          --cut                 only answers that ended at their length limit
          --host LIST           names of the hosts that ran them, or run them
          --cause LIST          cause of the failure: an ID of ollama-queue causes
          --since TIME          submitted since: 2026-01-02T03:04:05Z, or 2h for two
                                hours ago
          --until TIME          submitted before
          --ended-since TIME    ended since
          --ended-until TIME    ended before
          --cron LIST           names or IDs of the cron tasks that submitted them
          --search TEXT         text in the ID, names, error, metadata, prompt or answer
        """;

    private static final String ALL_FLAGS = """
          --all                 all tasks that match the filters, instead of IDs; asks
                                first
          --dry-run             only print how many tasks match
          --yes                 do not ask
          --expect N            do nothing unless N tasks match

        filters:
        """ + FILTERS;

    private static final List<Command> ALL = List.of(
            new Command("submit", "[TYPE] [-]", "submit a task; print its ID or, with --wait, its answer",
                    REQUEST_FLAGS + SUBMIT_FLAGS, """
                      ollama-queue submit chat --messages "user:Hello!" --wait
                      git diff | ollama-queue submit generate --prompt "Explain" - --stream
                      ollama-queue submit embed --input "a text" --in 2h --priority low
                    """, Submit::run),
            new Command("batch", "", "submit many tasks, all or none; print their IDs", """
                      --file FILE           JSON array of tasks, or one task per line; - for stdin
                      --sync                wait for all tasks, then print their answers in order
                    """, """
                      ollama-queue batch --file tasks.json --sync
                      jq -c '.[]' tasks.json | ollama-queue submit batch --file -
                    """, BatchSubmit::run),
            new Command("status", "[ID]", "show queue status, or the status of a task", "", """
                      ollama-queue status
                      ollama-queue status 7k3f
                    """, Show::status),
            new Command("list", "", "list tasks, newest first", FILTERS + """
                      --sort KEY            created_at, priority, status, model or duration
                      --order ORDER         asc or desc
                      --limit N             at most N tasks; 0 for all (on a terminal 100,
                                            otherwise all)
                      --offset N            skip the first N tasks
                      --after ID            only the tasks that follow this one
                      --full                include request and answer (json, jsonl)
                    """, """
                      ollama-queue list --status pending,running
                      ollama-queue list --status failed --since 12h --output jsonl \\
                          | jq -r .error
                    """, TaskListing::list),
            new Command("export", "", "print whole tasks, one per line, oldest first", FILTERS, """
                      ollama-queue export --status pending,running >tasks.ndjson
                    """, TaskListing::export),
            new Command("import", "", "submit exported tasks as new tasks; print their IDs", """
                      --file FILE           one task per line; - for stdin
                      --all                 include tasks that had ended
                    """, """
                      ollama-queue import --file tasks.ndjson
                      ollama-queue import --server http://new:8080 --file tasks.ndjson --all
                    """, Import::run),
            new Command("show", "ID", "print everything about a task", "", """
                      ollama-queue show 7k3f
                    """, Show::show),
            new Command("explain", "ID", "show what a task waits for, and which tasks run before it", "", """
                      ollama-queue explain 7k3f
                    """, Explain::run),
            new Command("result", "ID...", "print the answers of completed tasks", "", """
                      ollama-queue result 7k3f >answer.txt
                    """, Show::result),
            new Command("wait", "ID...", "wait until tasks have ended, then print their answers", "", """
                      ollama-queue wait 7k3f 9q2m --timeout 10m
                    """, Wait::run),
            new Command("follow", "ID", "print an answer while it is generated", "", """
                      ollama-queue follow 7k3f
                    """, Follow::run),
            new Command("cancel", "[ID]...", "cancel pending or running tasks", ALL_FLAGS, """
                      ollama-queue cancel 7k3f
                      ollama-queue cancel --all --status pending --model qwen3 --dry-run
                    """, Change::cancel),
            new Command("priority", "[ID] PRIORITY", "change the priority of tasks", ALL_FLAGS, """
                      ollama-queue priority 7k3f high
                      ollama-queue priority --all --client nightly --yes low
                    """, Change::priority),
            new Command("retry", "[ID]...", "put failed or cancelled tasks back into the queue", ALL_FLAGS, """
                      ollama-queue retry 7k3f
                      ollama-queue retry --all --status failed --ended-since 12h
                    """, Change::retry),
            new Command("delete", "[ID]...", "delete tasks that have ended", ALL_FLAGS, """
                      ollama-queue delete 7k3f
                      ollama-queue delete --all --status completed --ended-until 7d --yes
                    """, Change::delete),
            new Command("causes", "", "list the causes of failures, the most frequent first", """
                      --limit N             at most N causes (100)
                    """ + FILTERS, """
                      ollama-queue causes --ended-since 12h
                    """, Bulk::causes),
            new Command("actions", "[stop] [ID]", "list actions on many tasks; show or stop one", "", """
                      ollama-queue actions
                      ollama-queue actions stop 7k3f
                    """, Bulk::actions),
            new Command("pause", "", "accept tasks, but start none", "", """
                      ollama-queue pause
                    """, Change::queue),
            new Command("resume", "", "end pause or drain", "", """
                      ollama-queue resume
                    """, Change::queue),
            new Command("drain", "", "refuse new tasks and finish those in the queue", "", """
                      ollama-queue drain
                    """, Change::queue),
            new Command("events", "", "print every change as it happens, until interrupted", """
                      --since N             first print all events after number N; 0 for all
                                            that the server keeps
                      --task LIST           IDs of tasks
                      --status LIST         status after the event: pending, running,
                                            completed, failed, cancelled
                      --type LIST           chat, generate, embed
                      --model LIST          models
                      --cron LIST           cron tasks, and the tasks that they submitted
                    """, """
                      ollama-queue events
                      ollama-queue events --status failed --since 0 | jq -r .task.error
                    """, Events::run),
            new Command("top", "", "show queue status and running tasks, refreshed continuously", "", """
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

    /// Names that other programs use for these commands.
    private static final Map<String, String> ELSEWHERE = Map.of("ps", "list", "ls", "list", "rm", "cancel",
            "kill", "cancel", "logs", "events", "tail", "follow", "hosts", "backends",
            "cron rm", "cron remove", "cron delete", "cron remove");

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
        String meant = ELSEWHERE.containsKey(name) ? "; did you mean " + ELSEWHERE.get(name) + "?"
                : Nearest.hint(name, names);
        throw Failure.usage("unknown command " + name + (type ? "" : meant),
                type ? "ollama-queue submit " + name : "ollama-queue help lists all commands");
    }

    /// Returns the help on a command.
    ///
    /// @param command null for the whole program
    static String help(Command command) {
        if (command == null) {
            return "usage: ollama-queue COMMAND [flags]\n\nA durable task queue in front of Ollama.\n\ncommands:\n"
                    + table(ALL) + "\nflags of every command:\n" + EVERYWHERE + """

                    Help on one command: ollama-queue COMMAND --help
                    The beginning of an ID is enough, with or without task_.
                    Exit status: 0 done, 1 failed or refused, 2 wrong usage, 3 server not reached,
                    4 not found, 5 not allowed, 124 timed out, 130 interrupted.
                    """;
        }
        String operands = command.operands().isEmpty() ? "" : " " + command.operands();
        String flags = command.flags().startsWith(" ") ? "flags:\n" + command.flags() : command.flags();
        return "usage: ollama-queue " + command.name() + operands + " [flags]\n\n" + command.summary() + "\n\n"
                + (command == CronCommands.TOPIC ? "commands:\n" + table(CronCommands.ALL) + "\n" : "")
                + flags + (flags.isEmpty() ? "" : "\n")
                + "flags of every command:\n" + EVERYWHERE + "\nexamples:\n" + command.examples();
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
