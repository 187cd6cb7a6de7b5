package server.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.settings.Settings;
import shared.Controls;
import shared.LogValue;
import shared.json.Json;

class LogTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Log log = new Log(InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z")), out);

    /// Closes its file.
    @AfterEach
    void close() throws IOException {
        log.file(null);
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void write_event_isOneLine() {
        log.write("server", Level.INFO, "event=x name=a\nb\u001b[1m", null);
        assertTrue(written().matches("2026-01-0\\dT\\d\\d:\\d\\d:05\\.678[+-]\\d{4} INFO server event=x name=a"
                + "\\\\u000ab\\\\u001b\\[1m\n"), written());
    }

    @Test
    void write_asJson_isOneObjectALine() throws IOException {
        Path file = directory.resolve("log.json");
        log.configure(Settings.DEFAULT.with(Log.FORMAT, "json").with(Log.FILE, file));
        log.write("dispatch", Level.WARNING, "event=host_down host=a\u202e error=\"x\"",
                new IOException("one\n2026-01-02T03:04:05.678Z INFO forged"));
        log.write("other", Level.INFO, "no event", null);
        List<String> lines = Files.readAllLines(file);
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.getFirst().startsWith("{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"WARNING\","
                + "\"logger\":\"dispatch\",\"event\":\"host_down\",\"host\":\"a\\\\u202e\",\"error\":\"x\","
                + "\"stack\":[\"java.io.IOException: one\\\\u000a2026"), lines.getFirst());
        assertEquals("{\"time\":\"2026-01-02T03:04:05.678Z\",\"level\":\"INFO\",\"logger\":\"other\","
                + "\"message\":\"no event\"}", lines.getLast());
    }

    @Test
    void write_textFromElsewhere_isOneValue_whateverItHolds() throws IOException {
        List<String> texts = List.of("", " ", "x", "a=b", "a b", "\" level=\"forged", "\\", "\\\"", "a\nevent=forged",
                "\\n", "\t", "C:\\dir \"x\"", "\u00a0", "\u2028", "null");
        Path file = directory.resolve("log.json");
        log.configure(Settings.DEFAULT.with(Log.FORMAT, "json").with(Log.FILE, file));
        texts.forEach(text -> log.write("x", Level.INFO, "event=x before=1 text=" + LogValue.of(text) + " after=2",
                null));
        List<String> lines = Files.readAllLines(file);
        assertEquals(texts.size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            Json.Obj line = (Json.Obj) Json.parse(lines.get(i));
            assertEquals(List.of("time", "level", "logger", "event", "before", "text", "after"),
                    List.copyOf(line.members().keySet()), lines.get(i));
            assertEquals(Controls.shown(texts.get(i), false), line.text("text"));
            assertEquals("2", line.text("after"));
        }
    }

    @Test
    void write_asJson_whatIsNoField_isTheMessage() throws IOException {
        Path file = directory.resolve("log.json");
        log.configure(Settings.DEFAULT.with(Log.FORMAT, "json").with(Log.FILE, file));
        log.write("x", Level.INFO, "event=x a=1 and more", null);
        assertTrue(Files.readString(file).endsWith("\"event\":\"x\",\"a\":\"1\",\"message\":\"and more\"}\n"),
                Files.readString(file));
    }

    @Test
    void write_thrownWithAMessageFromElsewhere_forgesNoLine() {
        log.write("server", Level.ERROR, "event=x", new IOException("a\nforged"));
        assertTrue(written().contains("java.io.IOException: a\\u000aforged\n"), written());
    }

    @Test
    void write_thrown_isBelowIt() {
        log.write("server", Level.ERROR, "event=x", new IllegalStateException("outer", new IOException("inner")));
        assertTrue(written().contains("event=x\n    java.lang.IllegalStateException: outer\n        at "), written());
        assertTrue(written().contains("    caused by java.io.IOException: inner\n"), written());
    }

    @Test
    void level_changes_atOnce() {
        assertTrue(log.shows(Level.INFO));
        assertFalse(log.shows(Level.DEBUG));
        log.level(Level.DEBUG);
        assertTrue(log.shows(Level.DEBUG));
        log.level(Level.OFF);
        assertFalse(log.shows(Level.ERROR));
        assertFalse(log.shows(Level.OFF));
    }

    @Test
    void file_movedAway_isOpenedAnew() throws IOException {
        Path file = directory.resolve("log");
        log.file(file);
        log.write("a", Level.INFO, "one", null);
        Path moved = Files.move(file, directory.resolve("log.1"));
        log.write("a", Level.INFO, "two", null);
        log.file(file);
        log.write("a", Level.INFO, "three", null);
        assertTrue(Files.readString(moved).contains("two\n"));
        assertTrue(Files.readString(file).endsWith("INFO a three\n"));
        assertThrows(IOException.class, () -> log.file(directory));
        log.write("a", Level.INFO, "four", null);
        assertTrue(Files.readString(file).endsWith("INFO a four\n"));
        assertEquals("", written());
    }

    @Test
    void provider_loggers_areFoundByTheJdk() {
        assertTrue(System.LoggerFinder.getLoggerFinder() instanceof LogProvider);
        LogProvider provider = new LogProvider();
        provider.log().level(Level.DEBUG);
        assertTrue(provider.getLogger("x", LogTest.class.getModule()).isLoggable(Level.DEBUG));
        assertFalse(provider.getLogger("x", java.net.http.HttpClient.class.getModule()).isLoggable(Level.DEBUG));
    }
}
