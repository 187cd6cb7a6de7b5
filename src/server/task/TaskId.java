package server.task;

/// A task's id: 60 random bits, written as `task_` and 12 digits of Crockford's base 32 (lower case; read in any case).
public final class TaskId {

    public static final String PREFIX = "task_";
    public static final int DIGITS = 12;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

    private TaskId() {
    }

    /// @param id at least 0, below 2^60
    public static String format(long id) {
        return PREFIX + digits(id);
    }

    /// The 12 digits alone.
    public static String digits(long id) {
        char[] digits = new char[DIGITS];
        for (int i = 0; i < DIGITS; i++) {
            digits[i] = ALPHABET.charAt((int) (id >>> 5 * (DIGITS - 1 - i)) & 31);
        }
        return new String(digits);
    }

    /// The id that a whole text stands for; -1 if it is none. `task_` may be left out.
    public static long parse(String text) {
        String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
        if (digits.length() != DIGITS) {
            return -1;
        }
        long id = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = ALPHABET.indexOf(Character.toLowerCase(digits.charAt(i)));
            if (digit < 0) {
                return -1;
            }
            id = id << 5 | digit;
        }
        return id;
    }
}
