package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

final class CommandsTest {

    @Test
    void help_everyCommand_fitsATerminalAndHasExamplesThatParse() {
        List<String> all = names();
        CronCommands.ALL.forEach(command -> all.add(command.name()));
        for (String name : all) {
            Command command = Commands.find(name);
            String help = Commands.help(command);
            assertTrue(!help.contains("\n\n\n"), help);
            help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
            List<String> examples = command.examples().replaceAll("\\\\\n *", "").lines().map(String::strip).toList();
            assertTrue(!examples.isEmpty(), name);
            for (String example : examples) {
                assertEquals(name, Arguments.parse(words(example)).command().name(), example);
            }
        }
    }

    @Test
    void help_everyCommand_isListed() {
        assertEquals(List.of("submit", "batch", "status", "list", "export", "import", "show", "explain", "result",
                "wait", "follow", "cancel", "priority", "retry", "delete", "causes", "actions", "pause", "resume",
                "drain", "events", "top", "backends",
                "cron", "help", "version"), names());
    }

    @Test
    void declared_helpText_tellsValuesFromSwitches() {
        assertEquals(List.of(new Command.Flag("--wait", (char) 0), new Command.Flag("--model", ' '),
                new Command.Flag("--think", '['), new Command.Flag("--bare", (char) 0)), Command.declared("""
                  --wait          wait
                  --model NAME    the model
                                  and --more of it
                  --think[=LEVEL] think
                  --bare
                """));
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>();
        Commands.help(null).lines().dropWhile(line -> !line.equals("commands:")).skip(1)
                .takeWhile(line -> !line.isEmpty()).forEach(line -> names.add(line.strip().split(" ")[0]));
        return names;
    }

    /// The words of the client's part of a pipeline; a quoted text becomes one word.
    private static List<String> words(String example) {
        for (String part : example.split("[|>] ?")) {
            String words = part.strip().replaceAll("\"[^\"]*\"", "user:text");
            if (words.startsWith("ollama-queue ")) {
                return List.of(words.split(" ")).subList(1, words.split(" ").length);
            }
        }
        throw new AssertionError("no ollama-queue in " + example);
    }
}
