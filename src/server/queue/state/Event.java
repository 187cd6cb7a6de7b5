package server.queue.state;

import java.util.List;
import java.util.Locale;

import server.action.plan.ActionEvent;
import server.cron.plan.CronEvent;
import server.task.Attempt;
import server.task.Task;
import shared.json.Slice;

/// One change of the queue: a line of the journal, an event of the feed. It is a fact; [QueueState#apply] never rejects
/// one.
public sealed interface Event {

    /// Returns when it happened, milliseconds since the epoch. The clock may have been set back between two events.
    long at();

    /// Returns the same event without what need not be kept in memory until it is shown.
    Event slim();

    /// Returns whether it may let a task start.
    default boolean mayLetStart() {
        return switch (this) {
            case ModeChange change -> change.mode() != QueueMode.PAUSED;
            case Cron change -> false;
            case Action change -> false;
            case Change change -> switch (change.what()) {
                case SUBMITTED, RETRYING, PRIORITY, RETRIED -> true;
                case STARTED, COMPLETED, FAILED, CANCELLED, DELETED, LATE -> false;
            };
        };
    }

    /// What happened to a task.
    enum What {
        SUBMITTED, STARTED, RETRYING, COMPLETED, FAILED, CANCELLED, PRIORITY, RETRIED, DELETED, LATE;

        public final String text = name().toLowerCase(Locale.ROOT);

        /// Returns the constant that a text names.
        public static What parse(String text) {
            for (What what : values()) {
                if (what.text.equals(text)) {
                    return what;
                }
            }
            throw new IllegalArgumentException("an event that is unknown: " + text
                    + ". Was this journal written by a newer version?");
        }
    }

    /// A task changed.
    ///
    /// @param task     the task after the event (for `deleted`: before it); its order, arrival and positions are filled
    ///                 in when the event is applied
    /// @param attempts all so far, also for an ended task, whose `task` holds none
    /// @param request  for a `submitted` event; null otherwise
    /// @param result   for a `completed` event, or a `failed` one of a call that its host answered; otherwise null
    record Change(What what, long at, Task task, List<Attempt> attempts, Request request, Slice result)
            implements Event {

        @Override
        public Change slim() {
            return new Change(what, at, task, List.of(),
                    request == null ? null : new Request(null, request.preview, null, null, null), null);
        }
    }

    /// The part of a submit that memory does not hold.
    ///
    /// @param key         its idempotency key, null for none
    /// @param fingerprint of the body that came with the key
    /// @param head        what is sent to the host in addition to the body: see [server.task.Submission]; null for none
    record Request(Slice payload, String preview, String key, String fingerprint, Slice head) {

        /// Returns the rest of an unrecorded one.
        public static final Request UNRECORDED = new Request(Slice.of(new byte[] {'{', '}'}), "", null, null, null);
    }

    /// A cron task changed.
    record Cron(CronEvent change) implements Event {

        @Override
        public long at() {
            return change.at();
        }

        @Override
        public Cron slim() {
            return new Cron(change.slim());
        }
    }

    /// An action on many tasks changed.
    ///
    /// @param mode the queue's, for older versions: they read its line as one that sets the mode
    record Action(ActionEvent change, QueueMode mode) implements Event {

        @Override
        public long at() {
            return change.at();
        }

        @Override
        public Action slim() {
            return new Action(change.slim(), mode);
        }
    }

    /// The queue was paused, resumed or drained; or the server started.
    ///
    /// @param mode  the new mode
    /// @param start whether the server started, which changes no mode
    record ModeChange(QueueMode mode, long at, boolean start) implements Event {

        public ModeChange(QueueMode mode, long at) {
            this(mode, at, false);
        }

        @Override
        public ModeChange slim() {
            return this;
        }
    }
}
