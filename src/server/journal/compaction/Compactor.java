package server.journal.compaction;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import server.journal.ClosedFiles;
import server.journal.JournalFull;
import server.journal.SegmentFile;
import server.journal.Segments;
import server.journal.disk.CompactedFile;
import server.journal.disk.JournalDamage;
import server.journal.disk.Line;
import server.journal.disk.Segment;
import server.journal.disk.SegmentReader;
import server.journal.disk.Storage;
import shared.LogValue;
import shared.json.Slice;

/// One compaction of the closed files, from the oldest to the newest. The front page says how it works, and why it is
/// safe.
final class Compactor {

    private static final Logger LOG = System.getLogger(Compactor.class.getName());

    /// The bytes of a new file besides its lines.
    private static final int OVERHEAD = Segment.HEADER + Segment.CLOSING_MAX;

    /// @param bytes   the size of the part that stays
    /// @param changes whether a part does not stay
    private record Plan(SegmentFile file, long bytes, boolean changes) {
    }

    private final Storage storage;
    private final Segments segments;
    private final int segmentSize;
    private final List<SegmentFile> closed;
    private final long kept;
    private final LiveLines lines;
    private final BooleanSupplier stopped;
    private final LiveOffsets live;
    private long dropped;

    /// @param live    the lines that must stay; the events that made the others obsolete are already durable
    /// @param kept    lines after this sequence number stay, at least as events
    /// @param stopped checked now and then: whether to give up
    Compactor(ClosedFiles journal, LiveLines lines, LiveOffsets live, long kept, BooleanSupplier stopped) {
        storage = journal.storage();
        segments = journal.segments();
        segmentSize = journal.segmentSize();
        closed = journal.files();
        this.kept = kept;
        this.lines = lines;
        this.stopped = stopped;
        this.live = live;
    }

    CompactionReport run() throws IOException {
        long bytesBefore = size(closed);
        List<Plan> group = new ArrayList<>();
        long bytes = 0;
        for (SegmentFile file : closed) {
            Plan plan = plan(file);
            boolean stays = !plan.changes && plan.bytes >= segmentSize / 2;
            // on a nearly full disk the new files become smaller: each one frees room for the next
            if (stays || bytes + plan.bytes > Math.min(segmentSize, storage.free() - OVERHEAD)) {
                compact(group);
                group.clear();
                bytes = 0;
            }
            if (!stays) {
                group.add(plan);
                bytes += plan.bytes;
            }
        }
        compact(group);
        List<SegmentFile> left = segments.files().stream()
                .filter(file -> !closed.isEmpty() && file.range().to() <= closed.getLast().range().to()).toList();
        return new CompactionReport(closed.size(), left.size(), bytesBefore, size(left), dropped);
    }

    private long size(List<SegmentFile> files) throws IOException {
        long bytes = 0;
        for (SegmentFile file : files) {
            bytes += storage.size(file.name());
        }
        return bytes;
    }

    private Plan plan(SegmentFile file) throws IOException {
        if (live.count(file.origins()) == file.lines() && live.areWhole(file.origins())) {
            return new Plan(file, storage.size(file.name()), false);
        }
        Size size = new Size();
        read(file, size);
        return new Plan(file, size.bytes, size.changes);
    }

    private void compact(List<Plan> group) throws IOException {
        if (group.isEmpty() || group.size() == 1 && !group.getFirst().changes) {
            return;
        }
        List<SegmentFile> files = group.stream().map(Plan::file).toList();
        long bytes = group.stream().mapToLong(Plan::bytes).sum();
        if (storage.free() < bytes + OVERHEAD) {
            throw full(bytes);
        }
        Segment.Range range = new Segment.Range(files.getFirst().range().from(), files.getLast().range().to());
        int number = segments.nextCompacted();
        SegmentFile made;
        Copy copy;
        boolean finished = false;
        CompactedFile out = new CompactedFile(storage, number, range, CompactedFile.SYNC_EVERY);
        try (out) {
            copy = new Copy(out, number);
            long next = 0;
            for (SegmentFile file : files) {
                next = read(file, copy);
            }
            out.finish(next, kept);
            finished = true;
        } catch (IOException failure) {
            // others write to this disk, too: the room may have been used up
            if (!(failure instanceof JournalDamage) && storage.free() < segmentSize) {
                throw full(bytes);
            }
            throw failure;
        } finally {
            if (!finished) {
                discard(out);
            }
        }
        // the commit point: from now on the new file stands for the old ones
        replace(files, new SegmentFile(number, range, files.getFirst().firstSeq(), copy.count,
                List.copyOf(copy.origins)), copy.moved);
    }

    private JournalFull full(long bytes) throws IOException {
        return new JournalFull("no room for a compaction: it needs " + (bytes + OVERHEAD) + " bytes in "
                + storage.describe("") + ", and " + storage.free() + " are free");
    }

