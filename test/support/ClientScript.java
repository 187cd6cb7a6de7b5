package support;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the command lines in a text against a real server, with any form of the client, each in its own process:
///
/// ```
/// $ ollama-queue status ID     a command line for a shell; ID is the last task or cron task that was printed
/// > text                       a line of its stdout, all of them
/// ! text                       a line of its stderr, all of them
/// = 2                          its exit status, 0 if there is no such line
/// ```
///
/// In the comparison, ids become `TASK`, `CRON` and `REQUEST`, times `TIME`, ages `AGE`, and the server's address
/// `URL`.
public final class ClientScript {

    /// Long enough for a start that compiles all sources on a busy machine.
    private static final long PATIENCE_S = 100;
    private static final Pattern ID = Pattern.compile("(task|cron)_[0-9a-z]{12}");

    private final List<String> program;
    private final Map<String, String> environment;
    private final String url;
    private final Path folder;
    private String id = "";

    /// @param program     the command that starts the client
    /// @param environment its whole environment, except for the server's address
    /// @param folder      the working directory
    public ClientScript(List<String> program, Map<String, String> environment, String url, Path folder) {
        this.program = program;
        this.environment = environment;
        this.url = url;
        this.folder = folder;
    }

    /// Runs every command of a script.
    public void run(Path script) throws Exception {
        run(script, Integer.MAX_VALUE);
    }

    /// Runs the first commands of a script.
    public void run(Path script, int commands) throws Exception {
        int left = commands;
        String command = null;
        StringBuilder expected = new StringBuilder();
        List<String> lines = new ArrayList<>(Files.readAllLines(script));
        lines.add("$ ");
        for (String line : lines) {
            if (line.startsWith("$")) {
                if (command != null && left-- > 0) {
                    assertEquals(expected.toString(), ran(command), command);
                }
                command = line.substring(2);
                expected.setLength(0);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                expected.append(line).append('\n');
            }
        }
    }

    /// Returns what a command line did, in the form of a script.
    public String ran(String command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        List<String> words = new ArrayList<>(List.of("sh", "-c",
                command.replace("ollama-queue ", "\"$@\" ").replace("ID", id), "sh"));
        words.addAll(program);
        ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("TZ", "UTC");
        builder.environment().put("OLLAMA_QUEUE_CLIENT_SERVER_URL", url);
        Process process = builder.start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("no end: " + command + "\n" + Files.readString(err));
        }
        String printed = Files.readString(out, StandardCharsets.UTF_8);
        Matcher ids = ID.matcher(printed);
        while (ids.find()) {
            id = ids.group();
        }
        int status = process.exitValue();
        return lines("> ", printed) + lines("! ", Files.readString(err, StandardCharsets.UTF_8))
                + (status == 0 ? "" : "= " + status + "\n");
    }

    private String lines(String mark, String text) {
        String shown = ID.matcher(text.replace(url, "URL")).replaceAll(
                found -> found.group(1).equals("task") ? "TASK" : "CRON")
                .replaceAll("\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+(Z|[+-]\\d\\d:\\d\\d)?", "TIME")
                .replaceAll("req_[0-9a-f]{16}", "REQUEST")
                .replaceAll("(?<=[ ,])[\\d.]+(ms|s)\\b", "AGE").replaceAll("AGE +", "AGE ");
        StringBuilder lines = new StringBuilder();
        shown.lines().forEach(line -> lines.append((mark + line).stripTrailing()).append('\n'));
        return lines.toString();
    }
}
