package server.task;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Function;

import shared.Nearest;
import shared.Priority;
import shared.Problem;
import shared.config.Durations;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;

/// Reads the value of one member of an object, or says what is wrong with it, where, and what would be right. The
/// member is the one that the reader has just reached. Every method throws a [JsonException] with the place if the
/// value is not as wanted.
public final class FieldReader {

    /// No duration or time is longer as text, and no sensible number has more digits.
    private static final int SCALAR_LENGTH_MAX = 64;

    /// A longer name is not a misspelling of a known one.
    private static final int NAME_LENGTH_MAX = 40;

    final JsonReader json;

    /// @param json the reader of the object whose members are read
    public FieldReader(JsonReader json) {
        this.json = json;
    }

    /// Skips a null, which counts as absent, and returns true; returns false if there is a value.
    boolean absent() {
        if (json.peek() != Kind.NULL) {
            return false;
        }
        json.nul();
        return true;
    }

    /// Reads a single-line text that is not blank.
    ///
    /// @param lengthMax in UTF-16 units
    public String text(int lengthMax) {
        int from = json.position();
        String text = json.string();
        if (text.isBlank()) {
            throw wrong(from, " must not be empty; leave it out instead");
        }
        if (text.length() > lengthMax) {
            throw wrong(from, " has " + text.length() + " characters, at most " + lengthMax + " are allowed");
        }
        int point;
        for (int i = 0; i < text.length(); i += Character.charCount(point)) {
            point = text.codePointAt(i);
            if (Character.isISOControl(point)) {
                throw wrong(from, " must not hold control characters");
            }
            if (Character.getType(point) == Character.SURROGATE) {
                throw wrong(from, " must not hold half a character, as \\u" + Integer.toHexString(point)
                        + " is alone");
            }
        }
        return text;
    }

    /// Reads a whole number from `min` to `max`.
    public int integer(int min, int max) {
        int from = json.position();
        String digits = json.peek() == Kind.NUMBER ? json.number() : null;
        if (digits != null && digits.length() <= SCALAR_LENGTH_MAX) {
            try {
                int value = Integer.parseInt(digits);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException notWhole) {
                // told below
            }
        }
        throw wrong(from, " must be a whole number from " + min + " to " + max + found(digits));
    }

    /// Reads a priority: an integer or a name.
    public int priority() {
        return switch (json.peek()) {
            case STRING -> parsed(Priority::parse);
            case NUMBER -> integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            default -> throw json.mustBe("an integer, or low, normal, high or critical");
        };
    }

    /// Reads a number from `min` to `max`.
    double number(double min, double max) {
        int from = json.position();
        String digits = json.peek() == Kind.NUMBER ? json.number() : null;
        if (digits != null && digits.length() <= SCALAR_LENGTH_MAX) {
            double value = Double.parseDouble(digits);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw wrong(from, " must be a number from " + plain(min) + " to " + plain(max) + found(digits));
    }

    /// Reads a duration such as `"90s"`.
    ///
    /// @param min in milliseconds, as `max` and the result
    public long duration(long min, long max) {
        int from = json.position();
        long value = parsed("a duration in quotes such as \"90s\", \"1h30m\" or \"7d\"",
                text -> Durations.parse(json.member(), text).toMillis());
        if (value < min || value > max) {
            throw wrong(from, " must be from " + Durations.format(Duration.ofMillis(min)) + " to "
                    + Durations.format(Duration.ofMillis(max)));
        }
        return value;
    }

    /// Reads an RFC 3339 time; returns milliseconds since the epoch.
    public long time() {
        return parsed("a time in quotes such as \"2026-01-02T03:04:05Z\" (RFC 3339)",
                text -> Times.parse(json.member(), text));
    }

    /// Reads a short text with a parser, whose [Problem] is given the text's place.
    public <T> T parsed(Function<String, T> parser) {
        return parsed(Kind.STRING.article, parser);
    }

    private <T> T parsed(String wanted, Function<String, T> parser) {
        if (json.peek() != Kind.STRING) {
            throw json.mustBe(wanted);
        }
        int from = json.position();
        String text = json.string();
        try {
            // every parser refuses what remains of a text that is cut here
            return parser.apply(text.length() <= SCALAR_LENGTH_MAX ? text
                    : Preview.of(text, SCALAR_LENGTH_MAX - 1) + "\u2026");
        } catch (Problem problem) {
            throw json.errorAt(from, problem.reason());
        }
    }

    /// Returns an error about the member that the reader has just reached, whose name is unknown.
    ///
    /// @param otherwise what to say if no known name is similar
    public JsonException unknown(Collection<String> known, String otherwise) {
        String name = json.member();
        String hint = name.length() > NAME_LENGTH_MAX ? "" : Nearest.hint(name, known);
        return json.error("unknown field \"" + Preview.of(name, NAME_LENGTH_MAX) + "\""
                + (hint.isEmpty() ? otherwise : hint));
    }

    private JsonException wrong(int from, String what) {
        return json.errorAt(from, json.member() + what);
    }

    /// Says what was found in place of a good number.
    ///
    /// @param digits null for a value of another kind
    private String found(String digits) {
        if (digits == null) {
            return ", not " + json.peek().article;
        }
        return digits.length() <= SCALAR_LENGTH_MAX ? ", not " + digits : "";
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
