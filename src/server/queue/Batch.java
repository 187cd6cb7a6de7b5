package server.queue;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

import server.task.Submission;
import shared.json.Slice;

/// Many submits, made ready before the queue's lock is taken for all of them at once.
///
/// @param events   in the order of the submits
/// @param lines    the same for the journal
/// @param metadata the bytes of all their metadata
record Batch(List<Event.Change> events, List<Slice[]> lines, long metadata) {

    /// @param ids gives ids that are not in use. That somebody else draws one of these 60-bit numbers too before the
    ///            batch is in is left to chance
    static Batch of(List<Submission> submissions, LongSupplier ids, long now) {
        Set<Long> drawn = LinkedHashSet.newLinkedHashSet(submissions.size());
        while (drawn.size() < submissions.size()) {
            drawn.add(ids.getAsLong());
        }
        List<Event.Change> events = new ArrayList<>(submissions.size());
        List<Slice[]> lines = new ArrayList<>(submissions.size());
        long metadata = 0;
        for (long id : drawn) {
            Submission submission = submissions.get(events.size());
            Event.Change event = LifeCycle.submitted(submission, id, null, null, now);
            events.add(event);
            lines.add(EventCodec.encode(event));
            metadata += submission.metadata() == null ? 0 : submission.metadata().length;
        }
        return new Batch(events, lines, metadata);
    }
}
