package server.cron.plan;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;

import shared.Problem;
import shared.cron.CronExpression;

/// The due times of one cron task: those of its expression, in its zone, within its bounds. Times are milliseconds
/// since the epoch.
public final class CronSchedule {

    /// How far back a search goes at first, in milliseconds; each further try goes four times as far.
    private static final long WINDOW_MS = 60_000;

    private final long id;
    private final CronPlan plan;
    /// When the cron task was created.
    private final long createdAt;
    private final CronExpression expression;
    private final ZoneId zone;

    public CronSchedule(CronTask cron) {
        this(cron.id(), cron.plan(), cron.createdAt());
    }

    /// @throws Problem if the expression is wrong
    CronSchedule(long id, CronPlan plan, long createdAt) {
        this.id = id;
        this.plan = plan;
        this.createdAt = createdAt;
        expression = CronExpression.parse(plan.expression(), id);
        zone = ZoneId.of(plan.zone());
    }

    /// Returns whether it counts elapsed time, instead of being due at dates.
    boolean isEvery() {
        return expression.isEvery();
    }

    /// Returns the first due time after a moment; 0 if there is none.
    public long next(long after) {
        try {
            long from = Math.max(after, plan.startAt() - 1);
            // after the clock was set back, the creation of the cron task may be in the future
            Instant anchor = Instant.ofEpochMilli(Math.min(createdAt, from));
            long due = expression.next(Instant.ofEpochMilli(from), zone, anchor).toEpochMilli();
            return plan.endAt() != 0 && due > plan.endAt() ? 0 : due;
        } catch (Problem never) {
            return 0;
        }
    }

    /// Returns when a due time must be served: its time plus the jitter.
    long serveAt(long due) {
        if (plan.jitter() == 0) {
            return due;
        }
        // any function that spreads cron tasks and due times evenly, and always returns the same, would do
        // (MurmurHash3)
        long mixed = (id ^ due * 0x9E3779B97F4A7C15L) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return due + Long.remainderUnsigned(mixed ^ mixed >>> 33, plan.jitter() + 1);
    }

    /// Returns the first due time from `due` on that must be served at `before` or later; 0 if there is none.
    long firstNotBefore(long due, long before) {
        long found = due;
        if (found != 0 && found < before - plan.jitter()) {
            found = next(before - plan.jitter() - 1);
        }
        while (found != 0 && serveAt(found) < before) {
            found = next(found);
        }
        return found;
    }

    /// Finds the last `most` due times from `oldest` on that had to be served before `before`.
    ///
    /// @return the first of these; 0 if there are none
    long newest(long oldest, long before, int most) {
        for (long window = WINDOW_MS; ; window *= 4) {
            long from = Math.max(oldest, before - window);
            Deque<Long> last = new ArrayDeque<>();
            for (long due = next(from - 1); due != 0 && serveAt(due) < before; due = next(due)) {
                last.add(due);
                if (last.size() > most) {
                    last.remove();
                }
            }
            if (last.size() == most || from == oldest) {
                return last.isEmpty() ? 0 : last.getFirst();
            }
        }
    }

    /// Returns the number of due times from `first` to before `end` (0: no end), counted up to `most`.
    int count(long first, long end, int most) {
        int count = 0;
        for (long due = first; due != 0 && (end == 0 || due < end) && count < most; due = next(due)) {
            count++;
        }
        return count;
    }
}
