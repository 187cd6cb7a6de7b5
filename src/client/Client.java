package client;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import shared.Problem;
import shared.Version;
import shared.config.Durations;
import shared.json.JsonWriter;

/// The client: runs one command line and reports its failure.
public final class Client {

    private final Terminal terminal;
    private final AtomicReference<String> waitingFor = new AtomicReference<>();

    Client(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] words) {
        Client client = new Client(Terminal.ofProcess());
        // Java itself exits with 130 on SIGINT; all that is left to do is to tell the user
        Runtime.getRuntime().addShutdownHook(new Thread(client::interrupted));
        System.exit(client.run(() -> Terminal.whole(words, Path.of("/proc/self/cmdline"))));
    }

    /// Runs a command to its end.
    ///
    /// @param words the command line
    /// @return the exit status
    int run(Supplier<List<String>> words) {
        Output output = new Output(terminal.out(), Output.Form.TEXT, terminal.isTerminal().test(1));
        try {
            Arguments arguments = Arguments.parse(words.get());
            output = new Output(terminal.out(), form(arguments.text("output")), terminal.isTerminal().test(1));
            int status = run(arguments, output);
            output.flush();
            return status;
        } catch (Failure failure) {
            return ended(output, failure);
        } catch (Problem problem) {
            return ended(output, Failure.of(problem));
        } catch (OutOfMemoryError tooLarge) {
            return ended(output, new Failure(Failure.FAILED, "the client is out of memory",
                    "OLLAMA_QUEUE_JAVA_OPTS=-Xmx1g gives it more"));
        } catch (InvalidPathException unusable) {
            return ended(output, Failure.usage("the path \"" + unusable.getInput() + "\" cannot be used: "
                    + unusable.getReason(), "set LC_ALL to a UTF-8 locale"));
        } catch (RuntimeException bug) {
            return ended(output, new Failure(Failure.FAILED, "internal error: " + bug + " at "
                    + bug.getStackTrace()[0], "this is a bug in the client; please report it"));
        } finally {
            waitingFor.set(null);
        }
    }

    /// Tells a user who interrupts a wait that the task continues.
    void interrupted() {
        String id = waitingFor.get();
        if (id != null && !id.equals(Session.NO_END)) {
            if (terminal.isTerminal().test(2)) {
                // on a new line, because this one has the task's progress or part of its answer
                terminal.err().println();
            }
            Session.report(terminal, new Failure(Failure.INTERRUPTED, "interrupted while waiting for " + id,
                    goesOn(id)));
        }
    }

    private static String goesOn(String id) {
        return id.startsWith("action_") ? "it continues: ollama-queue actions ID or ollama-queue actions stop ID"
                : "the queue continues: ollama-queue wait ID or ollama-queue cancel ID";
    }

    private int run(Arguments arguments, Output output) {
        Command command = arguments.command();
        if (arguments.isOn("help")) {
            output.text(Commands.help(command));
            return 0;
        }
        if (arguments.isOn("version") || command != null && command.name().equals("version")) {
            if (output.isText()) {
                output.line("ollama-queue " + Version.TEXT);
            } else {
                output.line(new JsonWriter().beginObject().name("version").string(Version.TEXT).endObject().toString());
            }
            return 0;
        }
        if (command == null) {
            terminal.err().print(Commands.help(null));
            return Failure.USAGE;
        }
        if (command.name().equals("help")) {
            String topic = String.join(" ", arguments.operands());
            output.text(Commands.help(topic.isEmpty() ? null : Commands.find(topic)));
            return 0;
        }
        Duration timeout = arguments.duration("timeout");
        Api api = new Api(Target.of(arguments, terminal), timeout);
        Session session = new Session(terminal, api, new Inputs(terminal, api), output, waitingFor, timeout != null);
        Command.Action action = command.action();
        return timeout == null ? action.run(session, arguments)
                : within(timeout, () -> action.run(session, arguments));
    }

    private static Output.Form form(String name) {
        for (Output.Form form : Output.Form.values()) {
            if (name == null || form.name().toLowerCase(Locale.ROOT).equals(name)) {
                return form;
            }
        }
        throw Failure.usage("--output must be text, json, jsonl or table, not \"" + name + "\"", null);
    }

    /// Runs a command in a thread of its own and interrupts it when its time is over. Then this returns, whatever the
    /// command is doing: a read of standard input cannot be ended, but the process can.
    private int within(Duration timeout, Callable<Integer> command) {
        FutureTask<Integer> running = new FutureTask<>(command);
        Thread thread = new Thread(running, "command");
        thread.setDaemon(true);
        thread.start();
        try {
            return running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException over) {
            // before it is stopped, for then it waits for nothing
            String id = waitingFor.get();
            running.cancel(true);
            String time = Durations.format(timeout);
            if (Session.NO_END.equals(id)) {
                throw new Failure(Failure.TIMED_OUT, "stopped after " + time, null);
            }
            throw new Failure(Failure.TIMED_OUT, "not done within " + time + (id == null ? "" : ": " + id),
                    id == null ? null : goesOn(id));
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Failure(Failure.INTERRUPTED, "interrupted", null);
        }
    }

    /// Reports a failure after what was printed before it.
    private int ended(Output output, Failure failure) {
        Failure last = failure;
        try {
            if (failure.exit != Failure.BROKEN_PIPE && !output.isStuck()) {
                output.endLine();
            }
        } catch (Failure unprintable) {
            last = unprintable;
        }
        Session.report(terminal, last);
        return last.exit;
    }
}
