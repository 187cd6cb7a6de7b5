package server.journal.compaction;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import server.journal.ClosedFiles;
import server.journal.Journal;
import server.journal.SegmentFile;
import server.journal.disk.Segment;

/// Drops obsolete lines from a journal while it is in use. See [Compactor] for how.
public final class JournalCompaction {

    /// This many adjacent files, each smaller than half a segment, are worth a compaction.
    private static final int SMALL_MAX = 32;

    private final Journal journal;
    private final LiveLines lines;
    private final long eventsKept;
    /// How many lines of a file were needed at the last compaction, by the file's number.
    private Map<Integer, Long> left = Map.of();
    /// The share of the closed files' bytes that were obsolete at the last check.
    private volatile double dead;

    /// @param eventsKept this many of the last events stay in any case
    public JournalCompaction(Journal journal, LiveLines lines, long eventsKept) {
        this.journal = journal;
        this.lines = lines;
        this.eventsKept = eventsKept;
    }

    /// Compacts once; concurrent calls wait.
    ///
    /// @param all     whether the segment in use is closed and compacted, too
    /// @param stopped checked now and then: whether to give up
    /// @throws IOException    if a file is damaged or cannot be written, or the compaction was stopped; what was done
    ///         before remains, and nothing is lost
    /// @throws JournalFull    if there is no room for the next new file
    /// @throws JournalFailure if the journal can no longer write
    public synchronized CompactionReport run(boolean all, BooleanSupplier stopped) throws IOException {
        if (all) {
            journal.endSegment();
        }
        ClosedFiles closed = journal.closed();
        LiveOffsets live = LiveOffsets.of(lines);
        // without the events that made the other lines obsolete, these would still be needed
        journal.awaitDurable(journal.appendedSeq());
        CompactionReport report = new Compactor(closed, lines, live, keptAfter(closed), stopped).run();
        left = closed.segments().files().stream().filter(file -> file.lines() >= 0)
                .collect(Collectors.toMap(SegmentFile::number, file -> live.count(file.origins())));
        return report;
    }

    /// Returns whether a compaction is worth its cost, as far as that is known without reading the files: if at least
    /// this share of their bytes can be dropped, and two segments; or, if the disk is full, enough for a segment; or if
    /// many files are small.
    public synchronized boolean isWorthIt(double deadShare) throws IOException {
        ClosedFiles closed = journal.closed();
        Map<Integer, long[]> live = new HashMap<>();
        Map<Integer, long[]> partly = new HashMap<>();
        lines.forEach((position, whole) ->
                (whole ? live : partly).computeIfAbsent(Segment.number(position), absent -> new long[1])[0]++);
        long bytes = 0;
        double needless = 0;
        int small = 0;
        boolean smallBefore = false;
        for (int i = 0; i < closed.files().size(); i++) {
            SegmentFile file = closed.files().get(i);
            long size = closed.storage().size(file.name());
            boolean isSmall = size < closed.segmentSize() / 2;
            small += isSmall && smallBefore ? 1 : 0;
            smallBefore = isSmall;
            bytes += size;
            if (file.lines() > 0) {
                // of the last events, those that are not needed stay, if only partly: what a compaction has seen is not
                // obsolete
                boolean recent = firstSeqBehind(closed, i) > keptAfter(closed) + 1;
                long before = recent ? left.getOrDefault(file.number(), file.lines()) : file.lines();
                // most of what can be left out of a file that a compaction has seen has been left out already
                long needed = count(live, file.origins())
                        + (left.containsKey(file.number()) ? count(partly, file.origins()) : 0);
                needless += size * (double) Math.max(0, before - needed) / file.lines();
            }
        }
        dead = bytes == 0 ? 0 : needless / bytes;
        return small >= SMALL_MAX || needless >= deadShare * bytes && needless >= 2.0 * closed.segmentSize()
                || needless > 0 && journal.full() != null
                        && closed.storage().free() + needless >= closed.segmentSize();
    }

    /// Returns the share of the closed files' bytes that could be dropped, as [#isWorthIt] last found it; 0 before its
    /// first call.
    public double deadShare() {
        return dead;
    }

    /// Returns whether the disk has no room for another segment.
    public boolean isRoomShort() {
        return journal.full() != null;
    }

    /// Returns the sequence number of the last event.
    public long lastSeq() {
        return journal.appendedSeq();
    }

    private static long count(Map<Integer, long[]> live, List<Integer> origins) {
        return origins.stream().filter(live::containsKey).mapToLong(origin -> live.get(origin)[0]).sum();
    }

    private static long firstSeqBehind(ClosedFiles closed, int index) {
        return index + 1 < closed.files().size() ? closed.files().get(index + 1).firstSeq() : closed.lastSeq() + 1;
    }

    private long keptAfter(ClosedFiles closed) {
        return closed.segments().keptAfter(closed.lastSeq(), eventsKept);
    }
}
