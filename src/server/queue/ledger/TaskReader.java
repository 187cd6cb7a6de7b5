package server.queue.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

import server.cron.plan.CronTask;
import server.journal.Journal;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.task.Attempt;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Trace;
import shared.json.JsonReader;
import shared.json.Slice;

/// Reads from the journal what memory does not hold of a task. Its first line has the request, its last line all
/// attempts and the result. Never used under the queue's lock.
public final class TaskReader {

    private final Journal journal;
    private final EventCodec codec;

    TaskReader(Journal journal, EventCodec codec) {
        this.journal = journal;
        this.codec = codec;
    }

    /// Reads the complete form of a task, as of the state that the caller has.
    ///
    /// @throws UncheckedIOException if a line cannot be read, as in the other methods
    public TaskDocument document(Task task) {
        Event.Change first = change(task.requestAt());
        Event.Change last = task.lastAt() == task.requestAt() ? first : change(task.lastAt());
        Event.Request request = task.isUnrecorded() ? Event.Request.UNRECORDED : first.request();
        return new TaskDocument(task, request.payload(), task.state().error(), last.attempts(), last.result(),
                Trace.of(request.head()));
    }

    /// Returns the task as in the answer to its submit.
    public TaskDocument asSubmitted(Task task) {
        Event.Change first = change(task.requestAt());
        Task then = first.task().arrived(task.arrival(), task.requestAt());
        return new TaskDocument(then, first.request().payload(), null, List.of(), null,
                Trace.of(first.request().head()));
    }

    /// Reads the parts of a submit that memory does not hold; nothing for an unrecorded task that has ended.
    public Event.Request request(Task task) {
        return task.isUnrecorded() ? Event.Request.UNRECORDED : change(task.requestAt()).request();
    }

    /// Returns all attempts of a task; those of an ended task are read from the journal.
    public List<Attempt> attempts(Task task) {
        return task.status().ended() ? change(task.lastAt()).attempts() : task.attempts();
    }

    /// Reads the template of a cron task's tasks.
    public Slice template(CronTask cron) {
        return ((Event.Cron) codec.decode(line(cron.definedAt()))).change().template();
    }

    /// Returns the events of a task's first and last line.
    List<DurableEvent> events(Task task) {
        List<DurableEvent> events = new ArrayList<>();
        events.add(event(task.requestAt()));
        if (task.lastAt() != task.requestAt()) {
            events.add(event(task.lastAt()));
        }
        return events;
    }

    /// Returns the event on a line, as the feed shows it.
    DurableEvent event(long seq, Slice line) {
        return new DurableEvent(seq, codec.decodeForFeed(line));
    }

    /// Returns the event on a line, with its request and its result.
    DurableEvent whole(long seq, Slice line) {
        return new DurableEvent(seq, codec.decode(line));
    }

    private DurableEvent event(long position) {
        Slice line = line(position);
        JsonReader in = JsonReader.ofOwn(line);
        in.beginObject();
        in.nextName();
        return event(Long.parseLong(in.number()), line);
    }

    private Event.Change change(long position) {
        return (Event.Change) codec.decode(line(position));
    }

    /// Returns a line as it is in the journal.
    public Slice line(long position) {
        try {
            return journal.read(position);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
