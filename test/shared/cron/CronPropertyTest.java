package shared.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;

import shared.Problem;

/// [CronExpression#next] against a stepper that knows nothing of bits and jumps: it looks at every minute, second or
/// day by `java.time`, with expressions whose meaning is built beside their text and not read from it.
class CronPropertyTest {

    private static final String[] ZONES = {"UTC", "America/New_York", "Europe/Berlin", "Europe/Dublin",
        "Australia/Lord_Howe", "Pacific/Apia", "Antarctica/Troll", "Antarctica/Casey", "Africa/Casablanca",
        "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Gaza", "America/Caracas", "Pacific/Kwajalein", "Asia/Tehran"};
    private static final String[] DAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
    private static final String[] MONTHS = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT",
        "NOV", "DEC"};

    private final long seed = Long.getLong("seed", System.nanoTime());

    @Test
    void next_randomAgainstEveryMinute_same() {
        for (long i = seed; i < seed + 200; i++) {
            Random random = new Random(i);
            Expression expression = Expression.random(random, false);
            ZoneId zone = ZoneId.of(ZONES[random.nextInt(ZONES.length)]);
            compare(i, expression, zone, start(random, zone, 3 * 86_400), 60, 3_600);
        }
    }

    @Test
    void next_randomAgainstEverySecond_same() {
        for (long i = seed; i < seed + 50; i++) {
            Random random = new Random(i);
            Expression expression = Expression.random(random, true);
            ZoneId zone = ZoneId.of(ZONES[random.nextInt(ZONES.length)]);
            compare(i, expression, zone, start(random, zone, 7_200), 1, 10_800);
        }
    }

    @Test
    void next_randomDatesAgainstEveryDay_same() {
        for (long i = seed; i < seed + 600; i++) {
            Random random = new Random(i);
            Dates dates = Dates.random(random);
            String text = "0 0 " + dates.text;
            LocalDate day = LocalDate.of(1890 + random.nextInt(300), 1 + random.nextInt(12), 1 + random.nextInt(28));
            LocalDate limit = day.plusYears(9);
            LocalDate expected = day.plusDays(1);
            while (expected.isBefore(limit) && !dates.matches(expected)) {
                expected = expected.plusDays(1);
            }
            String what = "seed " + i + ": " + text + " after " + day;
            LocalDate found = limit;
            try {
                found = LocalDate.ofInstant(CronExpression.parse(text, 0).next(day.atStartOfDay(ZoneOffset.UTC)
                        .toInstant(), ZoneOffset.UTC, Instant.EPOCH), ZoneOffset.UTC);
            } catch (Problem never) {
                assertEquals(limit, expected, what + " " + never.getMessage());
            }
            assertEquals(expected, found.isBefore(limit) ? found : limit, what);
        }
    }

    /// Somewhere from 1973 to 2060, half of the times shortly before the zone's clocks change.
    private static Instant start(Random random, ZoneId zone, int before) {
        Instant start = Instant.ofEpochSecond(94_694_400L + (long) (random.nextDouble() * 87 * 365 * 86_400));
        ZoneOffsetTransition change = zone.getRules().nextTransition(start);
        return change == null || random.nextBoolean() ? start
                : change.getInstant().minusSeconds(random.nextInt(before) - before / 4).plusNanos(random.nextInt(2));
    }

    /// All due times that the stepper finds in so many steps, and that the next one is no earlier than where it ended.
    private static void compare(long seed, Expression expression, ZoneId zone, Instant from, int step, int steps) {
        String what = "seed " + seed + ": " + expression.text + " in " + zone + " from " + from + ": ";
        CronExpression cron;
        try {
            cron = CronExpression.parse(expression.text, 0);
        } catch (Problem never) {
            assertEquals(true, never.getMessage().contains("never comes"), what + never.getMessage());
            return;
        }
        ZoneRules rules = zone.getRules();
        Instant at = from;
        long second = Math.floorDiv(from.getEpochSecond(), step) * step;
        for (int i = 0; i < steps; i++) {
            second += step;
            if (expression.due(second, step, rules)) {
                Instant expected = Instant.ofEpochSecond(second);
                assertEquals(expected, cron.next(at, zone, Instant.EPOCH), what + "after " + at);
                at = expected;
            }
        }
        try {
            Instant next = cron.next(at, zone, Instant.EPOCH);
            assertEquals(true, next.getEpochSecond() > second, what + "after " + at + " too early: " + next);
        } catch (Problem tooLate) {
            assertNotNull(tooLate.getMessage());
        }
    }

    /// The values of one field, and how they may be written.
    private record Values(String text, boolean wild, List<Integer> values) {

        static Values random(Random random, int min, int max, int dense) {
            if (random.nextInt(10) < dense) {
                int step = random.nextInt(3) == 0 ? 1 + random.nextInt(max - min) : 1;
                return new Values("*" + (step > 1 || random.nextInt(9) == 0 ? "/" + step : ""), true,
                        range(min, max, step));
            }
            List<String> items = new ArrayList<>();
            List<Integer> values = new ArrayList<>();
            boolean wild = false;
            do {
                int low = min + random.nextInt(max - min + 1);
                int high = low + random.nextInt(max - low + 1);
                int step = 1 + random.nextInt(7);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        items.add(low + "-" + high);
                        values.addAll(range(low, high, 1));
                    }
                    case 1 -> {
                        items.add(low + "-" + high + "/" + step);
                        values.addAll(range(low, high, step));
                        wild = true;
                    }
                    case 2 -> {
                        items.add(low + "/" + step);
                        values.addAll(range(low, max, step));
                        wild = true;
                    }
                    default -> {
                        items.add((random.nextInt(5) == 0 ? "0" : "") + low);
                        values.add(low);
                    }
                }
            } while (random.nextInt(3) == 0);
            return new Values(String.join(",", items), wild, values);
        }

        private static List<Integer> range(int low, int high, int step) {
            List<Integer> values = new ArrayList<>();
            for (int value = low; value <= high; value += step) {
                values.add(value);
            }
            return values;
        }
    }

    /// Day of month, month and day of week.
    private record Dates(String text, Predicate<LocalDate> day, Values months, Predicate<LocalDate> weekday,
            boolean either) {

        static Dates random(Random random) {
            Values months = Values.random(random, 1, 12, 6);
            String month = months.text;
            if (months.values.size() == 1 && !months.wild) {
                month = MONTHS[months.values.get(0) - 1];
                month = random.nextBoolean() ? month : month.toLowerCase();
            }
            StringBuilder text = new StringBuilder();
            Predicate<LocalDate> day = day(random, text);
            text.append(' ').append(month).append(' ');
            int start = text.length();
            Predicate<LocalDate> weekday = weekday(random, text);
            boolean either = "*?".indexOf(text.charAt(0)) < 0 && "*?".indexOf(text.charAt(start)) < 0;
            return new Dates(text.toString(), day, months, weekday, either);
        }

        boolean matches(LocalDate date) {
            boolean byDay = day.test(date);
            boolean byWeekday = weekday.test(date);
            return months.values.contains(date.getMonthValue()) && (either ? byDay || byWeekday : byDay && byWeekday);
        }

        private static Predicate<LocalDate> day(Random random, StringBuilder text) {
            int n = 1 + random.nextInt(random.nextBoolean() ? 30 : 6);
            switch (random.nextInt(12)) {
                case 0:
                    text.append("L");
                    return date -> date.getDayOfMonth() == date.lengthOfMonth();
                case 1:
                    text.append("L-").append(n);
                    return date -> date.getDayOfMonth() == date.lengthOfMonth() - n;
                case 2:
                    text.append("LW");
                    return date -> nearest(date.withDayOfMonth(date.lengthOfMonth())).equals(date);
                case 3:
                    text.append(n).append("w");
                    return date -> n <= date.lengthOfMonth() && nearest(date.withDayOfMonth(n)).equals(date);
                case 4:
                    text.append("1,L,").append(n).append('W');
                    return date -> date.getDayOfMonth() == 1 || date.getDayOfMonth() == date.lengthOfMonth()
                            || n <= date.lengthOfMonth() && nearest(date.withDayOfMonth(n)).equals(date);
                case 5:
                    text.append("?");
                    return date -> true;
                default:
                    Values values = Values.random(random, 1, 31, 5);
                    text.append(values.text);
                    return date -> values.values.contains(date.getDayOfMonth());
            }
        }

        private static LocalDate nearest(LocalDate day) {
            for (int distance = 0;; distance++) {
                for (LocalDate near : List.of(day.minusDays(distance), day.plusDays(distance))) {
                    if (near.getMonth() == day.getMonth() && near.getDayOfWeek().getValue() <= 5) {
                        return near;
                    }
                }
            }
        }

        private static Predicate<LocalDate> weekday(Random random, StringBuilder text) {
            int n = random.nextInt(8);
            DayOfWeek wanted = DayOfWeek.of(n % 7 == 0 ? 7 : n);
            String name = random.nextBoolean() ? DAYS[n % 7] : "" + n;
            int which = 1 + random.nextInt(5);
            switch (random.nextInt(8)) {
                case 0:
                    text.append(name).append("L");
                    return date -> date.getDayOfWeek() == wanted && date.plusDays(7).getMonth() != date.getMonth();
                case 1:
                    text.append(name).append("#").append(which);
                    return date -> date.getDayOfWeek() == wanted && (date.getDayOfMonth() + 6) / 7 == which;
                case 2:
                    text.append(name);
                    return date -> date.getDayOfWeek() == wanted;
                case 3:
                    text.append("?");
                    return date -> true;
                default:
                    Values values = Values.random(random, 0, 6, 5);
                    text.append(values.text);
                    return date -> values.values.contains(date.getDayOfWeek().getValue() % 7);
            }
        }
    }

    private record Expression(String text, Values seconds, Values minutes, Values hours, Dates dates) {

        static Expression random(Random random, boolean withSeconds) {
            Values seconds = withSeconds ? Values.random(random, 0, 59, 5) : new Values("", false, List.of(0));
            Values minutes = Values.random(random, 0, 59, 3);
            Values hours = Values.random(random, 0, 23, 4);
            Dates dates = random.nextBoolean() ? Dates.random(random)
                    : new Dates("* * *", date -> true, Values.random(random, 1, 12, 10), date -> true, false);
            if (dates.text.equals("* * *")) {
                dates = new Dates("* * *", date -> true, new Values("*", true, Values.range(1, 12, 1)), date -> true,
                        false);
            }
            return new Expression((withSeconds ? seconds.text + " " : "") + minutes.text + " " + hours.text + " "
                    + dates.text, seconds, minutes, hours, dates);
        }

        /// Whether it is due at this moment, by the rules that [CronExpression] states.
        boolean due(long second, int step, ZoneRules rules) {
            LocalDateTime local = local(second, rules);
            LocalDateTime before = local(second - step, rules);
            boolean fixed = !minutes.wild && !hours.wild;
            ZoneOffset offset = rules.getOffset(Instant.ofEpochSecond(second));
            if (fixed && rules.getValidOffsets(local).size() == 2 && small(rules.getTransition(local))
                    && offset.equals(rules.getTransition(local).getOffsetAfter())) {
                return false;
            }
            if (matches(local)) {
                return true;
            }
            LocalDateTime skipped = before.plusSeconds(step);
            if (fixed && local.isAfter(skipped) && small(rules.getTransition(skipped))) {
                while (skipped.isBefore(local)) {
                    if (matches(skipped)) {
                        return true;
                    }
                    skipped = skipped.plusSeconds(step);
                }
            }
            return false;
        }

        private static boolean small(ZoneOffsetTransition change) {
            return change.getDuration().abs().compareTo(Duration.ofHours(3)) < 0;
        }

        private static LocalDateTime local(long second, ZoneRules rules) {
            ZoneOffset offset = rules.getOffset(Instant.ofEpochSecond(second));
            return LocalDateTime.ofEpochSecond(second, 0, offset);
        }

        private boolean matches(LocalDateTime local) {
            return minutes.values.contains(local.getMinute()) && hours.values.contains(local.getHour())
                    && seconds.values.contains(local.getSecond()) && dates.matches(local.toLocalDate());
        }
    }
}
