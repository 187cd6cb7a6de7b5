package bench;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;

import shared.cron.CronExpression;

/// Nanoseconds of one `next()`, compared with one `ZonedDateTime.plusMinutes(1)` in the same run. Each due time is the
/// start of the next search.
final class CronBench {

    private static final int CALLS = 200_000;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    /// Within this century: later years are not in the JDK's cache of rules, and nobody asks for them.
    private static final Instant END = Instant.parse("2090-01-01T00:00:00Z");

    private CronBench() {
    }

    static void run(Work work, Table table) {
        next(table, "*/15 9-17 * * 1-5", "UTC", 230);
        next(table, "*/15 9-17 * * 1-5", "America/New_York", 700);
        next(table, "0 0 29 2 *", "UTC", 1_600);
        next(table, "0 0 29 2 *", "America/New_York", 3_200);
    }

    private static void next(Table table, String text, String zoneName, double goal) {
        ZoneId zone = ZoneId.of(zoneName);
        CronExpression cron = CronExpression.parse(text, 0);
        Figures times = new Figures();
        Figures floors = new Figures();
        for (int i = -2; i < 2 * Subject.RUNS; i++) {
            double floor = floor(zone);
            double time = time(cron, zone);
            if (i >= 0) {
                floors.add(floor);
                times.add(time);
            }
        }
        table.row("cron: " + text + " " + zoneName, "ns", times, floors, Goal.NONE);
        table.row("cron: its time", "ns", times, Goal.atMost(goal, "ns"));
    }

    private static double time(CronExpression cron, ZoneId zone) {
        Instant at = START;
        long begun = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            at = cron.next(at.isBefore(END) ? at : START, zone, START);
        }
        return (double) (System.nanoTime() - begun) / CALLS;
    }

    private static double floor(ZoneId zone) {
        ZonedDateTime at = START.atZone(zone);
        long begun = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            at = at.plusMinutes(1);
        }
        long nanos = System.nanoTime() - begun;
        if (at.getYear() < 2026) {
            throw new IllegalStateException("time went backwards");
        }
        return (double) nanos / CALLS;
    }
}
