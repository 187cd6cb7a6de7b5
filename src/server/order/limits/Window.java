package server.order.limits;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import shared.Problem;
import shared.Zones;

/// A time of the day in which tasks may start: `22:00-06:00 Europe/Berlin`, `mon-fri 12:00-13:00`. A window whose end
/// is not after its beginning ends on the next day. The days are those on which it opens.
///
/// When the clocks change, a window opens and closes as a cron task with a fixed time fires
/// ([shared.cron.CronExpression]): a time that is skipped counts as the end of the skipped hour, a time that occurs
/// twice counts the first time. So a window within the skipped hour does not open on that day. (The same holds if a
/// zone skips a whole day; cron ignores what was due on such a day.)
///
/// Times are milliseconds since the epoch.
public final class Window {

    /// The form of a window, for messages.
    static final String FORM = "as 22:00-06:00, mon-fri 12:00-13:00 or sat,sun 00:00-24:00 Europe/Berlin";

    private static final Pattern TEXT =
            Pattern.compile("(?:([a-z,-]+) +)?(\\d\\d:\\d\\d) ?- ?(\\d\\d:\\d\\d)(?: +(\\S+))?");
    /// Within this many days every day of the week occurs, whatever a zone skips.
    private static final int MAX_DAYS = 16;

    private final String text;
    private final LocalTime start;
    private final LocalTime end;
    /// Whether it ends on the day after it opens.
    private final boolean overnight;
    private final Set<DayOfWeek> days;
    private final ZoneId zone;

    private Window(String text, LocalTime start, LocalTime end, Set<DayOfWeek> days, ZoneId zone) {
        this.text = text;
        this.start = start;
        this.end = end;
        this.overnight = !start.isBefore(end);
        this.days = days;
        this.zone = zone;
    }

    /// Reads a window.
    ///
    /// @param local the zone of a window that names none
    /// @throws Problem that says what is wrong
    static Window parse(String text, ZoneId local) {
        Matcher parts = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw Problem.badRequest("must be a time of the day, " + FORM + ", not \"" + Problem.shown(text) + "\"");
        }
        LocalTime start = time(parts.group(2), text);
        boolean midnight = parts.group(3).equals("24:00");
        LocalTime end = midnight ? LocalTime.MIN : time(parts.group(3), text);
        if (start.equals(end) && !midnight) {
            throw Problem.badRequest("must not end when it begins; 00:00-24:00 is the whole day");
        }
        ZoneId zone = parts.group(4) == null ? local
                : Zones.named("its zone", text.strip().substring(parts.start(4)));
        return new Window(text.strip(), start, end, parts.group(1) == null ? EnumSet.allOf(DayOfWeek.class)
                : days(parts.group(1)), zone);
    }

    /// Returns whether tasks may start.
    ///
    /// @param at milliseconds since the epoch
    public boolean isOpen(long at) {
        // it opened on this day or the day before: one that opened earlier has ended
        LocalDate today = date(at);
        return opens(today) && begin(today) <= at && at < end(today)
                || opens(today.minusDays(1)) && begin(today.minusDays(1)) <= at && at < end(today.minusDays(1));
    }

    /// Returns when it next opens or closes after a moment, both in milliseconds since the epoch; Long.MAX_VALUE if
    /// never.
    public long next(long after) {
        boolean open = isOpen(after);
        LocalDate first = date(after).minusDays(1);
        long next = Long.MAX_VALUE;
        for (int i = 0; i < MAX_DAYS; i++) {
            LocalDate day = first.plusDays(i);
            if (!opens(day) || begin(day) >= end(day)) {
                continue;
            }
            long change = open ? end(day) : begin(day);
            // if one ends when the next begins, it stays open
            if (change > after && isOpen(change) != open) {
                next = Math.min(next, change);
                return next;
            }
        }
        return next;
    }

    private boolean opens(LocalDate day) {
        return days.contains(day.getDayOfWeek());
    }

    private long begin(LocalDate day) {
        return moment(day.atTime(start));
    }

    private long end(LocalDate day) {
        return moment((overnight ? day.plusDays(1) : day).atTime(end));
    }

    private LocalDate date(long at) {
        return Instant.ofEpochMilli(at).atZone(zone).toLocalDate();
    }

    private long moment(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        return (change != null && change.isGap() ? change.getInstant() : local.atZone(zone).withEarlierOffsetAtOverlap()
                .toInstant()).toEpochMilli();
    }

    private static LocalTime time(String text, String whole) {
        int hour = Integer.parseInt(text.substring(0, 2));
        int minute = Integer.parseInt(text.substring(3));
        if (hour > 23 || minute > 59) {
            throw Problem.badRequest("must hold times from 00:00 to 23:59, " + FORM + ", not \""
                    + Problem.shown(whole) + "\"");
        }
        return LocalTime.of(hour, minute);
    }

    /// Reads days such as `mon`, `mon-fri`, `sat,sun`; a range may extend over the end of the week.
    private static Set<DayOfWeek> days(String text) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : text.split(",", -1)) {
            String[] ends = part.split("-", -1);
            DayOfWeek day = day(ends[0]);
            DayOfWeek last = day(ends[ends.length - 1]);
            if (ends.length > 2) {
                throw Problem.badRequest("must hold days as mon-fri or sat,sun, not \"" + Problem.shown(part) + "\"");
            }
            days.add(day);
            while (day != last) {
                day = day.plus(1);
                days.add(day);
            }
        }
        return days;
    }

    private static DayOfWeek day(String text) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(text)) {
                return day;
            }
        }
        throw Problem.badRequest("must hold days as mon, tue, wed, thu, fri, sat or sun, not \""
                + Problem.shown(text) + "\"");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Window that && text.equals(that.text) && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// Returns the window as it was written.
    @Override
    public String toString() {
        return text;
    }
}
