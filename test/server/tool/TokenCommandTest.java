package server.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.AllSettings;
import server.access.NamedToken;
import server.access.TokenFile;
import support.SettableClock;

final class TokenCommandTest {

    @TempDir
    private Path folder;
    private final SettableClock clock = new SettableClock("2026-01-02T03:04:05.678Z");
    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String words) {
        out.reset();
        err.reset();
        return run(List.of(("token " + words).strip().split(" ")), new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    private int run(List<String> words, PrintStream to) {
        environment.put("HOME", folder.toString());
        return OfflineCommands.run(words, AllSettings.READER, environment, clock, to,
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void add_printsTheTokenAlone() throws IOException {
        assertEquals(0, run("add ci --scope submit --data-dir " + folder), err());
        assertTrue(out().matches("oq_[A-Za-z0-9_-]{43}\n"), out());
        assertEquals("note: the token is shown this once; only its hash is kept\nnote: it is the first one: from now "
                + "on every request to the server needs a token\n", err());
        assertEquals(0, run("add --scope=read b --data-dir=" + folder), err());
        assertEquals("note: the token is shown this once; only its hash is kept\n", err());
        assertEquals(2, new TokenFile(folder).read().size());
    }

    @Test
    void add_whoseTokenCannotBePrinted_isTakenBack() throws IOException {
        String words = " --scope read --data-dir " + folder;
        PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        for (boolean first : new boolean[] {true, false}) {
            err.reset();
            assertEquals(1, run(List.of(("token add lost" + words).split(" ")), full));
            assertEquals("ollama-queue-server: nothing can be written to standard output, so the token was removed"
                    + "\n", err());
            assertEquals(first, new TokenFile(folder).read() == null);
            assertEquals(0, run("add kept" + (first ? "" : "2") + words));
        }
        assertEquals(List.of("kept", "kept2"), new TokenFile(folder).read().stream()
                .map(token -> token.asker().name()).toList());
    }

    @Test
    void list_showsLimits_lastUseAndWhatHasExpired() throws IOException {
        String in = " --data-dir " + folder;
        assertEquals(0, run("list" + in));
        assertEquals("NAME  SCOPE  PRIORITY MAX  MAX PENDING  CREATED  EXPIRES  LAST USE\n", out());
        assertEquals("note: no token was ever added; unless server.token is set, the server needs none\n", err());
        assertEquals(0, run("add ci --scope submit --priority-max normal --max-pending 500 --expires-in 90d" + in));
        assertEquals(0, run("add nightly.job --scope admin --expires-in 1s" + in));
        clock.pass(Duration.ofSeconds(1));
        Files.writeString(folder.resolve("tokens-used.json"), "{\"ci\":\"2026-01-02T03:05:00Z\"}");
        assertEquals(0, run("list" + in));
        assertEquals("""
                NAME SCOPE PRIORITY MAX MAX PENDING CREATED EXPIRES LAST USE
                ci submit 5 500 2026-01-02T03:04:05Z 2026-04-02T03:04:05Z 2026-01-02T03:05:00Z
                nightly.job admin - - 2026-01-02T03:04:05Z expired 2026-01-02T03:04:06Z -
                """, out().replaceAll(" +", " "));
        assertEquals(1, out().lines().map(line -> line.indexOf("2026-01-02")).filter(at -> at > 0).distinct().count());
        assertEquals("", err());
    }

    @Test
    void dataDirectory_isThatOfTheServersSettings() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path config = Files.writeString(folder.resolve("c.yaml"), "storage: {path: " + data + "}\n");
        assertEquals(0, run("add a --scope read --config " + config), err());
        environment.put("OLLAMA_QUEUE_CONFIG", config.toString());
        Path variables = Files.writeString(folder.resolve("environment"), "OLLAMA_QUEUE_STORAGE_PATH=" + data + "\n");
        environment.clear();
        assertEquals(0, run("add b --scope read --environment " + variables), err());
        assertEquals(List.of("a", "b"), new TokenFile(data).read().stream().map(NamedToken::asker)
                .map(asker -> asker.name()).toList());
    }

    @Test
    void revoke_takesItAway_andSaysSoIfThereIsNone() throws IOException {
        assertEquals(0, run("add ci --scope submit --data-dir " + folder));
        assertEquals(1, run("add ci --scope read --data-dir " + folder));
        assertEquals("ollama-queue-server: there is a token ci already; revoke it first\n", err());
        assertEquals(0, run("revoke ci --data-dir " + folder));
        assertEquals("", out() + err());
        assertEquals(1, run("revoke ci --data-dir " + folder));
        assertEquals("ollama-queue-server: there is no token ci\n", err());
        assertEquals(List.of(), new TokenFile(folder).read());
        assertEquals(1, run("add ci --scope submit --data-dir " + folder.resolve("none")));
        assertTrue(err().endsWith("none does not exist; name the server's with --data-dir\n"), err());
        assertEquals(1, run("list --data-dir " + folder.resolve("none")));
        assertTrue(err().endsWith("none does not exist; name the server's with --data-dir\n"), err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"add|token add needs a name first: token add ci --scope submit",
            "add ci cd --scope read|unexpected argument cd", "add ci|--scope is missing; it is read, submit or admin",
            "add c/i --scope read|1 to 64 of A-Z a-z 0-9 . _ @ -", "add ci --scope admn|did you mean admin?",
            "add ci --scope|--scope needs a value", "add ci --scope read --scope read|--scope is given twice",
            "add ci --scope read --priority-max hi|priority must be an integer",
            "add ci --scope read --max-pending -1|from 0 to 10000000, not \"-1\"",
            "add ci --scope read --max-pending 10000001|from 0 to 10000000",
            "add ci --scope read --expires-in 0s|from 1ms to", "add ci --scope read --expires-in 3651d|from 1ms to",
            "add ci --scope read --expires-in soon|--expires-in", "add ci --scop read|unknown option --scop",
            "revoke|token revoke needs a name first: token revoke ci", "list ci|unexpected argument ci",
            "remove ci|unknown command token remove"})
    void wrongUsage_isStatus2_andSaysWhatIsRight(String words, String said) {
        assertEquals(2, run(words), err());
        assertTrue(err().contains(said), err());
        assertEquals("", out());
    }
}
