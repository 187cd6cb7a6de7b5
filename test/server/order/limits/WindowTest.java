package server.order.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import shared.Problem;
import shared.cron.CronExpression;
import support.Effort;

/// Times of the day, in zones whose clocks change.
class WindowTest {

    private static final int RUNS = Effort.of(300, 30_000);
    private static final long DAY = 86_400_000;
    private static final List<String> ZONES = List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
            "America/Sao_Paulo", "Africa/Cairo", "UTC");

    private static long at(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static Window window(String text) {
        return Window.parse(text, ZoneOffset.UTC);
    }

    private static String next(Window window, String after) {
        return Instant.ofEpochMilli(window.next(at(after))).toString();
    }

    @Test
    void isOpen_fromItsBeginningToBeforeItsEnd() {
        Window lunch = window("12:00-13:00");
        assertFalse(lunch.isOpen(at("2026-01-02T11:59:59.999Z")));
        assertTrue(lunch.isOpen(at("2026-01-02T12:00:00Z")));
        assertTrue(lunch.isOpen(at("2026-01-02T12:59:59.999Z")));
        assertFalse(lunch.isOpen(at("2026-01-02T13:00:00Z")));
        assertEquals("2026-01-02T13:00:00Z", next(lunch, "2026-01-02T12:00:00Z"));
        assertEquals("2026-01-03T12:00:00Z", next(lunch, "2026-01-02T13:00:00Z"));
    }

    @Test
    void overnight_isOpenOnBothDays() {
        Window night = window("22:00-06:00 Europe/Berlin");
        assertTrue(night.isOpen(at("2026-01-02T21:00:00Z")));
        assertTrue(night.isOpen(at("2026-01-03T04:59:59Z")));
        assertFalse(night.isOpen(at("2026-01-03T05:00:00Z")));
        assertEquals("2026-01-03T05:00:00Z", next(night, "2026-01-02T21:00:00Z"));
    }

    @Test
    void days_areThoseOnWhichItOpens() {
        Window work = window("Mon-Fri 22:00-02:00");
        // 2 January 2026 is a Friday
        assertTrue(work.isOpen(at("2026-01-03T01:00:00Z")));
        assertFalse(work.isOpen(at("2026-01-03T22:00:00Z")));
        assertEquals("2026-01-05T22:00:00Z", next(work, "2026-01-03T02:00:00Z"));
        Window weekend = window("sat,sun 00:00-24:00");
        assertTrue(weekend.isOpen(at("2026-01-03T00:00:00Z")));
        assertEquals("2026-01-05T00:00:00Z", next(weekend, "2026-01-03T12:00:00Z"));
        assertEquals(Long.MAX_VALUE, window("00:00-24:00").next(at("2026-01-03T12:00:00Z")));
        assertTrue(window("sun-mon 10:00-11:00").isOpen(at("2026-01-05T10:00:00Z")));
    }

    @Test
    void clocksGoForward_whatIsSkippedHappensAtTheEndOfTheGap() {
        // Berlin: 29 March 2026, 2:00 becomes 3:00, at 1:00 UTC
        Window into = window("01:00-02:30 Europe/Berlin");
        assertEquals("2026-03-29T01:00:00Z", next(into, "2026-03-29T00:00:00Z"));
        Window outOf = window("02:30-04:00 Europe/Berlin");
        assertTrue(outOf.isOpen(at("2026-03-29T01:00:00Z")));
        Window within = window("02:00-03:00 Europe/Berlin");
        assertEquals("2026-03-30T00:00:00Z", next(within, "2026-03-28T12:00:00Z"));
        Window around = window("03:00-02:00 Europe/Berlin");
        assertTrue(around.isOpen(at("2026-03-29T01:00:00Z")));
        assertEquals("2026-03-30T00:00:00Z", next(around, "2026-03-29T00:30:00Z"));
    }

    @Test
    void clocksGoBack_whatComesTwiceHappensInTheFirstPass() {
        // Berlin: 25 October 2026, 3:00 becomes 2:00, at 1:00 UTC
        Window window = window("02:00-03:00 Europe/Berlin");
        assertTrue(window.isOpen(at("2026-10-25T00:00:00Z")));
        assertEquals("2026-10-25T02:00:00Z", next(window, "2026-10-25T00:00:00Z"));
        assertEquals("2026-10-25T00:45:00Z", next(window("02:30-02:45 Europe/Berlin"), "2026-10-25T00:30:00Z"));
    }

    @Test
    void dayThatIsSkipped_endsWhatIsOpen_andOpensWhatBeganInIt() {
        // Samoa skipped Friday, 30 December 2011, at 10:00 UTC
        Window night = window("22:00-06:00 Pacific/Apia");
        assertEquals("2011-12-30T16:00:00Z", next(night, "2011-12-30T08:00:00Z"));
        assertEquals("2011-12-30T10:00:00Z", next(window("thu 22:00-06:00 Pacific/Apia"), "2011-12-30T08:00:00Z"));
        assertEquals("2012-01-05T22:00:00Z", next(window("fri 12:00-13:00 Pacific/Apia"), "2011-12-29T10:00:00Z"));
    }

    @Test
    void window_whateverItIs_opensAndClosesAsCronRuns() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            String zone = ZONES.get(random.nextInt(ZONES.size()));
            int start = random.nextInt(24 * 12) * 5;
            int end = (start + 5 + random.nextInt(24 * 12 - 1) * 5) % 1440;
            // some on the days on which clocks change, which are Sundays, Fridays and others
            long from = at(random.nextBoolean() ? "2018-01-01T00:00:00Z" : random.nextBoolean()
                    ? "2018-03-22T00:00:00Z" : "2018-10-25T00:00:00Z") + random.nextInt(9 * 365) * DAY / 7 * 7;
            String days = random.nextInt(3) > 0 ? "" : List.of("mon-fri", "sun", "fri,sun", "sat-mon").get(
                    random.nextInt(4));
            String text = (days.isEmpty() ? "" : days + " ") + time(start) + "-" + time(end) + " " + zone;
            Window window = window(text);
            TreeMap<Long, Boolean> changes = cron(start, end, days, ZoneId.of(zone), from - 9 * DAY, from + 9 * DAY);
            for (int i = 0; i < 40; i++) {
                long at = from + random.nextInt(6 * 24 * 60) * 60_000L;
                String told = "seed " + seed + ": " + text + " at " + Instant.ofEpochMilli(at);
                assertEquals(changes.floorEntry(at).getValue(), window.isOpen(at), told);
                boolean open = window.isOpen(at);
                Long next = changes.tailMap(at, false).entrySet().stream().filter(e -> e.getValue() != open)
                        .map(e -> e.getKey()).findFirst().orElse(null);
                long found = window.next(at);
                assertTrue(next == null ? found > from + 8 * DAY : found == next, told);
            }
        }
    }

    /// When it opens (true) and closes, by two cron jobs.
    private static TreeMap<Long, Boolean> cron(int start, int end, String days, ZoneId zone, long from, long to) {
        TreeMap<Long, Boolean> opens = new TreeMap<>();
        TreeMap<Long, Boolean> changes = new TreeMap<>();
        changes.put(from - DAY, false);
        CronExpression opening = CronExpression.parse(start % 60 + " " + start / 60 + " * * "
                + (days.isEmpty() ? "*" : days.replace("sat-mon", "sat,sun,mon")), 0);
        CronExpression closing = CronExpression.parse(end % 60 + " " + end / 60 + " * * *", 0);
        for (long t = opening.next(Instant.ofEpochMilli(from), zone, null).toEpochMilli(); t < to;
                t = opening.next(Instant.ofEpochMilli(t), zone, null).toEpochMilli()) {
            opens.put(t, true);
        }
        TreeMap<Long, Boolean> closes = new TreeMap<>();
        for (long t = closing.next(Instant.ofEpochMilli(from), zone, null).toEpochMilli(); t < to;
                t = closing.next(Instant.ofEpochMilli(t), zone, null).toEpochMilli()) {
            closes.put(t, true);
        }
        changes.putAll(opens);
        closes.keySet().forEach(t -> {
            // at the same moment: what opens and closes on one day stays shut, what closes in the morning opens again
            if (!(opens.containsKey(t) && end < start)) {
                changes.put(t, false);
            }
        });
        return changes;
    }

    private static String time(int minutes) {
        return "%02d:%02d".formatted(minutes / 60, minutes % 60);
    }

    @Test
    void parse_whatIsNoWindow_saysWhatIsWrong() {
        for (String[] wrong : new String[][] {
                {"22-06", "must be a time of the day"}, {"22:00-25:00", "times from 00:00 to 23:59"},
                {"22:00-22:00", "must not end when it begins"}, {"22:00-06:00 Europe/Berlim", "Europe/Berlin?"},
                {"mo-fri 22:00-06:00", "days as mon"}, {"mon-wed-fri 22:00-06:00", "mon-fri or sat,sun"}}) {
            String said = assertThrows(Problem.class, () -> window(wrong[0])).getMessage();
            assertTrue(said.contains(wrong[1]), said);
        }
    }
}
