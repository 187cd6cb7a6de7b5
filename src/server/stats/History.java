package server.stats;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import server.queue.TaskQueue;
import server.queue.index.FailureCause;
import server.queue.ledger.DurableEvent;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.queue.state.QueueStats;
import server.stats.Minute.Percentiles;
import server.task.Task;
import shared.TaskStatus;

/// What the queue did in the last 24 hours, minute by minute, made from its durable events. Kept in memory only; the
/// time before the server's start is read from the journal. Safe for several threads. No call reads more than 1,440
/// small objects, except [#work], which reads 50,000.
///
/// A minute in which nothing happened takes no memory. If the clock is set back by at most [#HELD_BACK] minutes, the
/// minute that was reached goes on counting until the clock gets there again; if it is set back further, the minutes
/// from the new time on are dropped from the record.
public final class History implements AttemptNews {

    /// The number of minutes kept.
    public static final int MINUTES = 24 * 60;
    /// See [Histogram#ERROR].
    public static final double PERCENTILE_ERROR = Histogram.ERROR;

    private static final long MINUTE_MS = 60_000;
    private static final int HELD_BACK = 5;
    private static final String RESTART = "restart";
    private static final int MARKS_MAX = 500;

    /// Invariant: in order of time; only the last is the running one; between two adjacent ones nothing happened.
    private final Deque<Counts> past = new ArrayDeque<>();
    private final Histogram waits = new Histogram();
    private final Histogram runs = new Histogram();
    private final Ever ever = new Ever();
    private final Recent submitted;
    private final Recent completed;
    private final Recent failed;
    private final Recent tokens;
    private final Failures failures = new Failures();
    private final Work work = new Work();
    private final List<Mark> marks = new ArrayList<>();
    private final long knownSeq;
    private long since;
    private Counts current;

    /// The totals since the server's start.
    private static final class Ever {
        final Buckets waits = Buckets.ofSeconds();
        final Buckets runs = Buckets.ofSeconds();
        final Buckets loads = Buckets.ofSeconds();
        final Buckets firstPieces = Buckets.ofSeconds();
        long submitted;
        long completed;
        long failed;
        long cancelled;
    }

    /// The counts of one minute.
    private static final class Counts {
        final long minute;
        long pendingBefore;
        long runningBefore;
        long pending;
        long running;
        long submitted;
        long completed;
        long failed;
        long cancelled;
        long tokens;
        Percentiles wait = Percentiles.NONE;
        Percentiles run = Percentiles.NONE;

        Counts(long minute, long pending, long running) {
            this.minute = minute;
            this.pending = pending;
            this.running = running;
            pendingBefore = pending;
            runningBefore = running;
        }

        /// Corrects counts that began at 0: there were more tasks at the beginning.
        void shift(long byPending, long byRunning) {
            pendingBefore = Math.max(0, pendingBefore + byPending);
            runningBefore = Math.max(0, runningBefore + byRunning);
            pending = Math.max(0, pending + byPending);
            running = Math.max(0, running + byRunning);
        }

        /// Adds the counts of an earlier part of the same minute.
        void add(Counts earlier) {
            pendingBefore = earlier.pendingBefore;
            runningBefore = earlier.runningBefore;
            submitted += earlier.submitted;
            completed += earlier.completed;
            failed += earlier.failed;
            cancelled += earlier.cancelled;
            tokens += earlier.tokens;
            wait = wait == Percentiles.NONE ? earlier.wait : wait;
            run = run == Percentiles.NONE ? earlier.run : run;
        }
    }

    /// @param now       milliseconds since the epoch
    /// @param knownSeq  events up to this sequence number are included in `pending` and `running`
    History(long now, long knownSeq, long pending, long running) {
        since = now;
        submitted = new Recent(now);
        completed = new Recent(now);
        failed = new Recent(now);
        tokens = new Recent(now);
        this.knownSeq = knownSeq;
        current = new Counts(Math.floorDiv(now, MINUTE_MS), pending, running);
        past.add(current);
    }

    /// Begins the record of a queue before its first task is started.
    public static History of(TaskQueue queue, long now) {
        QueueStats stats = queue.stats();
        History history = new History(now, stats.lastSeq(), stats.byStatus().getOrDefault(TaskStatus.PENDING, 0L),
                stats.byStatus().getOrDefault(TaskStatus.RUNNING, 0L));
        queue.onEvent(history::take);
        if (stats.lastSeq() > 0) {
            if (stats.mode() != QueueMode.RUNNING) {
                history.mark(stats.mode().text, now);
            }
            Thread.ofVirtual().name("history").start(() -> {
                History earlier = Rebuilding.until(queue, stats.lastSeq(), now);
                if (earlier != null) {
                    history.before(earlier);
                }
            });
        }
        return history;
    }

