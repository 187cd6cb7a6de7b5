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

/// A host's answer to a call so far, and how its task ended, for all callers. One attempt at a time writes, at the
/// host's pace; any number of callers read, each from its own position. All of it is kept until the last caller has
/// left.
public final class RelayedAnswer implements RelaySink {

    private static final int CAPACITY_BYTES = 1 << 10;

    /// The state at one moment.
    ///
    /// @param host      the name of the last host to which the call was sent; null if none yet
    /// @param askedAt   when the call was sent, in milliseconds since the epoch
    /// @param isAsked   whether an attempt is in progress
    /// @param startSeq  the sequence number of the event with which the last attempt began; 0 for none
    /// @param head      null until the host has answered
    /// @param bytes     the body so far
    /// @param hostEnded whether the host has ended its answer normally
    /// @param cut       why the body is incomplete: there was no room for it; null if it is complete so far
    /// @param ended     the task as it ended, durable; null until then
    /// @param failure   the failure of the attempt that ends the task; null if none yet
    /// @param changes   the number of changes so far
    public record Look(String host, long askedAt, boolean isAsked, long startSeq, HostHead head, Slice bytes,
            boolean hostEnded, Outcome.Failed cut, Task ended, Outcome.Failed failure, long changes) {
    }

    // all guarded by this object's lock
    private final AnswerRoom.Portion room;
    private String host;
    private long askedAt;
    private boolean isAsked;
    private long startSeq;
    private HostHead head;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean hostEnded;
    private Outcome.Failed cut;
    private Task ended;
    private Outcome.Failed failure;
    private long changes;
    /// Opens when waiting callers must look again; null while none waits.
    private CountDownLatch next;
    private Submission brought;
    private boolean released;

    // guarded by the lock of the entry in RelayedAnswers
    int callers;
    /// The sequence number of the event with which the answering attempt began; 0 for none.
    long attempt;

    /// @param room accounts for its bytes until the last caller has left
    RelayedAnswer(AnswerRoom.Portion room) {
        this.room = room;
    }

    /// Keeps the caller's submission, so that it need not be read from the journal: until it is taken, or a caller
    /// leaves, because the room of a request in memory is held no longer.
    ///
    /// @param submission null to drop it
    public synchronized void bring(Submission submission) {
        brought = submission;
    }

    /// Returns the caller's submission, once; null if only the journal has it.
    public synchronized Submission takeBrought() {
        Submission taken = brought;
        brought = null;
        return taken;
    }

    /// Notes that nobody reads it any more: what a cancelled attempt still writes is dropped.
    synchronized void release() {
        released = true;
        room.close();
    }

    /// Notes that the call is being sent to a host. Wakes nobody, because it changes nothing that callers wait for.
    synchronized void asked(long newStartSeq, String newHost, long now) {
        startSeq = newStartSeq;
        host = newHost;
        askedAt = now;
        isAsked = true;
    }

    /// Notes that the attempt is over. Wakes nobody if the answer has begun, because the task's end follows.
    synchronized void left() {
        isAsked = false;
        changes++;
        if (head == null) {
            wake();
        }
    }

    /// Wakes nobody, because the first byte, or the end, follows at once.
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
            // readers may still use the old array, which does not change
            bytes = Arrays.copyOf(bytes, Math.max(CAPACITY_BYTES, Math.max(length + count, length + length / 2)));
        }
        System.arraycopy(more, from, bytes, length, count);
        length += count;
        if (length != head.length()) {
            changed();
        }
    }

    /// Wakes nobody, because callers wait for the task's end.
    @Override
    public synchronized void end() {
        hostEnded = true;
    }

    /// Sets the failure that is about to end the task; callers learn of it when that is durable.
    public synchronized void failing(Outcome.Failed newFailure) {
        failure = newFailure;
    }

    /// Returns whether part of an answer may have reached a caller, so that the call must not be retried.
    public synchronized boolean begun() {
        return head != null;
    }

    synchronized void ended(Task task) {
        ended = task;
        changed();
    }

    /// Returns the present state.
    public synchronized Look look() {
        return new Look(host, askedAt, isAsked, startSeq, head, new Slice(bytes, 0, length), hostEnded, cut, ended,
                failure, changes);
    }

    /// Waits until something has changed since an earlier look, or until the time must be checked, which is after at
    /// most about a second.
    ///
    /// @param seen   the `changes` of the earlier look
    /// @param atMost the longest wait
    public Look await(long seen, Duration atMost) throws InterruptedException {
        CountDownLatch change;
        synchronized (this) {
            if (changes != seen) {
                return look();
            }
            next = next == null ? new CountDownLatch(1) : next;
            change = next;
        }
        // not inside the monitor: waking a virtual thread there takes another thread
        if (atMost.compareTo(RelayedAnswers.LOOK_EVERY) < 0) {
            change.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            // each timer must also wake a thread: one timer of RelayedAnswers is enough for all
            change.await();
        }
        return look();
    }

    private void changed() {
        changes++;
        wake();
    }

    /// Wakes the waiting callers.
    synchronized void wake() {
        if (next != null) {
            next.countDown();
            next = null;
        }
    }
}
