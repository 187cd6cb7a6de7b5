package dist;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import support.ServerProcess;

/// Sessions with the images' programs, in `test/dist/*.txt`.
final class CommandsTest {

    @TempDir
    Path directory;

    @BeforeEach
    void made() throws Exception {
        Images.assumeMade();
    }

    @Test
    void commands_eachOnce_doWhatTheySay() throws Exception {
        Map<String, String> environment = Map.of("HOME", directory.toString(),
                "PATH", Images.CLIENT.resolve("bin") + ":" + Images.SERVER.resolve("bin") + ":/usr/bin:/bin");
        Transcript transcript = Transcript.read(Path.of("test/dist/commands.txt"));
        try (ServerProcess server = ServerProcess.of(List.of(Images.SERVER_BIN.toString(), "--port", "0", "--data-dir",
                directory.resolve("data").toString(), "--ollama-host", "echo:?delay=1ms"), Map.of(),
                directory.resolve("server.log"))) {
            Map<String, String> all = new HashMap<>(environment);
            all.put("OLLAMA_QUEUE_CLIENT_SERVER_URL", server.url());
            transcript.play(directory, all);
        }
        String help = Images.run(directory, environment, List.of(Images.CLIENT_BIN.toString(), "help")).out();
        Pattern command = Pattern.compile("(?m)^  ([a-z]+)  +[a-z]");
        List<String> missing = command.matcher(help.substring(0, help.indexOf("\nflags"))).results()
                .map((MatchResult found) -> found.group(1))
                .filter(name -> !transcript.commands().contains("ollama-queue " + name)).toList();
        assertTrue(missing.isEmpty(), "commands that test/dist/commands.txt does not try: " + missing);
    }

    /// The seed's examples, letter by letter, in a folder that contains both programs. They name ports, so they get
    /// their own network.
    @Test
    void seed_itsCommands_workAsWritten() throws Exception {
        Images.assumeRoot();
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (Path program : List.of(Images.SERVER_BIN, Images.CLIENT_BIN)) {
            Images.tool("ln", "-s", program.toString(), programs.toString());
        }
        try (Network network = Network.make()) {
            Transcript.read(Path.of("test/dist/seed.txt")).play(programs, Map.of("HOME", directory.toString(),
                    "PATH", programs + ":/usr/bin:/bin", "OLLAMA_HOST", "echo:"), network.inside());
        } finally {
            Images.tool("rm", "-rf", programs.toString());
        }
    }
}
