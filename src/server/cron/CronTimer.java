package server.cron;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import server.clock.Looping;
import server.cron.CronStore.Due;
import server.task.Submission;
import shared.LogValue;
import shared.Problem;
import shared.config.Durations;

/// Turns due times into tasks: one thread for all cron tasks. It sleeps until the next due time, but at most a second,
/// so that it notices a clock that was set forward and a machine that slept: due times that have become too old by that
/// are missed (see `server.cron.plan.CronPolicy`), except those of `@every`, which follow a clock that was set.
public final class CronTimer implements AutoCloseable {

    private static final Logger LOG = System.getLogger("cron");
    private static final long SLEEP_MAX_MS = 1_000;
    /// A clock that is at least this far behind the journal was set back, in milliseconds.
    private static final long JUMP_MS = 2_000;
    /// How many due times are skipped before others may have the queue's lock.
    private static final int WORK_MAX = 1_000;

    private final CronRequests crons;
    private final CronStore store;
    private final InstantSource clock;
    private final LongSupplier clockSetBy;
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Looping loop = new Looping("cron", this::loop);

    /// Since when due times are served, in milliseconds since the epoch; earlier ones were missed.
    private long since;
    /// By how much the clock had been set since the server's start, in milliseconds, when that was last applied.
    private long clockSet;
    /// The cron tasks that must still follow a clock that was set, by id, and by how much, in milliseconds. On a full
    /// disk they wait for room.
    private final SequencedMap<Long, Long> toReschedule = new LinkedHashMap<>();

    /// @param clockSetBy returns by how much the clock was set since the server's start, in milliseconds
    public CronTimer(CronRequests crons, InstantSource clock, LongSupplier clockSetBy) {
        this.crons = crons;
        this.clock = clock;
        this.clockSetBy = clockSetBy;
        store = crons.store();
    }

    /// Starts the thread that serves due times.
    public void start() {
        begin();
        store.onChange(this::wake);
        loop.start();
    }

    /// Begins to serve due times from now on.
    void begin() {
        since = clock.millis();
        clockSet = clockSetBy.getAsLong();
        long behind = store.latest() - since;
        if (behind >= JUMP_MS) {
            LOG.log(Level.WARNING, () -> "event=clock_behind_journal by="
                    + Durations.format(Duration.ofMillis(behind)));
            follow(-behind);
        }
    }

    /// Serves all that is due.
    ///
    /// @return the milliseconds until there is something to do, at most a second
    long step() {
        noticeClock();
        try {
            while (!loop.stopping() && serveOne()) {
                // until nothing is due
            }
        } catch (Problem refused) {
            // a full disk or a failed journal, which others report, or the queue drains: what is due stays due
            return SLEEP_MAX_MS;
        }
        return Math.clamp(store.nextLook() - clock.millis(), 1, SLEEP_MAX_MS);
    }

    private void wake() {
        if (!changed.getAndSet(true)) {
            loop.wake();
        }
    }

    private void loop() {
        while (!loop.stopping()) {
            changed.set(false);
            try {
                long ms = step();
                if (!changed.get()) {
                    LockSupport.parkNanos(this, ms * 1_000_000);
                }
            } catch (Problem refused) {
                // a full disk or a failed journal, which others report
                LockSupport.parkNanos(this, SLEEP_MAX_MS * 1_000_000);
            } catch (RuntimeException | Error failure) {
                LOG.log(Level.ERROR, "event=cron_failed", failure);
                LockSupport.parkNanos(this, SLEEP_MAX_MS * 1_000_000);
            }
        }
    }

    private void noticeClock() {
        since = Math.min(since, clock.millis());
        long by = clockSetBy.getAsLong() - clockSet;
        if (by != 0) {
            follow(by);
            clockSet += by;
        }
        while (!toReschedule.isEmpty()) {
            Map.Entry<Long, Long> first = toReschedule.firstEntry();
            store.reschedule(first.getKey(), first.getValue());
            toReschedule.pollFirstEntry();
        }
    }

    private void follow(long by) {
        store.all().forEach(cron -> toReschedule.merge(cron.id(), by, Long::sum));
    }

    /// Serves one due time.
    ///
    /// @return false if nothing is due now
    /// @throws Problem 503 or 507 if nothing can be written now
    private boolean serveOne() {
        Due due = store.due(since, WORK_MAX);
        if (due == null) {
            return false;
        }
        try {
            Submission submission = crons.submission(due.cron(), due.dueAt());
            store.fire(due, submission);
        } catch (Problem refused) {
            if (refused.status() == 503 || refused.status() == 507) {
                throw refused;
            }
            fail(due, refused.getMessage());
        } catch (RuntimeException failure) {
            LOG.log(Level.ERROR, "event=cron_run_failed id=" + due.cron().name(), failure);
            fail(due, "the server could not make its task: " + failure);
        }
        return true;
    }

    private void fail(Due due, String reason) {
        LOG.log(Level.WARNING, () -> "event=cron_run_skipped id=" + due.cron().name() + " reason="
                + LogValue.of(reason));
        store.fail(due, reason);
    }

    @Override
    public void close() {
        loop.close();
    }
}
