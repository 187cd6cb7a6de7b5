package shared.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

/// Random values, from a seed that every failure names (`make test SEED=n` runs it again).
class JsonFuzzTest {

    private static final String EXAMPLE = "{\"type\":\"chat\",\"n\":[-0,1.5e-7,10,true,false,null,{}],\"é\\u00e9\":"
            + "{\"\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00 \ud83d\ude00 \u20ac\"}}";

    private final long seed = seed();
    private final Random random = new Random(seed);

    @Test
    void roundTrip_randomValues_areReadAsTheyWereWritten() {
        for (int run = 0; run < 2_000; run++) {
            Json value = value(0);
            String text = value.text();
            assertEquals(value, Json.parse(text), () -> "seed " + seed + ": " + text);
            String spaced = spaced(text);
            assertEquals(value, Json.parse(spaced), () -> "seed " + seed + ": " + spaced);
            byte[] bytes = spaced.getBytes(UTF_8);
            assertEquals(spaced.strip(), new JsonReader(bytes).raw().text().strip(), "seed " + seed);
        }
    }

    @Test
    void example_cutAtEveryByte_isRefused() {
        byte[] text = EXAMPLE.getBytes(UTF_8);
        for (int length = 0; length < text.length; length++) {
            byte[] cut = Arrays.copyOf(text, length);
            assertThrows(JsonException.class, () -> Json.parse(cut), () -> "cut at " + cut.length);
        }
    }

    @Test
    void example_withEveryByteReplacedByEveryOther_isReadOrRefused() {
        byte[] text = EXAMPLE.getBytes(UTF_8);
        for (int at = 0; at < text.length; at++) {
            for (int b = 0; b < 256; b++) {
                byte[] changed = text.clone();
                changed[at] = (byte) b;
                readOrRefuse(changed);
            }
        }
    }

    /// The tree and the skipping reader agree, and what is taken is read back the same when written.
    private void readOrRefuse(byte[] text) {
        try {
            Json tree = null;
            try {
                tree = Json.parse(text);
            } catch (JsonException refused) {
                JsonReader json = new JsonReader(text);
                String message = assertThrows(JsonException.class, () -> {
                    json.skip();
                    json.end();
                }).getMessage();
                assertEquals(refused.getMessage(), message);
                return;
            }
            new JsonReader(text).skip();
            assertEquals(tree, Json.parse(tree.text()));
        } catch (RuntimeException | Error failure) {
            fail("seed " + seed + ", bytes " + HexFormat.of().formatHex(text), failure);
        }
    }

    private Json value(int depth) {
        switch (random.nextInt(depth < 5 ? 8 : 6)) {
            case 0: return new Json.Null();
            case 1: return new Json.Bool(random.nextBoolean());
            case 2: return new Json.Num(Long.toString(random.nextLong() >> random.nextInt(64)));
            case 3: return new Json.Num(Double.toString(Math.scalb(random.nextGaussian(), random.nextInt(999) - 500)));
            case 4, 5: return new Json.Str(text());
            case 6: {
                List<Json> values = new ArrayList<>();
                for (int i = random.nextInt(6); i > 0; i--) {
                    values.add(value(depth + 1));
                }
                return new Json.Arr(values);
            }
            default: {
                Map<String, Json> members = new LinkedHashMap<>();
                for (int i = random.nextInt(random.nextInt(8) == 0 ? 40 : 5); i > 0; i--) {
                    members.put(text(), value(depth + 1));
                }
                return new Json.Obj(members);
            }
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(0x10000));
                case 1 -> text.append((char) random.nextInt(0x20));
                case 2 -> text.appendCodePoint(random.nextInt(0x110000));
                default -> text.append((char) (0x20 + random.nextInt(0x60)));
            }
        }
        return text.toString();
    }

    /// The same JSON with whitespace around its tokens.
    private String spaced(String text) {
        StringBuilder spaced = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            }
            boolean token = !quoted && "[]{},:".indexOf(c) >= 0;
            spaced.append(token ? " \n\t\r".substring(random.nextInt(4)) : "").append(c).append(token ? " " : "");
            if (quoted && c == '\\') {
                spaced.append(text.charAt(++i));
            }
        }
        return spaced.toString();
    }

    private static long seed() {
        String given = System.getProperty("seed", "");
        return given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
    }
}