    private void replace(List<SegmentFile> files, SegmentFile made, Map<Integer, Segments.Moved> moved)
            throws IOException {
        segments.droppedUpTo(kept);
        segments.replace(files, made, moved);
        dropped -= made.lines();
        for (SegmentFile file : files) {
            dropped += file.lines();
            if (!segments.isHeld(file.number())) {
                delete(file);
            }
        }
        storage.sync();
    }

    private void discard(CompactedFile out) {
        try {
            out.discard();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "event=compaction_part_left reason=" + LogValue.of(e));
        }
    }

    /// Deletes a file. If that fails, the file is superseded: the next start deletes it.
    private void delete(SegmentFile file) {
        try {
            storage.delete(file.name());
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> "event=compaction_delete_failed file=" + file.name()
                    + " reason=" + LogValue.of(e));
        }
    }

    // ---- what stays of a file

    private interface Sink {
        /// Receives a line that stays unchanged.
        ///
        /// @param origin the file number in its position; 0 if the line is not a needed one
        /// @param index  its index among the needed lines of this origin
        void line(Slice line, int origin, int index) throws IOException;

        /// Receives what stays of a needed line.
        void shortened(Slice json, int origin, int index) throws IOException;

        /// Receives what stays of a line that is not needed; null if nothing does.
        void changed(Slice json) throws IOException;
    }

    /// Counts the bytes that stay.
    private static final class Size implements Sink {
        long bytes;
        boolean changes;

        @Override
        public void line(Slice line, int origin, int index) {
            bytes += line.length();
        }

        @Override
        public void shortened(Slice json, int origin, int index) {
            changed(json);
        }

        @Override
        public void changed(Slice json) {
            bytes += json == null ? 0 : Line.CRC + json.length() + 1;
            changes = true;
        }
    }

    /// Writes what stays, and records where it went.
    private final class Copy implements Sink {
        private final CompactedFile out;
        private final int number;
        final List<Integer> origins = new ArrayList<>();
        final Map<Integer, Segments.Moved> moved = new HashMap<>();
        long count;

        Copy(CompactedFile out, int number) {
            this.out = out;
            this.number = number;
        }

        @Override
        public void line(Slice line, int origin, int index) throws IOException {
            if (origin != 0) {
                to(origin)[index] = out.offset();
            }
            out.add(line);
            count++;
        }

        @Override
        public void shortened(Slice json, int origin, int index) throws IOException {
            to(origin)[index] = out.offset();
            changed(json);
        }

        @Override
        public void changed(Slice json) throws IOException {
            if (json != null) {
                out.addJson(json);
                count++;
            }
        }

        private int[] to(int origin) {
            Segments.Moved table = moved.get(origin);
            if (table == null) {
                int[] from = live.of(origin);
                table = new Segments.Moved(number, from, new int[from.length]);
                moved.put(origin, table);
                origins.add(origin);
            }
            return table.to();
        }
    }

    /// Walks through the needed lines of a file, in order.
    private final class Needed {
        private final List<Integer> origins;
        private int next;
        private int[] offsets = new int[0];
        int origin;
        int index = -1;
        /// The offset of the line in the file; -1 after the last.
        long offset;

        Needed(SegmentFile file) {
            origins = file.origins();
            advance();
        }

        boolean isWhole() {
            return live.isWhole(origin, offsets[index]);
        }

        void advance() {
            index++;
            while (index == offsets.length && next < origins.size()) {
                origin = origins.get(next++);
                offsets = live.of(origin);
                index = 0;
            }
            offset = index == offsets.length ? -1
                    : Segment.offset(segments.locate(Segment.position(origin, offsets[index])));
        }
    }

    private void needed(SegmentReader reader, Needed needed, Sink sink) throws IOException {
        Slice json = needed.isWhole() ? null : reader.json();
        Slice stays = json == null ? null : lines.needed(json);
        if (stays == json) {
            sink.line(reader.bytes(), needed.origin, needed.index);
        } else {
            sink.shortened(stays, needed.origin, needed.index);
        }
    }

    /// @return the lowest sequence number that may follow the file
    private long read(SegmentFile file, Sink sink) throws IOException {
        SegmentReader reader = new SegmentReader(storage, file.number(), Long.MAX_VALUE);
        Needed needed = new Needed(file);
        while (reader.next() && !reader.line.closing) {
            if (stopped.getAsBoolean()) {
                throw new IOException("the compaction was stopped");
            }
            if (reader.offset() == needed.offset) {
                needed(reader, needed, sink);
                needed.advance();
            } else if (reader.line.seq > kept) {
                Slice json = reader.json();
                Slice stays = lines.recent(json);
                if (stays == json) {
                    sink.line(reader.bytes(), 0, 0);
                } else {
                    sink.changed(stays);
                }
            } else {
                sink.changed(null);
            }
        }
        if (!reader.line.closing || needed.offset >= 0) {
            throw new JournalDamage(storage, file.name(), Math.max(reader.offset(), needed.offset), -1,
                    "the bytes here are not the line that was written");
        }
        return reader.line.seq;
    }
}
