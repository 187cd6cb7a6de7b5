package shared.cron;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

import shared.Problem;

/// The due times of a recurring task. The fields are those of crontab(5): minute, hour, day of month, month, day of
/// week; a sixth one, before them, is seconds. Or it is `@daily` or the like, or `@every 90m`. `CRON_TZ=Area/City` may
/// precede it.
///
/// If day of month and day of week are both restricted, a day that matches either is due. A field that begins with `*`
/// or `?`, even one with a step, is not restricted: then both must match. This is vixie cron's rule.
///
/// **When the clocks change** by less than three hours, the rule is that of Debian's cron(8):
/// - A job for fixed times, that is, one with neither `*` nor a step in its hour or minute, that is due in the skipped
///   time is due once at the end of the gap (the first moment after it), however many of its times were skipped. If it
///   is due in the time that occurs twice, it is due the first time only.
/// - Any other job follows the wall clock: it has no due times in the gap, and in the repeated time it is due in both
///   passes. So `*/15 * * * *` runs every 15 minutes of real time, and `30 * * * *` once in every real hour.
///
/// A change of three hours or more (a zone that moves across the date line) is a correction, and every job follows the
/// new time at once: what was due on a skipped day is not made up for; what is due on a repeated day is due twice.
public final class CronExpression {

    /// A change of the clocks by at least this many seconds is a correction.
    private static final int CORRECTION_SECONDS = 3 * 3600;
    /// More than the difference between any two offsets of a zone, and between an offset and a change under three
    /// hours, in seconds.
    private static final int SPREAD_SECONDS = 28 * 3600;
    private static final Instant BEGIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("9999-12-31T00:00:00Z");

    private final String expression;
    private final ZoneId zone;
    private final CronFields fields;
    private final Duration period;

    /// @param zone the zone that the expression itself names, or null
    /// @param fields null for `@every`
    /// @param period null except for `@every`
    CronExpression(String expression, ZoneId zone, CronFields fields, Duration period) {
        this.expression = expression;
        this.zone = zone;
        this.fields = fields;
        this.period = period;
    }

    /// Reads an expression.
    ///
    /// @param seed decides the values of `~`: the same seed gives the same values in every version of the program
    /// @throws Problem that names field, column and what would be right; also for a date that never occurs
    public static CronExpression parse(String text, long seed) {
        return new CronParser(text, seed).parse();
    }

    /// Returns the first due time after a moment.
    ///
    /// @param zone   the zone whose clock counts, unless the expression names one
    /// @param anchor the moment from which `@every` counts: its first due time is one period later
    /// @throws Problem if it would be after the year 9999, or the moment is before the year 1
    public Instant next(Instant after, ZoneId zone, Instant anchor) {
        if (after.isAfter(BEGIN) && after.isBefore(END)) {
            Instant due = fields == null ? nextPeriod(after, anchor) : nextLocal(after, zoneOr(zone).getRules());
            if (due.isBefore(END)) {
                return due;
            }
        }
        throw Problem.badRequest("\"" + expression + "\" has no due time after " + after + " in the years 1 to 9999");
    }

    /// Returns whether this is an `@every`.
    public boolean isEvery() {
        return fields == null;
    }

    /// Returns the zone that the expression names, else the given one.
    public ZoneId zoneOr(ZoneId otherwise) {
        return zone == null ? otherwise : zone;
    }

    /// Returns in words when it is due: `at 09:00, Monday to Friday`, with its zone if the expression names one.
    public String describe() {
        return zone == null ? words() : describe(zone);
    }

    /// Returns in words when it is due, and in which zone: `at 09:00, Monday to Friday (Europe/Berlin)`.
    ///
    /// @param followed the zone whose clock counts, unless the expression names one
    public String describe(ZoneId followed) {
        return words() + " (" + zoneOr(followed) + ")";
    }

    private String words() {
        return fields == null ? CronWords.every(period.toSeconds()) : CronWords.of(fields);
    }

    private Instant nextPeriod(Instant after, Instant anchor) {
        long passed = after.isBefore(anchor) ? 0 : Duration.between(anchor, after).dividedBy(period);
        return anchor.plus(period.multipliedBy(passed + 1));
    }

    /// Advances from one change of the clocks to the next, skipping those before which no time can match.
    private Instant nextLocal(Instant after, ZoneRules rules) {
        long from = after.getEpochSecond() + 1;
        while (true) {
            Instant start = Instant.ofEpochSecond(from);
            ZoneOffsetTransition change = rules.nextTransition(start);
            int offset = (change == null ? rules.getOffset(start) : change.getOffsetBefore()).getTotalSeconds();
            long local = from + offset;
            if (fields.fixed()) {
                ZoneOffsetTransition last = rules.previousTransition(start.plusSeconds(1));
                int skipped = last == null ? 0 : offset - last.getOffsetBefore().getTotalSeconds();
                if (skipped < 0 && skipped > -CORRECTION_SECONDS) {
                    local = Math.max(local, last.toEpochSecond() + last.getOffsetBefore().getTotalSeconds());
                } else if (skipped > 0 && skipped < CORRECTION_SECONDS && last.toEpochSecond() == from
                        && fields.first(local - skipped) < local) {
                    return start;
                }
            }
            long due = fields.first(local);
            if (change == null || due - offset < change.toEpochSecond() || due >= END.getEpochSecond()) {
                return Instant.ofEpochSecond(due - offset);
            }
            boolean far = change.toEpochSecond() - from > SPREAD_SECONDS;
            from = far ? Math.max(change.toEpochSecond(), due - SPREAD_SECONDS) : change.toEpochSecond();
        }
    }
}
