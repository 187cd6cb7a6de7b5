package server.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

import server.task.Submission;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Many submits that are to be one commit. Each is made ready for the journal as it comes, before the queue's lock is
/// taken for all of them at once, and nothing else of it is kept: a batch should not be in memory twice. For one
/// thread.
public final class Batch {

    /// Lines share buffers of this size, in bytes.
    private static final int BUFFER = 256 << 10;

    /// What a line has at most beside its payload and metadata; one that has more only makes its buffer grow.
    private static final int LINE = 2 << 10;

    /// So many ids are drawn at a time.
    private static final int IDS = 64;

    private final UnaryOperator<Submission> shared;
    private final IntFunction<long[]> ids;
    private final long now;

    private final List<Event.Change> events = new ArrayList<>();
    private final List<Slice[]> lines = new ArrayList<>();
    private long metadata;
    private JsonWriter buffer = new JsonWriter(LINE);
    private int capacity = LINE;
    private long[] drawn = {};
    private int used;

    /// @param shared a submission with what it has in common with others shared
    /// @param ids    gives so many ids that are not in use. That one of these 60-bit numbers is drawn twice before the
    ///               batch is in is left to chance
    Batch(UnaryOperator<Submission> shared, IntFunction<long[]> ids, long now) {
        this.shared = shared;
        this.ids = ids;
        this.now = now;
    }

    public Batch add(Submission asked) {
        Submission submission = shared.apply(asked);
        Event.Change event = LifeCycle.submitted(submission, id(), null, null, now);
        lines.add(new Slice[] {line(event, LINE + submission.payload().length())});
        events.add(event.slim());
        metadata += submission.metadata() == null ? 0 : submission.metadata().length;
        return this;
    }

    private long id() {
        if (used == drawn.length) {
            drawn = ids.apply(IDS);
            used = 0;
        }
        return drawn[used++];
    }

    /// @param length about how long the line will be
    private Slice line(Event.Change event, int length) {
        if (capacity - buffer.length() < length) {
            capacity = Math.max(length, lines.isEmpty() ? 0 : BUFFER);
            buffer = new JsonWriter(capacity);
        }
        int from = buffer.length();
        EventCodec.write(buffer.next(), event);
        // the journal writes the opening brace itself
        return new Slice(buffer.buffer(), from + 1, buffer.length());
    }

    /// Takes over what another one gathered.
    public void add(Batch other) {
        events.addAll(other.events);
        lines.addAll(other.lines);
        metadata += other.metadata;
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
    List<Slice[]> lines() {
        return lines;
    }

    /// The bytes of all their metadata.
    long metadata() {
        return metadata;
    }
}
