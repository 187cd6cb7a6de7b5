package server.queue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

import server.journal.JournalFailure;
import server.journal.JournalFull;
import server.journal.NoRoom;
import server.journal.Unit;
import server.journal.Urgency;
import server.queue.ledger.Ledger;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.Wanted;
import server.task.Submission;
import server.task.Task;

/// Many submits in one commit. Each is encoded for the journal as it arrives, before the ledger's lock is taken once
/// for all of them, and nothing else of it is kept: a batch should not be in memory twice. For one thread.
public final class TaskBatch implements AutoCloseable {

    /// How many ids are drawn at a time.
    private static final int IDS = 64;

    private final Ledger ledger;
    private final long now;
    private final Arena arena;

    private final List<Event.Change> events = new ArrayList<>();
    private final OffHeapLines lines;
    private final Wanted wanted = new Wanted();
    private long[] drawn = {};
    private int used;
    /// Whether the journal has the lines but has not written them yet.
    private boolean inDoubt;

    /// @param now the time at which its tasks are created, milliseconds since the epoch
    TaskBatch(Ledger ledger, long now) {
        this(ledger, now, Arena.ofShared());
    }

    private TaskBatch(Ledger ledger, long now, Arena arena) {
        this.ledger = ledger;
        this.now = now;
        this.arena = arena;
        lines = new OffHeapLines(arena);
    }

    /// Returns an empty batch for another thread to fill; it is then added to this batch and closed with it.
    public TaskBatch part() {
        return new TaskBatch(ledger, now, arena);
    }

    /// Adds a task.
    ///
    /// @return this
    public TaskBatch add(Submission asked) {
        Submission submission = ledger.pool().share(asked);
        Event.Change event = LifeCycle.submitted(submission, id(), null, null, now);
        lines.add(EventCodec.encode(event));
        events.add(event.slim());
        wanted.add(submission);
        return this;
    }

    private long id() {
        if (used == drawn.length) {
            // it is left to chance that one of these 60-bit numbers is drawn twice before the batch is committed
            drawn = ledger.changeNow(writer -> LongStream.generate(writer::unusedId).limit(IDS).toArray()).value();
            used = 0;
        }
        return drawn[used++];
    }

    /// Adds the tasks of a partial batch.
    public void add(TaskBatch part) {
        events.addAll(part.events);
        lines.add(part.lines);
        wanted.add(part.wanted);
    }

    /// Returns the clients of its tasks; null stands for tasks without a client.
    public Set<String> clients() {
        return wanted.clients();
    }

    /// Submits all of its tasks, or none, in order; they are durable when it returns.
    List<Task> commit() {
        List<Task> tasks = ledger.change(writer -> {
            writer.state().admit(wanted);
            inDoubt = true;
            try {
                return writer.append(events, lines, Urgency.LOW);
            } catch (NoRoom | JournalFailure | JournalFull notTaken) {
                inDoubt = false;
                throw notTaken;
            }
        }).durable();
        inDoubt = false;
        return tasks;
    }

    /// Returns the number of its tasks.
    public int size() {
        return events.size();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /// Frees the memory of its lines. If the journal failed to write them they stay, because they can still be read;
    /// the process is about to end then.
    @Override
    public void close() {
        if (!inDoubt) {
            arena.close();
        }
    }
}
