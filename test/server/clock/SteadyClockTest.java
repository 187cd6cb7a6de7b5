package server.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

final class SteadyClockTest {

    private static final long START = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();
    private static final long TEN_DAYS = Duration.ofDays(10).toMillis();

    private long wall = START;
    private long awakeMs;
    private long uptimeMs = 5_000;
    private final SteadyClock clock = new SteadyClock(() -> Instant.ofEpochMilli(wall), () -> awakeMs * 1_000_000,
            () -> uptimeMs);

    private void pass(long millis) {
        wall += millis;
        awakeMs += millis;
        uptimeMs += millis;
    }

    @Test
    void clockThatRuns_isTheWallClock() {
        for (int i = 0; i < 100; i++) {
            pass(7_000);
            assertEquals(wall, clock.millis());
        }
        assertEquals(Instant.ofEpochMilli(wall), clock.instant());
    }

    @Test
    void jumpOfThreeSeconds_isIgnored() {
        pass(1_000);
        wall += TEN_DAYS;
        for (int i = 0; i < 30; i++) {
            pass(100);
            assertEquals(wall - TEN_DAYS, clock.millis());
        }
        wall -= TEN_DAYS;
        pass(1_000);
        assertEquals(wall, clock.millis());
    }

    @Test
    void jumpThatLastsAMinute_isTakenOver() {
        for (long jump : new long[] {TEN_DAYS, -TEN_DAYS}) {
            wall += jump;
            assertEquals(wall - jump, clock.millis());
            pass(SteadyClock.AGREED_MS - 1);
            assertEquals(wall - jump, clock.millis());
            pass(100);
            assertEquals(wall, clock.millis());
            pass(100);
            assertEquals(wall, clock.millis());
        }
    }

    @Test
    void setBy_isTheSumOfTheJumpsThatWereTakenOver() {
        wall += TEN_DAYS;
        uptimeMs += TEN_DAYS;
        for (long jump : new long[] {TEN_DAYS, -3 * TEN_DAYS}) {
            long before = clock.setBy();
            wall += jump;
            clock.millis();
            assertEquals(before, clock.setBy());
            pass(SteadyClock.AGREED_MS + 100);
            clock.millis();
            assertEquals(before + jump, clock.setBy());
        }
        wall += TEN_DAYS;
        clock.millis();
        pass(1_000);
        wall -= TEN_DAYS;
        pass(SteadyClock.AGREED_MS + 100);
        clock.millis();
        assertEquals(-2 * TEN_DAYS, clock.setBy());
    }

    @Test
    void secondJump_beginsTheMinuteAnew() {
        wall += TEN_DAYS;
        clock.millis();
        pass(SteadyClock.AGREED_MS / 2);
        wall += TEN_DAYS;
        clock.millis();
        pass(SteadyClock.AGREED_MS - 1);
        assertEquals(wall - 2 * TEN_DAYS, clock.millis());
        pass(100);
        assertEquals(wall, clock.millis());
    }

    @Test
    void sleepOfTheMachine_isNoJump() {
        wall += TEN_DAYS;
        uptimeMs += TEN_DAYS;
        assertEquals(wall, clock.millis());
    }

    @Test
    void stepBelowTheTolerance_isFollowedAtOnce() {
        wall += SteadyClock.TOLERANCE_MS - 1;
        assertEquals(wall, clock.millis());
        wall += SteadyClock.TOLERANCE_MS - 1;
        pass(10_000);
        assertEquals(wall, clock.millis());
    }

    @Test
    void sureSince_isNothingFromAMinuteAfterTheStartOrAJump() {
        pass(SteadyClock.AGREED_MS - 1);
        assertEquals(START, clock.sureSince());
        pass(1);
        assertEquals(0, clock.sureSince());
        wall += TEN_DAYS;
        assertEquals(START, clock.sureSince());
        wall -= TEN_DAYS;
        pass(SteadyClock.AGREED_MS - 1);
        assertEquals(START, clock.sureSince());
        pass(200);
        assertEquals(START, clock.sureSince());
        pass(SteadyClock.AGREED_MS);
        assertEquals(0, clock.sureSince());
        wall += TEN_DAYS;
        clock.millis();
        pass(SteadyClock.AGREED_MS);
        assertEquals(0, clock.sureSince());
    }
}
