package client;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

import shared.json.Json;
import shared.json.JsonWriter;

/// The body of a request: its length in bytes, and how to write it.
record RequestBody(long length, Writer writer) {

    interface Writer {
        void write(OutputStream out) throws IOException;
    }

    static final RequestBody EMPTY = new RequestBody(0, out -> { });

    static RequestBody of(Json json) {
        JsonWriter text = new JsonWriter().value(json);
        return new RequestBody(text.length(), out -> out.write(text.buffer(), 0, text.length()));
    }

    /// Builds a body in memory. It is never copied, so it may use more than half of the memory.
    static final class Builder extends OutputStream {

        private static final int PIECE_BYTES = 1 << 16;

        private final List<byte[]> full = new ArrayList<>();
        private byte[] last = new byte[PIECE_BYTES];
        private int lastLength;

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            for (int at = from, count; at < from + length; at += count) {
                if (lastLength == last.length) {
                    full.add(last);
                    last = new byte[PIECE_BYTES];
                    lastLength = 0;
                }
                count = Math.min(from + length - at, last.length - lastLength);
                System.arraycopy(bytes, at, last, lastLength, count);
                lastLength += count;
            }
        }

        void add(Json json) {
            JsonWriter text = new JsonWriter().value(json);
            write(text.buffer(), 0, text.length());
        }

        /// Returns the number of bytes so far.
        long length() {
            return (long) full.size() * PIECE_BYTES + lastLength;
        }

        /// Returns the first character that is no white space; -1 if there is none.
        int first() {
            for (int i = 0; i < length(); i++) {
                byte one = i / PIECE_BYTES < full.size() ? full.get(i / PIECE_BYTES)[i % PIECE_BYTES]
                        : last[i % PIECE_BYTES];
                if (one < 0 || one > ' ') {
                    return one & 0xff;
                }
            }
            return -1;
        }

        /// Returns the body; writing more to this object afterwards would change it.
        RequestBody body() {
            return new RequestBody(length(), out -> {
                for (byte[] piece : full) {
                    out.write(piece);
                }
                out.write(last, 0, lastLength);
            });
        }
    }
}
