package server.live;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

import server.clock.Rounds;
import server.executor.AnswerRoom;
import server.queue.ledger.DurableEvent;

/// The answers to calls that somebody waits for or a host is giving, by task. Safe for any thread, and quick.
public final class RelayedAnswers {

    /// What the answers that are kept for their callers may take of the heap: a quarter.
    private static final int HEAP_SHARE = 4;

    /// How often those who wait look at the time, and at what tells nobody of its changes.
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final AnswerRoom room;
    private final ConcurrentHashMap<Long, RelayedAnswer> byTask = new ConcurrentHashMap<>();
    private final Rounds rounds = new Rounds("waiting-callers", LOOK_EVERY,
            () -> byTask.values().forEach(RelayedAnswer::wake), () -> !byTask.isEmpty());

    public RelayedAnswers() {
        this(new AnswerRoom(Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    }

    /// @param room of all answers together
    RelayedAnswers(AnswerRoom room) {
        this.room = room;
    }

    /// Lets a caller have a task's answer, from its first byte if the attempt has not begun or a caller is there; to be
    /// given back with [#leave]. Call it before the task is looked at, or the end is missed.
    public RelayedAnswer enter(long task) {
        RelayedAnswer entered = byTask.compute(task, (id, there) -> {
            RelayedAnswer answer = there == null ? new RelayedAnswer(room.share()) : there;
            answer.callers++;
            return answer;
        });
        rounds.begin();
        return entered;
    }

    /// Notes that a caller reads no longer what it got from [#enter]; a later attempt may have another answer by now.
    public void leave(long task, RelayedAnswer entered) {
        byTask.compute(task, (id, there) -> {
            entered.callers--;
            entered.bring(null);
            RelayedAnswer left = kept(entered);
            return there == entered ? left : there;
        });
    }

    /// Begins an attempt's answer, which its callers read; to be ended with [#end] once the outcome is on record.
    ///
    /// @param attempt the sequence number of the event that the attempt began with
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
        begun.asked(host, now);
        return begun;
    }

    /// Returns the answer that a task's attempt is giving or its callers wait for; null if there is none.
    public RelayedAnswer find(long task) {
        return byTask.get(task);
    }

    /// Ends an attempt's answer. Does nothing if another attempt has begun since.
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

    /// Tells callers that a task has ended. For the journal's writer.
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
