package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.ClientScript;
import support.Effort;
import support.Jdks;
import support.Programs;
import support.ServerProcess;

/// The client in one file, on the oldest and the newest JDK that it supports, and the same commands with the installed
/// client.
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SingleFileTest {

    private static final Path MADE = Path.of("build/dist/Client.java").toAbsolutePath();
    private static final Path SCRIPT = Path.of("test/e2e/commands.txt").toAbsolutePath();

    /// The home directory of a user of each JDK.
    private final Map<Path, Path> homes = new HashMap<>();
    private ServerProcess server;
    private Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    void start(@TempDir Path data, @TempDir Path all) {
        shared = all;
        server = ServerProcess.start(Map.of("OLLAMA_QUEUE_SERVER_TOKEN", "secret"), data.resolve("data"),
                "--ollama-host", "echo:");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void clientJava_isPureAsciiWithoutATab() throws IOException {
        String text = Files.readString(MADE, StandardCharsets.US_ASCII);
        assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), "no character but ASCII");
    }

    @Test
    void clientJava_onJdk17_compilesWithoutWarning() throws Exception {
        assertEquals("", compiled(Jdks.oldest()));
    }

    @Test
    void clientJava_onThisJdk_compilesWithoutWarning() throws Exception {
        assertEquals("", compiled(Jdks.current()));
    }

    @Test
    void commands_onJdk17_doWhatTheySay() throws Exception {
        commands(Jdks.oldest());
    }

    @Test
    void commands_onThisJdk_doWhatTheySay() throws Exception {
        commands(Jdks.current());
    }

    @Test
    void everyCommand_ofTheProgram_doesWhatItSays() throws Exception {
        commands(List.of(Programs.client().toString()), Map.of("HOME", folder.toString()), Integer.MAX_VALUE);
    }

    @Test
    void java_onJdk17InTheCLocale_keepsEveryCharacter() throws Exception {
        home(Jdks.oldest());
    }

    @Test
    void java_onThisJdkInTheCLocale_keepsEveryCharacter() throws Exception {
        home(Jdks.current());
    }

    @Test
    void server_getWithoutToken_handsTheFileOut() throws IOException {
        HttpResponse<String> answer = server.get("/Client.java");
        assertEquals(200, answer.statusCode());
        assertEquals("text/plain; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));
        assertEquals(Files.readString(MADE), answer.body());
        assertEquals(401, server.get("/api/status").statusCode());
    }

    @Test
    void checkout_onThisJdk_runsTheSourcesThemselves() throws Exception {
        String done = client(java(Jdks.current(), Path.of("src/client/Client.java").toAbsolutePath()), Map.of())
                .ran("ollama-queue status");
        assertTrue(done.startsWith("> pending        0\n"), done);
    }

    @Test
    void clientJava_onATerminal_showsWhatWouldSteerIt() throws Exception {
        String prompt = "$(printf 'a\\033[2Jb\\302\\233c\\342\\200\\256d\\re')";
        ProcessBuilder terminal = new ProcessBuilder("script", "-qec", String.join(" ", java(Jdks.current(), MADE))
                + " submit generate --model echo --prompt \"" + prompt + "\" --wait 2>/dev/null", "/dev/null");
        terminal.environment().putAll(Map.of("OLLAMA_QUEUE_CLIENT_SERVER_URL", server.url(), "OLLAMA_QUEUE_TOKEN",
                "secret", "LC_ALL", "C.UTF-8", "HOME", home(Jdks.current()).toString(), "SHELL", "/bin/sh"));
        Process process = terminal.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the client ends");
        // a terminal ends lines with CR LF
        assertEquals("a\\u001b[2Jb\\u009bc\\u202ed\\u000de\r\n", shown);
    }

    private void commands(Path jdk) throws Exception {
        commands(List.of("sh", MADE.toString()), Map.of("JAVA_HOME", jdk.toString(), "HOME", home(jdk).toString()),
                Effort.of(12, Integer.MAX_VALUE));
    }

    private void commands(List<String> program, Map<String, String> environment, int count) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(Map.of("PATH", System.getenv("PATH"), "LC_ALL", "C.UTF-8"));
        try (ServerProcess fresh = ServerProcess.start(folder.resolve("data"), "--ollama-host", "echo:")) {
            new ClientScript(program, all, fresh.url(), folder).run(SCRIPT, count);
        }
    }

    /// Returns the home of a user who has started it before. The first start, by `java`, compiled it: from a folder
    /// with a space, with a pipe, and in a locale that has only ASCII.
    private Path home(Path jdk) throws Exception {
        Path known = homes.get(jdk);
        if (known != null) {
            return known;
        }
        Path home = Files.createDirectory(shared.resolve(jdk.getFileName()));
        Path copy = Files.copy(MADE, Files.createDirectory(home.resolve("my tools")).resolve("Client.java"));
        ClientScript client = client(java(jdk, copy), Map.of("LC_ALL", "C", "HOME", home.toString()));
        assertEquals("> Gr\u00fc\u00dfe \ud83d\ude00\n>\n> \u00e4\n", client.ran(
                "printf '\u00e4\\n' | ollama-queue submit generate --prompt 'Gr\u00fc\u00dfe \ud83d\ude00' - --wait"));
        homes.put(jdk, home);
        return home;
    }

    private static List<String> java(Path jdk, Path source) throws Exception {
        List<String> command = new ArrayList<>(Jdks.compiling(jdk));
        command.add(source.toString());
        return command;
    }

    private ClientScript client(List<String> program, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(Map.of("PATH", System.getenv("PATH"), "HOME",
                folder.toString(), "OLLAMA_QUEUE_TOKEN", "secret"));
        all.putAll(environment);
        return new ClientScript(program, all, server.url(), folder);
    }

    /// Returns the compiler's messages about the part that Java compiles at each start, and about the client in the
    /// comment.
    private String compiled(Path jdk) throws IOException, InterruptedException {
        String text = Files.readString(MADE);
        Path client = Files.createDirectory(folder.resolve("client")).resolve("Client.java");
        Files.writeString(client, text.substring(text.indexOf("\n/*\n") + 4, text.length() - "*/\n".length())
                .replace("*&#47;", "*/"));
        return compiled(jdk, MADE) + compiled(jdk, client);
    }

    private String compiled(Path jdk, Path source) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/javac").toString(), "-Xlint:all", "-Werror",
                "-proc:none", "-d", folder.toString(), source.toString()));
        Jdks.BRIEF.forEach(option -> command.add("-J" + option));
        Process javac = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(javac.waitFor(60, TimeUnit.SECONDS), "the compiler ends");
        return said;
    }
}
