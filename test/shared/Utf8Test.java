package shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void decode_withAndWithoutAMark_isTheSame() {
        for (String text : List.of("", "h", "hi", "Gr\u00fc\u00dfe \ud83d\ude00\n")) {
            assertEquals(text, Utf8.decode("f", text.getBytes(StandardCharsets.UTF_8)));
            assertEquals(text, Utf8.decode("f", ("\ufeff" + text).getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals("\ufeffa", Utf8.decode("f", "\ufeff\ufeffa".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void decode_utf16_isNamed() {
        for (String charset : List.of("UTF-16", "UTF-16LE", "UTF-16BE")) {
            byte[] bytes = "hello\n".getBytes(Charset.forName(charset));
            assertEquals("f, line 1, column 1: the text is UTF-16; save it as UTF-8",
                    assertThrows(Problem.class, () -> Utf8.decode("f", bytes), charset).getMessage());
        }
    }

    @Test
    void decode_aByteThatIsNotUtf8_hasItsPlace() {
        byte[] bytes = "a\n\u00fcb?".getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 1] = (byte) 0xff;
        assertEquals("f, line 2, column 3: a byte that is not UTF-8",
                assertThrows(Problem.class, () -> Utf8.decode("f", bytes)).getMessage());
        assertThrows(Problem.class, () -> Utf8.decode("f", new byte[] {'a', (byte) 0xc3}), "cut off");
    }
}
