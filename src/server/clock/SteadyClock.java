package server.clock;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

import shared.config.Durations;

/// The wall clock, as long as it agrees with the elapsed time. After a jump of the wall clock it continues as if there
/// had been none; once the wall clock has kept its new time for a minute, it adopts that time.
///
/// The sleep of a machine is not a jump, because the elapsed time includes it. Smaller steps, as made by a time server,
/// are followed at once. Thread-safe.
public final class SteadyClock implements InstantSource, ClockReport {

    /// A smaller difference is not a jump.
    static final long TOLERANCE_MS = 1_000;

    /// How long a jump must last before it is adopted.
    static final long AGREED_MS = 60_000;

    /// A smaller difference needs no comparison with the uptime.
    private static final long STEP_MS = 50;

    private static final long REFERENCE_AGE_MAX_MS = 10_000;
    private static final long JUMPED_AGE_MAX_MS = 100;
    private static final String UPTIME = "/proc/uptime";
    private static final Logger LOG = System.getLogger(SteadyClock.class.getName());

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final LongSupplier uptimeMs;
    private final long startMs;
    private volatile Anchor reference;

    /// The clocks' readings at the last comparison.
    ///
    /// @param steadyMs    this clock's time
    /// @param setMs       the sum of the adopted jumps
    /// @param jumpMs      how far the wall clock is ahead of this clock; 0 if they agree
    /// @param jumpSinceMs the uptime of the jump; if they agree, since when they have
    private record Anchor(long steadyMs, long nanos, long uptimeMs, long setMs, long jumpMs,
            long jumpSinceMs) {
    }

    /// @param nanos    counts nanoseconds and is quick to read; may stop while the machine sleeps
    /// @param uptimeMs counts milliseconds, including sleep
    SteadyClock(InstantSource wall, LongSupplier nanos, LongSupplier uptimeMs) {
        this.wall = wall;
        this.nanos = nanos;
        this.uptimeMs = uptimeMs;
        startMs = wall.millis();
        long uptime = uptimeMs.getAsLong();
        reference = new Anchor(startMs, nanos.getAsLong(), uptime, 0, 0, uptime);
    }

    /// Returns a clock that reads this machine's. Without `/proc/uptime`, a sleep of the machine counts as a jump.
    public static SteadyClock ofMachine(InstantSource wall) {
        return new SteadyClock(wall, System::nanoTime, uptime());
    }

    @Override
    public long millis() {
        Anchor last = reference;
        long now = wall.millis();
        long passedMs = (nanos.getAsLong() - last.nanos) / 1_000_000;
        if (last.jumpMs != 0 && passedMs < JUMPED_AGE_MAX_MS) {
            return last.steadyMs + passedMs;
        }
        boolean same = Math.abs(now - last.steadyMs - passedMs) < STEP_MS;
        return last.jumpMs == 0 && same && passedMs < REFERENCE_AGE_MAX_MS ? now : compare();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    /// Returns 0 once the wall clock and the elapsed time have agreed for a minute; until then the time of the start,
    /// because it is not known yet whether the wall clock was right before.
    @Override
    public long sureSince() {
        millis();
        Anchor last = reference;
        return last.jumpMs == 0 && uptimeMs.getAsLong() - last.jumpSinceMs >= AGREED_MS ? 0 : startMs;
    }

    /// Returns the sum of the adopted jumps. A jump is noticed only when the time is read.
    @Override
    public long setBy() {
        return reference.setMs;
    }

    private synchronized long compare() {
        Anchor last = reference;
        long now = wall.millis();
        long nano = nanos.getAsLong();
        long uptime = uptimeMs.getAsLong();
        long steady = last.steadyMs + uptime - last.uptimeMs;
        long jump = now - steady;
        if (Math.abs(jump) < TOLERANCE_MS) {
            if (last.jumpMs != 0) {
                LOG.log(Level.WARNING, "event=clock_is_back reason=\"the jump is ignored\"");
            }
            reference = new Anchor(now, nano, uptime, last.setMs, 0, last.jumpMs == 0 ? last.jumpSinceMs : uptime);
        } else if (last.jumpMs == 0 || Math.abs(jump - last.jumpMs) >= TOLERANCE_MS) {
            LOG.log(Level.WARNING, () -> "event=clock_jumped by=" + by(jump) + " reason=\"deletions,"
                    + " expiries and due times follow it once it has lasted for a minute\"");
            reference = new Anchor(steady, nano, uptime, last.setMs, jump, uptime);
        } else if (uptime - last.jumpSinceMs >= AGREED_MS) {
            LOG.log(Level.WARNING, () -> "event=clock_set by=" + by(jump)
                    + " reason=\"the jump has lasted for a minute\"");
            reference = new Anchor(now, nano, uptime, last.setMs + jump, 0, last.jumpSinceMs);
        } else {
            reference = new Anchor(steady, nano, uptime, last.setMs, last.jumpMs, last.jumpSinceMs);
        }
        return reference.steadyMs;
    }

    private static String by(long jumpMs) {
        return (jumpMs < 0 ? "-" : "") + Durations.format(Duration.ofMillis(Math.abs(jumpMs)));
    }

    /// Returns a counter based on the first number of `/proc/uptime`: seconds since the boot, including sleep
    /// (proc_uptime(5)). The file stays open, because the time is also needed when no file descriptor is left.
    private static LongSupplier uptime() {
        RandomAccessFile file;
        try {
            file = new RandomAccessFile(UPTIME, "r");
        } catch (IOException none) {
            return () -> System.nanoTime() / 1_000_000;
        }
        byte[] bytes = new byte[64];
        return () -> {
            synchronized (bytes) {
                try {
                    file.seek(0);
                    String text = new String(bytes, 0, file.read(bytes), StandardCharsets.US_ASCII);
                    return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1000);
                } catch (IOException gone) {
                    throw new IllegalStateException("cannot read " + UPTIME, gone);
                }
            }
        };
    }
}
