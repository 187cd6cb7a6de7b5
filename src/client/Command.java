package client;

import java.util.List;
import java.util.stream.Collectors;

/// One command, declared: parsing, help and the search for what was meant all come from this.
///
/// @param operands what follows it, as `ID...`; in brackets what may be left out
/// @param flags    the help text of its flags; each line that begins with `--` declares one: `--wait  ...` is a switch,
///                 `--model NAME  ...` takes a value, `--think[=LEVEL]  ...` may take one
/// @param examples command lines that work
record Command(String name, String operands, String summary, String flags, String examples, Action action) {

    interface Action {
        /// @return the exit status
        int run(Session session, Arguments arguments);
    }

    /// @param value `' '` for a flag with a value, `'['` where it may be left out, 0 for a switch
    record Flag(String name, char value) {
    }

    List<Flag> declared() {
        return declared(flags);
    }

    static List<Flag> declared(String help) {
        return help.lines().map(String::strip).filter(line -> line.startsWith("--")).map(Command::flag)
                .collect(Collectors.toList());
    }

    private static Flag flag(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '[') {
            end++;
        }
        boolean none = end == line.length() || line.startsWith("  ", end);
        return new Flag(line.substring(0, end), none ? 0 : line.charAt(end));
    }

    int operandsMin() {
        return (int) words().stream().filter(word -> !word.startsWith("[")).count();
    }

    int operandsMax() {
        return operands.contains("...") ? Integer.MAX_VALUE : words().size();
    }

    private List<String> words() {
        return operands.isEmpty() ? List.of() : List.of(operands.split(" "));
    }
}
