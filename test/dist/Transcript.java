package dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A session in a shell: commands, and what they are to print. The lines of a file are
///
/// ```
/// $ ollama-queue status    a command for sh
/// > text                   a line of its stdout, all of them; * stands for anything in it
/// ! text                   a line of its stderr, all of them
/// = 2                      its exit status, 0 if there is no such line
/// ```
record Transcript(Path file, List<Step> steps) {

    private static final class Step {
        final int line;
        final String command;
        final List<String> out = new ArrayList<>();
        final List<String> err = new ArrayList<>();
        int status;

        Step(int line, String command) {
            this.line = line;
            this.command = command;
        }
    }

    static Transcript read(Path file) throws IOException {
        List<Step> steps = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.length() > 2 ? line.substring(2) : "";
            if (line.startsWith("$")) {
                steps.add(new Step(number, text));
            } else if (line.startsWith(">")) {
                steps.getLast().out.add(text);
            } else if (line.startsWith("!")) {
                steps.getLast().err.add(text);
            } else if (line.startsWith("=")) {
                steps.getLast().status = Integer.parseInt(text);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IOException(file + ":" + number + ": what is this line?");
            }
        }
        return new Transcript(file, steps);
    }

    String commands() {
        return String.join("\n", steps.stream().map(step -> step.command).toList());
    }

    /// @param before stands before the shell that runs a command
    void play(Path directory, Map<String, String> environment, String... before) throws Exception {
        for (Step step : steps) {
            String name = file.getFileName() + ":" + step.line + ": " + step.command;
            List<String> command = new ArrayList<>(List.of(before));
            command.addAll(List.of("sh", "-c", step.command));
            Images.Ended ended = Images.run(directory, environment, command);
            assertLines(step.out, ended.out(), name + ", stdout (stderr: " + ended.err() + ")");
            assertLines(step.err, ended.err(), name + ", stderr");
            assertEquals(step.status, ended.status(), name + ", exit status");
        }
    }

    private static void assertLines(List<String> expected, String printed, String name) {
        List<String> lines = printed.lines().toList();
        for (int i = 0; i < Math.min(expected.size(), lines.size()); i++) {
            String pattern = String.join(".*", Pattern.compile("\\*").splitAsStream(expected.get(i) + "\0")
                    .map(Pattern::quote).toList());
            if (!(lines.get(i) + "\0").matches(pattern)) {
                assertEquals(expected.get(i), lines.get(i), name);
            }
        }
        assertTrue(expected.size() == lines.size(), () -> name + ": " + expected.size() + " lines expected, not "
                + lines.size() + ":\n" + printed);
    }
}
