package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;

import shared.json.JsonWriter;
import shared.json.Slice;

class PreviewTest {

    private static final String[] PARTS = {"a", "\"", "\\", "/", "\n", "\u0001", "\u00e9", "\u20ac", "\ud83d\ude00",
        "\ud83d", "\ude00", "\u0000", " ", "\u2028"};

    @Test
    void of_longText_endsAtTheLimit() {
        assertEquals("a".repeat(80), Preview.of("a".repeat(80), Preview.LENGTH));
        assertEquals("a".repeat(80), Preview.of("a".repeat(81), Preview.LENGTH));
        assertEquals("\ud83d\ude00".repeat(80), Preview.of("\ud83d\ude00".repeat(81), Preview.LENGTH));
        assertEquals("a".repeat(79) + "\ud83d\ude00", Preview.of("a".repeat(79) + "\ud83d\ude00b", Preview.LENGTH));
    }

    @Test
    void ofJson_longText_endsAtTheLimit() {
        assertEquals("a".repeat(80), ofJson("a".repeat(80)));
        assertEquals("a".repeat(80), ofJson("a".repeat(81)));
        assertEquals("", ofJson(""));
    }

    @Test
    void ofJson_anyText_equalsTheTextsPreview() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(120);
            for (int j = 0; j < length; j++) {
                text.append(PARTS[random.nextInt(random.nextInt(PARTS.length) + 1)]);
            }
            String preview = Preview.of(text.toString(), Preview.LENGTH);
            assertEquals(preview, ofJson(text.toString()), "seed " + seed + ", text " + i);
            StringBuilder escaped = new StringBuilder("\"");
            text.chars().forEach(c -> escaped.append(String.format("\\u%04X", c)));
            assertEquals(preview, Preview.ofJson(
                    Slice.of(escaped.append('"').toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                    "seed " + seed + ", text " + i);
        }
    }

    private static String ofJson(String text) {
        return Preview.ofJson(Slice.of(new JsonWriter().string(text).toBytes()));
    }
}
