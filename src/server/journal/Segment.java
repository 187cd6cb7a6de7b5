package server.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/// A file of the journal: its name, its header line, and positions in it.
///
/// A segment is made with its whole size: the header, then fill. It is written and synced under another name first, so
/// one that has its own name is whole. When it is full, or the server stops, a closing mark follows the last line and
/// the file is cut behind it. What stands behind a mark means nothing: a crash while the file was being cut leaves fill
/// there, or zeros.
final class Segment {

    /// Bytes of the header line.
    static final int HEADER = 80;

    /// Room that stays free for the closing mark.
    static final int CLOSING_MAX = 120;

    /// Sizes are multiples of this, a page and a multiple of a sector.
    static final int PAGE = 4096;

    static final String PART = ".part";

    private static final int FORMAT = 1;
    private static final Pattern NAME = Pattern.compile("[0-9]{10}\\.journal");

    private Segment() {
    }

    static String name(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(10 - digits.length()) + digits + ".journal";
    }

    /// The number in a segment's name; -1 if it is not one.
    static int number(String name) {
        if (!NAME.matcher(name).matches()) {
            return -1;
        }
        long number = Long.parseLong(name.substring(0, 10));
        return number > 0 && number <= Integer.MAX_VALUE ? (int) number : -1;
    }

    /// Whether it is one that was being made.
    static boolean isPart(String name) {
        return name.endsWith(PART) && number(name.substring(0, name.length() - PART.length())) > 0;
    }

    static long position(int number, long offset) {
        return (long) number << 32 | offset;
    }

    static int number(long position) {
        return (int) (position >>> 32);
    }

    static int offset(long position) {
        return (int) position;
    }

    /// The size of a segment that has this many bytes of lines at least.
    static int sizeFor(long lines, int usual) {
        long size = Math.max(usual, HEADER + lines + CLOSING_MAX);
        return Math.toIntExact((size + PAGE - 1) / PAGE * PAGE);
    }

    static byte[] header(int number, int size) {
        return Line.framed("{\"journal\":" + FORMAT + ",\"segment\":" + number + ",\"size\":" + size + "}", 0, HEADER);
    }

    /// Checks the header.
    ///
    /// @return the size that the segment was made with
    static int size(Storage storage, int number) throws IOException {
        String name = name(number);
        byte[] header = new byte[HEADER];
        int length = storage.read(name, 0, header, 0, HEADER);
        int size = 0;
        // the size is all that is not known: read it, then compare with what the header must be
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

    /// Whether it was prepared and never used: nothing but fill after the header.
    static boolean isUnused(Storage storage, int number) throws IOException {
        return storage.size(name(number)) == size(storage, number) && used(storage, number, HEADER) < 0;
    }

    /// The first byte from this offset on that is not fill; -1 if there is none.
    static long used(Storage storage, int number, long from) throws IOException {
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
