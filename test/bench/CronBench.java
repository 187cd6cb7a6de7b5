package bench;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;

import shared.cron.CronExpression;

/// Nanoseconds of one `next()`, each due time being the start of the following search, and of one
/// `ZonedDateTime.plusMinutes(1)` in the same run as the floor. The best of several rounds
/// counts: others share the machine.
public final class CronBench {

    private static final int ROUNDS = 12;
    private static final int CALLS = 200_000;
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private CronBench() {
    }

    public static void main(String[] args) {
        String[] zones = {"UTC", "America/New_York"};
        for (String zone : zones) {
            System.out.printf(Locale.ROOT, "%-20s %-17s %8.1f ns%n", "plusMinutes(1)", zone, floor(ZoneId.of(zone)));
        }
        String[] expressions = {"*/15 9-17 * * 1-5", "0 0 29 2 *"};
        double[][] goals = {{230, 700}, {1_600, 3_200}};
        for (int i = 0; i < expressions.length; i++) {
            for (int j = 0; j < zones.length; j++) {
                System.out.printf(Locale.ROOT, "%-20s %-17s %8.1f ns  (goal %.0f)%n", expressions[i], zones[j],
                        next(expressions[i], ZoneId.of(zones[j])), goals[i][j]);
            }
        }
    }

    private static double next(String text, ZoneId zone) {
        CronExpression cron = CronExpression.parse(text, 0);
        // Within this century: later years are not in the JDK's cache of rules, and nobody asks for them.
        Instant end = Instant.parse("2090-01-01T00:00:00Z");
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            Instant at = START;
            long begin = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                at = cron.next(at.isBefore(end) ? at : START, zone, START);
            }
            best = Math.min(best, (double) (System.nanoTime() - begin) / CALLS);
        }
        return best;
    }

    private static double floor(ZoneId zone) {
        double best = Double.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ZonedDateTime at = START.atZone(zone);
            long begin = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                at = at.plusMinutes(1);
            }
            best = Math.min(best, (double) (System.nanoTime() - begin) / CALLS);
            sum += at.getMinute();
        }
        return sum < 0 ? 0 : best;
    }
}
