package server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A reader of Linux's tables of TCP connections, `/proc/net/tcp` and `tcp6`. A row, below a line with the names of the
/// columns:
///
/// ```
///    4: 0100007F:1F90 0100007F:D2A4 08 00000000:00000000 00:00000000 …
///       local         remote        state
/// ```
///
/// All numbers are hexadecimal. An address is one or four 32-bit words, each in the machine's byte order; a port is in
/// the usual order.
final class TcpTable {

    static final int LISTENS = 0x0A;
    /// The other end has closed its side of the connection.
    static final int CLOSE_WAIT = 0x08;

    /// A connection as seen by this machine, without its own address.
    ///
    /// @param high  the first half of the remote IPv6 address
    /// @param low   the second half; an IPv4 address is mapped to `::ffff:` and the address
    /// @param ports the local port, then the remote one
    record Peer(long high, long low, int ports) {

        static Peer of(InetSocketAddress local, InetSocketAddress remote) {
            InetAddress address = remote.getAddress();
            ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
            boolean six = bytes.remaining() == 16;
            return new Peer(six ? bytes.getLong(0) : 0, six ? bytes.getLong(8) : mapped(bytes.getInt(0)),
                    ports(local.getPort(), remote.getPort()));
        }

        private static long mapped(int address) {
            return 0xffffL << 32 | Integer.toUnsignedLong(address);
        }

        private static int ports(int local, int remote) {
            return local << 16 | remote;
        }

        int localPort() {
            return ports >>> 16;
        }
    }

    interface Rows {
        void row(Peer peer, int state);
    }

    private final byte[] table;
    private int at;
    /// The last address read.
    private long high;
    private long low;
    private int port;

    private TcpTable(byte[] table) {
        this.table = table;
    }

    /// Passes on each row. Rows of another form are skipped.
    static void read(byte[] table, Rows rows) {
        TcpTable reader = new TcpTable(table);
        reader.nextLine();
        while (reader.at < table.length) {
            reader.row(rows);
            reader.nextLine();
        }
    }

    private void nextLine() {
        while (at < table.length && table[at++] != '\n') {
            // goes on
        }
    }

    private void row(Rows rows) {
        while (at < table.length && table[at] != ':' && table[at] != '\n') {
            at++;
        }
        if (!pass(':') || !address()) {
            return;
        }
        int localPort = port;
        if (address() && pass(' ')) {
            long state = digits(2);
            if (state >= 0) {
                rows.row(new Peer(high, low, Peer.ports(localPort, port)), (int) state);
            }
        }
    }

    private boolean address() {
        if (!pass(' ')) {
            return false;
        }
        long first = word();
        boolean good = first >= 0;
        if (good && at < table.length && table[at] == ':') {
            high = 0;
            low = Peer.mapped((int) first);
        } else if (good) {
            long second = word();
            long third = word();
            long fourth = word();
            good = second >= 0 && third >= 0 && fourth >= 0;
            high = first << 32 | second;
            low = third << 32 | fourth;
        }
        good = good && pass(':');
        port = good ? (int) digits(4) : -1;
        return port >= 0;
    }

    private boolean pass(char separator) {
        boolean there = at < table.length && table[at] == separator;
        at += there ? 1 : 0;
        return there;
    }

    private long word() {
        long value = digits(8);
        return value < 0 || ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value
                : Integer.toUnsignedLong(Integer.reverseBytes((int) value));
    }

    /// Reads this many digits; returns -1, and reads nothing, if they are not there.
    private long digits(int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            int digit = i < table.length ? Character.digit(table[i], 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        at += count;
        return value;
    }
}