    /// Takes every durable event, in order. Quick; waits only for a reader.
    synchronized void take(DurableEvent event) {
        if (event.seq() > knownSeq) {
            switch (event.event()) {
                case Event.Change change -> take(change.what(), change.task(), change.at());
                case Event.Cron cron -> {
                    // the tasks that it creates have their own events
                }
                case Event.Action action -> {
                    // and so have the tasks that it changes
                }
                case Event.ModeChange mode -> {
                    if (mode.start()) {
                        mark(RESTART, mode.at());
                    } else {
                        turned(mode.mode(), mode.at());
                    }
                }
            }
        }
    }

    /// @param task in its state after the event (for `deleted`: before it)
    synchronized void take(Event.What what, Task task, long at) {
        turn(at);
        switch (what) {
            case SUBMITTED -> {
                current.submitted++;
                ever.submitted++;
                submitted.add(1, at);
                current.pending++;
            }
            case RETRIED -> {
                current.pending++;
                failures.remove(task.id());
            }
            case STARTED -> {
                move(-1, 1);
                if (task.attempts().isEmpty()) {
                    long wait = task.state().startedAt() - Math.max(task.createdAt(), task.terms().scheduledAt());
                    waits.add(wait);
                    ever.waits.addMillis(wait);
                }
            }
            case RETRYING -> move(1, -1);
            case COMPLETED -> {
                current.completed++;
                ever.completed++;
                completed.add(1, at);
                current.running--;
                long run = task.state().endedAt() - task.state().startedAt();
                runs.add(run);
                ever.runs.addMillis(run);
                ran(task, at);
            }
            case FAILED -> {
                current.failed++;
                ever.failed++;
                failed.add(1, at);
                failures.add(task, at);
                left(task);
                ran(task, at);
            }
            case CANCELLED -> {
                current.cancelled++;
                ever.cancelled++;
                left(task);
            }
            case DELETED -> {
                if (task.status() == TaskStatus.FAILED) {
                    failures.remove(task.id());
                }
            }
            case PRIORITY, LATE -> {
                // changes no counts
            }
        }
    }

    @Override
    public void firstPiece(long millis) {
        ever.firstPieces.addMillis(millis);
    }

    @Override
    public synchronized void wrote(long pieces, long now) {
        turn(now);
        current.tokens = Math.max(0, current.tokens + pieces);
        tokens.add(pieces, now);
    }

    @Override
    public synchronized void answered(long task, long count, long counted, long loadMillis, long now) {
        // if the host does not say how many, the pieces counted are taken
        wrote(count == 0 ? 0 : count - counted, now);
        work.measured(task, count == 0 ? counted : count, Math.max(0, loadMillis));
        if (loadMillis >= 0) {
            ever.loads.addMillis(loadMillis);
        }
    }

    /// Returns the totals since the server's start.
    public synchronized SoFar soFar() {
        return new SoFar(ever.submitted, ever.completed, ever.failed, ever.cancelled, ever.waits.counted(),
                ever.runs.counted(), ever.loads.counted(), ever.firstPieces.counted());
    }

    /// Returns the beginning of the record, in milliseconds since the epoch.
    public synchronized long since() {
        return since;
    }

    /// Returns the last minutes, the oldest first, up to the running one; none from before the record's beginning.
    public synchronized List<Minute> last(int minutes, long now) {
        turn(now);
        long first = Math.max(current.minute - minutes + 1, Math.floorDiv(since, MINUTE_MS));
        List<Minute> all = new ArrayList<>();
        for (Counts counts : past) {
            for (long minute = first + all.size(); minute < counts.minute; minute++) {
                all.add(quiet(minute, counts, now));
            }
            if (counts.minute >= first) {
                all.add(shown(counts, now));
            }
        }
        return all;
    }

    /// Returns the rates of the last minutes, or since the record's beginning if that is later.
    public synchronized Rates rates(long now) {
        return new Rates(submitted.perMinute(now), completed.perMinute(now), failed.perMinute(now),
                tokens.perMinute(now) / 60);
    }

    /// Returns the tasks that failed in the last hour, by cause, the most frequent first.
    public synchronized List<FailureCause> failures(long now) {
        return failures.all(now);
    }

    private void ran(Task task, long at) {
        if (task.state().startedAt() != 0) {
            work.ended(task, at);
        }
    }

    /// The hosts' time that tasks used, by priority, model and client, since a moment.
    ///
    /// @param since the time, in milliseconds since the epoch, from which every task is included
    public record WorkBy(List<WorkOf> priority, List<WorkOf> model, List<WorkOf> client, long since) {
    }

    /// Returns the hosts' time that tasks used since a moment, in milliseconds since the epoch, or since the oldest
    /// known task.
    public synchronized WorkBy work(long from) {
        return new WorkBy(work.byPriority(from), work.byModel(from), work.byClient(from), Math.max(from,
                Math.max(work.since(), since)));
    }

