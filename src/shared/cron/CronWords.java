package shared.cron;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// An expression in words, made from what it means and not from how it is written: `*/30` and `0,30` read the same.
final class CronWords {

    /// More times a day than these are not listed one by one.
    private static final int MAX_TIMES = 6;
    private static final String[] ORDINALS = {"1st", "2nd", "3rd", "4th", "5th", "last"};
    private static final String[] DAYS = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    private static final String[] MONTHS = {"", "January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December"};

    private final CronFields fields;

    CronWords(CronFields fields) {
        this.fields = fields;
    }

    /// @param seconds the period of `@every`
    static String every(long seconds) {
        long[] sizes = {86_400, 3_600, 60, 1};
        String[] units = {"day", "hour", "minute", "second"};
        int i = 0;
        while (seconds % sizes[i] != 0 || seconds == 86_400 && i == 0) {
            i++; // A day of 24 hours is not a day of the calendar.
        }
        return every((int) (seconds / sizes[i]), units[i]);
    }

    @Override
    public String toString() {
        String days = days();
        boolean listed = Long.bitCount(fields.minutes()) * Integer.bitCount(fields.hours()) <= MAX_TIMES
                && (cycle(fields.minutes(), 60) == 0 || Long.bitCount(fields.minutes()) < 3);
        return (listed ? times() : pattern()) + (listed && days.isEmpty() ? " every day" : days);
    }

