package shared.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.Problem;

/// Duplicate names, the depth limit, raw slices, and values that are JSON but not what is asked for.
class JsonReaderTest {

    @Test
    void names_twiceInOneObject_areRefused() {
        JsonGrammarTest.assertRefused("{\"a\":1,\"b\":2, \"a\":3}",
                "the name \"a\" appears twice (line 1, column 15)");
        JsonGrammarTest.assertRefused("{\"a\":1,\"\\u0061\":2}", "the name \"a\" appears twice (line 1, column 8)");
        JsonGrammarTest.assertRefused("{\"/\":1,\"\\/\":2}", "the name \"/\" appears twice (line 1, column 8)");
        JsonGrammarTest.assertRefused("[{\"\":1,\"\":1}]", "the name \"\" appears twice (line 1, column 8, at [0])");
        JsonGrammarTest.assertRefused("{\"" + "n".repeat(70) + "\":1,\"" + "n".repeat(70) + "\":1}", "the name \""
                + "n".repeat(60) + "\u2026\" appears twice (line 1, column 77)");
    }

    @Test
    void names_sameInSeveralObjects_areTaken() {
        String text = "[{\"a\":{\"a\":{\"b\":1},\"b\":1},\"b\":{\"a\":1}},{\"a\":1,\"A\":2}]";
        assertEquals(text, Json.parse(text).text());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 15, 16, 17, 18, 33, 1000})
    void names_many_areStillCompared(int count) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < count; i++) {
            // each value has the object's own names again, one level down
            members.append(",\"n").append(i).append("\":{\"n0\":0,\"n").append(i + 1).append("\":1}");
        }
        String good = "{" + members.substring(1) + "}";
        assertEquals(good, Json.parse(good).text());
        for (int again : new int[] {0, count / 2, count - 1}) {
            String bad = "{" + members.substring(1) + ",\"n" + again + "\":0}";
            JsonException refused = assertThrows(JsonException.class, () -> Json.parse(bad));
            assertEquals("the name \"n" + again + "\" appears twice (line 1, column " + (good.length() + 1) + ")",
                    refused.getMessage());
        }
    }

    @Test
    void depth_atTheLimit_isTaken_oneMoreIsRefused() {
        int max = JsonReader.DEPTH_MAX;
        String arrays = "[".repeat(max) + "]".repeat(max);
        String objects = "{\"a\":".repeat(max) + "1" + "}".repeat(max);
        assertEquals(arrays, Json.parse(arrays).text());
        assertEquals(objects, Json.parse(objects).text());
        String path = "[0]".repeat(max);
        JsonGrammarTest.assertRefused("[" + arrays + "]", "nested deeper than 200 (line 1, column 201, at "
                + path.substring(0, 200) + "\u2026" + path.substring(path.length() - 200) + ")");
        JsonGrammarTest.assertRefused("{\"a\":" + objects + "}", "nested deeper than 200 (line 1, column 1001, at "
                + "a.".repeat(max - 1) + "a)");
        assertThrows(JsonException.class, () -> Json.parse("[".repeat(10_000_000)));
        byte[] deeper = ("[" + arrays + "]").getBytes(UTF_8);
        assertEquals(deeper.length, new JsonReader(deeper, 0, deeper.length, max + 1).skip());
        String wide = "[" + "[[]],".repeat(1000) + "{}]";
        assertEquals(wide, Json.parse(wide).text());
    }

    @Test
    void depth_beyondAnyLimit_isPassedOver_andStaysInATreeAsItStands() {
        for (String[] parts : new String[][] {{"[", "]"}, {"{\"a\":", "}"},
                {"[{\"a\":[0 ,{\"b\": ", "}],\"c\":{}}\n,1]"}}) {
            int times = (1 << 20) / parts[0].length();
            String text = parts[0].repeat(times) + "[]" + parts[1].repeat(times);
            assertEquals(text.length(), anyDepth(text).skip());
            JsonReader json = anyDepth("[" + text + ",7]");
            json.beginArray();
            assertTrue(json.nextElement());
            assertEquals(text, json.raw().text());
            assertTrue(json.nextElement());
            assertEquals("7", json.number());
            assertFalse(json.nextElement());
            json.end();
            assertEquals(text.replaceAll("[ \n]", ""),
                    Json.parseOwn(text.getBytes(UTF_8)).text().replaceAll("[ \n]", ""));
        }
    }

    @Test
    void depth_costsABitALevel() {
        byte[] text = new byte[16 << 20];
        Arrays.fill(text, 0, text.length / 2, (byte) '[');
        Arrays.fill(text, text.length / 2, text.length, (byte) ']');
        assertEquals(text.length, JsonReader.ofOwn(Slice.of(text)).skip());
        text[text.length - 1] = '}';
        JsonException refused = assertThrows(JsonException.class, () -> JsonReader.ofOwn(Slice.of(text)).skip());
        assertEquals(text.length, refused.problem().place().column());
    }

    @Test
    void entering_isBoundedForThoseWhoRecurse() {
        JsonReader json = anyDepth("[".repeat(2_000));
        int entered = 0;
        for (; !json.isDeep(); entered++) {
            json.beginArray();
            json.nextElement();
        }
        assertEquals(JsonReader.DEPTH_LIMIT + 16, entered);
        assertTrue(assertThrows(JsonException.class, json::beginArray).getMessage()
                .startsWith("nested deeper than 1016 (line 1, column 1017, at [0][0]"));
    }

    /// A thousand levels down the reader keeps less of each level, and must find the same mistakes at the same places.
    @Test
    void skip_randomText_agreesWithTheTree_alsoFarDown() {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        String[] around = {"[0,".repeat(1_500), "{\"\":".repeat(1_500), "[{\"a\":".repeat(750)};
        for (int run = 0; run < 3_000; run++) {
            String text = nested(random);
            String what = "seed " + seed + ": " + text;
            Problem expected = error(text, reader -> {
                Json.read(reader);
                reader.end();
            });
            Problem skipped = error(text, reader -> {
                reader.skip();
                reader.end();
            });
            assertEquals(expected == null ? null : expected.getMessage(),
                    skipped == null ? null : skipped.getMessage(), what);
            String begin = around[random.nextInt(around.length)];
            Problem farDown = error(begin + text, JsonReader::skip);
            // down there a whole text is followed by something else
            if (expected != null && !expected.reason().startsWith("expected the end")) {
                assertEquals(expected.reason(), farDown.reason(), what);
                assertEquals(expected.place().column(), farDown.place().column() - begin.length(), what);
            } else {
                assertTrue(farDown.place().column() > begin.length(), what);
            }
        }
    }

    /// A text of up to 150 levels, in most cases with one wrong character.
    private static String nested(Random random) {
        StringBuilder text = new StringBuilder("[]");
        for (int depth = random.nextInt(150); depth > 0; depth--) {
            boolean before = random.nextBoolean();
            boolean behind = random.nextInt(4) == 0;
            if (random.nextBoolean()) {
                text.insert(0, before ? "[{\"x\":[]}," : "[").append(behind ? " ,2]" : "]");
            } else {
                text.insert(0, before ? "{\"a\":1,\"b\":" : "{\"b\":").append(behind ? ",\"a\" : [{} , 0]}" : "}");
            }
        }
        if (random.nextInt(4) > 0) {
            text.setCharAt(random.nextInt(text.length()), "[]{},:\"1 at".charAt(random.nextInt(11)));
        }
        return text.toString();
    }

    private static JsonReader anyDepth(String text) {
        byte[] utf8 = text.getBytes(UTF_8);
        return new JsonReader(utf8, 0, utf8.length, JsonReader.ANY_DEPTH);
    }

    /// Returns the error in a text; null if there is none.
    private static Problem error(String text, Consumer<JsonReader> reading) {
        try {
            reading.accept(anyDepth(text));
            return null;
        } catch (JsonException refused) {
            return refused.problem();
        }
    }

    @Test
    void raw_anyValue_isItsBytesAsTheyStand() {
        String[] values = {"{ \"a\" : [1.50, 1E+2,\t{}] }", "[ ]", "\"\\u00e9 \\/ é\"", "-0.0e-0", "true", "null"};
        for (String value : values) {
            byte[] text = ("xx{\"before\":0,\"payload\": \n" + value + " ,\"after\":[]}yy").getBytes(UTF_8);
            JsonReader json = new JsonReader(text, 2, text.length - 2);
            json.beginObject();
            assertEquals("before", json.nextName());
            assertEquals("0", json.number());
            assertEquals("payload", json.nextName());
            Slice raw = json.raw();
            assertSame(text, raw.bytes());
            assertEquals(value, raw.text());
            assertArrayEquals(value.getBytes(UTF_8), raw.toBytes());
            assertEquals(value.getBytes(UTF_8).length, raw.length());
            assertEquals("after", json.nextName());
            json.beginArray();
            assertFalse(json.nextElement());
            assertNull(json.nextName());
            json.end();
            assertEquals(text.length - 2, json.position());
        }
    }

    @Test
    void errorAt_anEarlierPlace_pointsThere() {
        JsonReader json = new JsonReader("{\"a\": [1,\n2] }".getBytes(UTF_8));
        json.beginObject();
        json.nextName();
        int from = json.position();
        json.skip();
        assertEquals("[1,\n2]", json.since(from).text());
        assertEquals("too short (line 1, column 7, at a)", json.errorAt(from, "too short").getMessage());
    }

    @Test
    void reader_ofAPart_neverLooksBehindIt() {
        byte[] text = "[12345,\"abc\",true]".getBytes(UTF_8);
        assertEquals("123", new JsonReader(text, 1, 4).number());
        for (int[] part : new int[][] {{7, 11}, {13, 16}, {0, 6}}) {
            assertThrows(JsonException.class, () -> new JsonReader(text, part[0], part[1]).skip());
        }
        JsonReader late = new JsonReader("1\n2\n[x]".getBytes(UTF_8), 4, 7);
        assertEquals("expected a value, found 'x' (line 1, column 2, at [0])",
                assertThrows(JsonException.class, late::skip).getMessage());
    }

    @Test
    void members_ofAnObject_areFoundByName() {
        Json.Obj object = (Json.Obj) Json.parse("{\"text\":\"x\",\"n\":12,\"big\":9223372036854775808,\"f\":1.5,"
                + "\"null\":null}");
        assertEquals(new Json.Str("x"), object.get("text"));
        assertNull(object.get("null"));
        assertNull(object.get("absent"));
        assertEquals("x", object.text("text"));
        assertNull(object.text("n"));
        assertEquals(12, object.integer("n", -1));
        assertEquals(-1, object.integer("big", -1));
        assertEquals(-1, object.integer("f", -1));
        assertEquals(-1, object.integer("absent", -1));
        assertThrows(UnsupportedOperationException.class, () -> object.members().clear());
    }
}
