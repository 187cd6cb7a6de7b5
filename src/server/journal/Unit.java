package server.journal;

import java.nio.ByteBuffer;
import java.util.List;

import shared.json.Slice;

/// Lines that are appended together. Each is the event's JSON after the opening brace and the members `seq` and
/// `synced`, which the journal writes itself, as in `"event":"task",…}`. It has no line end. The bytes are not copied
/// before they are written, so they must not change until they are durable.
public interface Unit {

    /// Returns the number of lines.
    int size();

    /// Returns the length of a line, in bytes.
    long length(int line);

    /// Returns the bytes of a line, between position and limit of these buffers, whose positions the caller may move.
    ByteBuffer[] bytes(int line);

    /// Returns a unit of one line, in pieces.
    static Unit of(Slice... pieces) {
        return of(List.<Slice[]>of(pieces));
    }

    /// Returns a unit of several lines, each in pieces.
    static Unit of(List<Slice[]> lines) {
        return new Slices(lines);
    }

    /// A unit in arrays.
    record Slices(List<Slice[]> lines) implements Unit {
        @Override
        public int size() {
            return lines.size();
        }

        @Override
        public long length(int line) {
            long length = 0;
            for (Slice piece : lines.get(line)) {
                length += piece.length();
            }
            return length;
        }

        @Override
        public ByteBuffer[] bytes(int line) {
            Slice[] pieces = lines.get(line);
            ByteBuffer[] bytes = new ByteBuffer[pieces.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = ByteBuffer.wrap(pieces[i].bytes(), pieces[i].from(), pieces[i].length());
            }
            return bytes;
        }
    }
}
