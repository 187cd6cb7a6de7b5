package server.task;

import java.util.List;
import java.util.function.Function;

import shared.Problem;

/// A task's id: 60 random bits, written as `task_` and 12 digits of Crockford's base 32 (lower case; read in any case).
public final class TaskId {

    public static final String PREFIX = "task_";
    public static final int DIGITS = 12;

    /// The most ids that are looked up for an abbreviation: one more than are shown.
    public static final int CANDIDATES_MAX = 11;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    private TaskId() {
    }

    /// The ids with a common beginning: from low to high, both included.
    public record IdRange(long low, long high) {
    }

    /// Writes an id as text: `task_` and its 12 digits.
    ///
    /// @param id at least 0, below 2^60
    public static String format(long id) {
        return PREFIX + digits(id);
    }

    /// Writes an id's 12 digits only.
    public static String digits(long id) {
        char[] digits = new char[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = ALPHABET.charAt((int) (id >>> 5 * (DIGITS - 1 - i)) & 31);
        }
        return new String(digits);
    }

    /// Reads a whole id, with or without `task_`. Returns -1 if the text is not an id.
    public static long parse(String text) {
        return parse(PREFIX, text);
    }

    static long parse(String prefix, String text) {
        int from = text.startsWith(prefix) ? prefix.length() : 0;
        return text.length() - from == DIGITS ? number(text, from) : -1;
    }

    /// Returns the ids that begin with a text of at least one digit, with or without `task_`; null if there can be
    /// none.
    public static IdRange range(String text) {
        return range(PREFIX, text);
    }

    static IdRange range(String prefix, String text) {
        int from = text.startsWith(prefix) ? prefix.length() : 0;
        int digits = text.length() - from;
        if (digits < 1 || digits > DIGITS) {
            return null;
        }
        long number = number(text, from);
        int open = 5 * (DIGITS - digits);
        return number < 0 ? null : new IdRange(number << open, (number + 1 << open) - 1);
    }

    /// Returns the only match of an abbreviated id.
    ///
    /// @param found the matches, at most [#CANDIDATES_MAX]
    /// @param what  what they are, such as `task`
    /// @throws Problem 404 if there is none, 409 if there are several
    public static <T> T only(String text, List<T> found, String what, Function<T, String> name) {
        if (found.isEmpty()) {
            throw Problem.notFound("no " + what + " " + Problem.shown(text));
        }
        if (found.size() > 1) {
            int shown = Math.min(found.size(), CANDIDATES_MAX - 1);
            throw Problem.conflict(Problem.shown(text) + " matches several " + what + "s: "
                    + String.join(", ", found.subList(0, shown).stream().map(name).sorted().toList())
                    + (found.size() > shown ? ", …" : ""));
        }
        return found.getFirst();
    }

    private static long number(String text, int from) {
        long number = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = ALPHABET.indexOf(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
            if (digit < 0) {
                return -1;
            }
            number = number << 5 | digit;
        }
        return number;
    }
}
