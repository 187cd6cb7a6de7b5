package shared.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Instant;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

class CronParserTest {

    private static final String[] SEEDS = {"*/15 9-17 * * 1-5", "30 0 0 29 FEB ?", "0 0 L-3,LW,15W * FRI#2,5L",
        "CRON_TZ=Europe/Berlin @daily", "@every 1h30m", "~ 0~5 ~ * SAT-SUN", "0 0 */2 1,2,3-12/4 MON"};

    /// The beginning of the message.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0 24 * * *       | 'hour 24 is out of range 0-23 (column 3)'
        60 * * * *       | 'minute 60 is out of range 0-59 (column 1)'
        60 0 * * * *     | 'second 60 is out of range 0-59 (column 1)'
        * * 0 * *        | 'day of month 0 is out of range 1-31 (column 5)'
        *   *  32 *  *   | 'day of month 32 is out of range 1-31 (column 8)'
        * * * 13 *       | 'month 13 is out of range 1-12 (column 7)'
        * * * * 8        | 'day of week 8 is out of range 0-7 (column 9)'
        0 9999999999 * * * | 'hour 9999999999 is out of range 0-23 (column 3)'
        CRON_TZ=UTC 0 24 * * * | 'hour 24 is out of range 0-23 (column 15)'
        1,2,60 * * * *   | 'minute 60 is out of range 0-59 (column 5)'
        1-60 * * * *     | 'minute 60 is out of range 0-59 (column 3)'
        * * * * 5-1      | 'day of week 5-1 runs backwards (column 9): write 5-6,0-1 to go over the end'
        * * * * FRI-MON  | 'day of week FRI-MON runs backwards (column 9): write 5-6,0-1'
        * 22-4 * * *     | 'hour 22-4 runs backwards (column 3): write 22-23,0-4 to go over the end'
        5~1 * * * *      | 'minute 5~1 runs backwards (column 1)'
        */0 * * * *      | 'step of minute 0 is out of range 1-60 (column 3)'
        */90 * * * *     | 'step of minute 90 is out of range 1-60 (column 3)'
        */ * * * *       | 'step of minute is missing, it is 1-60 (column 3)'
        ~/5 * * * *      | 'minute has an unexpected "/" (column 2): write *, a, a-b'
        1-5x * * * *     | 'minute has an unexpected "x" (column 4): write *, a, a-b'
        a * * * *        | 'minute has an unexpected "a" (column 1)'
        -5 * * * *       | 'minute has an unexpected "-" (column 1)'
        1,,2 * * * *     | 'minute has an unexpected "," (column 3)'
        1, * * * *       | 'minute ends too early (column 3)'
        1- * * * *       | 'minute ends too early (column 3)'
        ? * * * *        | 'minute has an unexpected "?" (column 1)'
        L * * * *        | 'minute has an unexpected "L" (column 1)'
        * * * JAM *      | 'month has an unexpected "J" (column 7)'
        * * * JANX *     | 'month has an unexpected "X" (column 10)'
        * * MON * *      | \
            'day of month has an unexpected "M" (column 5): write *, a, a-b, a-b/n, */n, a/n, ~, a~b, ?, L, L-n'
        * * * * L        | \
            'day of week has an unexpected "L" (column 9): write *, a, a-b, a-b/n, */n, a/n, ~, a~b, SUN to SAT, ?, nL'
        * * * * 5#6      | 'the k of n#k in day of week 6 is out of range 1-5 (column 11)'
        * * * * 5#       | 'the k of n#k in day of week is missing'
        * * L-31 * *     | 'days before the last 31 is out of range 1-30 (column 7)'
        * * 5L * *       | 'day of month has an unexpected "L" (column 6)'
        * * * * 5W       | 'day of week has an unexpected "W" (column 10)'
        0 0 31 2 *       | 'day of month 31 never comes in month 2 (column 5): write a day that these months have'
        0 0 30 FEB *     | 'day of month 30 never comes in month FEB (column 5)'
        0 0 31 4,6,9,11 * | 'day of month 31 never comes in month 4,6,9,11 (column 5)'
        0 0 31W 4 *      | 'day of month 31W never comes in month 4 (column 5)'
        0 0 L-29 2 *     | 'day of month L-29 never comes in month 2 (column 5)'
        0 0 */15 * 5#2   | 'day of month */15 never comes in month * on day of week 5#2 (column 5)'
        '* * * *'        | \
            'a cron expression has 5 fields (minute, hour, day of month, month, day of week), or 6 \
        with seconds first, not 4 (column 7): write one such as 0 9 * * 1-5'
        0 0 0 1 1 ? 2026 | \
            'a cron expression has 5 fields (minute, hour, day of month, month, day of week), or 6 \
        with seconds first, not 7 (column 13): leave the year out'
        ''               | 'a cron expression has 5 fields'
        CRON_TZ=UTC      | 'a cron expression has 5 fields'
        CRON_TZ=Foo/Bar * * * * * | 'time zone "Foo/Bar" is unknown (column 9): write one such as Europe/Berlin'
        CRON_TZ= * * * * * | 'time zone "" is unknown (column 9)'
        TZ=Foo/Bar * * * * * | 'time zone "Foo/Bar" is unknown (column 4): write one such as Europe/Berlin'
        TZ=UTC 0 0 0 * *  | 'day of month 0 is out of range 1-31 (column 12)'
        @reboot          | '"@reboot" is unknown (column 1): write @yearly, @annually, @monthly'
        @daily 1         | '"@daily 1" is unknown (column 1)'
        @every           | '"@every" is unknown (column 1)'
        @every 90        | '@every (column 8) must be a duration such as 90s'
        @every 0s        | '@every 0s is out of range (column 8): write whole seconds from 1s to 3660d'
        @every 1500ms    | '@every 1500ms is out of range (column 8)'
        @every 3661d     | '@every 3661d is out of range (column 8)'
        """)
    void parse_wrong_refusedWithFieldColumnAndWhatIsRight(String expression, String message) {
        Problem problem = assertThrows(Problem.class, () -> CronExpression.parse(expression, 0));
        assertEquals(400, problem.status());
        assertTrue(problem.getMessage().startsWith(message), problem.getMessage());
    }

    @Test
    void parse_length_limited() {
        String fields = "* * * * *";
        assertEquals("every minute", CronExpression.parse(" ".repeat(500 - fields.length()) + fields, 0).describe());
        assertThrows(Problem.class, () -> CronExpression.parse(" ".repeat(501 - fields.length()) + fields, 0));
    }

    @Test
    void parse_chosenValue_sameForASeedSpreadOverSeeds() {
        Set<String> minutes = new HashSet<>();
        Set<String> days = new HashSet<>();
        for (long seed = 0; seed < 1_000; seed++) {
            minutes.add(CronExpression.parse("~ * * * *", seed).describe());
            days.add(CronExpression.parse("0 0 ~ * *", seed).describe());
            String both = CronExpression.parse("~ 20~22 * * *", seed).describe();
            assertTrue(both.matches("at 2[0-2]:[0-5]\\d every day"), both);
            assertEquals(both, CronExpression.parse("~  20~22 * * *", seed).describe());
        }
        assertEquals(60, minutes.size());
        assertEquals(28, days.size(), "a day that every month has");
    }

    /// What a cron task chose must not change with the program: its seed is what is stored.
    @Test
    void parse_chosenValue_isTheOneOfAllVersions() {
        assertEquals("at 19:13 every day", CronExpression.parse("~ ~ * * *", 42).describe());
    }

    @Test
    void parse_chosenTime_isFixedTime() {
        Instant gap = Instant.parse("2026-03-08T07:00:00Z");
        assertEquals(gap, CronExpression.parse("0~59 2~2 * * *", 3).next(gap.minusSeconds(3600),
                ZoneId.of("America/New_York"), gap));
    }

    @Test
    void parse_mutatedAndRandomText_readOrRefusedAndNeverAnythingElse() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String alphabet = "0123456789 **,,--//??LLWW##~@\tJANFRIsun=:éx\n\0";
        int read = 0;
        for (int i = 0; i < 8_000; i++) {
            StringBuilder text = new StringBuilder(SEEDS[random.nextInt(SEEDS.length)]);
            for (int edits = random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(text.length() + 1);
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                if (random.nextBoolean() || at == text.length()) {
                    text.insert(at, c);
                } else if (random.nextBoolean()) {
                    text.setCharAt(at, c);
                } else {
                    text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(3)));
                }
            }
            String what = "seed " + seed + ", " + i + ": \"" + text + "\"";
            try {
                CronExpression cron = CronExpression.parse(text.toString(), i);
                Instant after = Instant.ofEpochSecond(random.nextInt(), random.nextInt(2));
                ZoneId zone = ZoneId.of(i % 2 == 0 ? "UTC" : "Australia/Lord_Howe");
                assertTrue(cron.next(after, zone, after).isAfter(after), what);
                assertFalse(cron.describe().isBlank(), what);
                read++;
            } catch (Problem refused) {
                assertEquals(400, refused.status(), what);
                assertTrue(refused.getMessage().matches("(?s).*(column|fields).*"), what + refused.getMessage());
            } catch (RuntimeException other) {
                fail(what, other);
            }
        }
        assertTrue(read > 1_000, "too few were valid: " + read);
    }
}
