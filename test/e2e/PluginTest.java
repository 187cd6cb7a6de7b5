package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.json.Json;
import support.PluginJar;
import support.ServerProcess;

/// Kinds of host from `--plugins DIR` in the real program.
final class PluginTest {

    @TempDir
    Path directory;

    @Test
    void plugin_inTheFolder_runsTasks() throws Exception {
        Path plugins = directory.resolve("plugins");
        PluginJar.module(directory.resolve("work"), plugins.resolve("reverse.jar"));
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"), "--plugins", plugins.toString(),
                "--ollama-host", "reverse:")) {
            Json.Obj task = server.awaitEnd(
                    server.submit("{\"type\":\"generate\",\"model\":\"any\",\"prompt\":\"abc\"}"));
            assertEquals("completed", task.text("status"), task.text());
            assertEquals("cba", ((Json.Obj) task.get("result")).text("response"));
            assertEquals("reverse", task.text("executed_on"));
        }
    }

    @Test
    void plugin_thatCannotBeUsed_isNamedAndRefusesTheStart() throws Exception {
        Path plugins = Files.createDirectories(directory.resolve("plugins"));
        Files.writeString(plugins.resolve("broken.jar"), "not a jar");
        String said = refused("--plugins", plugins.toString(), "--ollama-host", "echo:");
        assertTrue(said.contains("cannot be used: broken.jar ("), said);
        said = refused("--plugins", directory.resolve("gone").toString(), "--ollama-host", "echo:");
        assertTrue(said.contains("is not a folder"), said);
    }

    /// @return what it printed
    private String refused(String... arguments) throws Exception {
        Path log = directory.resolve("refused.log");
        List<String> words = new ArrayList<>(List.of("--port", "0", "--data-dir",
                directory.resolve("data").toString()));
        words.addAll(List.of(arguments));
        Process process = ServerProcess.launch(words, log);
        process.getInputStream().readAllBytes();
        assertTrue(process.waitFor() != 0, "it started");
        return Files.readString(log, StandardCharsets.UTF_8);
    }
}
