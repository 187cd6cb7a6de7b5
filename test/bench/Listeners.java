package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Many readers of the server's events, of any kind: a program that holds many connections and checks the numbers of
/// their events, in one thread. It must see each number once and in order.
///
/// In:  `open PORT COUNT FILE`, the file being the bytes of requests, each ended by an empty line, taken in turn. Out:
/// `open`, when all were answered.
/// In:  `await SEQ`. Out: `MESSAGES LOST` so far, when all have got that event or nothing came for a long time.
final class Listeners {

    private static final int BUFFER = 256 << 10;
    private static final long PATIENCE_MS = 20_000;
    private static final byte[] MARK = "{\"seq\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /// A sign of life that a WebSocket's server may want: a masked pong.
    private static final byte[] PONG = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final List<Listener> all = new ArrayList<>();
    private int answered;
    /// The awaited number, and how many have seen it.
    private long target = Long.MAX_VALUE;
    private int there;
    private long messages;
    private long lost;

    private Listeners() throws IOException {
    }

    public static void main(String[] args) throws IOException {
        Listeners listeners = new Listeners();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 4);
            if (words[0].equals("open")) {
                listeners.open(Integer.parseInt(words[1]), Integer.parseInt(words[2]),
                        Files.readString(Path.of(words[3]), StandardCharsets.US_ASCII));
                System.out.println("open");
            } else {
                System.out.println(listeners.await(Long.parseLong(words[1])));
            }
        }
    }

    private void open(int port, int count, String requests) throws IOException {
        String[] each = requests.split("(?<=\r\n\r\n)");
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.write(ByteBuffer.wrap(each[i % each.length].getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            Listener listener = new Listener();
            channel.register(selector, SelectionKey.OP_READ, listener);
            all.add(listener);
        }
        long begun = System.nanoTime();
        while (answered < all.size() && System.nanoTime() - begun < PATIENCE_MS * 1_000_000) {
            readSome();
        }
    }

    private String await(long seq) throws IOException {
        for (SelectionKey key : selector.keys()) {
            if (key.isValid() && ((Listener) key.attachment()).pongs) {
                ((SocketChannel) key.channel()).write(ByteBuffer.wrap(PONG));
            }
        }
        target = seq;
        there = (int) all.stream().filter(listener -> listener.last >= seq).count();
        long before = -1;
        long since = System.nanoTime();
        while (there < all.size() && System.nanoTime() - since < PATIENCE_MS * 1_000_000) {
            readSome();
            // a ping is nothing
            since = messages > before ? System.nanoTime() : since;
            before = messages;
        }
        return messages + " " + (lost + all.stream().mapToLong(listener -> Math.max(0, seq - listener.last)).sum());
    }

    private void readSome() throws IOException {
        selector.select(PATIENCE_MS);
        for (SelectionKey key : selector.selectedKeys()) {
            buffer.clear();
            int count = ((SocketChannel) key.channel()).read(buffer);
            if (count < 0) {
                key.cancel();
                lost++;
            } else {
                ((Listener) key.attachment()).take(buffer.array(), count);
            }
        }
        selector.selectedKeys().clear();
    }

    private enum Part { HEAD, PLAIN, CHUNK_SIZE, CHUNK, CHUNK_END }

    private final class Listener {
        private final StringBuilder head = new StringBuilder();
        private Part part = Part.HEAD;
        private boolean pongs;
        private int chunkLeft;
        /// How much of the mark was seen. If all of it was, the number follows.
        private int seen;
        private long number;
        private long last;

        void take(byte[] bytes, int length) {
            int at = 0;
            while (at < length) {
                switch (part) {
                    case HEAD -> at = head(bytes, at, length);
                    case PLAIN -> at = body(bytes, at, length);
                    case CHUNK_SIZE -> {
                        byte b = bytes[at++];
                        if (b == '\n') {
                            part = Part.CHUNK;
                        } else if (b != '\r') {
                            chunkLeft = chunkLeft * 16 + Character.digit(b, 16);
                        }
                    }
                    case CHUNK -> {
                        int end = body(bytes, at, Math.min(length, at + chunkLeft));
                        chunkLeft -= end - at;
                        at = end;
                        part = chunkLeft == 0 ? Part.CHUNK_END : Part.CHUNK;
                    }
                    case CHUNK_END -> part = bytes[at++] == '\n' ? Part.CHUNK_SIZE : Part.CHUNK_END;
                }
            }
        }

        private int head(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at++) {
                head.append((char) bytes[at]);
                if (bytes[at] == '\n' && head.length() >= HEAD_END.length
                        && head.substring(head.length() - HEAD_END.length).equals("\r\n\r\n")) {
                    part = head.toString().contains("chunked") ? Part.CHUNK_SIZE : Part.PLAIN;
                    pongs = head.toString().contains(" 101 ");
                    answered++;
                    return at + 1;
                }
            }
            return to;
        }

        private int body(byte[] bytes, int from, int to) {
            for (int at = from; at < to; at++) {
                byte b = bytes[at];
                if (seen == MARK.length) {
                    if (b >= '0' && b <= '9') {
                        number = number * 10 + b - '0';
                    } else {
                        seen = 0;
                        got(number);
                    }
                } else if (b == MARK[seen]) {
                    seen++;
                    number = 0;
                } else {
                    seen = b == MARK[0] ? 1 : 0;
                }
            }
            return to;
        }

        private void got(long seq) {
            messages++;
            if (last != 0 && seq != last + 1) {
                // or the same again
                lost += Math.max(1, seq - last - 1);
            }
            there += last < target && seq >= target ? 1 : 0;
            last = seq;
        }
    }
}
