package shared.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.Charset;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8259 as a table: what is JSON, what is not, and what the reader says then.
class JsonGrammarTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "null", "true", "false", "0", "-0", "7", "-12", "0.5", "-0.5", "1e5", "1E+5", "1.25e-3", "0e0", "0E-0",
        "1e999999", "123456789012345678901234567890.123456789012345678901234567890", "0.1000",
        "\"\"", "\"a\"", "\"\u00e9\u20ac\ud83d\ude00\"", "\"\u2028\u2029\ufeff\uffff\"",
        "[]", "[1]", "[1,2,3]", "[[]]", "[null,true,\"x\",{}]",
        "{}", "{\"a\":1}", "{\"a\":1,\"b\":{\"a\":[]}}", "{\"\":0}", "{\"a b\":\"c\"}"})
    void parse_compactJson_isWrittenAsItStood(String text) {
        assertEquals(text, Json.parse(text).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {" 1", "1 ", "\t[\n1\r\n, 2 ] ", "{ \"a\" : 1 , \"b\" : [ ] }", "[ ]", "{ }"})
    void parse_whitespaceBetweenTokens_isPassed(String text) {
        assertEquals(text.replaceAll("\\s", ""), Json.parse(text).text());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "nul         | expected a value, found 'nul' (line 1, column 1)",
        "True        | expected a value, found 'True' (line 1, column 1)",
        "nullx       | expected a value, found 'nullx' (line 1, column 1)",
        "undefined   | expected a value, found 'undefined' (line 1, column 1)",
        "NaN         | expected a value, found 'NaN' (line 1, column 1)",
        "-Infinity   | expected a digit, found 'Infinity' (line 1, column 2)",
        "'a'         | expected a value, found ''' (line 1, column 1)",
        "+1          | expected a value, found '+' (line 1, column 1)",
        ".5          | expected a value, found '.' (line 1, column 1)",
        "-           | expected a digit, found the end of the text (line 1, column 2)",
        "--1         | expected a digit, found '-' (line 1, column 2)",
        "01          | a number must not begin with 0 (line 1, column 2)",
        "-00         | a number must not begin with 0 (line 1, column 3)",
        "1.          | expected a digit, found the end of the text (line 1, column 3)",
        "[1.]        | expected a digit, found ']' (line 1, column 4, at [0])",
        "1.e1        | expected a digit, found 'e1' (line 1, column 3)",
        "1e          | expected a digit, found the end of the text (line 1, column 3)",
        "1e+         | expected a digit, found the end of the text (line 1, column 4)",
        "0x10        | expected the end of the text, found 'x10' (line 1, column 2)",
        "1_000       | expected the end of the text, found '_000' (line 1, column 2)",
        "1 2         | expected the end of the text, found '2' (line 1, column 3)",
        "[           | expected a value, found the end of the text (line 1, column 2, at [0])",
        "[1          | expected ',' or ']', found the end of the text (line 1, column 3, at [1])",
        "[1,]        | expected a value, found ']' (line 1, column 4, at [1])",
        "[,1]        | expected a value, found ',' (line 1, column 2, at [0])",
        "[1 2]       | expected ',' or ']', found '2' (line 1, column 4, at [1])",
        "[1}         | expected ',' or ']', found '}' (line 1, column 3, at [1])",
        "[1,,2]      | expected a value, found ',' (line 1, column 4, at [1])",
        "]           | expected a value, found ']' (line 1, column 1)",
        "[]]         | expected the end of the text, found ']' (line 1, column 3)",
        "{           | expected a name in quotes, found the end of the text (line 1, column 2)",
        "{\"a\"      | expected ':', found the end of the text (line 1, column 5, at a)",
        "{\"a\":     | expected a value, found the end of the text (line 1, column 6, at a)",
        "{\"a\":1    | expected ',' or '}', found the end of the text (line 1, column 7, at a)",
        "{\"a\":1,}  | expected a name in quotes, found '}' (line 1, column 8)",
        "{\"a\" 1}   | expected ':', found '1' (line 1, column 6, at a)",
        "{\"a\"}     | expected ':', found '}' (line 1, column 5, at a)",
        "{a:1}       | expected a name in quotes, found 'a' (line 1, column 2)",
        "{1:1}       | expected a name in quotes, found '1' (line 1, column 2)",
        "{,}         | expected a name in quotes, found ',' (line 1, column 2)",
        "{\"a\":1]   | expected ',' or '}', found ']' (line 1, column 7, at a)",
        "// x        | expected a value, found '/' (line 1, column 1)",
        "[1 /* */]   | expected ',' or ']', found '/' (line 1, column 4, at [1])",
        "\"a         | a string without its closing quote (line 1, column 1)",
        "[\"a]       | a string without its closing quote (line 1, column 2, at [0])",
        "é           | expected a value, found U+00E9 (line 1, column 1)"})
    void parse_notJson_saysWhatAndWhere(String text, String message) {
        assertRefused(text, message);
    }

    @Test
    void parse_otherWhitespace_isRefused() {
        assertRefused("", "expected a value, found the end of the text (line 1, column 1)");
        assertRefused(" \n ", "expected a value, found the end of the text (line 2, column 2)");
        assertRefused(" \ufeff{}", "expected a value, found U+FEFF (line 1, column 2)");
        assertRefused("\ufeff\ufeff{}", "expected a value, found U+FEFF (line 1, column 1)");
        assertRefused("\u00a01", "expected a value, found U+00A0 (line 1, column 1)");
        assertRefused("[1,\f2]", "expected a value, found U+000C (line 1, column 4, at [1])");
        assertRefused("1\0", "expected the end of the text, found U+0000 (line 1, column 2)");
    }

    @Test
    void error_onLaterLine_countsCharactersNotBytes() {
        assertRefused("{\n\"\u00e9\ud83d\ude00\": x}",
                "expected a value, found 'x' (line 2, column 7, at \u00e9\ud83d\ude00)");
        assertRefused("[1,\r\n 2,\n\n  tru]", "expected a value, found 'tru' (line 4, column 3, at [2])");
    }

    @Test
    void error_inTheDepth_givesThePath() {
        assertRefused("{\"messages\":[{\"role\":\"user\"},{\"role\":x}]}",
                "expected a value, found 'x' (line 1, column 38, at messages[1].role)");
        assertRefused("[[],[[0,01]]]", "a number must not begin with 0 (line 1, column 10, at [1][0][1])");
        assertRefused("{\"" + "n".repeat(1000) + "\":x}",
                "expected a value, found 'x' (line 1, column 1005, at " + "n".repeat(60) + "\u2026)");
    }

    @Test
    void read_anotherKindThanAsked_saysBoth() {
        JsonReader json = new JsonReader("{\"priority\":[]}".getBytes(UTF_8));
        json.beginObject();
        json.nextName();
        JsonException refused = assertThrows(JsonException.class, json::number);
        assertEquals("priority must be a number, not an array (line 1, column 13, at priority)", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "nojson      | expected a value, found 'nojson' (line 1, column 1)",
        "truely      | expected a value, found 'truely' (line 1, column 1)",
        "fals        | expected a value, found 'fals' (line 1, column 1)",
        "null_       | expected a value, found 'null_' (line 1, column 1)",
        "12 apples   | expected the end of the text, found 'apples' (line 1, column 4)",
        "\"open      | a string without its closing quote (line 1, column 1)",
        "[1, nil]    | expected a value, found 'nil' (line 1, column 5, at [1])",
        "[1]         | expected an object, found an array (line 1, column 1)",
        "null        | expected an object, found null (line 1, column 1)",
        "{\"a\":nix} | expected a value, found 'nix' (line 1, column 6, at a)",
        "{\"a\":[x]} | expected a value, found 'x' (line 1, column 7, at a[0])",
        "{\"a\":[1]} | a must be a string, not an array (line 1, column 6, at a)"})
    void read_whatOnlyBeginsLikeAValue_isToldToBeNone(String text, String message) {
        JsonReader json = new JsonReader(text.getBytes(UTF_8));
        assertEquals(message, assertThrows(JsonException.class, () -> {
            json.beginObject();
            json.nextName();
            json.string();
        }).getMessage());
    }

    @Test
    void read_aWordInAMessage_isCutShort() {
        assertRefused("n".repeat(1000), "expected a value, found '" + "n".repeat(32) + "' (line 1, column 1)");
    }

    @Test
    void parse_aByteOrderMark_isNoPartOfTheText() {
        assertEquals(new Json.Num("1"), Json.parse("\ufeff1"));
        assertRefused("\ufeff[x", "expected a value, found 'x' (line 1, column 2, at [0])");
        byte[] two = "\ufeff1\ufeff2".getBytes(UTF_8);
        JsonReader json = new JsonReader(two, 0, 4);
        assertEquals("1", json.number());
        assertEquals("2", json.begin(two, 4, 8).number());
    }

    @Test
    void parse_utf16_isNamed() {
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE")) {
            byte[] text = "{\"a\":1}".getBytes(Charset.forName(charset));
            assertEquals("the text is UTF-16; save it as UTF-8 (line 1, column 1)",
                    assertThrows(JsonException.class, () -> Json.parse(text), charset).getMessage());
        }
    }

    /// As a tree and unbuilt alike.
    static void assertRefused(String text, String message) {
        assertEquals(message, assertThrows(JsonException.class, () -> Json.parse(text), text).getMessage());
        assertEquals(message, assertThrows(JsonException.class, () -> {
            JsonReader json = new JsonReader(text.getBytes(UTF_8));
            json.skip();
            json.end();
        }, text).getMessage());
    }
}
