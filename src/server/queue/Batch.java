package server.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

import server.task.Submission;
import shared.json.Slice;

/// Many submits, made ready before the queue's lock is taken for all of them at once.
///
/// @param events   in the order of the submits
/// @param lines    the same for the journal
/// @param metadata the bytes of all their metadata
record Batch(List<Event.Change> events, List<Slice[]> lines, long metadata) {

    /// @param shared a submission with what it has in common with others shared; asked one by one, for a batch should
    ///               not be in memory twice
    /// @param ids    gives ids that are not in use. That somebody else draws one of these 60-bit numbers too before the
    ///               batch is in is left to chance
    static Batch of(List<Submission> submissions, UnaryOperator<Submission> shared, LongSupplier ids, long now) {
        long[] drawn = distinct(submissions.size(), ids);
        List<Event.Change> events = new ArrayList<>(submissions.size());
        List<Slice[]> lines = new ArrayList<>(submissions.size());
        long metadata = 0;
        for (Submission asked : submissions) {
            Submission submission = shared.apply(asked);
            Event.Change event = LifeCycle.submitted(submission, drawn[events.size()], null, null, now);
            events.add(event);
            lines.add(EventCodec.encode(event));
            metadata += submission.metadata() == null ? 0 : submission.metadata().length;
        }
        return new Batch(events, lines, metadata);
    }

    private static long[] distinct(int count, LongSupplier ids) {
        while (true) {
            long[] drawn = LongStream.generate(ids).limit(count).toArray();
            long[] sorted = drawn.clone();
            Arrays.sort(sorted);
            boolean twice = false;
            for (int i = 1; i < count; i++) {
                twice |= sorted[i] == sorted[i - 1];
            }
            if (!twice) {
                return drawn;
            }
        }
    }
}
