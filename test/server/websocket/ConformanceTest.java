package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The cases of the public conformance suites, over a socket to an echo server: framing, pings, reserved bits and
/// opcodes, fragments, UTF-8, closing, sizes. Each case is sent in one piece and byte by byte.
final class ConformanceTest {

    private static final List<EchoServer> SERVERS = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        SERVERS.add(new EchoServer(EchoServer.OPTIONS));
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(EchoServer::close);
    }

    private static RawClient open() throws IOException {
        return RawClient.open(SERVERS.getFirst().port());
    }

    /// What is sent, and the frames that come back. The last one shows how the connection ends.
    private record Case(String name, byte[] sent, List<String> expected) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Case on(String name, byte[] sent, String... expected) {
        return new Case(name, sent, List.of(expected));
    }

    /// The connection continues: a Close frame sent after it comes back.
    private static Case good(String name, byte[] sent, String... expected) {
        List<String> all = new ArrayList<>(List.of(expected));
        all.add("88 1000 ");
        return new Case(name, Frames.concat(sent, Frames.close(1000, "bye")), all);
    }

    /// The server fails it with a code.
    private static Case bad(String name, int code, byte[] sent, String... expected) {
        List<String> all = new ArrayList<>(List.of(expected));
        all.add("88 " + code);
        return new Case(name, sent, all);
    }

    private static byte[] ping(String payload) {
        return Frames.frame(0x89, Frames.utf8(payload));
    }

    private static byte[] part(int first, String text) {
        return Frames.frame(first, Frames.utf8(text));
    }

    private static byte[] all(byte[]... parts) {
        return Frames.concat(parts);
    }

    static Stream<Case> framing() {
        List<Case> cases = new ArrayList<>();
        for (int length : new int[] {0, 1, 125, 126, 127, 128, 65_535, 65_536}) {
            String text = "*".repeat(length);
            String shown = length < 200 ? text : length + " bytes";
            cases.add(good("1.1 text of " + length, Frames.text(text), "81 " + shown));
            cases.add(good("1.2 binary of " + length, part(0x82, text), "82 " + shown));
        }
        return cases.stream();
    }

    static Stream<Case> pings() {
        return Stream.of(
                good("2.1 ping without payload", ping(""), "8a "),
                good("2.2 ping with payload", ping("Hello, world!"), "8a Hello, world!"),
                good("2.3 ping with payload that is not text", Frames.frame(0x89, Frames.hex("00fffefdfcfb00ff")),
                        "8a " + new RawClient.Frame(0, Frames.hex("00fffefdfcfb00ff")).text()),
                good("2.4 ping of 125", ping("x".repeat(125)), "8a " + "x".repeat(125)),
                bad("2.5 ping of 126", 1002, ping("x".repeat(126))),
                good("2.7 pong without a ping", part(0x8a, "")),
                good("2.8 pong without a ping, with payload", part(0x8a, "unsolicited")),
                good("2.9 pong, then ping", all(part(0x8a, "unsolicited"), ping("real")), "8a real"),
                good("2.10 ten pings", all(ping("1"), ping("2"), ping("3"), ping("4"), ping("5"), ping("6"), ping("7"),
                        ping("8"), ping("9"), ping("10")), "8a 1", "8a 2", "8a 3", "8a 4", "8a 5", "8a 6", "8a 7",
                        "8a 8", "8a 9", "8a 10"));
    }

    static Stream<Case> reserved() {
        List<Case> cases = new ArrayList<>();
        for (int rsv = 1; rsv <= 7; rsv++) {
            cases.add(bad("3 text with reserved bits " + rsv, 1002, all(Frames.text("before"),
                    part(0x81 | rsv << 4, "wrong"), ping("")), "81 before"));
            cases.add(bad("3 ping with reserved bits " + rsv, 1002, all(part(0x89 | rsv << 4, "wrong"), ping(""))));
        }
        for (int opcode : new int[] {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
            cases.add(bad("4 opcode " + opcode, 1002, all(Frames.text("before"), part(0x80 | opcode, ""), ping("")),
                    "81 before"));
        }
        cases.add(bad("no mask", 1002, Frames.frame(0x81, Frames.utf8("open"), 0, false)));
        cases.add(bad("a length in more bytes than needed", 1002, Frames.frame(0x81, Frames.utf8("long"), 2, true)));
        return cases.stream();
    }

    static Stream<Case> fragments() {
        return Stream.of(
                bad("5.1 ping in fragments", 1002, all(part(0x09, "a"), part(0x80, "b"))),
                bad("5.2 pong in fragments", 1002, all(part(0x0a, "a"), part(0x80, "b"))),
                good("5.3 text in two", all(part(0x01, "frag1"), part(0x80, "frag2")), "81 frag1frag2"),
                good("5.6 ping between", all(part(0x01, "frag1"), ping("p"), part(0x80, "frag2")), "8a p",
                        "81 frag1frag2"),
                bad("5.9 continuation of nothing, then text", 1002, all(part(0x80, "none"), Frames.text("text"))),
                bad("5.12 continuation of nothing, not the last", 1002, all(part(0x00, "none"), Frames.text("text"))),
                bad("5.15 text in two, then a continuation", 1002, all(part(0x01, "frag1"), part(0x80, "frag2"),
                        part(0x00, "frag3"), Frames.text("x")), "81 frag1frag2"),
                bad("5.16 continuation, text, again", 1002, all(part(0x00, "c1"), part(0x01, "t1"), part(0x80, "c2"))),
                bad("5.18 text within a text", 1002, all(part(0x01, "frag1"), part(0x01, "frag2"))),
                good("5.19 five fragments with pings between", all(part(0x01, "f1"), part(0x00, "f2"), ping("p1"),
                        part(0x00, "f3"), part(0x00, "f4"), ping("p2"), part(0x80, "f5")), "8a p1", "8a p2",
                        "81 f1f2f3f4f5"),
                good("5.x binary in three, one empty", all(part(0x02, "a"), part(0x00, ""), part(0x80, "b")), "82 ab"));
    }

    static Stream<Case> utf8() {
        byte[] greek = Frames.hex("cebae1bdb9cf83cebcceb5");
        byte[] after = Frames.utf8("edited");
        List<Case> cases = new ArrayList<>(List.of(
                good("6.1 empty text", Frames.text(""), "81 "),
                good("6.1 empty fragments", all(part(0x01, ""), part(0x00, ""), part(0x80, "")), "81 "),
                good("6.2 text cut within a character", all(Frames.frame(0x01, Frames.hex("cebae1")),
                        Frames.frame(0x80, Frames.hex("bdb9"))), "81 \u03ba\u1f79"),
                bad("6.3 not UTF-8", 1007, Frames.frame(0x81, all(greek, Frames.hex("eda080"), after))),
                bad("6.3 not UTF-8, in fragments", 1007, all(Frames.frame(0x01, greek),
                        Frames.frame(0x00, Frames.hex("eda080")), Frames.frame(0x80, after))),
                // it must not wait for the message's end, nor for the frame's
                bad("6.4 fails in an open message", 1007, all(Frames.frame(0x01, greek),
                        Frames.frame(0x00, Frames.hex("f4908080")))),
                bad("6.4 fails in an open frame", 1007, Arrays.copyOf(Frames.frame(0x81, all(greek,
                        Frames.hex("f490"), new byte[300])), 8 + 13))));
        for (String right : new String[] {"00", "7f", "c280", "dfbf", "e0a080", "efbfbf", "f0908080", "f48fbfbf",
                "ed9fbf", "ee8080", "efbfbd", "f09fbfbe", "efb790"}) {
            cases.add(good("6.6 right: " + right, Frames.frame(0x81, Frames.hex(right)),
                    "81 " + new RawClient.Frame(0, Frames.hex(right)).text()));
        }
        for (String wrong : new String[] {"80", "bf", "8080", "c0", "e0 20", "f0 20", "f8", "fc", "c2", "e080",
                "f08080", "fe", "ff", "c0af", "e080af", "f08080af", "f8808080af", "c1bf", "e09fbf", "f08fbfbf",
                "eda080", "edbfbf", "eda080edb080", "f4908080", "f7bfbfbf"}) {
            cases.add(bad("6.x wrong: " + wrong, 1007, Frames.frame(0x81, Frames.hex(wrong))));
        }
        return cases.stream();
    }

    static Stream<Case> closing() {
        List<Case> cases = new ArrayList<>(List.of(
                good("7.1.1 echo, then close", Frames.text("Hello"), "81 Hello"),
                on("7.1.2 two Close frames", all(Frames.close(1000, ""), Frames.close(1000, "")), "88 1000 "),
                on("7.1.3 ping after Close", all(Frames.close(1000, ""), ping("p")), "88 1000 "),
                on("7.1.4 text after Close", all(Frames.close(1000, ""), Frames.text("late")), "88 1000 "),
                on("7.1.5 Close within a message", all(part(0x01, "frag1"), Frames.close(1000, ""),
                        part(0x80, "frag2")), "88 1000 "),
                on("7.3.1 Close without payload", Frames.frame(0x88, new byte[0]), "88 "),
                bad("7.3.2 Close of one byte", 1002, Frames.frame(0x88, new byte[1])),
                on("7.3.3 Close with a code", Frames.close(1000, ""), "88 1000 "),
                on("7.3.4 Close with a reason", Frames.close(1000, "Hello, World!"), "88 1000 "),
                on("7.3.5 Close with the longest reason", Frames.close(1000, "*".repeat(123)), "88 1000 "),
                bad("7.3.6 Close with a longer one", 1002, Frames.close(1000, "*".repeat(124))),
                bad("7.5.1 Close with a reason that is not UTF-8", 1007,
                        Frames.frame(0x88, Frames.payload(1000, Frames.hex("cebaeda080"))))));
        for (int code : MessageReaderTest.goodCodes()) {
            cases.add(on("7.7 code " + code, Frames.close(code, ""), "88 " + code + " "));
        }
        for (int code : MessageReaderTest.badCodes()) {
            cases.add(bad("7.9 code " + code, 1002, Frames.close(code, "")));
        }
        return cases.stream();
    }

    static Stream<Case> small() {
        return Stream.of(pings(), reserved(), fragments(), utf8(), closing()).flatMap(cases -> cases);
    }

    @ParameterizedTest
    @MethodSource({"framing", "small"})
    void server_sentAllAtOnce_answersAsItMust(Case one) throws IOException {
        try (RawClient client = open()) {
            client.send(one.sent());
            check(one, client);
        }
    }

    @ParameterizedTest
    @MethodSource("small")
    void server_sentByteByByte_answersAsItMust(Case one) throws IOException {
        try (RawClient client = open()) {
            for (byte b : one.sent()) {
                client.send(new byte[] {b});
            }
            check(one, client);
        }
    }

    private static void check(Case one, RawClient client) throws IOException {
        List<String> shown = new ArrayList<>();
        for (String next = client.shown(); !next.equals("eof"); next = client.shown()) {
            shown.add(next);
        }
        // the server's text about a breach is for people
        String last = one.expected().getLast();
        if (last.length() == "88 1002".length() && shown.getLast().startsWith(last + " ")) {
            assertTrue(shown.getLast().length() > last.length() + 1, "no reason");
            shown.set(shown.size() - 1, last);
        }
        assertEquals(one.expected(), shown);
    }

    // ---- 9: sizes

    @ParameterizedTest
    @ValueSource(ints = {64 << 10, 256 << 10, EchoServer.MESSAGE_MAX})
    void message_thatIsLong_comesBack(int length) throws IOException {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');
        try (RawClient client = open()) {
            client.send(Frames.frame(0x81, text));
            assertEquals("81 " + length + " bytes", client.shown());
            for (int at = 0; at < length; at += 4 << 10) {
                int first = (at == 0 ? 2 : 0) | (at + (4 << 10) >= length ? 0x80 : 0);
                client.send(Frames.frame(first, Arrays.copyOfRange(text, at, Math.min(length, at + (4 << 10)))));
            }
            assertEquals("82 " + length + " bytes", client.shown());
        }
    }

    @Test
    void message_thatIsTooLong_closesWith1009() throws IOException {
        try (RawClient client = open()) {
            client.send(Frames.hex("82ff 0000000000100001 01020304"));
            String shown = client.shown();
            assertTrue(shown.startsWith("88 1009 a message may have 1048576 bytes"), shown);
            // it has not read what follows, and the Close frame came all the same
            client.send(new byte[1 << 16], Frames.close(1009, ""));
            assertEquals("eof", client.shown());
        }
    }

    @Test
    void messages_thatAreSmallAndMany_comeBackInOrder() throws IOException {
        try (RawClient client = open()) {
            byte[] all = new byte[0];
            for (int i = 0; i < 500; i++) {
                all = Frames.concat(all, Frames.text("message " + i));
            }
            client.send(all);
            for (int i = 0; i < 500; i++) {
                assertEquals("81 message " + i, client.shown());
            }
        }
    }

    // ---- anything at all

    @Test
    void randomBytes_endTheConnectionAndNothingElse() throws IOException {
        long seed = Long.getLong("seed", 42);
        Random random = new Random(seed);
        try (RawClient other = open()) {
            for (int i = 0; i < 60; i++) {
                byte[] garbage = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(garbage);
                try (RawClient client = open()) {
                    client.send(garbage);
                    client.end();
                    String last = "";
                    for (String next = client.shown(); !next.equals("eof"); next = client.shown()) {
                        assertTrue(!last.startsWith("88 "), "seed " + seed + ": a frame after the Close frame");
                        last = next;
                    }
                }
            }
            other.say("still there?");
            assertEquals("81 still there?", other.shown());
        }
    }
}
