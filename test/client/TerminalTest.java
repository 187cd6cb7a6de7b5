package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TerminalTest {

    @TempDir
    Path folder;

    private List<String> whole(String commandLine, String... words) throws IOException {
        return Terminal.whole(words, Files.writeString(folder.resolve("cmdline"), commandLine));
    }

    @Test
    void whole_ascii_isTakenAsItIs() throws IOException {
        assertEquals(List.of("a", "b"), whole("", "a", "b"));
    }

    @Test
    void whole_mangled_isReadFromTheProcess() throws IOException {
        assertEquals(List.of("--prompt", "Gr\u00fc\u00dfe", ""),
                whole("java\0-cp\0x\0--prompt\0Gr\u00fc\u00dfe\0\0", "--prompt", "Gr\ufffd\ufffd\ufffd\ufffde", ""));
        assertEquals(List.of("\ufffd"), whole("java\0\ufffd\0", "\ufffd"));
    }

    @Test
    void whole_otherWordsInTheProcess_isRefused() {
        // as java @FILE gives them
        assertThrows(Failure.class, () -> whole("java\0@file\0", "submit", "Gr\ufffde"));
        assertThrows(Failure.class, () -> whole("java\0@file\0", "a", "b", "Gr\ufffde"));
    }

    @Test
    void whole_withoutProc_isRefused() {
        Failure failure = assertThrows(Failure.class, () -> Terminal.whole(new String[] {"submit", "Gr\ufffde"},
                folder.resolve("none")));
        assertEquals("the argument \"Gr\ufffde\" did not arrive as UTF-8 text", failure.getMessage());
        assertEquals(Failure.USAGE, failure.exit);
    }

    @Test
    void whole_notUtf8_isRefused() throws IOException {
        Path file = Files.write(folder.resolve("latin1"),
                "java\0Gr\u00fc\u00dfe\0".getBytes(StandardCharsets.ISO_8859_1));
        assertThrows(Failure.class, () -> Terminal.whole(new String[] {"Gr\ufffd\ufffde"}, file));
    }

    @Test
    void inEnglish_pipeWithoutAReader_isKnownInAnyLanguage() {
        OutputStream german = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Daten\u00fcbergabe unterbrochen (broken pipe)");
            }
        };
        assertEquals(Failure.BROKEN_PIPE, failure(Terminal.inEnglish(german, () -> true)).exit);
        Failure elsewhere = failure(Terminal.inEnglish(german, () -> false));
        assertEquals("1 cannot write to standard output: Daten\u00fcbergabe unterbrochen (broken pipe)",
                elsewhere.exit + " " + elsewhere.getMessage());
    }

    private static Failure failure(OutputStream out) {
        Output output = new Output(out, Output.Form.TEXT, false);
        output.line("x");
        return assertThrows(Failure.class, output::flush);
    }

    @Test
    void columns_variable_wins() {
        assertEquals(40, columns("40"));
        assertEquals(80, columns(""));
        assertEquals(80, columns("0"));
        assertEquals(80, columns("wide"));
    }

    private static int columns(String variable) {
        return new Terminal(null, null, null, Map.of("COLUMNS", variable), n -> true, () -> 80, null, null).columns();
    }
}
