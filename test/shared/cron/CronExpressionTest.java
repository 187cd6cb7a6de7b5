package shared.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

class CronExpressionTest {

    /// From 2026-01-02T03:04:05, a Friday, in UTC.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        * * * * *         | 2026-01-02T03:05, 2026-01-02T03:06, 2026-01-02T03:07
        * * * * * *       | 2026-01-02T03:04:06, 2026-01-02T03:04:07
        */20 * * * * *    | 2026-01-02T03:04:20, 2026-01-02T03:04:40, 2026-01-02T03:05
        5 4 3 * * *       | 2026-01-03T03:04:05
        6 4 3 * * *       | 2026-01-02T03:04:06
        */15 9-17 * * 1-5 | 2026-01-02T09:00, 2026-01-02T09:15
        50 23 * * FRI     | 2026-01-02T23:50, 2026-01-09T23:50
        5/20 * * * *      | 2026-01-02T03:05, 2026-01-02T03:25, 2026-01-02T03:45, 2026-01-02T04:05
        10-20/5 3 * * *   | 2026-01-02T03:10, 2026-01-02T03:15, 2026-01-02T03:20, 2026-01-03T03:10
        1,2,3-5 4 * * *   | 2026-01-02T04:01, 2026-01-02T04:02, 2026-01-02T04:03, 2026-01-02T04:04, 2026-01-02T04:05
        0 0 1 1 *         | 2027-01-01T00:00, 2028-01-01T00:00
        0 0 29 2 *        | 2028-02-29T00:00, 2032-02-29T00:00
        0 0 29 FEB 7      | 2026-02-01T00:00, 2026-02-08T00:00
        0 0 31 * *        | 2026-01-31T00:00, 2026-03-31T00:00, 2026-05-31T00:00
        0 0 * * 0         | 2026-01-04T00:00, 2026-01-11T00:00
        0 0 * * 7         | 2026-01-04T00:00
        0 0 * * sun       | 2026-01-04T00:00
        0 0 * * 5-7       | 2026-01-03T00:00, 2026-01-04T00:00, 2026-01-09T00:00
        0 0 * * SAT-SUN   | 2026-01-03T00:00, 2026-01-04T00:00, 2026-01-10T00:00
        0 0 * * 4/2       | 2026-01-03T00:00, 2026-01-08T00:00, 2026-01-10T00:00
        0 0 13 * 5        | 2026-01-09T00:00, 2026-01-13T00:00, 2026-01-16T00:00
        0 0 */2 * 5       | 2026-01-09T00:00, 2026-01-23T00:00, 2026-02-13T00:00
        0 0 13 * */5      | 2026-02-13T00:00, 2026-03-13T00:00, 2026-09-13T00:00
        0 0 ? * 5         | 2026-01-09T00:00
        0 0 5 * ?         | 2026-01-05T00:00, 2026-02-05T00:00
        0 0 *,9 * 5       | 2026-01-09T00:00, 2026-01-16T00:00
        0 0 L * *         | 2026-01-31T00:00, 2026-02-28T00:00, 2026-03-31T00:00
        0 0 L 2 *         | 2026-02-28T00:00, 2027-02-28T00:00, 2028-02-29T00:00
        0 0 L-2 * *       | 2026-01-29T00:00, 2026-02-26T00:00
        0 0 L-30 * *      | 2026-03-01T00:00, 2026-05-01T00:00
        0 0 LW * *        | 2026-01-30T00:00, 2026-02-27T00:00, 2026-03-31T00:00
        0 0 1W * *        | 2026-02-02T00:00, 2026-03-02T00:00, 2026-04-01T00:00
        0 0 15W * *       | 2026-01-15T00:00, 2026-02-16T00:00, 2026-03-16T00:00
        0 0 31W 5 *       | 2026-05-29T00:00
        0 0 31W * *       | 2026-01-30T00:00, 2026-03-31T00:00
        0 0 1,L,15W * *   | 2026-01-15T00:00, 2026-01-31T00:00, 2026-02-01T00:00, 2026-02-16T00:00
        0 0 * * 5L        | 2026-01-30T00:00, 2026-02-27T00:00
        0 0 * * FRIL      | 2026-01-30T00:00
        0 0 * * 7L        | 2026-01-25T00:00, 2026-02-22T00:00
        0 0 * * 5#5       | 2026-01-30T00:00, 2026-05-29T00:00
        0 0 * * FRI#2,1#1 | 2026-01-05T00:00, 2026-01-09T00:00, 2026-02-02T00:00
        0 0 13 * 5#2      | 2026-01-09T00:00, 2026-01-13T00:00, 2026-02-13T00:00, 2026-03-13T00:00
        0 0 * 2 1#5       | 2044-02-29T00:00, 2072-02-29T00:00
        @yearly           | 2027-01-01T00:00
        @annually         | 2027-01-01T00:00
        @monthly          | 2026-02-01T00:00
        @weekly           | 2026-01-04T00:00
        @daily            | 2026-01-03T00:00
        @midnight         | 2026-01-03T00:00
        @hourly           | 2026-01-02T04:00
        @every 90m        | 2026-01-02T04:30, 2026-01-02T06:00
        @every 1s         | 2026-01-02T03:04:06
        CRON_TZ=Asia/Kathmandu 0 9 * * * | 2026-01-02T03:15, 2026-01-03T03:15
        \tCRON_TZ=Europe/Berlin  @daily  | 2026-01-02T23:00
        """)
    void next_tableInUtc_dueTimes(String expression, String due) {
        Instant from = Instant.parse("2026-01-02T03:04:05Z");
        List<Instant> expected = new ArrayList<>();
        for (String local : due.split(", ")) {
            expected.add(LocalDateTime.parse(local).toInstant(ZoneOffset.UTC));
        }
        assertEquals(expected, next(expression, from, "UTC", expected.size()), expression);
    }

    @Test
    void next_leapDayOverACentury_skipsTheYearThatIsNone() {
        assertEquals(Instant.parse("2104-02-29T00:00:00Z"),
                next("0 0 29 2 *", Instant.parse("2096-02-29T00:00:00Z"), "UTC", 1).get(0));
    }

    @Test
    void next_fractionOfASecond_isNotDueAgain() {
        assertEquals(Instant.parse("2026-01-02T03:05:00Z"),
                next("* * * * *", Instant.parse("2026-01-02T03:04:59.999999999Z"), "UTC", 1).get(0));
        assertEquals(Instant.parse("2026-01-02T03:06:00Z"),
                next("* * * * *", Instant.parse("2026-01-02T03:05:00.000000001Z"), "UTC", 1).get(0));
    }

    @Test
    void next_endsOfTime_foundOrRefused() {
        assertThrows(Problem.class, () -> next("* * * * *", Instant.MIN, "Europe/Berlin", 1));
        assertEquals(Instant.parse("0004-02-29T00:00:00Z"),
                next("0 0 29 2 *", Instant.parse("0001-01-01T00:00:01Z"), "UTC", 1).get(0));
        assertThrows(Problem.class, () -> next("* * * * *", Instant.MAX, "Europe/Berlin", 1));
        assertThrows(Problem.class, () -> next("0 0 29 2 *", Instant.parse("9997-01-01T00:00:00Z"), "UTC", 1));
        assertThrows(Problem.class, () -> next("@every 3660d", Instant.parse("9995-01-01T00:00:00Z"), "UTC", 1));
    }

    @Test
    void next_everyBeforeAtAndAfterItsAnchor_countsFromThere() {
        CronExpression every = CronExpression.parse("@every 1h30m", 0);
        Instant anchor = Instant.parse("2026-01-01T00:00:00.250Z");
        ZoneId zone = ZoneId.of("America/New_York");
        assertEquals("2026-01-01T01:30:00.250Z", every.next(anchor.minusSeconds(99_999), zone, anchor).toString());
        assertEquals("2026-01-01T01:30:00.250Z", every.next(anchor, zone, anchor).toString());
        assertEquals("2026-01-01T03:00:00.250Z", every.next(anchor.plusSeconds(5400), zone, anchor).toString());
        assertEquals("2026-01-01T03:00:00.250Z", every.next(anchor.plusMillis(10_799_999), zone, anchor).toString());
    }

    @Test
    void zoneOr_namedInTheExpression_wins() {
        ZoneId utc = ZoneId.of("UTC");
        assertEquals(ZoneId.of("Asia/Tokyo"), CronExpression.parse("CRON_TZ=Asia/Tokyo 0 0 * * *", 0).zoneOr(utc));
        assertEquals(utc, CronExpression.parse("0 0 * * *", 0).zoneOr(utc));
    }

    static List<Instant> next(String expression, Instant from, String zone, int count) {
        CronExpression cron = CronExpression.parse(expression, 1);
        Instant anchor = from.minusSeconds(from.getEpochSecond() % 60);
        if (expression.contains("@every 90m")) {
            anchor = Instant.parse("2026-01-02T03:00:00Z");
        }
        List<Instant> due = new ArrayList<>();
        for (Instant at = from; due.size() < count;) {
            at = cron.next(at, ZoneId.of(zone), anchor);
            due.add(at);
        }
        return due;
    }
}
