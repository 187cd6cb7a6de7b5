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

    /// How far a search backwards goes at first, in milliseconds; each further try goes four times as far.
    private static final long WINDOW_MS = 60_000;

    private final long id;
    private final CronPlan plan;
    /// When the cron task was made.
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

    /// Whether it counts time that passes, rather than being due at dates.
    boolean isEvery() {
        return expression.isEvery();
    }

    /// Returns the first due time after a moment, both in milliseconds since the epoch; 0 if there is none.
    public long next(long after) {
        try {
            long from = Math.max(after, plan.startAt() - 1);
            // a clock that was set back may not have reached the moment yet at which the cron task was made
            Instant anchor = Instant.ofEpochMilli(Math.min(createdAt, from));
            long due = expression.next(Instant.ofEpochMilli(from), zone, anchor).toEpochMilli();
            return plan.endAt() != 0 && due > plan.endAt() ? 0 : due;
        } catch (Problem never) {
            return 0;
        }
    }

    /// When a due time is to be served: later by its jitter.
    long serveAt(long due) {
        if (plan.jitter() == 0) {
            return due;
        }
        // any function will do that spreads cron tasks and due times evenly and always gives the same (MurmurHash3)
        long mixed = (id ^ due * 0x9E3779B97F4A7C15L) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
        return due + Long.remainderUnsigned(mixed ^ mixed >>> 33, plan.jitter() + 1);
    }

    /// The first due time from `due` on that is to be served at `before` or later; 0 if there is none.
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

    /// Takes the due times from `oldest` on that were to be served before `before`, and of these the last `most`.
    ///
    /// @return the first of them; 0 if there is none
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

    /// How many due times there are from `first` to before `end` (0: no end); counts to `most` only.
    int count(long first, long end, int most) {
        int count = 0;
        for (long due = first; due != 0 && (end == 0 || due < end) && count < most; due = next(due)) {
            count++;
        }
        return count;
    }
}