    /// `at 09:00 and 17:00`
    private String times() {
        boolean second = Long.bitCount(fields.seconds()) == 1;
        String suffix = !second || fields.seconds() == 1 ? "" : ":" + two(first(fields.seconds()));
        List<String> times = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            for (int minute = 0; minute < 60; minute++) {
                if ((fields.hours() >> hour & fields.minutes() >> minute & 1) != 0) {
                    times.add(two(hour) + ":" + two(minute) + suffix);
                }
            }
        }
        return (second ? "at " : within(fields.seconds(), "second") + " during ") + and(times);
    }

    /// `every 15 minutes from 09:00 to 17:59`
    private String pattern() {
        long minutes = fields.minutes();
        int hourly = cycle(fields.hours(), 24);
        int minute = first(minutes);
        if (fields.seconds() == 1) {
            if (Long.bitCount(minutes) > 1) {
                boolean cycle = cycle(minutes, 60) > 0;
                return within(minutes, "minute") + hours(cycle ? minute : 0, !cycle || minute > 0);
            }
            String times = runs(fields.hours(), 24, hour -> two(hour) + ":" + two(minute));
            if (hourly > 1) {
                return every(hourly, "hour") + " from " + two(first(fields.hours())) + ":" + two(minute);
            }
            return hourly == 1 ? "at minute " + minute + " of every hour"
                    : times.matches("\\S+ to \\S+") ? "every hour from " + times : "at " + times;
        }
        String seconds = within(fields.seconds(), "second");
        boolean single = !seconds.startsWith("every ");
        if (cycle(minutes, 60) == 1) {
            return seconds + (single ? " of every minute" : "") + hours(0, false);
        }
        return seconds + (single ? " of " : " during ") + plain(minutes, 60, "minute") + hours(0, true);
    }

    /// ` from 09:00 to 17:59`
    private String hours(int minute, boolean always) {
        int cycle = cycle(fields.hours(), 24);
        if (cycle == 1) {
            return !always ? "" : minute > 0 ? " from 00:" + two(minute) : " of every hour";
        }
        if (cycle > 1 && Integer.bitCount(fields.hours()) > 2) {
            return " in every " + nth(cycle) + " hour from " + two(first(fields.hours())) + ":00";
        }
        List<String> spans = new ArrayList<>();
        for (int hour = 0; hour < 24; hour++) {
            int start = hour;
            while (hour < 24 && (fields.hours() >> hour & 1) != 0) {
                hour++;
            }
            if (hour > start) {
                spans.add("from " + two(start) + ":" + two(minute) + " to " + two(hour - 1) + ":59");
            }
        }
        return " " + and(spans);
    }

    private String days() {
        boolean everyMonth = fields.months() == 0x1FFE;
        String months = runs(fields.months(), 13, month -> MONTHS[month]);
        String in = everyMonth ? "" : " in " + months;
        boolean everyDay = fields.days() == CronFields.ALL_DAYS;
        boolean everyWeekday = fields.weekdays() == CronFields.ALL_WEEKDAYS;
        if (everyDay && everyWeekday || fields.either() && (everyDay || everyWeekday)) {
            return everyMonth ? "" : " every day" + in;
        }
        String of = " of " + (everyMonth ? "the month" : months);
        String weekdays = weekdays(of);
        if (everyDay) {
            return ", " + weekdays + (weekdays.endsWith(of) ? "" : in);
        }
        String days = " on " + daysOfMonth();
        return everyWeekday ? days + of
                : fields.either() ? days + " of the month or on " + weekdays(" of the month") + in
                : days + of + ", only if it is " + weekdays;
    }

    private String daysOfMonth() {
        List<String> days = new ArrayList<>();
        if (fields.days() != 0) {
            days.add(plain(fields.days() & 0xFFFF_FFFFL, 32, "day"));
        }
        for (int n = 30; n >= 0; n--) {
            if ((fields.beforeLast() >> n & 1) != 0) {
                days.add("the " + (n == 0 ? "" : n == 1 ? "day before the " : nth(n) + " day before the ") + "last day");
            }
        }
        for (int day = 0; day < 32; day++) {
            if ((fields.nearest() >> day & 1) != 0) {
                days.add(day == 0 ? "the last weekday (Monday to Friday)"
                        : "the weekday (Monday to Friday) nearest day " + day);
            }
        }
        return and(days);
    }

    private String weekdays(String of) {
        // Sunday comes last in a sentence.
        long everyWeek = 127;
        for (int row = 0; row < 5; row++) {
            everyWeek &= fields.weekdays() >> 7 * row;
        }
        List<String> days = new ArrayList<>();
        if (everyWeek != 0) {
            days.add(runs(everyWeek >> 1 << 1 | (everyWeek & 1) << 7, 8, day -> DAYS[day % 7]));
        }
        for (int bit = 0; bit < 42; bit++) {
            if ((fields.weekdays() >> bit & 1) != 0 && (bit >= 35 || (everyWeek >> bit % 7 & 1) == 0)) {
                days.add("the " + ORDINALS[bit / 7] + " " + DAYS[bit % 7]);
            }
        }
        return and(days) + (days.get(days.size() - 1).startsWith("the ") ? of : "");
    }

    /// `every 15 minutes`, or `at minutes 5, 10 and 30`
    private static String within(long bits, String unit) {
        int cycle = cycle(bits, 60);
        return cycle > 0 && Long.bitCount(bits) > 1 ? every(cycle, unit) : "at " + plain(bits, 60, unit);
    }

    /// `day 1`, `days 1 to 7 and 15`, `every 2nd day from day 1`
    private static String plain(long bits, int end, String unit) {
        int first = first(bits);
        int step = first(bits & bits - 1) - first;
        if (Long.bitCount(bits) > 3 && step > 1 && bits == steps(first, step, end)) {
            return "every " + nth(step) + " " + unit + " from " + unit + " " + first;
        }
        return unit + (Long.bitCount(bits) > 1 ? "s " : " ") + runs(bits, end, Integer::toString);
    }

    /// The step of values that go round evenly, as in 5, 20, 35, 50 of 60; 1 for all, 0 if they do not.
    private static int cycle(long bits, int end) {
        int count = Long.bitCount(bits);
        int step = end / count;
        return end % count == 0 && bits == steps(first(bits), step, end) && first(bits) < step ? step : 0;
    }

    private static long steps(int first, int step, int end) {
        long bits = 0;
        for (int value = first; value < end; value += step) {
            bits |= 1L << value;
        }
        return bits;
    }

    /// `1, 2 and 5 to 7`
    private static String runs(long bits, int end, IntFunction<String> name) {
        List<String> items = new ArrayList<>();
        for (int value = 0; value < end; value++) {
            if ((bits >> value & 1) != 0) {
                int to = value + Long.numberOfTrailingZeros(~(bits >> value)) - 1;
                boolean run = to - value > 1;
                items.add(name.apply(value) + (run ? " to " + name.apply(to) : ""));
                value = run ? to : value;
            }
        }
        return and(items);
    }

    private static String and(List<String> items) {
        int last = items.size() - 1;
        return last == 0 ? items.get(0) : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }

    private static String every(int count, String unit) {
        return "every " + (count == 1 ? unit : count + " " + unit + "s");
    }

    private static String nth(int number) {
        return number + (number / 10 == 1 ? "th" : number % 10 == 1 ? "st" : number % 10 == 2 ? "nd"
                : number % 10 == 3 ? "rd" : "th");
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }

    private static int first(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }
}
