package server.journal.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;


/// A file of the journal, a segment or a compacted file: its name, its header line, and positions in it; see
/// `server.journal`. In memory, 2^30 is added to a compacted file's number, so that positions can use it like a
/// segment's.
public final class Segment {

    /// Bytes of the header line.
    public static final int HEADER = 80;

    /// Bytes reserved for the closing mark.
    public static final int CLOSING_MAX = 140;

    /// Sizes are multiples of this, which is a page and a multiple of a sector.
    public static final int PAGE = 4096;

    public static final String PART = ".part";

    /// The numbers of compacted files begin after this one, those of segments end before it.
    public static final int COMPACTED = 1 << 30;

    private static final int FORMAT = 1;
    private static final Pattern NAME = Pattern.compile("(c?)([0-9]{9,10})\\.journal");
    private static final Pattern RANGE = Pattern.compile("\"from\":([0-9]{1,10}),\"to\":([0-9]{1,10})}");

    /// A new segment, still empty.
    public record Fresh(int number, int size) {
    }

    /// The segments whose lines a file contains.
    public record Range(int from, int to) {

        boolean holds(Range other) {
            return from <= other.from && other.to <= to;
        }
    }

    private Segment() {
    }

    /// Returns the file's name.
    public static String name(int number) {
        String digits = Integer.toString(isCompacted(number) ? number - COMPACTED : number);
        String zeros = "0".repeat(10 - digits.length());
        return (isCompacted(number) ? "c" + zeros.substring(1) : zeros) + digits + ".journal";
    }

    /// Returns whether this is the number of a compacted file.
    public static boolean isCompacted(int number) {
        return number > COMPACTED;
    }

    /// Returns the number in a file's name; -1 if it is not a file of the journal.
    public static int number(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches() || name.length() != "0000000001.journal".length()) {
            return -1;
        }
        long number = Long.parseLong(parts.group(2));
        if (number < 1 || number >= COMPACTED) {
            return -1;
        }
        return (int) number + (parts.group(1).isEmpty() ? 0 : COMPACTED);
    }

    /// Returns whether this is the name of a file that was being written.
    public static boolean isPart(String name) {
        return name.endsWith(PART) && number(name.substring(0, name.length() - PART.length())) > 0;
    }

    /// Returns the position of a line: see the front page of `server.journal`.
    public static long position(int number, long offset) {
        return (long) number << 32 | offset;
    }

    /// Returns the number of a position's file.
    public static int number(long position) {
        return (int) (position >>> 32);
    }

    /// Returns the offset of a position in its file, in bytes.
    public static int offset(long position) {
        return (int) position;
    }

    /// Returns the size of a segment for at least this many bytes of lines.
    public static int sizeFor(long lines, int usual) {
        long size = Math.max(usual, HEADER + lines + CLOSING_MAX);
        return Math.toIntExact((size + PAGE - 1) / PAGE * PAGE);
    }

    /// Returns a segment's first line.
    public static byte[] header(int number, int size) {
        return Line.framed("{\"journal\":" + FORMAT + ",\"segment\":" + number + ",\"size\":" + size + "}", 0, HEADER);
    }

    /// Returns a compacted file's first line.
    public static byte[] header(int number, Range range) {
        return Line.framed("{\"journal\":" + FORMAT + ",\"compacted\":" + (number - COMPACTED) + ",\"from\":"
                + range.from + ",\"to\":" + range.to + "}", 0, HEADER);
    }

    /// Returns the segments that a file stands for, after checking a compacted file's header.
    public static Range range(Storage storage, int number) throws IOException {
        if (!isCompacted(number)) {
            return new Range(number, number);
        }
        byte[] header = new byte[HEADER];
        int length = storage.read(name(number), 0, header, 0, HEADER);
        Matcher written = RANGE.matcher(new String(header, 0, length, StandardCharsets.ISO_8859_1));
        if (written.find()) {
            long from = Long.parseLong(written.group(1));
            long to = Long.parseLong(written.group(2));
            if (0 < from && from <= to && to < COMPACTED
                    && Arrays.equals(header, header(number, new Range((int) from, (int) to)))) {
                return new Range((int) from, (int) to);
            }
        }
        throw new JournalDamage(storage, name(number), 0, -1, "it does not begin with the header of compacted file "
                + (number - COMPACTED) + " in format " + FORMAT);
    }

    /// Checks the header.
    ///
    /// @return the size with which the segment was created; for a compacted file, its length
    public static int size(Storage storage, int number) throws IOException {
        String name = name(number);
        if (isCompacted(number)) {
            range(storage, number);
            return Math.toIntExact(storage.size(name));
        }
        byte[] header = new byte[HEADER];
        int length = storage.read(name, 0, header, 0, HEADER);
        int size = 0;
        // only the size is unknown: read it, then compare the header with what it must be
        for (int at = Line.CRC + header("", number).length(); at < length && Character.isDigit(header[at]); at++) {
            size = (int) Math.min(Integer.MAX_VALUE, size * 10L + header[at] - '0');
        }
        if (length < HEADER || !Arrays.equals(header, header(number, size))) {
            throw new JournalDamage(storage, name, 0, -1, "it does not begin with the header of segment " + number
                    + " in format " + FORMAT);
        }
        if (storage.size(name) > size) {
            throw new JournalDamage(storage, name, size, -1, "the file is longer than the segment's size");
        }
        return size;
    }

    private static String header(String size, int number) {
        return "{\"journal\":" + FORMAT + ",\"segment\":" + number + ",\"size\":" + size;
    }

    /// Returns whether the segment was prepared and never used: nothing but fill after the header.
    public static boolean isUnused(Storage storage, int number) throws IOException {
        return storage.size(name(number)) == size(storage, number) && used(storage, number, HEADER) < 0;
    }

    /// Returns the offset of the first byte from this offset on that is not fill; -1 if there is none.
    public static long used(Storage storage, int number, long from) throws IOException {
        byte[] read = new byte[Math.clamp(storage.size(name(number)) - from + 1, 1, 64 << 10)];
        byte[] fill = new byte[read.length];
        Arrays.fill(fill, Line.FILL);
        for (long at = from; ; at += read.length) {
            int length = storage.read(name(number), at, read, 0, read.length);
            int mismatch = Arrays.mismatch(read, 0, length, fill, 0, length);
            if (mismatch >= 0) {
                return at + mismatch;
            }
            if (length < read.length) {
                return -1;
            }
        }
    }
}
