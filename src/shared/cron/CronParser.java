package shared.cron;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import shared.Problem;
import shared.config.Durations;

/// Reads an expression, one character after another, into [CronFields].
final class CronParser {

    private static final int MAX_LENGTH = 500;
    private static final int MAX_PERIOD_DAYS = 3660;
    private static final Pattern WORD = Pattern.compile("[^ \t]+");
    /// What may precede the name of a zone.
    private static final Pattern ZONE = Pattern.compile("(CRON_)?TZ=");
    private static final Map<String, String> NAMED = Map.of("@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *", "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    /// A weekday in each of the first five rows of [CronFields#weekdays].
    private static final long EVERY_WEEK = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

    private final String expression;
    /// The expression and a space, so that every word is followed by one.
    private final String text;
    private long seed;
    private int pos;

    private final long[] bits = new long[CronField.values().length];
    private int beforeLast;
    private int nearest;
    private boolean fixed = true;

    CronParser(String expression, long seed) {
        this.expression = expression;
        this.text = expression + " ";
        this.seed = seed;
    }

    CronExpression parse() {
        if (expression.length() > MAX_LENGTH) {
            throw Problem.badRequest("a cron expression has at most " + MAX_LENGTH + " characters");
        }
        List<MatchResult> words = words();
        ZoneId zone = null;
        if (!words.isEmpty() && ZONE.matcher(words.get(0).group()).lookingAt()) {
            zone = zone(words.remove(0));
        }
        String first = words.isEmpty() ? "" : words.get(0).group().toLowerCase(Locale.ROOT);
        if (first.equals("@every") && words.size() == 2) {
            return new CronExpression(expression, zone, null, period(words.get(1)));
        }
        if (!first.startsWith("@")) {
            return new CronExpression(expression, zone, fields(words), null);
        }
        String meaning = words.size() == 1 ? NAMED.get(first) : null;
        if (meaning == null) {
            int start = words.get(0).start();
            throw wrong("\"" + text.substring(start).trim() + "\" is unknown", start, "write @yearly, @annually, "
                    + "@monthly, @weekly, @daily, @midnight, @hourly or @every 90m, and nothing after it");
        }
        CronParser named = new CronParser(meaning, seed);
        return new CronExpression(expression, zone, named.fields(named.words()), null);
    }

    private List<MatchResult> words() {
        return WORD.matcher(text).results().collect(Collectors.toList());
    }

    private static ZoneId zone(MatchResult word) {
        int before = word.group().indexOf('=') + 1;
        String name = word.group().substring(before);
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw wrong("time zone \"" + name + "\" is unknown", word.start() + before,
                    "write one such as Europe/Berlin");
        }
    }

    private static Duration period(MatchResult word) {
        Duration period = Durations.parse("@every (column " + (word.start() + 1) + ")", word.group());
        if (period.getNano() != 0 || period.isZero() || period.compareTo(Duration.ofDays(MAX_PERIOD_DAYS)) > 0) {
            throw wrong("@every " + word.group() + " is out of range", word.start(),
                    "write whole seconds from 1s to " + MAX_PERIOD_DAYS + "d");
        }
        return period;
    }

    private CronFields fields(List<MatchResult> words) {
        int six = words.size() - 5;
        if (six != 0 && six != 1) {
            int last = words.isEmpty() ? 0 : words.get(Math.min(words.size(), 7) - 1).start();
            throw wrong("a cron expression has 5 fields (minute, hour, day of month, month, day of week), or 6 with "
                    + "seconds first, not " + words.size(), last, words.size() == 7 ? "leave the year out"
                    : "write one such as 0 9 * * 1-5");
        }
        bits[0] = 1 - six;
        for (int i = 0; i < words.size(); i++) {
            pos = words.get(i).start();
            CronField field = CronField.values()[i + 1 - six];
            do {
                item(field);
            } while (eat(','));
            if (pos < words.get(i).end()) {
                throw unexpected(field);
            }
        }
        String day = words.get(2 + six).group();
        String weekday = words.get(4 + six).group();
        boolean either = "*?".indexOf(day.charAt(0)) < 0 && "*?".indexOf(weekday.charAt(0)) < 0;
        CronFields fields = new CronFields(bits[0], bits[1], (int) bits[2], (int) bits[3], beforeLast, nearest,
                (int) bits[4], bits[5], either, fixed);
        if (!fields.everComes()) {
            throw wrong("day of month " + day + " never comes in month " + words.get(3 + six).group()
                    + (bits[5] == CronFields.ALL_WEEKDAYS ? "" : " on day of week " + weekday),
                    words.get(2 + six).start(), "write a day that these months have");
        }
        return fields;
    }

