package shared.cron;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import shared.Problem;
import shared.config.Durations;

/// Reads an expression, one character after the other, into [CronFields].
final class CronParser {

    private static final int MAX_LENGTH = 500;
    private static final String ZONE = "CRON_TZ=";
    private static final Duration LONGEST_PERIOD = Duration.ofDays(3660);
    /// A weekday in each of the first five rows of [CronFields#weekdays].
    private static final long EVERY_WEEK = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

    private final String text;
    private long seed;
    private int pos;

    private final long[] bits = new long[CronField.values().length];
    private int beforeLast;
    private int nearest;
    private long weekdays;
    private boolean fixed = true;

    CronParser(String text, long seed) {
        this.text = text;
        this.seed = seed;
    }

    CronExpression parse() {
        if (text.length() > MAX_LENGTH) {
            throw Problem.badRequest("a cron expression has at most " + MAX_LENGTH + " characters, not "
                    + text.length());
        }
        ZoneId zone = null;
        skipBlanks();
        if (text.startsWith(ZONE, pos)) {
            pos += ZONE.length();
            zone = zone(word());
            skipBlanks();
        }
        if (peek() != '@') {
            return new CronExpression(text, zone, fields(), null);
        }
        int start = pos;
        String name = word().toLowerCase(Locale.ROOT);
        skipBlanks();
        Duration period = null;
        if (name.equals("@every")) {
            period = period(pos, word());
            skipBlanks();
        }
        if (pos < text.length()) {
            throw wrong(name + " is followed by \"" + text.substring(pos) + "\"", pos, "nothing may follow it");
        }
        return new CronExpression(text, zone, period == null ? named(name, start) : null, period);
    }

