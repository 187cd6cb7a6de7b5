package server.live;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

import server.clock.Rounds;
import server.executor.AnswerRoom;
import server.queue.ledger.DurableEvent;

/// The answers to calls, by task, that callers wait for or a host is giving. Thread-safe and quick.
public final class RelayedAnswers {

    /// The part of the heap that answers kept for callers may use: a quarter.
    private static final int HEAP_SHARE = 4;

    /// How often waiting callers check the time, and whatever does not report its changes.
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final AnswerRoom room;
    private final ConcurrentHashMap<Long, RelayedAnswer> byTask = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("waiting-callers", LOOK_EVERY,
            () -> byTask.values().forEach(RelayedAnswer::wake), () -> !byTask.isEmpty());

    public RelayedAnswers() {
        this(new AnswerRoom(Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    }

    /// @param room accounts for all answers together
    RelayedAnswers(AnswerRoom room) {
        this.room = room;
    }

    /// Gives a caller a task's answer, from its first byte if the attempt has not begun or another caller is there;
    /// must be ended with [#leave]. Must be called before the task's state is read, or its end may be missed.
    public RelayedAnswer enter(long task) {
        RelayedAnswer entered = byTask.compute(task, (id, there) -> {
            RelayedAnswer answer = there == null ? new RelayedAnswer(room.share()) : there;
            answer.callers++;
            return answer;
        });
        rounds.begin();
        return entered;
    }

    /// Notes that a caller no longer reads the answer that it got from [#enter]; a later attempt may have another
    /// answer by now.
    public void leave(long task, RelayedAnswer entered) {
        byTask.compute(task, (id, there) -> {
            entered.callers--;
            entered.bring(null);
            RelayedAnswer left = kept(entered);
            return there == entered ? left : there;
        });
    }

    /// Begins an attempt's answer, which the callers read; must be ended with [#end] when the outcome is recorded.
    ///
    /// @param attempt the sequence number of the event with which the attempt began
    /// @param now     milliseconds since the epoch
    public RelayedAnswer begin(long task, long attempt, String host, long now) {
        RelayedAnswer begun = byTask.compute(task, (id, there) -> {
            RelayedAnswer answer = there;
            if (there == null || there.begun()) {
                answer = new RelayedAnswer(room.share());
                if (there != null) {
                    there.attempt = 0;
                    kept(there);
                }
            }
            answer.attempt = attempt;
            return answer;
        });
        begun.asked(attempt, host, now);
        return begun;
    }

    /// Returns the answer that a task's attempt is giving or callers wait for; null if there is none.
    public RelayedAnswer find(long task) {
        return byTask.get(task);
    }

    /// Ends an attempt's answer. Does nothing if another attempt has begun meanwhile.
    public void end(long task, long attempt) {
        byTask.computeIfPresent(task, (id, answer) -> {
            if (answer.attempt != attempt) {
                return answer;
            }
            answer.attempt = 0;
            answer.left();
            return kept(answer);
        });
    }

    /// Tells callers that a task has ended. Called by the journal's writer.
    public void happened(DurableEvent event) {
        RelayedAnswer answer = byTask.isEmpty() || event.after() == null || !event.after().status().ended() ? null
                : byTask.get(event.task());
        if (answer != null) {
            answer.ended(event.after());
        }
    }

    private static RelayedAnswer kept(RelayedAnswer answer) {
        if (answer.callers > 0 || answer.attempt != 0) {
            return answer;
        }
        answer.release();
        return null;
    }
}
