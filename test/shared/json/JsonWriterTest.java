package shared.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

import org.junit.jupiter.api.Test;

class JsonWriterTest {

    @Test
    void writer_everyKindOfValue_putsItsCommas() {
        JsonWriter json = new JsonWriter(1);
        json.beginObject().name("a").number(1).name("b").beginArray().number("1.50").bool(true).nul().string(null)
                .string("x").beginArray().endArray().beginObject().endObject().endArray();
        json.name("c").raw("{ }".getBytes(UTF_8)).name("d").value(Json.parse("[{\"e\":null}, false]")).endObject();
        String text = "{\"a\":1,\"b\":[1.50,true,null,null,\"x\",[],{}],\"c\":{ },\"d\":[{\"e\":null},false]}";
        assertEquals(text, json.toString());
        assertArrayEquals(text.getBytes(UTF_8), json.toBytes());
        assertEquals(text.length(), json.length());
        assertArrayEquals(json.toBytes(), Arrays.copyOf(json.buffer(), json.length()));
    }

    @Test
    void writer_extremeNumbers_areWhole() {
        assertEquals("[-9223372036854775808,9223372036854775807,0]", new JsonWriter().beginArray()
                .number(Long.MIN_VALUE).number(Long.MAX_VALUE).number(0).endArray().toString());
    }

    @Test
    void string_everyChar_isValidJsonAndReadsBackTheSame() {
        for (int c = 0; c <= 0xffff; c++) {
            String text = "a" + (char) c + "z";
            byte[] json = new JsonWriter(1).string(text).toBytes();
            assertEquals(text, new JsonReader(json).string());
        }
    }

    @Test
    void string_controlCharacters_areEscapedShortWhereJsonHasAShortForm() {
        assertEquals("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\u0080\"",
                new JsonWriter().string("\"\\/\b\f\n\r\t\0\u001f\u007f\u0080").toString());
    }

    @Test
    void string_anyLengthAndRoom_fits() {
        for (String piece : new String[] {"x", "\"", "\0", "\u00e9", "\u20ac", "\ud83d\ude00", "\ud800"}) {
            for (int length = 0; length < 40; length++) {
                String text = piece.repeat(length);
                for (int room = 0; room < 10; room++) {
                    assertEquals(text, new JsonReader(new JsonWriter(room).string(text).toBytes()).string());
                }
            }
        }
    }

    @Test
    void string_long_takesNoMoreRoomThanTwiceItsBytes() {
        JsonWriter json = new JsonWriter().string("a \"prompt\"\n".repeat(1 << 18));
        assertTrue(json.buffer().length <= 2 * json.length(), json.buffer().length + " for " + json.length());
    }
}
