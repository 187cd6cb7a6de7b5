package server.journal.disk;

import java.io.IOException;
import java.util.Arrays;


/// What follows the last valid line of a segment that has no closing mark: its end, a torn batch or damage. The front
/// page of `server.journal` says how these are distinguished.
///
/// @param kind   which of the three
/// @param offset the offset of the first invalid bytes
/// @param bytes  the bytes from there to the last one that is not fill; empty at the end of the lines
/// @param seqMax the highest sequence number of the valid lines after them; -1 if there is none
/// @param reason why it is damage, for people
public record Tail(Condition kind, long offset, byte[] bytes, long seqMax, String reason) {

    public enum Condition { END, TORN, DAMAGED }

    /// Examines what follows the valid lines of a segment that is not closed.
    ///
    /// @param offset where these lines end
    public static Tail of(Storage storage, int number, int size, long offset) throws IOException {
        String name = Segment.name(number);
        long length = storage.size(name);
        if (length < size) {
            return new Tail(Condition.DAMAGED, offset, new byte[0], -1, length <= offset
                    ? "the file ends here, but its segment has " + size + " bytes and no closing mark"
                    : "the bytes here are not a line, and the file is shorter than its segment");
        }
        byte[] bytes = new byte[(int) (length - offset)];
        storage.read(name, offset, bytes, 0, bytes.length);
        int used = bytes.length;
        while (used > 0 && bytes[used - 1] == Line.FILL) {
            used--;
        }
        byte[] dropped = Arrays.copyOf(bytes, used);
        if (used == 0) {
            return new Tail(Condition.END, offset, dropped, -1, "");
        }
        Line line = new Line();
        long seqMax = -1;
        int from = indexOfFill(bytes, 0) + 1;
        for (int to; from > 0 && (to = indexOfFill(bytes, from)) >= 0; from = to + 1) {
            if (line.parse(bytes, from, to)) {
                seqMax = Math.max(seqMax, line.seq);
                if (line.synced > Segment.position(number, offset)) {
                    return new Tail(Condition.DAMAGED, offset, dropped, seqMax, "the bytes here are not a line, but "
                            + "were synced before the valid line at offset " + (offset + from) + " was written");
                }
            }
        }
        int hole = indexOfFill(bytes, 0);
        return hole >= 0 && neverWritten(bytes, offset, hole)
                ? new Tail(Condition.TORN, offset, dropped, seqMax, "")
                : new Tail(Condition.DAMAGED, offset, dropped, seqMax, "the bytes here are not a line, but no part of "
                        + "them is a sector that was never written");
    }

    private static boolean neverWritten(byte[] bytes, long offset, int hole) {
        if (hole > 0 && (offset + hole) % Line.SECTOR != 0) {
            return false;
        }
        long sectorEnd = ((offset + hole) / Line.SECTOR + 1) * Line.SECTOR;
        for (int i = hole; i < sectorEnd - offset; i++) {
            if (bytes[i] != Line.FILL) {
                return false;
            }
        }
        return true;
    }

    private static int indexOfFill(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == Line.FILL) {
                return i;
            }
        }
        return -1;
    }
}
