package server.queue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

import server.journal.Unit;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.task.Submission;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Many submits that are to be one commit. Each is made ready for the journal as it comes, before the queue's lock is
/// taken for all of them at once, and nothing else of it is kept: a batch should not be in memory twice. For one
/// thread.
public final class TaskBatch implements AutoCloseable {

    /// What a line has at most beside its payload and metadata; one that has more only makes its buffer grow.
    private static final int LINE = 2 << 10;

    /// Longer lines are not written to the buffer that the others share, for it stays as long as this does.
    private static final int SHARED = 16 << 10;

    /// So many ids are drawn at a time.
    private static final int IDS = 64;

    private final UnaryOperator<Submission> shared;
    private final IntFunction<long[]> ids;
    private final long now;
    private final Arena arena;

    private final List<Event.Change> events = new ArrayList<>();
    private final OffHeapLines lines;
    private final JsonWriter sharedLine = new JsonWriter(LINE);
    private long metadata;
    private long[] drawn = {};
    private int used;
    private boolean inDoubt;

    /// @param shared a submission with what it has in common with others shared
    /// @param ids    gives so many ids that are not in use. That one of these 60-bit numbers is drawn twice before the
    ///               batch is in is left to chance
    TaskBatch(UnaryOperator<Submission> shared, IntFunction<long[]> ids, long now) {
        this(shared, ids, now, Arena.ofShared());
    }

    private TaskBatch(UnaryOperator<Submission> shared, IntFunction<long[]> ids, long now, Arena arena) {
        this.shared = shared;
        this.ids = ids;
        this.now = now;
        this.arena = arena;
        lines = new OffHeapLines(arena);
    }

    /// An empty one, to be filled by another thread and then added to this. It ends with this one.
    public TaskBatch part() {
        return new TaskBatch(shared, ids, now, arena);
    }

    public TaskBatch add(Submission asked) {
        Submission submission = shared.apply(asked);
        Event.Change event = LifeCycle.submitted(submission, id(), null, null, now);
        int bytes = submission.metadata() == null ? 0 : submission.metadata().length;
        int most = LINE + submission.payload().length() + bytes;
        JsonWriter line = most > SHARED ? new JsonWriter(most) : sharedLine.clear();
        EventCodec.write(line, event);
        // the journal writes the opening brace itself
        lines.add(new Slice(line.buffer(), 1, line.length()));
        events.add(event.slim());
        metadata += bytes;
        return this;
    }

    private long id() {
        if (used == drawn.length) {
            drawn = ids.apply(IDS);
            used = 0;
        }
        return drawn[used++];
    }

    /// Takes over what a part of this one gathered.
    public void add(TaskBatch part) {
        events.addAll(part.events);
        lines.add(part.lines);
        metadata += part.metadata;
    }

    public int size() {
        return events.size();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /// In the order of the submits, without what memory does not hold of them.
    List<Event.Change> events() {
        return events;
    }

    /// The same for the journal.
    Unit lines() {
        return lines;
    }

    /// The bytes of all their metadata.
    long metadata() {
        return metadata;
    }

    /// Tells whether the journal has the lines and did not write them yet.
    void inDoubt(boolean now) {
        inDoubt = now;
    }

    /// Gives the memory of its lines back. Where the journal failed to write them they stay, for they can still be
    /// read; the program is about to end.
    @Override
    public void close() {
        if (!inDoubt) {
            arena.close();
        }
    }
}