    private ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException unknown) {
            throw wrong(ZONE + " names an unknown time zone \"" + name + "\"", pos - name.length(),
                    "write one such as Europe/Berlin or UTC");
        }
    }

    private Duration period(int start, String length) {
        Duration period = Durations.parse("@every (column " + (start + 1) + ")", length);
        if (period.getNano() != 0 || period.isZero() || period.compareTo(LONGEST_PERIOD) > 0) {
            throw wrong("@every " + length + " is out of range", start,
                    "write whole seconds from 1s to " + LONGEST_PERIOD.toDays() + "d");
        }
        return period;
    }

    private CronFields named(String name, int start) {
        switch (name) {
            case "@yearly": case "@annually": return new CronParser("0 0 1 1 *", seed).fields();
            case "@monthly": return new CronParser("0 0 1 * *", seed).fields();
            case "@weekly": return new CronParser("0 0 * * 0", seed).fields();
            case "@daily": case "@midnight": return new CronParser("0 0 * * *", seed).fields();
            case "@hourly": return new CronParser("0 * * * *", seed).fields();
            default: throw wrong("\"" + name + "\" is unknown", start, "write @yearly, @annually, @monthly, @weekly, "
                    + "@daily, @midnight, @hourly or @every 90m");
        }
    }

    private CronFields fields() {
        List<Integer> starts = new ArrayList<>();
        for (; pos < text.length(); skipBlanks()) {
            starts.add(pos);
            word();
        }
        int six = starts.size() - 5;
        if (six != 0 && six != 1) {
            throw Problem.badRequest("a cron expression has 5 fields (minute, hour, day of month, month, day of week), "
                    + "or 6 with seconds first, not " + starts.size() + ": \"" + text + "\"");
        }
        bits[0] = 1 - six;
        for (int i = 0; i < starts.size(); i++) {
            pos = starts.get(i);
            field(CronField.values()[i + 1 - six]);
        }
        int day = starts.get(2 + six);
        int weekday = starts.get(4 + six);
        boolean either = "*?".indexOf(text.charAt(day)) < 0 && "*?".indexOf(text.charAt(weekday)) < 0;
        CronFields fields = new CronFields(bits[0], bits[1], (int) bits[2], (int) bits[3], beforeLast, nearest,
                (int) bits[4], weekdays, either, fixed);
        if (!fields.everComes()) {
            throw wrong("day of month \"" + wordAt(day) + "\" never comes in month \"" + wordAt(starts.get(3 + six))
                    + (weekdays == CronFields.ALL_WEEKDAYS ? "" : "\" on day of week \"" + wordAt(weekday)) + "\"",
                    day, "write a day that these months have");
        }
        return fields;
    }

    private void field(CronField field) {
        if (field == CronField.DAY || field == CronField.WEEKDAY) {
            if (wordAt(pos).equals("?")) {
                pos++;
                add(field, field.min, field.last(), 1);
                return;
            }
        }
        do {
            item(field);
        } while (eat(','));
        if (!atBlank()) {
            throw unexpected(field);
        }
    }

    /// One item of a list.
    private void item(CronField field) {
        int start = pos;
        if (field == CronField.DAY && eat('L')) {
            if (eat('W')) {
                nearest |= 1;
            } else {
                beforeLast |= 1 << (eat('-') ? number("days before the last", 1, 30) : 0);
            }
            return;
        }
        int low;
        int high;
        if (eat('*')) {
            low = field.min;
            high = field.last();
            fixed &= field != CronField.HOUR && field != CronField.MINUTE;
        } else if (eat('~')) {
            // A day that every month has.
            low = choose(field.min, field == CronField.DAY ? 28 : field.last());
            add(field, low, low, 1);
            return;
        } else {
            low = value(field);
            if (day(field, low)) {
                return;
            }
            boolean range = eat('-');
            boolean chosen = !range && eat('~');
            int second = pos;
            high = range || chosen ? value(field) : low;
            if (high == 0 && low > 0 && Character.isLetter(text.charAt(second))) {
                high = 7; // SAT-SUN
            }
            if (high < low) {
                throw wrong(field.title + " " + text.substring(start, pos) + " runs backwards", start,
                        "write the smaller value first; " + low + "-" + field.last() + "," + field.min + "-" + high
                        + " goes over the end");
            }
            if (chosen) {
                low = choose(low, high);
                add(field, low, low, 1);
                return;
            }
            high = !range && peek() == '/' ? field.last() : high;
        }
        int step = 1;
        if (eat('/')) {
            step = number("step in " + field.title, 1, field.last() - field.min + 1);
            fixed &= field != CronField.HOUR && field != CronField.MINUTE;
        }
        add(field, low, high, step);
    }

    /// The forms of days that begin with a value: `nW`, `nL`, `n#k`.
    private boolean day(CronField field, int value) {
        if (field == CronField.DAY && eat('W')) {
            nearest |= 1 << value;
        } else if (field == CronField.WEEKDAY && eat('L')) {
            weekdays |= 1L << 35 + value % 7;
        } else if (field == CronField.WEEKDAY && eat('#')) {
            weekdays |= 1L << 7 * (number("which " + field.title + " of the month", 1, 5) - 1) + value % 7;
        } else {
            return false;
        }
        return true;
    }

    private void add(CronField field, int low, int high, int step) {
        for (int value = low; value <= high; value += step) {
            bits[field.ordinal()] |= 1L << value;
            weekdays |= field == CronField.WEEKDAY ? EVERY_WEEK << value % 7 : 0;
        }
    }

    private int value(CronField field) {
        int named = pos + 3 <= text.length() ? field.named(text.substring(pos, pos + 3)) : -1;
        if (named >= 0) {
            pos += 3;
            return named;
        }
        if (!digit()) {
            throw unexpected(field);
        }
        return number(field.title, field.min, field.max);
    }

    private int number(String what, int min, int max) {
        int start = pos;
        int value = 0;
        while (digit()) {
            value = Math.min(value * 10 + text.charAt(pos++) - '0', 99_999);
        }
        String written = text.substring(start, pos);
        if (written.isEmpty()) {
            throw wrong(what + " is missing", start, "write a number from " + min + " to " + max);
        }
        if (value < min || value > max) {
            throw Problem.badRequest(what + " " + written + " is out of range " + min + "-" + max + " (column "
                    + (start + 1) + ")");
        }
        return value;
    }

    /// One of the values, evenly: SplitMix64. Cron tasks keep what it has chosen only as their seed, so it never changes.
    private int choose(int low, int high) {
        seed += 0x9E3779B97F4A7C15L;
        long mixed = (seed ^ seed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return low + (int) Long.remainderUnsigned(mixed ^ mixed >>> 31, high - low + 1);
    }

    private Problem unexpected(CronField field) {
        String found = atBlank() ? "ends too early" : "has an unexpected \"" + text.charAt(pos) + "\"";
        return wrong(field.title + " " + found, pos, field.forms());
    }

    private Problem wrong(String what, int at, String right) {
        return Problem.badRequest(what + " (column " + (at + 1) + "): " + right);
    }

    private char peek() {
        return pos < text.length() ? text.charAt(pos) : 0;
    }

    private boolean digit() {
        return peek() >= '0' && peek() <= '9';
    }

    private boolean atBlank() {
        return pos == text.length() || text.charAt(pos) == ' ' || text.charAt(pos) == '\t';
    }

    private boolean eat(char wanted) {
        boolean found = Character.toUpperCase(peek()) == wanted;
        pos += found ? 1 : 0;
        return found;
    }

    private void skipBlanks() {
        while (pos < text.length() && atBlank()) {
            pos++;
        }
    }

    private String word() {
        int start = pos;
        while (!atBlank()) {
            pos++;
        }
        return text.substring(start, pos);
    }

    private String wordAt(int start) {
        int before = pos;
        pos = start;
        String word = word();
        pos = before;
        return word;
    }
}
