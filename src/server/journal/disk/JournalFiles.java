package server.journal.disk;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;


/// The files of a journal in a directory; see [Segment] for what a compacted file stands for.
///
/// @param files      in the order of their segments
/// @param superseded the numbers of files that a compaction has replaced, but not yet deleted
public record JournalFiles(List<File> files, List<Integer> superseded) {

    /// @param range the segments that it stands for; its own number if it is a segment
    public record File(int number, Segment.Range range) {

        /// Returns whether a compaction replaced this file by the other one.
        private boolean isSupersededBy(File other) {
            return Segment.isCompacted(other.number) && other.range.holds(range)
                    && (!Segment.isCompacted(number) || other.number > number);
        }

        /// Returns what is wrong with its position after another file, or at the beginning, for people; null if
        /// nothing.
        public String misplaced(File before) {
            int expected = before == null ? 1 : before.range.to() + 1;
            if (range.from() > expected) {
                return "the file is missing, but " + Segment.name(number) + " is there";
            }
            return range.from() == expected ? null : "the segments " + range.from() + " to " + before.range.to()
                    + " are in " + Segment.name(before.number) + " too";
        }
    }

    /// Returns the files of a journal in a directory.
    ///
    /// @throws JournalDamage if a compacted file does not say what it stands for
    public static JournalFiles of(Storage storage) throws IOException {
        List<File> all = new ArrayList<>();
        for (String name : storage.list()) {
            int number = Segment.number(name);
            if (number > 0) {
                all.add(new File(number, Segment.range(storage, number)));
            }
        }
        return of(all);
    }

    /// Sorts files into those in use, in the order of their lines, and those that are superseded.
    public static JournalFiles of(List<File> found) {
        List<File> all = new ArrayList<>(found);
        all.sort((one, other) -> Integer.compare(one.range.from(), other.range.from()));
        List<File> compacted = all.stream().filter(file -> Segment.isCompacted(file.number)).toList();
        List<Integer> superseded = all.stream().filter(file -> compacted.stream().anyMatch(file::isSupersededBy))
                .map(File::number).toList();
        return new JournalFiles(all.stream().filter(file -> !superseded.contains(file.number)).toList(), superseded);
    }

    /// Returns the ranges of segments that are missing before others.
    public List<Segment.Range> gaps() {
        List<Segment.Range> gaps = new ArrayList<>();
        int expected = 1;
        for (File file : files) {
            if (file.range.from() > expected) {
                gaps.add(new Segment.Range(expected, file.range.from() - 1));
            }
            expected = Math.max(expected, file.range.to() + 1);
        }
        return gaps;
    }

    /// Checks that no file is missing, and returns this.
    ///
    /// @throws JournalDamage if a segment is missing, or present twice
    public JournalFiles whole(Storage storage) throws JournalDamage {
        File before = null;
        for (File file : files) {
            String problem = file.misplaced(before);
            if (problem != null) {
                int missing = before == null ? 1 : before.range.to() + 1;
                throw new JournalDamage(storage, Segment.name(Math.min(missing, file.number)), 0, -1, problem);
            }
            before = file;
        }
        return this;
    }
}
