package bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The load: a program that keeps many connections busy with one request each at a time, in one thread without locks.
/// It is the same for a subject and for its floor, and stays warm between them.
///
/// In:  `PORT CONNECTIONS COUNT NANOS FILE`, the file being the bytes of one request; it ends after so many
/// requests, or so much time, whichever comes first.
/// Out: `COUNT NANOS P50 P99 OTHERS`, the times in nanoseconds; others are the answers without a 2xx status.
final class Load {

    private static final int BUFFER = 256 << 10;
    private static final int CHUNKED = -1;

    private final ByteBuffer request;
    private final long countMax;
    private final Selector selector = Selector.open();
    private long[] latencies = new long[1 << 16];
    private int done;
    private long sent;
    private int others;

    private Load(byte[] request, long countMax) throws IOException {
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
        this.countMax = countMax;
    }

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 5);
            Load load = new Load(Files.readAllBytes(Path.of(words[4])), Long.parseLong(words[2]));
            System.out.println(load.run(Integer.parseInt(words[0]), Integer.parseInt(words[1]),
                    Long.parseLong(words[3])));
        }
    }

    private String run(int port, int connections, long nanosMax) throws IOException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            all.add(new Connection(port));
        }
        long begun = System.nanoTime();
        for (Connection connection : all) {
            connection.send(System.nanoTime());
        }
        long now = begun;
        while (done < sent || now - begun < nanosMax && sent < countMax) {
            selector.selectNow();
            if (selector.selectedKeys().isEmpty()) {
                selector.select(1000);
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                if (connection.receive()) {
                    now = System.nanoTime();
                    ended(now - connection.sentAt);
                    if (now - begun < nanosMax && sent < countMax) {
                        connection.send(now);
                    }
                }
            }
            selector.selectedKeys().clear();
        }
        for (Connection connection : all) {
            connection.channel.close();
        }
        selector.close();
        Arrays.sort(latencies, 0, done);
        return done + " " + (now - begun) + " " + latencies[done / 2] + " " + latencies[(int) (done * 0.99)] + " "
                + others;
    }

    private void ended(long nanos) {
        if (done == latencies.length) {
            latencies = Arrays.copyOf(latencies, 2 * done);
        }
        latencies[done++] = nanos;
    }

    private final class Connection {
        final SocketChannel channel;
        private final ByteBuffer answer = ByteBuffer.allocateDirect(BUFFER);
        private final ByteBuffer mine = request.duplicate();
        private long sentAt;
        /// The length of the answer with its head (0 while it is unknown, CHUNKED if a last chunk ends it), and how
        /// much of it has arrived.
        private int length;
        private int received;

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(long now) throws IOException {
            sentAt = now;
            sent++;
            answer.clear();
            length = 0;
            received = 0;
            mine.rewind();
            while (mine.hasRemaining()) {
                channel.write(mine);
            }
        }

        /// @return whether the answer is whole
        boolean receive() throws IOException {
            int count = channel.read(answer);
            if (count < 0) {
                throw new IOException("the server closed a connection");
            }
            received += count;
            if (length == 0) {
                head();
            } else if (length != CHUNKED) {
                answer.clear();
            }
            return length == CHUNKED ? lastChunk() : length > 0 && received >= length;
        }

        private boolean lastChunk() {
            int end = answer.position();
            return answer.getInt(end - 4) == 0x0d0a0d0a && answer.get(end - 5) == '0';
        }

        private void head() {
            int end = answer.position() - 3;
            for (int i = 0; i < end; i++) {
                if (answer.get(i) == '\r' && answer.get(i + 2) == '\r') {
                    int body = contentLength(i);
                    length = body < 0 ? CHUNKED : i + 4 + body;
                    others += answer.get(9) == '2' ? 0 : 1;
                    return;
                }
            }
        }

        /// The number behind the name that contains `nt-le` before the head's end; -1 if there is none.
        private int contentLength(int end) {
            for (int i = 0; i < end; i++) {
                if (answer.get(i) == 'n' && answer.get(i + 1) == 't' && answer.get(i + 2) == '-'
                        && (answer.get(i + 3) | 0x20) == 'l') {
                    int number = 0;
                    for (int at = i + 10; answer.get(at) != '\r'; at++) {
                        int digit = answer.get(at) - '0';
                        number = digit >= 0 && digit <= 9 ? number * 10 + digit : number;
                    }
                    return number;
                }
            }
            return -1;
        }
    }
}
