package server.journal.disk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

import shared.json.Slice;

/// Parses and writes lines. The front page of `server.journal` defines their bytes. Not safe for several threads.
public final class Line {

    /// The smallest unit that a disk writes completely or not at all.
    public static final int SECTOR = 512;

    /// The byte that fills unwritten space in a segment.
    public static final byte FILL = '\n';

    /// Bytes of a line before its JSON.
    public static final int CRC = 9;

    /// The longest prefix that [#prefix] makes.
    public static final int PREFIX_MAX = 100;

    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] SEQ = ascii("{\"seq\":");
    private static final byte[] SYNCED = ascii(",\"synced\":\"");
    private static final byte[] MORE = ascii("\",\"more\":");
    private static final byte[] CLOSED = ascii("{\"closed\":");
    private static final byte[] NEXT = ascii("\",\"next\":");
    private static final byte[] CLOSED_MORE = ascii(",\"more\":");
    private static final byte[] KEPT = ascii(",\"kept\":");
    private static final byte[] LINES = ascii(",\"lines\":");

    /// The line's sequence number; for a closing mark, that of the next line.
    public long seq;
    /// The position up to which everything was on the disk when the line was written.
    public long synced;
    public int more;
    /// Whether it is a closing mark.
    public boolean closing;
    /// For a compacted file's mark: no event after this sequence number was dropped; else 0.
    public long kept;
    /// For a closing mark: the number of lines in its file; -1 if version 0.1 wrote it.
    public long lines;

    private final CRC32C crc = new CRC32C();
    private byte[] bytes;
    private int at;
    private int end;

    /// Parses a line without its terminator, and verifies its checksum.
    ///
    /// @return whether it is a valid line; if not, the fields are undefined
    public boolean parse(byte[] line, int from, int to) {
        if (to - from < CRC + SEQ.length || line[from + CRC - 1] != ' ') {
            return false;
        }
        bytes = line;
        at = from;
        end = to;
        long expected = hex(CRC - 1);
        crc.reset();
        crc.update(line, from + CRC, to - from - CRC);
        if (expected != crc.getValue()) {
            return false;
        }
        at = from + CRC;
        closing = !take(SEQ);
        if (closing) {
            return mark();
        }
        seq = number();
        if (seq < 0 || !take(SYNCED)) {
            return false;
        }
        synced = hex(16);
        more = take(MORE) ? (int) number() : 0;
        return synced >= 0 && more >= 0 && at < end && (line[at] == ',' || line[at] == '"');
    }

    private boolean mark() {
        if (!take(CLOSED) || number() < 0 || !take(SYNCED)) {
            return false;
        }
        synced = hex(16);
        seq = take(NEXT) ? number() : -1;
        more = take(CLOSED_MORE) ? (int) number() : 0;
        kept = take(KEPT) ? number() : 0;
        lines = take(LINES) ? number() : -1;
        return synced >= 0 && seq >= 0 && more >= 0;
    }

    private boolean take(byte[] text) {
        if (end - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[at + i] != text[i]) {
                return false;
            }
        }
        at += text.length;
        return true;
    }

    private long number() {
        long value = -1;
        for (; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            value = Math.max(value, 0) * 10 + bytes[at] - '0';
        }
        return value;
    }

    private long hex(int digits) {
        long value = 0;
        if (end - at < digits) {
            return -1;
        }
        for (int i = 0; i < digits; i++) {
            byte c = bytes[at++];
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Returns the number of bytes that [#prefix] writes.
    public static int prefixLength(long seq, int more) {
        int length = SEQ.length + digits(seq) + SYNCED.length + 16 + 2;
        return more == 0 ? length : length + MORE.length - 1 + digits(more);
    }

    /// Writes everything that comes before the event's own members.
    ///
    /// @return the number of bytes
    public static int prefix(byte[] into, long seq, long synced, int more) {
        int at = put(into, 0, SEQ);
        at = decimal(into, at, seq);
        at = put(into, at, SYNCED);
        hex(into, at, synced, 16);
        at += 16;
        if (more > 0) {
            at = put(into, at, MORE);
            at = decimal(into, at, more);
        } else {
            into[at++] = '"';
        }
        into[at++] = ',';
        return at;
    }

    /// Returns a segment's complete closing mark, to be written at this offset.
    ///
    /// @param lines how many lines come before it
    public static byte[] closing(int segment, long offset, long synced, long next, int more, long lines) {
        return closing(segment, offset, synced, next, more > 0 ? ",\"more\":" + more : "", lines);
    }

    /// Returns the closing mark of a compacted file, or of a backup.
    public static byte[] closing(int number, long offset, long next, long kept, long lines) {
        return closing(number - Segment.COMPACTED, offset, 0, next, ",\"kept\":" + kept, lines);
    }

    private static byte[] closing(int closed, long offset, long synced, long next, String member, long lines) {
        byte[] hex = new byte[16];
        hex(hex, 0, synced, 16);
        return framed("{\"closed\":" + closed + ",\"synced\":\"" + new String(hex, StandardCharsets.US_ASCII)
                + "\",\"next\":" + next + member + ",\"lines\":" + lines + "}", offset, 0);
    }

    /// Returns the bytes that come before an event's JSON in its line.
    static byte[] checksum(Slice json) {
        CRC32C crc = new CRC32C();
        crc.update(json.bytes(), json.from(), json.length());
        byte[] checksum = new byte[CRC];
        hex(checksum, 0, crc.getValue(), CRC - 1);
        checksum[CRC - 1] = ' ';
        return checksum;
    }

    /// Returns a line with this JSON.
    ///
    /// @param length the minimum length of the line, in bytes
    public static byte[] framed(String json, long offset, int length) {
        byte[] text = ascii(json);
        int pad = Math.max(0, length - CRC - text.length - 1);
        pad += pad(offset + CRC + text.length + pad);
        byte[] line = new byte[CRC + text.length + pad + 1];
        Arrays.fill(line, (byte) ' ');
        System.arraycopy(text, 0, line, CRC, text.length);
        line[line.length - 1] = '\n';
        CRC32C crc = new CRC32C();
        crc.update(line, CRC, line.length - CRC - 1);
        hex(line, 0, crc.getValue(), CRC - 1);
        return line;
    }

    /// Returns the number of spaces needed before a terminator that would otherwise be at this offset of its segment.
    public static int pad(long terminator) {
        return Math.max(0, 4 - (int) (terminator + 2 & SECTOR - 1));
    }

    /// Writes the last hex digits of a number, in lower case, with leading zeros.
    public static void hex(byte[] into, int at, long value, int digits) {
        for (int i = digits - 1; i >= 0; i--) {
            into[at + i] = HEX[(int) value & 0xf];
            value >>>= 4;
        }
    }

    private static int put(byte[] into, int at, byte[] text) {
        System.arraycopy(text, 0, into, at, text.length);
        return at + text.length;
    }

    private static int decimal(byte[] into, int at, long value) {
        int end = at + digits(value);
        for (int i = end - 1; i >= at; i--) {
            into[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        return end;
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
