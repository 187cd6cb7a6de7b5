package client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import shared.Nearest;
import shared.config.Durations;

/// A parsed command line: the command, the values of its flags in their order, and the other words.
final class Arguments {

    private final Map<String, List<String>> flags = new HashMap<>();
    private final List<String> operands = new ArrayList<>();
    private Command command;

    private Arguments() {
    }

    /// Parses a command line.
    ///
    /// @throws Failure that names the wrong word and what would be right
    static Arguments parse(List<String> words) {
        Arguments arguments = new Arguments();
        boolean flagsEnded = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!flagsEnded && word.equals("--")) {
                flagsEnded = true;
            } else if (!flagsEnded && isFlag(word)) {
                i = arguments.flag(words, i);
            } else if (arguments.command == null) {
                boolean two = word.equals("cron") && i + 1 < words.size() && !isFlag(words.get(i + 1));
                arguments.command = Commands.find(two ? word + " " + words.get(++i) : word);
                i += arguments.batchSpelling(words.subList(i + 1, words.size()));
            } else {
                arguments.operands.add(word);
            }
        }
        if (arguments.command != null && !arguments.isOn("help")) {
            arguments.checkOperands();
        }
        return arguments;
    }

    /// Returns the command; null if none was given.
    Command command() {
        return command;
    }

    List<String> operands() {
        return operands;
    }

    /// Returns an operand by its index; null if there are fewer.
    String operand(int index) {
        return index < operands.size() ? operands.get(index) : null;
    }

    /// Returns the last value of a flag; null if it was not given.
    String text(String flag) {
        List<String> values = all(flag);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    List<String> all(String flag) {
        return flags.getOrDefault(flag, List.of());
    }

    boolean has(String flag) {
        return flags.containsKey(flag);
    }

    /// Returns whether a switch was given, other than as `--wait=false`.
    boolean isOn(String flag) {
        return has(flag) && !text(flag).equals("false");
    }

    /// Returns a duration; null if the flag was not given.
    Duration duration(String flag) {
        return has(flag) ? Durations.parse("--" + flag, text(flag)) : null;
    }

    /// Returns a whole number of at least 0 as the user wrote it; null if the flag was not given.
    String count(String flag) {
        String text = text(flag);
        if (text != null && !text.matches("\\d{1,9}")) {
            throw Failure.usage("--" + flag + " must be a whole number, not \"" + text + "\"", null);
        }
        return text;
    }

    /// Returns a request's query with the values of these flags; empty if none was given.
    ///
    /// @param names the flags; such as `search=q` if the API uses another name
    /// @throws Failure if a value is empty: a variable that a script forgot to set must not select everything
    String query(String... names) {
        StringBuilder query = new StringBuilder();
        for (String name : names) {
            int equals = name.indexOf('=');
            String flag = equals < 0 ? name : name.substring(0, equals);
            for (String value : all(flag)) {
                if (value.replace(",", "").isBlank()) {
                    throw Failure.usage("--" + flag + " is empty; omit it if it does not matter", null);
                }
                query.append(query.length() == 0 ? '?' : '&').append(name.substring(equals + 1)).append('=')
                        .append(Api.encode(value));
            }
        }
        return query.toString();
    }

    /// Reads the flag at this place and its value.
    ///
    /// @return the place of the last word used
    private int flag(List<String> words, int at) {
        String word = words.get(at).equals("-h") ? "--help" : words.get(at);
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        String value = equals < 0 ? null : word.substring(equals + 1);
        Command.Flag flag = find(name);
        int last = at;
        if (flag.value() == ' ' && value == null) {
            last++;
            if (last == words.size() || words.get(last).startsWith("--")) {
                throw Failure.usage(name + " needs a value", last == words.size() ? helpHint()
                        : "if the value begins with --, write " + name + "=" + words.get(last));
            }
            value = words.get(last);
        } else if (flag.value() == 0 && value != null && !value.equals("true") && !value.equals("false")) {
            throw Failure.usage(name + " is a switch: its value can only be true or false", null);
        }
        flags.computeIfAbsent(name.substring(2), first -> new ArrayList<>()).add(value == null ? "true" : value);
        return last;
    }

    private Command.Flag find(String name) {
        List<String> names = new ArrayList<>();
        for (Command.Flag flag : Command.declared((command == null ? "" : command.flags()) + Commands.EVERYWHERE)) {
            if (flag.name().equals(name)) {
                return flag;
            }
            names.add(flag.name());
        }
        throw Failure.usage("unknown flag " + name + (command == null ? " before the command" : " of "
                + command.name()) + Nearest.hint(name, names), helpHint());
    }

    /// `submit batch` and `submit --type batch` are other spellings of `batch`, whose flags differ.
    ///
    /// @return the number of words used for that
    private int batchSpelling(List<String> rest) {
        int taken = rest.isEmpty() ? 0 : rest.get(0).equals("batch") || rest.get(0).equals("--type=batch") ? 1
                : rest.size() > 1 && rest.get(0).equals("--type") && rest.get(1).equals("batch") ? 2 : 0;
        if (taken > 0 && command.name().equals("submit")) {
            command = Commands.find("batch");
            return taken;
        }
        return 0;
    }

    private void checkOperands() {
        if (operands.size() < command.operandsMin()) {
            String first = Stream.of(command.operands().split(" ")).filter(word -> !word.startsWith("["))
                    .skip(operands.size()).findFirst().orElseThrow();
            throw Failure.usage(command.name() + " needs " + (first.endsWith("...")
                    ? "at least one " + first.replace("...", "") : first), helpHint());
        }
        if (operands.size() > command.operandsMax()) {
            throw Failure.usage("unexpected argument " + operands.get(command.operandsMax()),
                    command.name().startsWith("cron ") ? "put an expression in quotes: \"0 9 * * 1-5\"" : helpHint());
        }
        for (String operand : operands) {
            if (operand.isBlank()) {
                throw Failure.usage("an argument of " + command.name() + " is empty", helpHint());
            }
        }
    }

    private String helpHint() {
        return command == null ? "ollama-queue help" : "ollama-queue " + command.name() + " --help";
    }

    /// Returns whether a word is a flag; a negative number and a lone `-` are not.
    private static boolean isFlag(String word) {
        return word.length() > 1 && word.charAt(0) == '-' && !Character.isDigit(word.charAt(1));
    }
}
