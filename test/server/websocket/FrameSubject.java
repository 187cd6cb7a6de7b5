package server.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import fuzz.Subject;

/// WebSocket's frames: the result does not depend on how they are cut into pieces, and no message is longer than
/// allowed.
public final class FrameSubject implements Subject {

    private static final int MESSAGE_MAX = 4_000;

    public FrameSubject() {
    }

    @Override
    public String name() {
        return "frames";
    }

    @Override
    public List<byte[]> corpus() {
        byte[] long126 = Frames.frame(0x81, "x".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        return List.of(Frames.text("{\"type\":\"ping\"}"), Frames.close(1000, "bye"), long126,
                Frames.concat(Frames.frame(0x01, "a\u00e9".getBytes(StandardCharsets.UTF_8)),
                        Frames.frame(0x89, new byte[] {1, 2}), Frames.frame(0x00, "b".getBytes(StandardCharsets.UTF_8)),
                        Frames.frame(0x80, "\ud83d\ude00".getBytes(StandardCharsets.UTF_8))),
                Frames.frame(0x82, new byte[300]), Frames.frame(0x8a, new byte[0]),
                Frames.frame(0x81, new byte[10], 8, true), Frames.frame(0x81, new byte[10], 0, false));
    }

    @Override
    public List<String> words() {
        // no mask, so that they stay unchanged
        return List.of("\u0001\u0000", "\u0000\u0000", "~", "\u007f",
                "\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001");
    }

    @Override
    public String take(byte[] input) {
        String atOnce = heard(input.clone(), input.length);
        assertEquals(atOnce, heard(input.clone(), 1));
        assertEquals(atOnce, heard(input, 7));
        return atOnce.replaceAll("\\[[^]]*]|#.*|\\d+", "");
    }

    private static String heard(byte[] input, int piece) {
        List<String> heard = new ArrayList<>();
        MessageReader rules = new MessageReader(MESSAGE_MAX, new MessageReader.Listener() {
            @Override
            public void text(byte[] utf8) {
                message("text", utf8);
                assertTrue(Arrays.equals(utf8, new String(utf8, StandardCharsets.UTF_8)
                        .getBytes(StandardCharsets.UTF_8)), "not UTF-8");
            }

            @Override
            public void binary(byte[] bytes) {
                message("binary", bytes);
            }

            @Override
            public void ping(byte[] payload) {
                assertTrue(payload.length <= FrameHead.CONTROL_MAX);
                message("ping", payload);
            }

            @Override
            public void pong(byte[] payload) {
                assertTrue(payload.length <= FrameHead.CONTROL_MAX);
                message("pong", payload);
            }

            @Override
            public void closed(Close close) {
                heard.add("close " + close.code() + "#" + close.reason());
            }

            private void message(String kind, byte[] bytes) {
                assertTrue(bytes.length <= MESSAGE_MAX, kind + " of " + bytes.length);
                heard.add(kind + "[" + Arrays.hashCode(bytes) + "]");
            }
        });
        FrameReader frames = new FrameReader(rules);
        try {
            for (int from = 0; from < input.length; from += piece) {
                frames.read(input, from, Math.min(input.length, from + piece));
            }
        } catch (Violation violation) {
            heard.add("violation " + violation.close().code() + " " + violation.getMessage());
        }
        return String.join(" ", heard);
    }
}
