package shared.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What happens when the clocks change, in zones with odd rules. Each row: from, then the due times after it as the
/// clock on the wall shows them, with the offset that tells the passes apart.
class CronChangesTest {

    /// Less than three hours, a job for fixed times: once right after the gap, and in the first pass only.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        America/New_York    | 30 2 * * *     | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00, 2026-03-09T02:30-04:00
        America/New_York    | 0 2 * * *      | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00, 2026-03-09T02:00-04:00
        America/New_York    | 0,30 2 * * *   | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00, 2026-03-09T02:00-04:00
        America/New_York    | 30 2,3 * * *   | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00, 2026-03-08T03:30-04:00
        America/New_York    | 0 2,3 * * *    | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00, 2026-03-09T02:00-04:00
        America/New_York    | 59 1 * * *     | 2026-03-08T01:00-05:00 | 2026-03-08T01:59-05:00, 2026-03-09T01:59-04:00
        America/New_York    | 30 2 8 3 *     | 2026-01-01T00:00-05:00 | 2026-03-08T03:00-04:00, 2027-03-08T02:30-05:00
        America/New_York    | 30 2 * * *     | 2026-03-08T03:00-04:00 | 2026-03-09T02:30-04:00
        America/New_York    | 30 1 * * *     | 2026-10-31T12:00-04:00 | 2026-11-01T01:30-04:00, 2026-11-02T01:30-05:00
        America/New_York    | 30 1 * * *     | 2026-11-01T01:10-05:00 | 2026-11-02T01:30-05:00
        America/New_York    | 0 1,2 * * *    | 2026-10-31T12:00-04:00 | 2026-11-01T01:00-04:00, 2026-11-01T02:00-05:00
        America/New_York    | 30 0-3 * * *   | 2026-10-31T12:00-04:00 | \
            2026-11-01T00:30-04:00, 2026-11-01T01:30-04:00, 2026-11-01T02:30-05:00
        America/New_York    | */20 30 2 * * * | 2026-03-07T12:00-05:00 | \
            2026-03-08T03:00-04:00, 2026-03-09T02:30-04:00, 2026-03-09T02:30:20-04:00
        America/New_York    | */20 30 1 * * * | 2026-11-01T01:30:20-04:00 | \
            2026-11-01T01:30:40-04:00, 2026-11-02T01:30-05:00
        Europe/Berlin       | 30 2 * * *     | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00, 2026-03-30T02:30+02:00
        Europe/Berlin       | 30 2 * * *     | 2026-10-24T12:00+02:00 | 2026-10-25T02:30+02:00, 2026-10-26T02:30+01:00
        Europe/Berlin       | 0 3 * * *      | 2026-10-24T12:00+02:00 | 2026-10-25T03:00+01:00, 2026-10-26T03:00+01:00
        Europe/Dublin       | 30 1 * * *     | 2026-03-28T12:00Z      | 2026-03-29T02:00+01:00, 2026-03-30T01:30+01:00
        Europe/Dublin       | 30 1 * * *     | 2026-10-24T12:00+01:00 | 2026-10-25T01:30+01:00, 2026-10-26T01:30Z
        Africa/Casablanca   | 30 2 * * *     | 2026-02-14T12:00+01:00 | 2026-02-15T02:30+01:00, 2026-02-16T02:30Z
        Africa/Casablanca   | 30 2 * * *     | 2026-03-21T12:00Z      | 2026-03-22T03:00+01:00, 2026-03-23T02:30+01:00
        Australia/Lord_Howe | 15 2 * * *     | 2026-10-03T12:00+10:30 | 2026-10-04T02:30+11:00, 2026-10-05T02:15+11:00
        Australia/Lord_Howe | 45 2 * * *     | 2026-10-03T12:00+10:30 | 2026-10-04T02:45+11:00
        Australia/Lord_Howe | 45 1 * * *     | 2026-04-04T12:00+11:00 | 2026-04-05T01:45+11:00, 2026-04-06T01:45+10:30
        Australia/Lord_Howe | 15 1 * * *     | 2026-04-04T12:00+11:00 | 2026-04-05T01:15+11:00, 2026-04-06T01:15+10:30
        Antarctica/Troll    | 30 1 * * *     | 2026-03-28T12:00Z      | 2026-03-29T03:00+02:00, 2026-03-30T01:30+02:00
        Antarctica/Troll    | 30 2 * * *     | 2026-03-28T12:00Z      | 2026-03-29T03:00+02:00, 2026-03-30T02:30+02:00
        Antarctica/Troll    | 0 1,2,3 * * *  | 2026-10-24T12:00+02:00 | \
            2026-10-25T01:00+02:00, 2026-10-25T02:00+02:00, 2026-10-25T03:00Z
        America/Sao_Paulo   | 0 0 * * *      | 2018-11-03T12:00-03:00 | 2018-11-04T01:00-02:00, 2018-11-05T00:00-02:00
        America/Sao_Paulo   | 0 23 * * *     | 2018-02-17T12:00-02:00 | 2018-02-17T23:00-02:00, 2018-02-18T23:00-03:00
        America/Sao_Paulo   | 30 23 17 2 *   | 2018-02-17T23:30-02:00 | 2019-02-17T23:30-03:00
        America/Sao_Paulo   | 0 0 * * *      | 2026-11-03T12:00-03:00 | 2026-11-04T00:00-03:00
        Asia/Kathmandu      | 5 0 * * *      | 1985-12-31T12:00+05:30 | 1986-01-01T00:15+05:45, 1986-01-02T00:05+05:45
        Asia/Kathmandu      | 30 9 * * *     | 2026-03-28T12:00+05:45 | 2026-03-29T09:30+05:45
        UTC                 | 30 2 * * *     | 2026-03-28T12:00Z      | 2026-03-29T02:30Z, 2026-03-30T02:30Z
        """)
    void next_fixedTimeAtAChange_onceRightAfterOrInTheFirstPass(String zone, String cron, String from, String due) {
        check(zone, cron, from, due);
    }

    /// Less than three hours, a job with `*` or a step in hour or minute: as the clock on the wall shows it.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        America/New_York    | 30 * * * *     | 2026-03-08T01:00-05:00 | 2026-03-08T01:30-05:00, 2026-03-08T03:30-04:00
        America/New_York    | */30 2 * * *   | 2026-03-07T12:00-05:00 | 2026-03-09T02:00-04:00, 2026-03-09T02:30-04:00
        America/New_York    | * 2 * * *      | 2026-03-08T01:00-05:00 | 2026-03-09T02:00-04:00
        America/New_York    | 30 2/12 * * *  | 2026-03-07T14:30-05:00 | 2026-03-08T14:30-04:00
        America/New_York    | 30 0-3/1 * * * | 2026-03-08T01:00-05:00 | 2026-03-08T01:30-05:00, 2026-03-08T03:30-04:00
        America/New_York    | 30 * * * *     | 2026-11-01T01:00-04:00 | \
            2026-11-01T01:30-04:00, 2026-11-01T01:30-05:00, 2026-11-01T02:30-05:00
        America/New_York    | @hourly        | 2026-11-01T00:30-04:00 | \
            2026-11-01T01:00-04:00, 2026-11-01T01:00-05:00, 2026-11-01T02:00-05:00
        America/New_York    | */30 1 * * *   | 2026-11-01T01:00-04:00 | \
            2026-11-01T01:30-04:00, 2026-11-01T01:00-05:00, 2026-11-01T01:30-05:00, 2026-11-02T01:00-05:00
        Europe/Berlin       | */20 * * * *   | 2026-03-29T01:30+01:00 | 2026-03-29T01:40+01:00, 2026-03-29T03:00+02:00
        Europe/Dublin       | 30 * * * *     | 2026-10-25T01:00+01:00 | 2026-10-25T01:30+01:00, 2026-10-25T01:30Z
        Africa/Casablanca   | 30 * * * *     | 2026-02-15T02:00+01:00 | \
            2026-02-15T02:30+01:00, 2026-02-15T02:30Z, 2026-02-15T03:30Z
        Australia/Lord_Howe | */15 * * * *   | 2026-04-05T01:30+11:00 | \
            2026-04-05T01:45+11:00, 2026-04-05T01:30+10:30, 2026-04-05T01:45+10:30, 2026-04-05T02:00+10:30
        Australia/Lord_Howe | 15 * * * *     | 2026-10-04T01:00+10:30 | 2026-10-04T01:15+10:30, 2026-10-04T03:15+11:00
        Antarctica/Troll    | 0 * * * *      | 2026-03-29T00:30Z      | 2026-03-29T03:00+02:00, 2026-03-29T04:00+02:00
        Antarctica/Troll    | 0 * * * *      | 2026-10-25T01:30+02:00 | \
            2026-10-25T02:00+02:00, 2026-10-25T01:00Z, 2026-10-25T02:00Z, 2026-10-25T03:00Z
        America/Sao_Paulo   | 0 */12 * * *   | 2018-11-03T12:00-03:00 | 2018-11-04T12:00-02:00, 2018-11-05T00:00-02:00
        Asia/Kathmandu      | */10 * * * *   | 1985-12-31T23:50+05:30 | 1986-01-01T00:20+05:45
        """)
    void next_wildcardAtAChange_followsTheClock(String zone, String cron, String from, String due) {
        check(zone, cron, from, due);
    }

    /// Three hours and more are a correction: what was skipped is not made up for, what comes twice is due twice.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Pacific/Apia      | 0 9 * * *      | 2011-12-29T08:00-10:00 | 2011-12-29T09:00-10:00, 2011-12-31T09:00+14:00
        Pacific/Apia      | 0 0 30 12 *    | 2011-12-01T00:00-10:00 | 2012-12-30T00:00+14:00
        Pacific/Apia      | 0 0 31 12 *    | 2011-12-01T00:00-10:00 | 2011-12-31T00:00+14:00
        Pacific/Apia      | 0 9 * * FRI    | 2011-12-29T08:00-10:00 | 2012-01-06T09:00+14:00
        Pacific/Apia      | 0 */8 * * *    | 2011-12-29T08:00-10:00 | 2011-12-29T16:00-10:00, 2011-12-31T00:00+14:00
        Pacific/Apia      | @daily         | 2011-12-29T08:00-10:00 | 2011-12-31T00:00+14:00
        Pacific/Kwajalein | 0 9 * * *      | 1993-08-20T08:00-12:00 | 1993-08-20T09:00-12:00, 1993-08-22T09:00+12:00
        America/Juneau    | 0 9 19 10 *    | 1867-10-01T00:00+15:02:19 | \
            1867-10-19T09:00+15:02:19, 1867-10-19T09:00-08:57:41, 1868-10-19T09:00-08:57:41
        Antarctica/Casey  | 30 1 * * *     | 2010-03-04T12:00+11:00 | 2010-03-05T01:30+11:00, 2010-03-05T01:30+08:00
        Antarctica/Casey  | 30 23 * * *    | 2010-03-04T12:00+11:00 | \
            2010-03-04T23:30+11:00, 2010-03-04T23:30+08:00, 2010-03-05T23:30+08:00
        """)
    void next_changeOfThreeHoursOrMore_newTimeAtOnce(String zone, String cron, String from, String due) {
        check(zone, cron, from, due);
    }

    private static void check(String zone, String cron, String from, String due) {
        List<OffsetDateTime> expected = new ArrayList<>();
        Arrays.stream(due.split(", ")).map(OffsetDateTime::parse).forEach(expected::add);
        List<OffsetDateTime> found = new ArrayList<>();
        CronExpressionTest.next(cron, OffsetDateTime.parse(from).toInstant(), zone, expected.size())
                .forEach(at -> found.add(at.atZone(ZoneId.of(zone)).toOffsetDateTime()));
        assertEquals(expected, found);
    }
}
