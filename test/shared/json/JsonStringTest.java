package shared.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Strings: escapes, control characters, surrogates, and the bytes that are not UTF-8.
class JsonStringTest {

    @Test
    void string_everyEscape_isItsCharacter() {
        assertEquals("\"\\/\b\f\n\r\t", read("\\\"\\\\\\/\\b\\f\\n\\r\\t"));
        assertEquals("a\u00e9\u20acz", read("a\\u00e9\\u20ACz"));
        assertEquals("\0", read("\\u0000"));
        assertEquals("\ud83d\ude00", read("\\ud83d\\uDE00"));
        assertEquals("\u00e9\n\u4f60\ud83d\ude00!", read("\u00e9\\n\u4f60\ud83d\ude00!"));
    }

    @Test
    void string_loneSurrogate_isKeptAndEscapedOnOutput() {
        for (String text : new String[] {"\\ud800", "\\udc00", "a\\udfffb", "\\ude00\\ud83d", "\\ud83dx"}) {
            assertEquals("\"" + text + "\"", Json.parse("\"" + text + "\"").text());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "\\x41   | an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX (line 1, column 2)",
        "a\\N    | an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX (line 1, column 3)",
        "\\u12   | \\u needs four hexadecimal digits (line 1, column 2)",
        "\\u00g0 | \\u needs four hexadecimal digits (line 1, column 2)",
        "\\u+123 | \\u needs four hexadecimal digits (line 1, column 2)",
        "\\U0041 | an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX (line 1, column 2)"})
    void string_badEscape_isRefused(String content, String message) {
        JsonGrammarTest.assertRefused("\"" + content + "\"", message);
    }

    @Test
    void string_endingInAnEscape_isRefused() {
        JsonGrammarTest.assertRefused("\"\\", "an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX "
                + "(line 1, column 2)");
        JsonGrammarTest.assertRefused("\"\\\"", "a string without its closing quote (line 1, column 1)");
        JsonGrammarTest.assertRefused("\"\\u00e", "\\u needs four hexadecimal digits (line 1, column 2)");
    }

    @Test
    void string_everyControlCharacter_isRefusedRawAndTakenEscaped() {
        for (char c = 0; c < 0x20; c++) {
            String hex = String.format("%04X", (int) c);
            JsonGrammarTest.assertRefused("[\"a" + c + "\"]", "the control character U+" + hex
                    + " must be escaped in a string (line 1, column 4, at [0])");
            assertEquals("" + c, read("\\u" + hex));
        }
        assertEquals("\u007f", read("\u007f"));
    }

    @Test
    void string_everyCodePoint_passesUnchanged() {
        StringBuilder all = new StringBuilder();
        for (int point = 0x20; point <= 0x10ffff; point++) {
            if (point != '"' && point != '\\' && (point < 0xd800 || point > 0xdfff)) {
                all.appendCodePoint(point);
            }
        }
        assertEquals(all.toString(), read(all.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "80", "bf", "c0 80", "c1 bf", "c2", "c2 22", "c3 28", "e0 80 80", "e0 9f bf", "e2 82", "e2 28 a1", "e2 82 28",
        "ed a0 80", "ed bf bf", "f0 80 80 80", "f0 8f bf bf", "f0 9f 98", "f0 28 8c bc", "f0 90 28 bc", "f0 28 8c 28",
        "f4 90 80 80", "f5 80 80 80", "f8 88 80 80 80", "fc 84 80 80 80 80", "fe", "ff"})
    void string_notUtf8_isRefused(String bytes) {
        byte[] bad = HexFormat.ofDelimiter(" ").parseHex(bytes);
        for (String end : new String[] {"\"]", ""}) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            text.writeBytes("[\"ab".getBytes(UTF_8));
            text.writeBytes(bad);
            text.writeBytes(end.getBytes(UTF_8));
            assertEquals("a byte that is not UTF-8 (line 1, column 5, at [0])",
                    assertThrows(JsonException.class, () -> Json.parse(text.toByteArray())).getMessage());
        }
    }

    private static String read(String content) {
        return new JsonReader(("\"" + content + "\"").getBytes(UTF_8)).string();
    }
}
