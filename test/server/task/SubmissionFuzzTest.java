package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.limits.OrderLimits;
import server.settings.Settings;

class SubmissionFuzzTest {

    private static final SubmissionReader READER = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    /// Random values in a payload reach Ollama as they stood.
    @Test
    void read_anyPayload_isKeptByteForByte() {
        long seed = 13;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            StringBuilder payload = new StringBuilder("{");
            int prompt = random.nextInt(5);
            for (int j = 0; j < 5; j++) {
                payload.append(j > 0 ? "," : "").append(blank(random));
                if (j == prompt) {
                    payload.append("\"prompt\":\"p\"");
                } else {
                    payload.append("\"x").append(j).append('"').append(blank(random)).append(':');
                    value(payload, random, 3);
                }
            }
            payload.append(blank(random)).append('}');
            String body = "{\"payload\":" + payload + ",\"type\":\"generate\"}";
            Submission submission = READER.read(body.getBytes(StandardCharsets.UTF_8));
            assertEquals(payload.toString().replace('\n', ' ').replace('\r', ' '), submission.payload().text(),
                    "seed " + seed + ", payload " + i);
        }
    }

    private static void value(StringBuilder out, Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> out.append("null");
            case 1 -> out.append(random.nextBoolean());
            case 2 -> out.append(random.nextLong());
            case 3 -> out.append("-0.").append(random.nextInt(1000)).append("00E+").append(random.nextInt(400));
            case 4 -> out.append("\"\\u00").append(random.nextInt(10, 100)).append("\\n\\/\u20ac\ud83d\ude00\"");
            case 5 -> out.append("\"").append("x".repeat(random.nextInt(100))).append("\"");
            case 6 -> {
                out.append('[').append(blank(random));
                for (int n = random.nextInt(4), i = 0; i < n; i++) {
                    out.append(i > 0 ? "," : "");
                    value(out, random, depth - 1);
                }
                out.append(blank(random)).append(']');
            }
            default -> {
                out.append('{');
                for (int n = random.nextInt(4), i = 0; i < n; i++) {
                    out.append(i > 0 ? "," : "").append("\"stream").append(i).append("\":").append(blank(random));
                    value(out, random, depth - 1);
                }
                out.append('}');
            }
        }
    }

    private static String blank(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> "\n";
            case 1 -> "\r\n  ";
            case 2 -> "\t ";
            default -> "";
        };
    }
}
