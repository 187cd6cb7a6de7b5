package server.settings;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import shared.Problem;
import shared.config.Durations;

/// What a setting's value must be: how it is told to people, and how it is read from text.
///
/// @param says   as in `a whole number from 0 to 65535`, for messages and tables
/// @param many   whether several texts make the value
/// @param hidden whether the value is never shown
/// @param reader from the checked text, or the list of texts if there are `many`; null for text that is not right
record Type(String says, boolean many, boolean hidden, Reader reader) {

    interface Reader {
        /// @throws Problem with a message of its own, in which `what` names the value
        Object read(String what, List<String> texts);
    }

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?) ?(%|[kKMGT]?(?:i?B)?)");
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d{0,9}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final int TEXT_MAX = 4_096;

    /// @param what  names the value in a message: `--port`, `config.yaml, line 3, column 9: server.port`
    /// @return never null
    Object read(String what, List<String> texts) {
        Object value = texts.isEmpty() && !many ? null : reader.read(what, texts);
        if (value == null) {
            String last = texts.isEmpty() ? "" : texts.getLast();
            throw Problem.badRequest(what + " must be " + says + (last.isEmpty() ? ", not empty"
                    : hidden ? "" : ", not \"" + Problem.shown(Settings.masked(last)) + "\""));
        }
        return value;
    }

    static Type text() {
        return one("text", text -> good(text) ? text : null);
    }

    /// A text that may be empty, which is none.
    static Type optional() {
        return one("text", text -> text.isEmpty() || good(text) ? text : null);
    }

    /// Printable ASCII without spaces, as it must be to stand in a header.
    static Type secret() {
        return new Type("a secret of printable ASCII without spaces", false, true, (what, texts) -> {
            String text = texts.getLast().strip();
            return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f) ? text : null;
        });
    }

    static Type optionalSecret() {
        Type secret = secret();
        return new Type(secret.says, false, true, (what, texts) -> texts.getLast().isBlank() ? ""
                : secret.reader.read(what, texts));
    }

    static Type path() {
        return one("a path", Type::path);
    }

    static Type optionalPath() {
        return one("a path", text -> text.isEmpty() || path(text) != null ? text : null);
    }

    static Type texts(String says) {
        return new Type(says, true, false,
                (what, texts) -> texts.stream().allMatch(Type::good) ? List.copyOf(texts) : null);
    }

    static Type choice(String... words) {
        return one("one of " + String.join(", ", words), text -> {
            String word = text.toLowerCase(Locale.ROOT);
            return Arrays.asList(words).contains(word) ? word : null;
        });
    }

    /// As YAML 1.1 and the older program read it, for the key says that a boolean is meant.
    static Type bool() {
        return one("true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        });
    }

    /// A zero in front means nothing good: to some it is octal.
    static Type integer(int min, int max) {
        return one("a whole number from " + min + " to " + max, text -> {
            if (!INTEGER.matcher(text).matches()) {
                return null;
            }
            long number = Long.parseLong(text);
            return number >= min && number <= max ? (Integer) (int) number : null;
        });
    }

    static Type number(double min, double max) {
        return one("a number from " + shown(min) + " to " + shown(max), text -> {
            if (!NUMBER.matcher(text).matches()) {
                return null;
            }
            double number = Double.parseDouble(text);
            return number >= min && number <= max ? number : null;
        });
    }

    /// @param min a duration, as the user would write it
    static Type duration(String min, String max) {
        return new Type("a duration from " + min + " to " + max, false, false, (what, texts) -> {
            var value = Durations.parse(what, texts.getLast());
            return value.compareTo(Durations.parse("", min)) < 0 || value.compareTo(Durations.parse("", max)) > 0
                    ? null : value;
        });
    }

    /// Bytes: `65536`, `64KiB`, `16 MiB`, `1.5GB`, `25%` of the heap.
    static Type size(String min, String max) {
        return one("a size (as 64KiB, or 25% of the heap) from " + min + " to " + max, text -> {
            Long size = bytes(text);
            return size == null || size < bytes(min) || size > bytes(max) ? null : size;
        });
    }

    private static Long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return null;
        }
        double number = Double.parseDouble(size.group(1));
        String unit = size.group(2);
        if (unit.equals("%")) {
            return (long) (number / 100 * Runtime.getRuntime().maxMemory());
        }
        int power = unit.isEmpty() ? 0 : " KMGT".indexOf(Character.toUpperCase(unit.charAt(0)));
        // MB is decimal as on a disk's label; M is binary as in -Xmx
        boolean decimal = unit.length() == 2 && power > 0;
        return (long) (number * Math.pow(decimal ? 1_000 : 1_024, Math.max(0, power)));
    }

    private static Type one(String says, java.util.function.Function<String, Object> reader) {
        return new Type(says, false, false, (what, texts) -> reader.apply(texts.getLast()));
    }

    private static boolean good(String text) {
        return !text.isBlank() && text.length() <= TEXT_MAX && text.chars().noneMatch(Character::isISOControl);
    }

    private static Path path(String text) {
        try {
            return good(text) ? Path.of(text) : null;
        } catch (InvalidPathException impossible) {
            return null;
        }
    }

    private static String shown(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
