package server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import server.http.TcpTable.Peer;

/// The tables as a machine with little-endian words writes them.
final class TcpTableTest {

    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode     \n";
    private static final String REST = " 00000000:00000000 00:00000000 00000000  0  0 1580 1 000000007c2102e6 100 0\n";

    @Test
    void ipv4_isRead() throws Exception {
        assertEquals(List.of(peer(8080, "127.0.0.1", 0xD2A4) + " 8", peer(8080, "0.0.0.0", 0) + " 10",
                peer(65535, "10.1.2.3", 1) + " 1"), read(HEAD
                + "   0: 0100007F:1F90 0100007F:D2A4 08" + REST
                + "  11: 00000000:1F90 00000000:0000 0A" + REST
                + "1234: 0100007F:FFFF 0302010A:0001 01" + REST));
    }

    @Test
    void ipv6_isReadAndMappedIsIpv4() throws Exception {
        assertEquals(List.of(peer(8080, "2001:db8::102:304", 443) + " 1", peer(8080, "127.0.0.1", 0xD2A4) + " 8",
                peer(80, "::1", 9) + " 1"), read(HEAD
                + "   0: 00000000000000000000000001000000:1F90 B80D0120000000000000000004030201:01BB 01" + REST
                + "   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D2A4 08" + REST
                + "   2: 00000000000000000000000001000000:0050 00000000000000000000000001000000:0009 01" + REST));
    }

    @Test
    void anythingElse_isPassedOver() throws Exception {
        assertEquals(List.of(), read(""));
        assertEquals(List.of(), read(HEAD));
        String row = "   0: 0100007F:1F90 0100007F:D2A4 08";
        String six = "   1: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:D2A4 08";
        for (int i = 0; i < row.length(); i++) {
            assertEquals(List.of(), read(HEAD + row.substring(0, i)));
            assertEquals(List.of(peer(8080, "127.0.0.1", 0xD2A4) + " 8"),
                    read(HEAD + row.substring(0, i) + "\n" + six + REST), "cut at " + i);
        }
        assertEquals(List.of(), read(HEAD + "0: 0100007F:1F90 0100007G:D2A4 08\n0: 01007F:1F90 01007F:D2A4 08\n"
                + "0: 0100007F0100007F:1F90 0100007F0100007F:D2A4 08\n::::\n\n\u0000"));
    }

    private static Peer peer(int localPort, String remote, int remotePort) throws Exception {
        return Peer.of(new InetSocketAddress(localPort),
                new InetSocketAddress(InetAddress.ofLiteral(remote), remotePort));
    }

    private static List<String> read(String table) {
        List<String> rows = new ArrayList<>();
        TcpTable.read(table.getBytes(StandardCharsets.US_ASCII), (peer, state) -> rows.add(peer + " " + state));
        return rows;
    }
}