    /// Reads one item of a list.
    private void item(CronField field) {
        int start = pos;
        boolean days = field == CronField.DAY || field == CronField.WEEKDAY;
        boolean all = eat('*') || days && eat('?');
        boolean chosen = !all && eat('~');
        int low = field.min;
        // A day chosen from all days is one that every month has.
        int high = chosen && field == CronField.DAY ? 28 : field.max;
        if (!all && !chosen) {
            if (field == CronField.DAY && eat('L')) {
                boolean weekday = eat('W');
                nearest |= weekday ? 1 : 0;
                beforeLast |= weekday ? 0 : 1 << (eat('-') ? number("days before the last", 1, 30) : 0);
                return;
            }
            low = value(field);
            if (days && special(field, low)) {
                return;
            }
            boolean range = eat('-');
            chosen = !range && eat('~');
            boolean name = Character.isLetter(text.charAt(pos));
            high = range || chosen ? value(field) : text.charAt(pos) == '/' ? field.max : low;
            high = high == 0 && name ? 7 : high; // SAT-SUN
            if (low > high) {
                throw wrong(field.title + " " + text.substring(start, pos) + " runs backwards", start, "write "
                        + low + "-" + field.max + "," + field.min + "-" + high + " to go over the end");
            }
        }
        if (chosen) {
            low = choose(low, high);
            high = low;
        }
        boolean steps = !chosen && eat('/');
        int step = steps ? number("step of " + field.title, 1, field.max - field.min + 1) : 1;
        fixed &= !all && !steps || field != CronField.HOUR && field != CronField.MINUTE;
        for (int value = low; value <= high; value += step) {
            bits[field.ordinal()] |= field == CronField.WEEKDAY ? EVERY_WEEK << value % 7 : 1L << value;
        }
    }

    /// Reads the forms of days that begin with a value: `nW`, `nL`, `n#k`.
    private boolean special(CronField field, int value) {
        boolean month = field == CronField.DAY;
        if (month && eat('W')) {
            nearest |= 1 << value;
        } else if (!month && eat('L')) {
            bits[field.ordinal()] |= 1L << 35 + value % 7;
        } else if (!month && eat('#')) {
            bits[field.ordinal()] |= 1L << 7 * (number("the k of n#k in " + field.title, 1, 5) - 1) + value % 7;
        } else {
            return false;
        }
        return true;
    }

    private int value(CronField field) {
        for (int i = 0; i < field.names.length(); i += 3) {
            if (field.names.regionMatches(true, i, text, pos, 3)) {
                pos += 3;
                return field.min + i / 3;
            }
        }
        if (!digit()) {
            throw unexpected(field);
        }
        return number(field.title, field.min, field == CronField.WEEKDAY ? 7 : field.max);
    }

    private int number(String what, int min, int max) {
        int start = pos;
        int value = -1;
        while (digit()) {
            value = Math.min(Math.max(value, 0) * 10 + text.charAt(pos++) - '0', 99_999);
        }
        if (value < min || value > max) {
            throw Problem.badRequest(what + " " + (value < 0 ? "is missing, it is" : text.substring(start, pos)
                    + " is out of range") + " " + min + "-" + max + " (column " + (start + 1) + ")");
        }
        return value;
    }

    /// Chooses one of the values, all equally likely (SplitMix64). A cron task stores the seed, not the choice: never
    /// change this.
    private int choose(int low, int high) {
        seed += 0x9E3779B97F4A7C15L;
        long mixed = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return low + (int) Long.remainderUnsigned(mixed ^ mixed >>> 31, high - low + 1);
    }

    private Problem unexpected(CronField field) {
        char found = text.charAt(pos);
        boolean end = found == ' ' || found == '\t';
        return wrong(field.title + (end ? " ends too early" : " has an unexpected \"" + found + "\""), pos,
                "write *, a, a-b, a-b/n, */n, a/n, ~, a~b" + field.forms + " or several of these with commas");
    }

    private static Problem wrong(String what, int at, String right) {
        return Problem.badRequest(what + " (column " + (at + 1) + "): " + right);
    }

    private boolean digit() {
        return text.charAt(pos) >= '0' && text.charAt(pos) <= '9';
    }

    private boolean eat(char wanted) {
        boolean found = Character.toUpperCase(text.charAt(pos)) == wanted;
        pos += found ? 1 : 0;
        return found;
    }
}
