package server.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shared.Problem;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;
import support.PluginJar;

class PluginsTest {

    private static final String SERVICE = "META-INF/services/server.executor.ExecutorProvider";

    @TempDir
    Path work;

    @TempDir
    Path plugins;

    @Test
    void load_plainJar_addsAKind() throws Exception {
        PluginJar.plain(work, plugins.resolve("reverse.jar"));
        runs(ExecutorRegistry.load(plugins));
    }

    @Test
    void load_module_addsAKind() throws Exception {
        PluginJar.module(work, plugins.resolve("reverse-1.0.jar"));
        runs(ExecutorRegistry.load(plugins));
    }

    @Test
    void load_twoOfOneName_liveSideBySide() throws Exception {
        PluginJar.module(work, plugins.resolve("a.jar"));
        Files.copy(plugins.resolve("a.jar"), plugins.resolve("b.jar"));
        List<ExecutorProvider> loaded = Plugins.load(plugins);
        assertEquals(2, loaded.size());
        assertNotSame(loaded.get(0).getClass(), loaded.get(1).getClass());
        assertEquals("plugin.ReverseProvider", loaded.get(0).getClass().getName());
        assertTrue(loaded.get(0).getClass().getModule().isNamed());
    }

    @Test
    void load_badJars_areAllNamed() throws Exception {
        Files.writeString(plugins.resolve("a-text.jar"), "not a jar");
        PluginJar.of(plugins.resolve("b-empty.jar"), Map.of("readme.txt", "nothing"));
        PluginJar.of(plugins.resolve("c-gone.jar"), Map.of(SERVICE, "plugin.Gone\n"));
        PluginJar.of(plugins.resolve("d-broken.jar"), Map.of(SERVICE, "plugin.Broken\n", "plugin/Broken.class", "x"));
        Files.writeString(plugins.resolve("readme.txt"), "left alone");
        PluginJar.plain(work, plugins.resolve("z.jar"));
        String message = assertThrows(Problem.class, () -> ExecutorRegistry.load(plugins)).getMessage();
        for (String jar : List.of("a-text.jar (", "b-empty.jar (it provides no server.executor.ExecutorProvider)",
                "c-gone.jar (", "d-broken.jar (")) {
            assertTrue(message.contains(jar), message);
        }
        assertTrue(!message.contains("null") && !message.contains("readme") && !message.contains("z.jar"), message);
    }

    @Test
    void load_noFolder_isRefused() {
        Path gone = plugins.resolve("gone");
        assertEquals("the folder of plug-ins " + gone + " is not a folder",
                assertThrows(Problem.class, () -> ExecutorRegistry.load(gone)).getMessage());
    }

    private static void runs(ExecutorRegistry registry) throws InterruptedException {
        assertTrue(registry.kinds().containsAll(List.of("reverse", "echo", "openai", "ollama")),
                registry.kinds().toString());
        assertEquals("ollama", registry.provider("gpu").kind());
        Collected pieces = new Collected();
        try (TaskExecutor host = registry.open("reverse:")) {
            Call call = new Call(TaskType.GENERATE, "m",
                    Slice.of("{\"prompt\":\"abc\"}".getBytes(StandardCharsets.UTF_8)), Duration.ofSeconds(1),
                    Duration.ofSeconds(1));
            Outcome.Completed answer = (Outcome.Completed) host.run(call, pieces);
            assertEquals("cba", ((Json.Obj) Json.parse(answer.result().text())).text("response"));
        }
        assertEquals("cba", pieces.text());
    }
}
