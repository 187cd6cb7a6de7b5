package shared.cron;

import java.time.LocalDate;

/// The local times of an expression as bit sets, and the first of them from a given one on, found field by field. A
/// local time is the number of seconds from 1970-01-01T00:00 to it on the wall clock.
///
/// @param beforeLast bit n: the day n days before the last day of the month
/// @param nearest bit n: the Monday to Friday nearest to day n, within its month; bit 0: nearest to the last day
/// @param weekdays six rows of seven bits, Sunday first: the 1st to the 5th such day of the month, then the last; a
///                 plain weekday is in the first five
/// @param either whether day of month and day of week are both restricted, so that one that matches is enough
/// @param fixed whether hour and minute have neither `*` nor a step, see [CronExpression]
record CronFields(long seconds, long minutes, int hours, int days, int beforeLast, int nearest, int months,
        long weekdays, boolean either, boolean fixed) {

    static final int ALL_DAYS = -2;
    static final long ALL_WEEKDAYS = (1L << 35) - 1;
    /// Larger than any local time.
    static final long NEVER = Long.MAX_VALUE / 100_000;

    private static final int DAY_SECONDS = 86_400;
    /// The calendar repeats after 400 years, weekdays included.
    private static final int CYCLE = 400;

    boolean everComes() {
        return firstDay(0) != NEVER;
    }

    /// Returns the first of these local times that is not before `local`.
    long first(long local) {
        long today = Math.floorDiv(local, DAY_SECONDS);
        long day = firstDay(today);
        if (day == today) {
            int time = firstTime((int) (local - today * DAY_SECONDS));
            if (time >= 0) {
                return day * DAY_SECONDS + time;
            }
            day = firstDay(today + 1);
        }
        return day * DAY_SECONDS + firstTime(0);
    }

    /// Returns the first second of the day from `time` on, or -1 if there is none that day.
    private int firstTime(int time) {
        int hour = time / 3600;
        if ((hours >>> hour & 1) != 0) {
            int minute = time / 60 % 60;
            int second = (minutes >>> minute & 1) == 0 ? 64 : next(seconds, time % 60);
            if (second == 64) {
                minute = next(minutes, minute + 1);
                second = next(seconds, 0);
            }
            if (minute < 64) {
                return hour * 3600 + minute * 60 + second;
            }
        }
        hour = next(hours, hour + 1);
        return hour == 64 ? -1 : hour * 3600 + next(minutes, 0) * 60 + next(seconds, 0);
    }

    /// Returns the first matching day from `day` on, both counted from 1970-01-01, or [#NEVER].
    private long firstDay(long day) {
        LocalDate month = LocalDate.ofEpochDay(day);
        int passed = month.getDayOfMonth() - 1;
        month = month.minusDays(passed);
        int found = daysOf(month) & -2 << passed;
        for (int end = month.getYear() + CYCLE; found == 0;) {
            int next = next(months, month.getMonthValue() + 1);
            month = next < 64 ? month.withMonth(next) : month.plusYears(1).withMonth(next(months, 1));
            if (month.getYear() > end) {
                return NEVER;
            }
            found = daysOf(month);
        }
        return month.toEpochDay() - 1 + Integer.numberOfTrailingZeros(found);
    }

    /// Returns the matching days of the month that begins with this day, bit 1 for the first.
    private int daysOf(LocalDate first) {
        if ((months >>> first.getMonthValue() & 1) == 0) {
            return 0;
        }
        int length = first.lengthOfMonth();
        int weekday = first.getDayOfWeek().getValue();
        int byDay = days | Integer.reverse(beforeLast) >>> 31 - length;
        for (int rest = nearest; rest != 0; rest &= rest - 1) {
            int day = Integer.numberOfTrailingZeros(rest);
            day = day == 0 ? length : day;
            if (day <= length) {
                int on = (weekday + day - 1) % 7;
                byDay |= 1 << day + (on == 0 ? day == length ? -2 : 1 : on < 6 ? 0 : day == 1 ? 2 : -1);
            }
        }
        int byWeekday = week(5, weekday + length) << length - 6;
        for (int row = 0; row < 5; row++) {
            byWeekday |= week(row, weekday) << 7 * row + 1;
        }
        return (either ? byDay | byWeekday : byDay & byWeekday) & -2 & -1 >>> 31 - length;
    }

    /// Returns a row of [#weekdays] for the seven days that begin with this weekday.
    private int week(int row, int weekday) {
        int bits = (int) (weekdays >>> 7 * row) & 127;
        return (bits | bits << 7) >>> weekday % 7 & 127;
    }

    /// Returns the first bit from this one on, or 64.
    private static int next(long bits, int from) {
        return Long.numberOfTrailingZeros(bits & -1L << from);
    }
}
