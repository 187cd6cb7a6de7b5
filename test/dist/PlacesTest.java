package dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.Version;
import shared.json.Json;
import support.PluginJar;
import support.ServerProcess;

/// The images where users put them: elsewhere, bare, read-only, under other users.
final class PlacesTest {

    private static final Images.Ended VERSION = new Images.Ended("ollama-queue " + Version.TEXT + "\n", "", 0);
    private static final String CLIENT = "/opt/ollama-queue/bin/ollama-queue";
    private static final String SERVER = "/opt/ollama-queue-server/bin/ollama-queue-server";

    @TempDir
    Path directory;

    @BeforeEach
    void made() throws Exception {
        Images.assumeMade();
    }

    @Test
    void client_copiedToAPathWithSpaces_runsFromItsClassArchive() throws Exception {
        Path place = Files.createDirectory(directory.resolve("a path, with spaces"));
        Images.tool("cp", "-r", Images.CLIENT.toString(), place.toString());
        Path program = place.resolve("ollama-queue/bin/ollama-queue");
        assertEquals(VERSION, run(Map.of(), program, "version"));
        assertEquals(VERSION, run(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xshare:on"), program, "version"));
        String loaded = run(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "-Xlog:class+load"), program, "version").out();
        List<String> outside = loaded.lines()
                .filter(line -> line.contains("source:") && !line.contains("source: shared objects file")).toList();
        assertTrue(outside.isEmpty(), outside.size() + " classes come from elsewhere: " + outside);
    }

    /// From exec until it answers. What the JDK makes for itself is not the server's to change.
    @Test
    void server_startsWithTheClassArchiveAlone() throws Exception {
        Path loaded = directory.resolve("loaded");
        try (ServerProcess server = ServerProcess.of(List.of(Images.SERVER_BIN.toString(), "--port", "0", "--data-dir",
                directory.resolve("data").toString(), "--ollama-host", "echo:"), Map.of("TZ", "America/New_York",
                "OLLAMA_QUEUE_JAVA_OPTS", "-Xlog:class+load:file=" + loaded), directory.resolve("server.log"))) {
            assertEquals(200, server.get("/readyz").statusCode());
        }
        List<String> outside = Files.readAllLines(loaded).stream().filter(line -> line.contains("source:")
                && !line.contains("source: shared objects file")
                && line.matches(".* ((server|shared)\\.|java\\.util\\.).*")).toList();
        assertTrue(outside.isEmpty(), outside.size() + " classes come from elsewhere: " + outside);
    }

    /// Whoever redistributes an image must include the licence of its JDK, too.
    @Test
    void images_holdTheLicenceOfTheJdk() throws Exception {
        for (Path image : List.of(Images.CLIENT, Images.SERVER)) {
            Path licence = image.resolve("legal/java.base/LICENSE");
            assertTrue(Files.readString(licence).contains("The GNU General Public License"), licence.toString());
        }
    }

    /// Java cannot use the class archive for these. Users must not notice that.
    @Test
    void java_forAnotherPurpose_printsNothingElse() throws Exception {
        Images.Ended modules = run(Map.of(), Images.CLIENT.resolve("bin/java"), "--list-modules");
        assertTrue(modules.out().contains("ollamaqueue.client\n"), modules.toString());
        assertEquals("", modules.err());
        assertEquals(VERSION, run(Map.of("OLLAMA_QUEUE_JAVA_OPTS", "--add-opens=java.base/java.lang=ALL-UNNAMED "
                + "--limit-modules=ollamaqueue.client"), Images.CLIENT_BIN, "version"));
    }

    @Test
    void client_throughLinksOfABinDirectory_runs() throws Exception {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Images.tool("ln", "-s", Images.CLIENT_BIN.toString(), bin + "/ollama-queue");
        Images.tool("ln", "-s", "ollama-queue", bin + "/oq");
        assertEquals(VERSION, Images.run(bin, Map.of("PATH", bin + ":/usr/bin:/bin"), List.of("env", "oq", "version")));
        assertEquals(VERSION, Images.run(Images.CLIENT.resolve("bin"), Map.of("PATH", "/usr/bin:/bin"),
                List.of("sh", "ollama-queue", "version")));
        Images.tool("rm", bin + "/oq", bin + "/ollama-queue");
    }

    /// As `cp ollama-queue /usr/local/bin/`, with the image next to it in `lib`.
    @Test
    void launcher_copiedAlone_findsAnInstalledImageOrSaysWhereItLooked() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("bin"));
        Images.tool("cp", Images.CLIENT_BIN.toString(), bin.toString());
        Path program = bin.resolve("ollama-queue");
        assertEquals(new Images.Ended("", "ollama-queue: the rest of it is neither at " + bin
                + "/.. nor in /usr/local/lib/ollama-queue or /opt/ollama-queue\n", 1),
                run(Map.of(), program, "version"));
        Files.createDirectory(directory.resolve("lib"));
        Images.tool("cp", "-r", Images.CLIENT.toString(), directory + "/lib");
        assertEquals(VERSION, run(Map.of(), program, "version"));
    }

    @Test
    void client_severalAtOnceInNoEnvironment_allRun() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Images.Ended>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> run(Map.of(), Images.CLIENT_BIN, "version")));
            }
            for (Future<Images.Ended> one : all) {
                assertEquals(VERSION, one.get());
            }
        }
    }

    @Test
    void client_inAnyLocaleAndUnderOthersJavaOptions_keepsEveryCharacter() throws Exception {
        try (ServerProcess server = server(directory.resolve("data"), Images.SERVER_BIN.toString())) {
            for (String locale : new String[] {"C", "de_DE.ISO-8859-1", "xx_XX.UTF-8"}) {
                assertEquals(new Images.Ended("Grüße 😀\n", "", 0), run(Map.of("LANG", locale, "PATH", "/usr/bin:/bin",
                        "JAVA_TOOL_OPTIONS", "-Dx=y", "JDK_JAVA_OPTIONS", "-Dx=y",
                        "OLLAMA_QUEUE_CLIENT_SERVER_URL", server.url()), Images.CLIENT_BIN,
                        "submit", "generate", "--prompt", "Grüße 😀", "--wait"), locale);
            }
        }
    }

    @Test
    void bareRoot_withNothingButALibraryAndAShell_isEnoughForBoth() throws Exception {
        Images.assumeRoot();
        try (BareRoot bare = BareRoot.make(directory.resolve("bare")).with(Images.CLIENT).with(Images.SERVER)) {
            assertEquals(VERSION, chrooted(bare.root(CLIENT, "version")));
            assertEquals(new Images.Ended("ollama-queue-server " + Version.TEXT + "\n", "", 0),
                    chrooted(bare.root(SERVER, "--version")));
            Images.Ended preview = chrooted(bare.root(CLIENT, "cron", "test", "30 2 * * *", "--timezone",
                    "Australia/Lord_Howe"));
            assertTrue(preview.out().matches("(?s)at 02:30 every day \\(Australia/Lord_Howe\\)\n"
                    + "\\S+ 02:30:00\\+1[01]:.0\n.*"),
                    preview.toString());

            bare.withRandom();
            try (ServerProcess server = ServerProcess.of(bare.root(SERVER, "--port", "0", "--data-dir", "/data",
                    "--ollama-host", "echo:"), Map.of(), directory.resolve("server.log"))) {
                assertEquals(200, server.get("/readyz").statusCode());
                assertEquals(new Images.Ended("Grüße\n", "", 0), chrooted(bare.root(CLIENT, "--server", server.url(),
                        "submit", "generate", "--prompt", "Grüße", "--wait")));
                assertEquals(0, server.terminate());
            }
        }
    }

    @Test
    void serverImage_takesKindsOfHostFromAFolder() throws Exception {
        Path plugins = directory.resolve("plugins");
        PluginJar.module(directory.resolve("work"), plugins.resolve("reverse.jar"));
        try (ServerProcess server = ServerProcess.of(List.of(Images.SERVER_BIN.toString(), "--port", "0", "--data-dir",
                directory.resolve("data").toString(), "--plugins", plugins.toString(), "--ollama-host", "reverse:"),
                Map.of(), directory.resolve("server.log"))) {
            Json.Obj task = server.awaitEnd(
                    server.submit("{\"type\":\"generate\",\"model\":\"any\",\"prompt\":\"abc\"}"));
            assertEquals("cba", ((Json.Obj) task.get("result")).text("response"), task.text());
        }
    }

    @Test
    void readOnlyRoot_asNobody_isEnoughForBoth() throws Exception {
        Images.assumeRoot();
        try (BareRoot bare = BareRoot.make(directory.resolve("bare")).with(Images.CLIENT).with(Images.SERVER)) {
            bare.withRandom().readOnly();
            try (ServerProcess server = ServerProcess.of(bare.nobody(SERVER, "--port", "0", "--data-dir", "/data",
                    "--ollama-host", "echo:"), Map.of(), directory.resolve("server.log"))) {
                assertEquals(new Images.Ended("a b\n", "", 0), chrooted(bare.nobody(CLIENT, "--server", server.url(),
                        "submit", "generate", "--prompt", "a b", "--wait")));
                assertEquals(0, server.terminate());
            }
        }
    }

    private Images.Ended run(Map<String, String> environment, Path program, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(words));
        return Images.run(directory, environment, command);
    }

    private Images.Ended chrooted(List<String> command) throws Exception {
        return Images.run(directory, Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), command);
    }

    private ServerProcess server(Path data, String program) {
        return ServerProcess.of(List.of(program, "--port", "0", "--data-dir", data.toString(), "--ollama-host",
                "echo:"), Map.of(), directory.resolve("server.log"));
    }
}
