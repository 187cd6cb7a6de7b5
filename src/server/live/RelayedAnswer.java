package server.live;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.RelaySink;
import server.task.Submission;
import server.task.Task;
import shared.json.Slice;

/// What has come so far of a host's answer to a call, and how its task ended: for all who called. One attempt at a time
/// writes, at the host's pace; any number of callers read, each from a place of its own. All of it is kept until the
/// last caller has left.
public final class RelayedAnswer implements RelaySink {

    private static final int CAPACITY_BYTES = 1 << 10;

    /// What there is at one moment.
    ///
    /// @param host      the name of the host that was asked last; null: none yet
    /// @param askedAt   when it was asked, milliseconds since the epoch
    /// @param isAsked   whether it is being asked now
    /// @param head      null until the host has answered
    /// @param bytes     all of the body so far
    /// @param hostEnded whether the host has ended its answer in order
    /// @param cut       why not all of the body is here: there was no room for it; null: all of it is
    /// @param ended     the task as it ended, durable; null until then
    /// @param failure   of a task that failed by an attempt: what ended it; null if nothing did yet
    /// @param changes   counts what has happened
    public record Look(String host, long askedAt, boolean isAsked, HostHead head, Slice bytes, boolean hostEnded,
            Outcome.Failed cut, Task ended, Outcome.Failed failure, long changes) {
    }

    // all under this lock
    private final AnswerRoom.Portion room;
    private String host;
    private long askedAt;
    private boolean isAsked;
    private HostHead head;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean hostEnded;
    private Outcome.Failed cut;
    private Task ended;
    private Outcome.Failed failure;
    private long changes;
    /// Opens when those who wait are to look; null while nobody waits for one.
    private CountDownLatch next;
    private Submission brought;
    private boolean released;

    // under the lock of the entry in RelayedAnswers
    int callers;
    /// By which event the attempt began that gives it; 0: none does.
    long attempt;

    /// @param room where its bytes are counted until the last caller has left
    RelayedAnswer(AnswerRoom.Portion room) {
        this.room = room;
    }

    /// Keeps what its caller has brought for the host, so that it need not be read from the journal: until it is taken,
    /// or a caller leaves, for a request's room in memory is held no longer.
    public synchronized void bring(Submission submission) {
        brought = submission;
    }

    /// Takes what its caller has brought, once; null if that is in the journal alone.
    public synchronized Submission takeBrought() {
        Submission taken = brought;
        brought = null;
        return taken;
    }

    /// Nobody reads it any more: what an attempt that was cancelled still brings is dropped.
    synchronized void release() {
        released = true;
        room.close();
    }

    /// A host is being asked. Nobody is woken for it: it changes nothing of what callers wait for.
    synchronized void asked(String newHost, long now) {
        host = newHost;
        askedAt = now;
        isAsked = true;
    }

    /// The attempt is over. Where the answer has begun, nobody is woken for it: the task's end follows.
    synchronized void left() {
        isAsked = false;
        changes++;
        if (head == null) {
            wake();
        }
    }

    /// Nobody is woken for it: the first byte, or the end, follows at once.
    @Override
    public synchronized void head(HostHead newHead) {
        head = newHead;
    }

    @Override
    public synchronized void bytes(byte[] more, int from, int count) {
        if (released) {
            return;
        }
        try {
            room.answer(length + count, host);
        } catch (HostFailure full) {
            cut = full.outcome();
        }
        if (cut != null) {
            changed();
            return;
        }
        if (count > bytes.length - length) {
            // what readers hold of the old array stays as it is
            bytes = Arrays.copyOf(bytes, Math.max(CAPACITY_BYTES, Math.max(length + count, length + length / 2)));
        }
        System.arraycopy(more, from, bytes, length, count);
        length += count;
        if (length != head.length()) {
            changed();
        }
    }

    /// Nobody is woken for it: callers wait for the task's end.
    @Override
    public synchronized void end() {
        hostEnded = true;
    }

    /// Tells what is about to end the task; callers learn of it once that is durable.
    public synchronized void failing(Outcome.Failed newFailure) {
        failure = newFailure;
    }

    /// Returns whether a part of an answer may have reached a caller, so that nothing may be tried again.
    public synchronized boolean begun() {
        return head != null;
    }

    synchronized void ended(Task task) {
        ended = task;
        changed();
    }

    /// Returns what there is now.
    public synchronized Look look() {
        return new Look(host, askedAt, isAsked, head, new Slice(bytes, 0, length), hostEnded, cut, ended, failure,
                changes);
    }

    /// Waits until something has happened since an earlier look, or to look at the time: at most a second.
    ///
    /// @param seen   the earlier look's `changes`
    /// @param atMost wait no longer than this either
    public Look await(long seen, Duration atMost) throws InterruptedException {
        CountDownLatch change;
        synchronized (this) {
            if (changes != seen) {
                return look();
            }
            next = next == null ? new CountDownLatch(1) : next;
            change = next;
        }
        // not in the monitor: to wake a virtual thread from there takes another thread
        if (atMost.compareTo(RelayedAnswers.LOOK_EVERY) < 0) {
            change.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            // each timer has to be told to a thread, too: one of RelayedAnswers is enough for all
            change.await();
        }
        return look();
    }

    private void changed() {
        changes++;
        wake();
    }

    /// Lets those who wait look.
    synchronized void wake() {
        if (next != null) {
            next.countDown();
            next = null;
        }
    }
}
