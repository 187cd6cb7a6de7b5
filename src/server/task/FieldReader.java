package server.task;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.function.Function;

import shared.Problem;
import shared.config.Durations;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;

/// Reads the value of one field, or says what is wrong with it, where it stands, and what would be right.
public final class FieldReader {

    /// No duration or time that is text is longer, and no number that makes sense has more digits.
    private static final int SCALAR_LENGTH_MAX = 64;

    final JsonReader json;

    public FieldReader(JsonReader json) {
        this.json = json;
    }

    /// Reads a null away, which counts as absent.
    boolean absent() {
        if (json.peek() != Kind.NULL) {
            return false;
        }
        json.nul();
        return true;
    }

    /// Refuses what is not of this kind.
    public void expect(String name, Kind kind) {
        Kind found = json.peek();
        if (found != kind) {
            throw json.error(name + " must be " + word(kind) + ", not " + word(found));
        }
    }

    /// A text on one line, not blank.
    public String text(String name, int lengthMax) {
        expect(name, Kind.STRING);
        int from = json.position();
        String text = json.string();
        if (text.isBlank()) {
            throw json.errorAt(from, name + " must not be empty; leave it out instead");
        }
        if (text.length() > lengthMax) {
            throw json.errorAt(from, name + " has " + text.length() + " characters, at most " + lengthMax
                    + " are allowed");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw json.errorAt(from, name + " must not hold control characters");
            }
        }
        return text;
    }

    public boolean bool(String name) {
        expect(name, Kind.BOOLEAN);
        return json.bool();
    }

    public int integer(String name, int min, int max) {
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
        throw json.errorAt(from, name + " must be a whole number from " + min + " to " + max + found(digits));
    }

    double number(String name, double min, double max) {
        int from = json.position();
        String digits = json.peek() == Kind.NUMBER ? json.number() : null;
        if (digits != null && digits.length() <= SCALAR_LENGTH_MAX) {
            double value = Double.parseDouble(digits);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw json.errorAt(from, name + " must be a number from " + plain(min) + " to " + plain(max)
                + found(digits));
    }

    /// @param min milliseconds, as is the answer
    public long duration(String name, long min, long max) {
        int from = json.position();
        if (json.peek() != Kind.STRING) {
            throw json.error(name + " must be a duration in quotes such as \"90s\", \"1h30m\" or \"7d\", not "
                    + word(json.peek()));
        }
        long value = parsed(text -> Durations.parse(name, text).toMillis());
        if (value < min || value > max) {
            throw json.errorAt(from, name + " must be from " + Durations.format(Duration.ofMillis(min)) + " to "
                    + Durations.format(Duration.ofMillis(max)));
        }
        return value;
    }

    /// Milliseconds since the epoch.
    public long time(String name) {
        if (json.peek() != Kind.STRING) {
            throw json.error(name + " must be a time in quotes such as \"2026-01-02T03:04:05Z\" (RFC 3339), not "
                    + word(json.peek()));
        }
        return parsed(text -> Times.parse(name, text));
    }

    /// A short string, read by a parser whose complaint gets its place.
    public <T> T parsed(Function<String, T> parser) {
        int from = json.position();
        String text = json.string();
        try {
            // what is cut off here is refused by every parser for what remains
            return parser.apply(text.length() <= SCALAR_LENGTH_MAX ? text
                    : Preview.of(text, SCALAR_LENGTH_MAX - 1) + "…");
        } catch (Problem problem) {
            throw json.errorAt(from, problem.reason());
        }
    }

    static String word(Kind kind) {
        return switch (kind) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
        };
    }

    /// What stood there instead of a good number: its digits, or null for another kind of value.
    private String found(String digits) {
        if (digits == null) {
            return ", not " + word(json.peek());
        }
        return digits.length() <= SCALAR_LENGTH_MAX ? ", not " + digits : "";
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
