package client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import shared.TaskType;
import shared.json.Json;

/// The command `submit`: one task, or with `--lines` one for every line of stdin.
final class Submit {

    private static final long RETRY_PAUSE_MS = 300;

    private Submit() {
    }

    static int run(Session session, Arguments arguments) {
        List<String> operands = new ArrayList<>(arguments.operands());
        boolean dash = operands.remove("-");
        TaskType type = type(operands, arguments);
        Map<String, Json> task = TaskFlags.read(type, arguments, session);
        if (arguments.isOn("lines")) {
            return lines(session, arguments, type, task);
        }
        addTexts(session, arguments, type, dash, task);
        byte[] answer = send(session, new Json.Obj(task), arguments.text("idempotency-key"));
        String id = id(session, answer);
        session.warn(answer);
        session.output().setDone(id + " was submitted");
        boolean stream = arguments.isOn("stream");
        if (!stream && !arguments.isOn("wait")) {
            print(session, answer, id);
            return 0;
        }
        boolean watched = session.output().form == Output.Form.TEXT && session.terminal().isTerminal().test(1);
        return stream || watched ? Follow.print(session, id, true) : Wait.print(session, List.of(id), true);
    }

    static TaskType type(List<String> operands, Arguments arguments) {
        String word = operands.isEmpty() ? null : operands.get(0);
        String flag = arguments.text("type");
        if (operands.size() > 1) {
            throw Failure.usage("unexpected argument " + operands.get(1), null);
        }
        if (word == null && flag == null) {
            String name = arguments.command().name();
            throw Failure.usage(name + " needs a type: chat, generate or embed",
                    "ollama-queue " + name + " chat --prompt TEXT");
        }
        if (word != null && flag != null && !word.equals(flag)) {
            throw Failure.usage("the type is given twice: " + word + " and --type " + flag, null);
        }
        return TaskType.parse(word == null ? flag : word);
    }

    /// Adds prompt and input, from flags and stdin. Stdin is read for `-`, or if no other input was given and stdin is
    /// not a terminal.
    static void addTexts(Session session, Arguments arguments, TaskType type, boolean dash,
            Map<String, Json> task) {
        String prompt = arguments.text("prompt");
        List<String> inputs = new ArrayList<>(arguments.all("input"));
        boolean promptIsStdin = "-".equals(prompt);
        boolean inputIsStdin = inputs.remove("-");
        boolean nothing = prompt == null && !arguments.has("messages") && !arguments.has("input");
        if (nothing && !dash && session.terminal().isTerminal().test(0)) {
            throw Failure.usage("there is no prompt", "give --prompt, --messages or --input, or pipe a text in");
        }
        if (dash || promptIsStdin || inputIsStdin || nothing) {
            String text = session.inputs().stdin();
            if (inputIsStdin) {
                inputs.add(text);
            } else {
                prompt = prompt == null || promptIsStdin ? text : prompt + "\n\n" + text;
            }
        }
        if (type == TaskType.EMBED && prompt != null) {
            inputs.add(0, prompt);
        } else if (prompt != null) {
            task.put("prompt", new Json.Str(prompt));
        }
        if (!inputs.isEmpty()) {
            List<Json> texts = new ArrayList<>();
            inputs.forEach(input -> texts.add(new Json.Str(input)));
            task.put("input", texts.size() == 1 ? texts.get(0) : new Json.Arr(texts));
        }
    }

    /// Submits each line that is not blank as a task, all or none.
    private static int lines(Session session, Arguments arguments, TaskType type, Map<String, Json> task) {
        if (arguments.has("idempotency-key") || arguments.isOn("stream") || arguments.has("input")) {
            throw Failure.usage("--lines cannot be combined with --idempotency-key, --stream or --input", null);
        }
        String prompt = arguments.text("prompt");
        boolean before = prompt != null && !prompt.equals("-");
        RequestBody.Builder tasks = new RequestBody.Builder();
        try (TextLines lines = session.inputs().lines("", "-", Inputs.BATCH)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (!line.isBlank()) {
                    task.put(type == TaskType.EMBED ? "input" : "prompt",
                            new Json.Str(before ? prompt + "\n\n" + line : line));
                    tasks.add(new Json.Obj(task));
                    tasks.write('\n');
                }
            }
        }
        if (tasks.first() < 0) {
            throw Failure.usage("standard input is empty", "--lines submits each of its lines as a task");
        }
        return BatchSubmit.send(session, tasks, arguments.isOn("wait"));
    }

    /// Sends a task with an idempotency key, so that it can be sent again if the answer is lost.
    private static byte[] send(Session session, Json.Obj task, String keyGiven) {
        String key = keyGiven != null ? keyGiven : newKey();
        Map<String, String> headers = Map.of("Idempotency-Key", key);
        try {
            return session.api().sendMade("POST", "/api/tasks", headers, task);
        } catch (Failure failure) {
            if (failure.outlook != Failure.Outlook.LOST) {
                throw failure;
            }
            session.note(failure.getMessage() + "; sending it again, it is accepted only once");
        }
        try {
            session.terminal().time().sleep(RETRY_PAUSE_MS);
            return session.api().sendMade("POST", "/api/tasks", headers, task);
        } catch (InterruptedException | Failure again) {
            if (again instanceof Failure failure && failure.outlook == Failure.Outlook.FINAL) {
                throw failure;
            }
            int exit = again instanceof Failure failure ? failure.exit : Failure.UNREACHABLE;
            throw new Failure(exit, again.getMessage(), "the task may have arrived; "
                    + "repeat the command with --idempotency-key " + key + " to avoid a second one");
        }
    }

    /// Returns a unique key. It is not a secret, so it needs no slow source of randomness.
    private static String newKey() {
        return "cli-" + Long.toHexString(new SplittableRandom().nextLong()) + "-" + ProcessHandle.current().pid()
                + "-" + Long.toHexString(System.nanoTime());
    }

    private static String id(Session session, byte[] answer) {
        String id = session.api().object(answer).text("id");
        if (id == null) {
            throw session.api().notOurs("a submit was answered without an id");
        }
        return id;
    }

    private static void print(Session session, byte[] answer, String id) {
        TaskPrinter printer = new TaskPrinter(session, false);
        printer.plain(answer, id);
        printer.close();
    }
}
