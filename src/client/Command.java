package client;

import java.util.ArrayList;
import java.util.List;

/// The declaration of a command, from which parsing, help and suggestions are made.
///
/// @param operands the words that follow it, such as `ID...`; optional words in brackets
/// @param flags    the help text of its flags; each line that begins with `--` declares one: `--wait  ...` is a switch,
///                 `--model NAME  ...` takes a value, `--think[=LEVEL]  ...` may take one
/// @param examples command lines that work
/// @param action   null if it needs no server
record Command(String name, String operands, String summary, String flags, String examples, Action action) {

    interface Action {
        /// @return the exit status
        int run(Session session, Arguments arguments);
    }

    /// @param value `' '` for a flag with a value, `'['` if the value is optional, 0 for a switch
    record Flag(String name, char value) {
    }

    /// The flags that a help text declares.
    static List<Flag> declared(String help) {
        List<Flag> flags = new ArrayList<>();
        for (String line : help.split("\n")) {
            String flag = line.strip();
            if (flag.startsWith("--")) {
                int end = 0;
                while (end < flag.length() && flag.charAt(end) != ' ' && flag.charAt(end) != '[') {
                    end++;
                }
                boolean isSwitch = end == flag.length() || flag.startsWith("  ", end);
                flags.add(new Flag(flag.substring(0, end), isSwitch ? 0 : flag.charAt(end)));
            }
        }
        return flags;
    }

    int operandsMin() {
        int count = 0;
        for (String word : operands.split(" ")) {
            count += word.isEmpty() || word.startsWith("[") ? 0 : 1;
        }
        return count;
    }

    int operandsMax() {
        return operands.isEmpty() ? 0 : operands.endsWith("...") ? Integer.MAX_VALUE : operands.split(" ").length;
    }
}
