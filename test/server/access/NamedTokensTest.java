package server.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import server.settings.Settings;
import shared.Problem;
import support.SettableClock;

/// The named tokens on the disk, and as a server sees them that runs while commands change them.
final class NamedTokensTest {

    private static final long NOW = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();
    private static final Asker CI = new Asker("ci", Scope.SUBMIT, 10, 100);

    @TempDir
    private Path folder;
    private final SettableClock clock = new SettableClock("2026-01-02T03:04:05Z");

    private Tokens server() throws IOException {
        return Tokens.of(Settings.DEFAULT, NamedTokens.open(folder, clock));
    }

    /// Makes the file old: to this test's clock one of today is settled, and what is written to it in the same
    /// millisecond would not be seen.
    private void settle() throws IOException {
        Files.setLastModifiedTime(folder.resolve("tokens.json"), FileTime.fromMillis(NOW - 100_000));
    }

    @Test
    void add_keepsTheHashOnly_forItsOwnerAlone() throws IOException {
        String secret = new TokenFile(folder).add(CI, NOW, NOW + 90);
        assertTrue(secret.matches("oq_[A-Za-z0-9_-]{43}"), secret);
        Path file = folder.resolve("tokens.json");
        assertEquals("{\"version\":1,\"tokens\":[\n{\"name\":\"ci\",\"scope\":\"submit\",\"priority_max\":10,"
                + "\"max_pending\":100,\"created_at\":\"2026-01-02T03:04:05Z\","
                + "\"expires_at\":\"2026-01-02T03:04:05.090Z\",\"sha256\":\""
                + HexFormat.of().formatHex(Tokens.hash(secret)) + "\"}\n]}\n", Files.readString(file));
        try (var files = Files.list(folder)) {
            for (Path each : files.toList()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(each)));
                assertFalse(Files.readString(each).contains(secret));
            }
        }
        NamedToken read = new TokenFile(folder).read().getFirst();
        assertEquals(CI, read.asker());
        assertNotEquals(secret, new TokenFile(folder).add(new Asker("b", Scope.READ, Asker.NO_LIMIT, 0), NOW, 0));
    }

    @Test
    void server_noticesWhatCommandsDo_beforeItJudges() throws IOException {
        Tokens server = Tokens.of(Settings.DEFAULT, NamedTokens.open(folder, InstantSource.system()));
        assertFalse(server.needed());
        TokenFile commands = new TokenFile(folder);
        for (int i = 0; i < 50; i++) {
            String secret = commands.add(CI, NOW, 0);
            assertTrue(server.needed());
            assertEquals(CI, server.bearer(secret));
            assertNull(server.bearer(secret + "x"));
            // of the same size, at the same time, perhaps in the same place of the disk
            commands.revoke("ci");
            String next = commands.add(CI, NOW, 0);
            assertNull(server.bearer(secret));
            assertEquals(CI, server.bearer(next));
            commands.revoke("ci");
            assertNull(server.bearer(next));
            assertTrue(server.needed());
        }
        // a server that starts now wants one, too
        assertTrue(server().needed());
    }

    @Test
    void server_whoseFileVanishes_goesOnWantingOne() throws IOException {
        String secret = new TokenFile(folder).add(CI, NOW, 0);
        Tokens server = server();
        assertEquals(CI, server.bearer(secret));
        Files.delete(folder.resolve("tokens.json"));
        assertTrue(server.needed());
        assertNull(server.bearer(secret));
    }

    @Test
    void token_expires_atItsTime() throws IOException {
        String secret = new TokenFile(folder).add(CI, NOW, NOW + 1_000);
        Tokens server = server();
        clock.pass(Duration.ofMillis(999));
        assertEquals(CI, server.bearer(secret));
        clock.pass(Duration.ofMillis(1));
        Problem expired = assertThrows(Problem.class, () -> server.bearer(secret));
        assertEquals(401, expired.status());
        assertEquals("the token ci expired at 2026-01-02T03:04:06Z", expired.getMessage());
        assertTrue(server.needed());
        // its name is free again, and only then
        TokenFile commands = new TokenFile(folder);
        assertEquals(409, assertThrows(Problem.class, () -> commands.add(CI, NOW + 999, 0)).status());
        assertEquals(CI, server.bearer(commands.add(CI, NOW + 1_000, 0)));
        assertEquals(1, commands.read().size());
    }

    @Test
    void use_isOnTheDisk_toAMinute() throws IOException {
        TokenFile commands = new TokenFile(folder);
        String secret = commands.add(CI, NOW, 0);
        NamedTokens named = NamedTokens.open(folder, clock);
        Tokens server = Tokens.of(Settings.DEFAULT, named);
        NamedToken token = named.all().getFirst();
        assertEquals(0, named.usedAt(token));
        for (long[] step : new long[][] {{0, 0}, {59_999, 0}, {1, 60_000}, {30_000, 60_000}}) {
            clock.pass(Duration.ofMillis(step[0]));
            server.bearer(secret);
            assertEquals(clock.millis(), named.usedAt(token));
            assertEquals(NOW + step[1], token.usedAt(commands.used()));
        }
        // another one of the same name was not used by that
        commands.revoke("ci");
        commands.add(CI, clock.millis() + 1, 0);
        assertEquals(0, commands.read().getFirst().usedAt(commands.used()));
        // a server that starts knows it
        assertEquals(NOW + 60_000, NamedTokens.open(folder, clock).usedAt(token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"version\":2,\"tokens\":[]}", "{\"version\":1}",
            "{\"version\":1,\"tokens\":[1]}", "{\"version\":1,\"tokens\":[{\"name\":\"a\",\"scope\":\"submit\"}]}",
            "{\"version\":1,\"tokens\":[{\"name\":\"a\",\"scope\":\"open\",\"sha256\":\"00\",\"created_at\":\"x\"}]}"})
    void file_damaged_letsNobodyIn(String text) throws IOException {
        String secret = new TokenFile(folder).add(CI, NOW, 0);
        Tokens server = Tokens.of(Settings.DEFAULT.with(Tokens.TOKEN, "own"), NamedTokens.open(folder, clock));
        Path file = folder.resolve("tokens.json");
        Files.writeString(file, text);
        settle();
        assertTrue(server.needed());
        Problem unread = assertThrows(Problem.class, () -> server.bearer(secret));
        assertEquals(503, unread.status());
        assertEquals("the server's tokens cannot be read; its log says why", unread.getMessage());
        // the settings' own is not in the file
        assertEquals(Asker.ANYBODY, server.bearer("own"));
        // and none starts
        assertTrue(assertThrows(IOException.class, this::server).getMessage().startsWith(file + ": "));
        // nor is what is left of it replaced
        assertThrows(IOException.class, () -> new TokenFile(folder).add(CI, NOW, 0));
        assertEquals(text, Files.readString(file));
    }

    @Test
    void file_thatIsNone_letsNobodyIn() throws IOException {
        Files.createDirectory(folder.resolve("tokens.json"));
        assertEquals(folder.resolve("tokens.json") + ": Is a directory",
                assertThrows(IOException.class, this::server).getMessage());
    }

    @Test
    void add_beyondTheLimit_is409() throws IOException {
        StringBuilder text = new StringBuilder("{\"version\":1,\"tokens\":[");
        for (int i = 1; i < TokenFile.TOKENS_MAX; i++) {
            text.append(i == 1 ? "" : ",").append("{\"name\":\"t").append(i).append("\",\"scope\":\"read\",")
                    .append("\"created_at\":\"2026-01-02T03:04:05Z\",\"sha256\":\"").append("11".repeat(32))
                    .append("\"}");
        }
        Files.writeString(folder.resolve("tokens.json"), text.append("]}"));
        TokenFile commands = new TokenFile(folder);
        commands.add(CI, NOW, 0);
        Problem full = assertThrows(Problem.class, () -> commands.add(new Asker("x", Scope.READ, 1, 1), NOW, 0));
        assertEquals(409, full.status());
        assertEquals(1_000, commands.read().size());
    }

    @Test
    void revoke_withNoRoomForANewFile_isDoneInTheOldOne() throws IOException {
        TokenFile commands = new TokenFile(folder);
        String secret = commands.add(CI, NOW, 0);
        String stays = commands.add(new Asker("b", Scope.READ, 1, 1), NOW, 0);
        settle();
        Tokens server = server();
        assertEquals(CI, server.bearer(secret));
        Path inTheWay = Files.createDirectories(folder.resolve("tokens.json.part/full"));
        assertThrows(IOException.class, () -> commands.add(new Asker("c", Scope.READ, 1, 1), NOW, 0));
        commands.revoke("ci");
        assertNull(server.bearer(secret));
        assertEquals("b", server.bearer(stays).name());
        assertEquals(List.of("b"), commands.read().stream().map(token -> token.asker().name()).toList());
        assertEquals(404, assertThrows(Problem.class, () -> commands.revoke("ci")).status());
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        commands.add(CI, NOW, 0);
        assertNull(server.bearer(secret));
        assertEquals(2, Files.readString(folder.resolve("tokens.json")).split("sha256").length - 1);
    }

    @Test
    void revoke_withNoRoomForANewFile_ofAHashInCapitals() throws IOException {
        TokenFile commands = new TokenFile(folder);
        String secret = commands.add(CI, NOW, 0);
        Path file = folder.resolve("tokens.json");
        String hex = HexFormat.of().formatHex(Tokens.hash(secret));
        Files.writeString(file, Files.readString(file).replace(hex, hex.toUpperCase(Locale.ROOT)));
        settle();
        Tokens server = server();
        assertEquals(CI, server.bearer(secret));
        Files.createDirectories(folder.resolve("tokens.json.part/full"));
        commands.revoke("ci");
        assertNull(server.bearer(secret));
        assertEquals(List.of(), commands.read());
    }

    @Test
    void use_ofRevokedTokens_isForgotten() throws IOException {
        TokenFile commands = new TokenFile(folder);
        Tokens server = server();
        for (String name : List.of("a", "b", "c")) {
            server.bearer(commands.add(new Asker(name, Scope.READ, 1, 1), NOW, 0));
            if (!name.equals("c")) {
                commands.revoke(name);
            }
        }
        assertEquals(Set.of("c"), commands.used().keySet());
    }

    @Test
    void change_ofNoDirectory_saysSo() {
        TokenFile nowhere = new TokenFile(folder.resolve("data"));
        String said = assertThrows(IOException.class, () -> nowhere.add(CI, NOW, 0)).getMessage();
        assertEquals("the data directory " + folder.resolve("data") + " does not exist; name the server's with "
                + "--data-dir", said);
        assertEquals(List.of(), List.of(folder.toFile().list()));
    }

    @Test
    void change_ofAnotherUsersDirectory_isRefusedAndTouchesNothing() throws IOException {
        Assumptions.assumeTrue(Files.getOwner(folder).getName().equals("root"), "only root can write there");
        Path data = Files.createDirectory(folder.resolve("data"));
        Path victim = Files.writeString(folder.resolve("victim"), "mine");
        Files.createSymbolicLink(data.resolve("tokens.lock"), victim);
        UserPrincipal nobody = folder.getFileSystem().getUserPrincipalLookupService()
                .lookupPrincipalByName("nobody");
        Files.setOwner(data, nobody);
        String said = assertThrows(IOException.class, () -> new TokenFile(data).add(CI, NOW, 0)).getMessage();
        assertEquals("the data directory " + data + " belongs to nobody, not to root: run this as that user, as with: "
                + "runuser -u nobody -- ollama-queue-server token \u2026 --data-dir " + data, said);
        assertEquals("root", Files.getOwner(victim).getName());
        assertEquals(List.of("tokens.lock"), List.of(data.toFile().list()));
        // and in its own no link is followed
        Files.setOwner(data, Files.getOwner(folder));
        assertThrows(IOException.class, () -> new TokenFile(data).add(CI, NOW, 0));
        assertEquals("mine", Files.readString(victim));
    }

    @Test
    void add_aNameThatIsADirectory_is400() {
        for (String name : List.of(".", "..")) {
            assertEquals(400, assertThrows(Problem.class, () -> new TokenFile(folder).add(
                    new Asker(name, Scope.READ, 1, 1), NOW, 0)).status());
        }
    }
}