    /// Something that affected the whole queue.
    ///
    /// @param kind  `restart`, `paused` or `draining`
    /// @param until when it ended, milliseconds since the epoch; 0: it still lasts
    public record Mark(String kind, long at, long until) {
    }

    /// Returns what affected the whole queue since a moment, the oldest first.
    public synchronized List<Mark> marks(long from) {
        return marks.stream().filter(mark -> mark.at >= from || mark.until == 0 && !mark.kind.equals(RESTART)
                || mark.until >= from).toList();
    }

    private void turned(QueueMode mode, long at) {
        marks.replaceAll(mark -> mark.until == 0 && !mark.kind.equals(RESTART) ? new Mark(mark.kind, mark.at, at)
                : mark);
        if (mode != QueueMode.RUNNING) {
            mark(mode.text, at);
        }
    }

    private void mark(String kind, long at) {
        marks.add(new Mark(kind, at, kind.equals(RESTART) ? at : 0));
        while (marks.size() > MARKS_MAX) {
            marks.removeFirst();
        }
    }

    /// Puts the record of the time before the start in front of this one.
    synchronized void before(History earlier) {
        Counts first = past.getFirst();
        long pending = first.pendingBefore - earlier.current.pending;
        long running = first.runningBefore - earlier.current.running;
        for (Counts counts : earlier.past.reversed()) {
            counts.shift(pending, running);
            if (counts.minute == first.minute) {
                first.add(counts);
            } else if (counts.minute < first.minute) {
                past.addFirst(counts);
            }
        }
        since = Math.min(since, earlier.since);
        work.before(earlier.work);
        failures.before(earlier.failures);
        // what lasted at the start has been marked again since, and may be over
        long until = marks.stream().filter(mark -> !mark.kind.equals(RESTART)).mapToLong(Mark::until).findFirst()
                .orElse(0);
        earlier.marks.replaceAll(mark -> mark.until == 0 ? new Mark(mark.kind, mark.at, until) : mark);
        marks.addAll(0, earlier.marks);
    }

    private void left(Task task) {
        if (task.state().startedAt() == 0) {
            current.pending--;
        } else {
            current.running--;
        }
    }

    private void move(int pending, int running) {
        current.pending += pending;
        current.running += running;
    }

    /// Makes the minute of this moment the running one.
    private void turn(long now) {
        long minute = Math.floorDiv(now, MINUTE_MS);
        if (minute == current.minute || minute < current.minute && minute >= current.minute - HELD_BACK) {
            return;
        }
        Counts ended = current;
        if (minute > ended.minute) {
            ended.wait = percentiles(waits);
            ended.run = percentiles(runs);
            if (ended.minute <= minute - MINUTES || nothingHappened(ended)) {
                past.removeLast();
            }
        } else {
            while (!past.isEmpty() && past.getLast().minute >= minute) {
                past.removeLast();
            }
            since = Math.min(since, now);
        }
        waits.clear();
        runs.clear();
        current = new Counts(minute, ended.pending, ended.running);
        past.add(current);
        while (past.getFirst().minute <= minute - MINUTES) {
            past.removeFirst();
        }
        since = Math.max(since, (minute - MINUTES + 1) * MINUTE_MS);
    }

    private static boolean nothingHappened(Counts counts) {
        return counts.submitted + counts.completed + counts.failed + counts.cancelled + counts.tokens == 0
                && counts.pending == counts.pendingBefore && counts.running == counts.runningBefore
                && counts.wait == Percentiles.NONE;
    }

    private static Percentiles percentiles(Histogram lengths) {
        long p50 = lengths.percentile(0.5);
        return p50 < 0 ? Percentiles.NONE : new Percentiles(p50, lengths.percentile(0.95));
    }

    private Minute shown(Counts counts, long now) {
        boolean runningOne = counts == current;
        return new Minute(counts.minute * MINUTE_MS, seconds(counts.minute, now), counts.pending, counts.running,
                counts.submitted, counts.completed, counts.failed, counts.cancelled, counts.tokens,
                runningOne ? percentiles(waits) : counts.wait, runningOne ? percentiles(runs) : counts.run);
    }

    private Minute quiet(long minute, Counts next, long now) {
        return new Minute(minute * MINUTE_MS, seconds(minute, now), next.pendingBefore, next.runningBefore, 0, 0, 0,
                0, 0, Percentiles.NONE, Percentiles.NONE);
    }

    private double seconds(long minute, long now) {
        long from = Math.max(since, minute * MINUTE_MS);
        long to = minute == current.minute ? Math.min(now, (minute + 1) * MINUTE_MS) : (minute + 1) * MINUTE_MS;
        return Math.max(0, to - from) / 1e3;
    }
}
