package shared.cron;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Describes an expression in words, from its meaning and not from its form: `*/30` and `0,30` read the same.
final class CronWords {

    /// If there are more times a day than this, they are not listed one by one.
    private static final int MAX_TIMES = 6;
    private static final String[] WHICH = {"1st", "2nd", "3rd", "4th", "5th", "last"};
    private static final String[] DAYS = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    private static final String[] MONTHS = {"", "January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December"};

    private CronWords() {
    }

    /// @param seconds the period of `@every`
    static String every(long seconds) {
        // A period of 24 hours is not a calendar day, so it is given in hours.
        return seconds % 86_400 == 0 && seconds > 86_400 ? every((int) (seconds / 86_400), "day")
                : seconds % 3_600 == 0 ? every((int) (seconds / 3_600), "hour")
                : seconds % 60 == 0 ? every((int) (seconds / 60), "minute") : every((int) seconds, "second");
    }

    static String of(CronFields fields) {
        String time = time(fields);
        String days = days(fields);
        return time + (days.isEmpty() && time.matches("at \\d\\d:.*") ? " every day" : days);
    }

    /// Returns, for example, `at 09:00 and 17:00` or `every 15 minutes from 09:00 to 17:59`.
    private static String time(CronFields fields) {
        long minutes = fields.minutes();
        int hours = fields.hours();
        int minute = first(minutes);
        int cycle = cycle(minutes, 60);
        boolean second = Long.bitCount(fields.seconds()) == 1;
        String colon = second && fields.seconds() > 1 ? ":" + two(first(fields.seconds())) : "";
        if (second && Long.bitCount(minutes) * Integer.bitCount(hours) <= MAX_TIMES
                && (cycle == 0 || Long.bitCount(minutes) < 3)) {
            return "at " + and(IntStream.range(0, 24 * 60)
                    .filter(time -> (hours >> time / 60 & minutes >> time % 60 & 1) != 0)
                    .mapToObj(time -> two(time / 60) + ":" + two(time % 60) + colon).toList());
        }
        String from = " from " + two(first(hours)) + ":";
        int last = 31 - Integer.numberOfLeadingZeros(hours);
        if (second && Long.bitCount(minutes) == 1 && Integer.bitCount(hours) < 24 && step(hours) > 0) {
            String at = two(minute) + colon;
            return every(step(hours), "hour") + from + at + " to " + two(last) + ":" + at;
        }
        String of = cycle > 0 ? "" : " of every hour";
        if (Integer.bitCount(hours) < 24) {
            of = step(hours) == 1 ? from + (cycle > 0 ? two(minute) : "00") + " to " + two(last) + ":59"
                    : since(minutes, "minute") + " of " + plain(hours, 24, "hour");
        } else if (cycle > 0 && minute > 0) {
            of = " from 00:" + two(minute);
        }
        if (fields.seconds() == 1) {
            return within(minutes, "minute") + of;
        }
        return within(fields.seconds(), "second") + since(fields.seconds(), "second")
                + (cycle == 1 && !second ? "" : " of " + plain(minutes, 60, "minute")) + of;
    }

    private static String days(CronFields fields) {
        boolean everyMonth = fields.months() == 0x1FFE;
        boolean everyDay = fields.days() == CronFields.ALL_DAYS;
        boolean everyWeekday = fields.weekdays() == CronFields.ALL_WEEKDAYS;
        String months = everyMonth ? "the month" : runs(fields.months(), 13, month -> MONTHS[month]);
        String in = everyMonth ? "" : " in " + months;
        if (everyDay && everyWeekday || fields.either() && (everyDay || everyWeekday)) {
            return everyMonth ? "" : " every day" + in;
        }
        String weekdays = weekdays(fields.weekdays());
        String of = " of " + months;
        if (everyDay) {
            return ", " + weekdays + (weekdays.contains("the ") ? of : in);
        }
        String days = " on " + daysOfMonth(fields);
        return everyWeekday ? days + of : fields.either() ? days + of + " or on " + weekdays + in
                : days + of + ", only if it is " + weekdays;
    }

