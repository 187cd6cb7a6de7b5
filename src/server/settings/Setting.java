package server.settings;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import shared.Priority;
import shared.Problem;
import shared.Utf8;
import shared.config.Durations;

/// A setting: its name, what its value must be, and what it does. A room declares each setting that it uses as a
/// constant and adds it to its list of settings; everything else is made from that constant.
///
/// @param key      its path in the file, such as `server.port`; `[]` marks a key of the maps in a list, `{}` a key of
///                 maps by name
/// @param fallback the value if none is given, as a user would write it; null: none
/// @param flag     the command-line option with its argument's name, such as `--port N`; null: none
/// @param isLive   whether a reload (SIGHUP) applies a new value; otherwise a restart does
/// @param isNeeded whether every map of its list must contain it
/// @param names    its other names: environment variables in upper case, keys of the older program's file in lower case
/// @param instead  another setting, or one of a list, that excludes this one; null: none
/// @param does     what it does, as a phrase that begins in lower case
public record Setting<T>(String key, Type<T> type, String fallback, String flag, boolean isLive, boolean isNeeded,
        List<String> names, Setting<?> instead, String does) {

    /// The kind of value that a setting takes.
    ///
    /// @param form     a phrase for messages and tables, such as `a whole number from 0 to 65535`
    /// @param many     whether the value is made of several texts
    /// @param hidden   whether the value is never shown
    /// @param optional whether an empty text means no value
    /// @param reader   converts one text, or several if `many`, to the value; returns null for a wrong one
    /// @param check    checks a name and its value, in a map of texts; null for any other kind
    record Type<T>(String form, boolean many, boolean hidden, boolean optional, TextReader<T> reader, PairCheck check) {
    }

    interface TextReader<T> {
        /// @throws Problem with its own message, in which `name` stands for the value
        T read(String name, List<String> texts);
    }

    /// Checks one entry of a map of texts.
    public interface PairCheck {
        /// Checks a name and its value.
        ///
        /// @throws IllegalArgumentException that says what is wrong, without the value if that is secret
        void check(String name, String value);
    }

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?) ?(%|[kKMGT]?(?:i?B)?)");
    private static final Pattern INTEGER = Pattern.compile("0|-?[1-9]\\d{0,9}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    /// A user with or without a password, in an address without a scheme only with one.
    private static final Pattern USER = Pattern.compile("(//)[^/\\s,]*@|(^|,)[^/@:\\s,]*:[^/\\s,]*@");
    private static final Pattern PARAMETER = Pattern.compile("([?&#][^=&#\\s,]*=)[^&#\\s,]*");
    private static final int TEXT_LENGTH_MAX = 4_096;

    /// Shown in place of a secret.
    static final String MASK = "********";

    // ---- kinds of value

    /// Makes a setting that is a single-line text.
    public static Setting<String> text(String key) {
        return one(key, "text", text -> good(text) ? text : null);
    }

    /// Makes a setting that is a path.
    public static Setting<Path> path(String key) {
        return one(key, "a path", Setting::asPath);
    }

    /// Returns a setting that is a secret: printable ASCII without spaces, so that a header can carry it.
    public static Setting<String> secret(String key) {
        return of(key, new Type<>("a secret of printable ASCII without spaces", false, true, false,
                (name, texts) -> asSecret(texts.getLast()), null));
    }

    /// Returns a setting that is the path of a file with a secret; its value is the secret itself.
    public static Setting<String> secretFile(String key) {
        return of(key, new Type<>("a path", false, false, true, (name, texts) -> {
            Path path = asPath(texts.getLast());
            return path == null ? null : inFile(name, path);
        }, null));
    }

    /// Returns a setting that is several texts: a list in the file, separated by commas elsewhere.
    public static Setting<List<String>> texts(String key, String form) {
        return of(key, new Type<>(form, true, false, false,
                (name, texts) -> texts.stream().allMatch(Setting::good) ? List.copyOf(texts) : null, null));
    }

    /// Returns a setting that is a map of texts, which only the file can set.
    ///
    /// @param hidden whether the values are secrets
    public static Setting<Map<String, String>> pairs(String key, String form, boolean hidden, PairCheck check) {
        TextReader<Map<String, String>> none = (name, texts) -> Map.of();
        return of(key, new Type<>(form, true, hidden, false, none, check)).byDefault("");
    }

    /// Makes a setting that is one of several words, in any case.
    public static Setting<String> choice(String key, String... words) {
        return one(key, "one of " + String.join(", ", words), text -> {
            String word = text.toLowerCase(Locale.ROOT);
            return Arrays.asList(words).contains(word) ? word : null;
        });
    }

    /// Returns a setting that is true or false. It also accepts the words of YAML 1.1 and of the older program, because
    /// the key makes clear that a boolean is meant.
    public static Setting<Boolean> bool(String key) {
        return one(key, "true or false", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> null;
        });
    }

    /// Returns a setting that is a whole number. A leading zero is refused, because some readers take it for octal.
    public static Setting<Integer> integer(String key, int min, int max) {
        return one(key, "a whole number from " + min + " to " + max, text -> {
            if (!INTEGER.matcher(text).matches()) {
                return null;
            }
            long number = Long.parseLong(text);
            return number >= min && number <= max ? (Integer) (int) number : null;
        });
    }

    /// Returns a setting that is a task's priority.
    public static Setting<Integer> priority(String key) {
        return one(key, "an integer, or low, normal, high or critical", text -> {
            try {
                return Priority.parse(text);
            } catch (Problem neither) {
                return null;
            }
        });
    }

    /// Makes a setting that is a number, with or without a fraction.
    public static Setting<Double> number(String key, int min, int max) {
        return one(key, "a number from " + min + " to " + max, text -> {
            double number = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
            return number >= min && number <= max ? number : null;
        });
    }

    /// Returns a setting that is a duration within bounds.
    ///
    /// @param min as a user would write it
    public static Setting<Duration> duration(String key, String min, String max) {
        return duration(key, min, max, false);
    }

    /// Returns a setting that is 0 or a duration within bounds.
    public static Setting<Duration> durationOrZero(String key, String min, String max) {
        return duration(key, min, max, true);
    }

    private static Setting<Duration> duration(String key, String min, String max, boolean orZero) {
        String form = (orZero ? "0s or " : "") + "a duration from " + min + " to " + max;
        return of(key, new Type<>(form, false, false, false, (name, texts) -> {
            Duration value = Durations.parse(name, texts.getLast());
            boolean isWithin = value.compareTo(Durations.parse("", min)) >= 0
                    && value.compareTo(Durations.parse("", max)) <= 0;
            return isWithin || orZero && value.isZero() ? value : null;
        }, null));
    }

    /// Returns a setting in bytes: `65536`, `64KiB`, `16 MiB`, `1.5GB`.
    ///
    /// @param min as a user would write it
    /// @param max likewise, at most 1 GiB
    public static Setting<Integer> size(String key, String min, String max) {
        return one(key, "a size (as 64KiB, or 25% of the heap) from " + min + " to " + max, text -> {
            Long size = bytes(text, min, max);
            return size == null ? null : (Integer) size.intValue();
        });
    }

    /// Returns a setting in bytes that may be as large as the heap: `64KiB`, `25%`.
    public static Setting<Long> memory(String key, String min, String max) {
        return one(key, "a size (as 64KiB, or 25% of the heap) from " + min + " to " + max,
                text -> bytes(text, min, max));
    }

    // ---- further properties

    /// Returns the same setting with a default, as a user would write it.
    public Setting<T> byDefault(String text) {
        return new Setting<>(key, type, text, flag, isLive, isNeeded, names, instead, does);
    }

    /// Returns the same setting with an option, such as `--port N`.
    public Setting<T> flag(String newFlag) {
        return new Setting<>(key, type, fallback, newFlag, isLive, isNeeded, names, instead, does);
    }

    /// Returns the same setting as one that a reload applies.
    public Setting<T> live() {
        return new Setting<>(key, type, fallback, flag, true, isNeeded, names, instead, does);
    }

    /// Returns the same setting as one that must be given.
    public Setting<T> needed() {
        return new Setting<>(key, type, fallback, flag, isLive, true, names, instead, does);
    }

    /// Returns the same setting with further names.
    public Setting<T> alsoNamed(String... newNames) {
        return new Setting<>(key, type, fallback, flag, isLive, isNeeded, List.of(newNames), instead, does);
    }

    /// Returns the same setting as one that excludes another. If both are given, the one from the stronger source
    /// counts; from the same source they are an error.
    public Setting<T> insteadOf(Setting<?> other) {
        return new Setting<>(key, type, fallback, flag, isLive, isNeeded, names, other, does);
    }

    /// Returns the same setting as one that may be empty.
    public Setting<T> optional() {
        return new Setting<>(key, new Type<>(type.form, type.many, type.hidden, true, type.reader, type.check),
                fallback, flag, isLive, isNeeded, names, instead, does);
    }

    /// Returns the same setting with a description, a phrase without a full stop.
    public Setting<T> says(String sentence) {
        return new Setting<>(key, type, fallback, flag, isLive, isNeeded, names, instead, sentence);
    }

    // ---- for the other classes of this package

    /// Returns the option without its argument, such as `--port`; null if there is none.
    String option() {
        return flag == null ? null : flag.split(" ")[0];
    }

    /// Returns the first part of its key; empty if the key has only one.
    String section() {
        return key.substring(0, Math.max(0, key.indexOf('.'))).replace("[]", "").replace("{}", "");
    }

    /// Returns the key of the list, or of the maps by name, to which it belongs; null for a setting outside both.
    String list() {
        int at = inList();
        return at < 0 ? null : key.substring(0, at);
    }

    /// Returns whether it belongs to maps by name.
    boolean isNamed() {
        return key.contains("{}");
    }

    /// Returns its key inside the maps of its list.
    String inner() {
        return key.substring(inList() + 3);
    }

    private int inList() {
        return Math.max(key.indexOf("[]"), key.indexOf("{}"));
    }

    /// Returns the environment variables that can set it, the strongest first.
    List<String> variables() {
        List<String> variables = new ArrayList<>();
        if (list() == null && type.check == null) {
            variables.add("OLLAMA_QUEUE_" + key.toUpperCase(Locale.ROOT).replace('.', '_'));
        }
        names.stream().filter(Setting::isVariable).forEach(name -> variables.add(
                name.startsWith("OLLAMA_QUEUE_") ? 0 : variables.size(), name));
        return variables;
    }

    static boolean isVariable(String name) {
        return Character.isUpperCase(name.charAt(0));
    }

    /// Reads a value.
    ///
    /// @param name the value's name in messages, such as `--port`
    /// @return null for no value
    /// @throws Problem that says what would be right
    T read(String name, List<String> texts) {
        String last = texts.isEmpty() ? "" : texts.getLast();
        if (type.optional && last.isBlank()) {
            return null;
        }
        T value = type.reader.read(name, texts);
        if (value == null) {
            throw Problem.badRequest(name + " must be " + type.form + (last.isEmpty() ? ", not empty"
                    : type.hidden ? "" : ", not \"" + Problem.shown(masked(last)) + "\""));
        }
        return value;
    }

    /// Returns the value that counts if none is given; null for none.
    T usual() {
        return fallback == null ? null : read(key, fallback.isEmpty() ? List.of() : List.of(fallback));
    }

    /// Hides the user, the password and the values of query parameters in a URL.
    static String masked(String text) {
        return PARAMETER.matcher(USER.matcher(text).replaceAll("$1$2" + MASK + "@")).replaceAll("$1" + MASK);
    }

    private static <T> Setting<T> of(String key, Type<T> type) {
        return new Setting<>(key, type, null, null, false, false, List.of(), null, "");
    }

    private static <T> Setting<T> one(String key, String form, Function<String, T> reader) {
        return of(key, new Type<>(form, false, false, false, (name, texts) -> reader.apply(texts.getLast()), null));
    }

    private static boolean good(String text) {
        return !text.isBlank() && text.length() <= TEXT_LENGTH_MAX
                && text.chars().noneMatch(Character::isISOControl);
    }

    private static Path asPath(String text) {
        try {
            return good(text) ? Path.of(text) : null;
        } catch (InvalidPathException impossible) {
            return null;
        }
    }

    private static String asSecret(String text) {
        String secret = text.strip();
        return !secret.isEmpty() && secret.chars().allMatch(c -> c > ' ' && c < 0x7f) ? secret : null;
    }

    /// Reads a secret from a file. No message contains a part of the secret.
    private static String inFile(String name, Path path) {
        String what = name + ": " + path;
        try {
            if (Files.size(path) > TEXT_LENGTH_MAX) {
                throw Problem.badRequest(what + " holds more than " + TEXT_LENGTH_MAX
                        + " bytes; it must hold nothing but the secret");
            }
            String secret = asSecret(Utf8.decode(what, Files.readAllBytes(path)));
            if (secret == null) {
                throw Problem.badRequest(what + " must be a secret of printable ASCII without spaces");
            }
            return secret;
        } catch (IOException unreadable) {
            throw Problem.badRequest(name + ": cannot read " + path + ": " + (unreadable instanceof NoSuchFileException
                    ? "there is no such file" : unreadable instanceof AccessDeniedException ? "permission denied"
                    : unreadable.getMessage()));
        }
    }

    /// Returns null if the text is not a size, or out of range.
    private static Long bytes(String text, String min, String max) {
        long size = bytes(text);
        return size < 0 || size < bytes(min) || size > bytes(max) ? null : (Long) size;
    }

    private static long bytes(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return -1;
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
}