    private static String daysOfMonth(CronFields fields) {
        List<String> days = new ArrayList<>();
        if (fields.days() != 0) {
            days.add(plain(fields.days() & 0xFFFF_FFFFL, 32, "day"));
        }
        if (fields.beforeLast() != 0) {
            days.add(each(fields.beforeLast(), n -> "the "
                    + (n == 0 ? "" : n == 1 ? "day before the " : nth(n) + " day before the ") + "last day"));
        }
        if (fields.nearest() != 0) {
            days.add(each(fields.nearest() & 0xFFFF_FFFFL, n -> n == 0 ? "the last weekday (Monday to Friday)"
                    : "the weekday (Monday to Friday) nearest day " + n));
        }
        return String.join(" and ", days);
    }

    private static String weekdays(long weekdays) {
        long plain = weekdays & weekdays >> 7 & weekdays >> 14 & weekdays >> 21 & weekdays >> 28 & 127;
        long special = weekdays & ~(plain * (CronFields.ALL_WEEKDAYS / 127));
        // Sunday comes last in a sentence.
        String days = plain == 0 ? "" : runs(plain & ~1 | plain << 7 & 128, 8, day -> DAYS[day % 7]);
        return days + (plain == 0 || special == 0 ? "" : " and ")
                + (special == 0 ? "" : each(special, bit -> "the " + WHICH[bit / 7] + " " + DAYS[bit % 7]));
    }

    /// Returns, for example, `every 15 minutes` or `at minutes 5, 10 and 30`.
    private static String within(long bits, String unit) {
        int cycle = cycle(bits, 60);
        return cycle > 0 ? every(cycle, unit) : "at " + plain(bits, 60, unit);
    }

    /// Returns where cyclic values begin, if not at 0.
    private static String since(long bits, String unit) {
        return cycle(bits, 60) == 0 || first(bits) == 0 ? "" : " from " + unit + " " + first(bits);
    }

    /// Returns, for example, `day 1`, `days 1 to 7 and 15`, `every 2nd day from day 1` or `every minute`.
    private static String plain(long bits, int end, String unit) {
        int count = Long.bitCount(bits);
        int step = step(bits);
        return cycle(bits, end) == 1 ? "every " + unit
                : count > 3 && step > 1 && first(bits) + count * step >= end
                ? "every " + nth(step) + " " + unit + " from " + unit + " " + first(bits)
                : unit + (count > 1 ? "s " : " ") + runs(bits, end, Integer::toString);
    }

    /// Returns the step of several values that go round evenly, such as 5, 20, 35, 50 of 60; 0 if they do not.
    private static int cycle(long bits, int end) {
        int step = step(bits);
        return Long.bitCount(bits) > 1 && step * Long.bitCount(bits) == end && first(bits) < step ? step : 0;
    }

    /// Returns the distance between values that are evenly spaced; 1 for a single one, 0 if they are not.
    private static int step(long bits) {
        long others = bits & bits - 1;
        int step = others == 0 ? 1 : first(others) - first(bits);
        long steps = 0;
        for (int value = first(bits); value < 64 - Long.numberOfLeadingZeros(bits); value += step) {
            steps |= 1L << value;
        }
        return steps == bits ? step : 0;
    }

    /// Returns, for example, `1, 2 and 5 to 7`.
    private static String runs(long bits, int end, IntFunction<String> name) {
        List<String> items = new ArrayList<>();
        for (int value = 0; value < end; value++) {
            int length = first(~(bits >>> value));
            if (length > 2) {
                items.add(name.apply(value) + " to " + name.apply(value + length - 1));
                value += length - 1;
            } else if (length > 0) {
                items.add(name.apply(value));
            }
        }
        return and(items);
    }

    private static String each(long bits, IntFunction<String> name) {
        return and(IntStream.range(0, 64).filter(i -> (bits >> i & 1) != 0).mapToObj(name).toList());
    }

    private static String and(List<String> items) {
        int last = items.size() - 1;
        return last == 0 ? items.get(0) : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }

    private static String every(int count, String unit) {
        return "every " + (count == 1 ? unit : count + " " + unit + "s");
    }

    private static String nth(int n) {
        return n + (n / 10 == 1 || n % 10 == 0 || n % 10 > 3 ? "th" : new String[] {"st", "nd", "rd"}[n % 10 - 1]);
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }

    private static int first(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }
}
