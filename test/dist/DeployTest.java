package dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import shared.Version;
import shared.config.Node;
import shared.config.Yaml;
import support.ServerProcess;

/// Installing, the unit of systemd, and the containers; without systemd as process 1, and without Docker.
final class DeployTest {

    private static final Path DEPLOY = Path.of("src/server/deploy").toAbsolutePath();

    @TempDir
    Path directory;

    @BeforeEach
    void made() throws Exception {
        Images.assumeMade();
    }

    @Test
    void install_aPrefix_runsThereAndItsUnitIsRight_andUninstallLeavesNothing() throws Exception {
        assumeSystemd();
        Path prefix = directory.resolve("usr local");
        Images.tool("make", "-s", "install", "PREFIX=" + prefix);
        assertEquals(new Images.Ended("ollama-queue " + Version.TEXT + "\n", "", 0), Images.run(directory, Map.of(),
                List.of(prefix + "/bin/ollama-queue", "version")));
        assertEquals(new Images.Ended("ollama-queue-server " + Version.TEXT + "\n", "", 0), Images.run(directory,
                Map.of(), List.of(prefix + "/bin/ollama-queue-server", "--version")));
        Images.tool("make", "-s", "install", "PREFIX=" + prefix);
        Images.tool("make", "-s", "uninstall", "PREFIX=" + prefix);
        assertEquals(List.of(), files(prefix));

        Images.tool("make", "-s", "install", "PREFIX=/usr", "DESTDIR=" + directory + "/stage");
        String unit = Files.readString(directory.resolve("stage/usr/lib/systemd/system/ollama-queue.service"));
        assertTrue(unit.contains("\nExecStart=/usr/bin/ollama-queue-server --data-dir /var/lib/ollama-queue\n"), unit);
        Images.tool("make", "-s", "uninstall", "PREFIX=/usr", "DESTDIR=" + directory + "/stage");
        assertEquals(List.of(), files(directory.resolve("stage")));
    }

    @Test
    void install_aPrefixWithSpaces_systemdFindsTheProgram() throws Exception {
        assumeSystemd();
        Path prefix = directory.resolve("usr local");
        Images.tool("make", "-s", "install", "PREFIX=" + prefix);
        assertEquals(new Images.Ended("", "", 0), Images.run(directory, System.getenv(), List.of("systemd-analyze",
                "verify", prefix + "/lib/systemd/system/ollama-queue.service")));
        Images.tool("make", "-s", "uninstall", "PREFIX=" + prefix);
    }

    @Test
    void install_aPrefixThatTheUnitCannotName_isRefused() throws Exception {
        for (String prefix : List.of("usr", "/usr,local", "/a&b", "/a%b", "/a\\b", "/a\"b", "/a$b")) {
            assertEquals(new Images.Ended("", "PREFIX must begin with / and hold no quote, \\, %, $, & or comma; it is "
                    + prefix + "\n", 2), Images.run(directory, Map.of("PATH", "/usr/bin:/bin"), List.of("sh",
                    DEPLOY + "/install.sh", "install", directory.toString(), prefix)));
        }
    }

    @Test
    void unit_isRightAndLetsTheServerDoLittle() throws Exception {
        assumeSystemd();
        Path prefix = directory.resolve("prefix");
        Images.tool("make", "-s", "install", "PREFIX=" + prefix);
        Path unit = prefix.resolve("lib/systemd/system/ollama-queue.service");
        assertEquals(new Images.Ended("", "", 0), Images.run(directory, System.getenv(), List.of("systemd-analyze",
                "verify", unit.toString())));
        String report = Images.tool("systemd-analyze", "security", "--offline=true", "--no-pager", unit.toString());
        Matcher exposure = Pattern.compile("Overall exposure level.*: ([0-9.]+)").matcher(report);
        assertTrue(exposure.find() && Double.parseDouble(exposure.group(1)) < 2.0, report);

        String text = Files.readString(DEPLOY.resolve("ollama-queue.service"));
        for (String line : """
                Description=Ollama Queue Server
                After=network.target
                User=ollama-queue
                WorkingDirectory=/var/lib/ollama-queue
                ExecStart=/usr/local/bin/ollama-queue-server --data-dir /var/lib/ollama-queue
                Restart=always
                WantedBy=multi-user.target
                """.split("\n")) {
            assertTrue(text.contains("\n" + line + "\n"), "the seed's " + line);
        }
        Images.tool("rm", "-rf", prefix.toString());
    }

    @Test
    void containers_laidOutByTheirFiles_workAsTheSeedRunsThem() throws Exception {
        Images.assumeRoot();
        Dockerfile server = Dockerfile.read(DEPLOY.resolve("server.Dockerfile"));
        Dockerfile client = Dockerfile.read(DEPLOY.resolve("client.Dockerfile"));
        assertTrue(server.ports().contains("8080") && server.volumes().equals(List.of("/data")), "as -p and -v need");
        String[] tools = {"/bin/bash", "/bin/ln", "/bin/mkdir", "/bin/chown", "/bin/cat", "/usr/bin/head",
            "/bin/grep"};
        try (Network network = Network.make();
                BareRoot root = BareRoot.make(directory.resolve("root"), tools).withRandom()) {
            Images.tool("rm", "-r", root.folder() + "/data");
            server.build(Images.DIST, root);
            client.build(Images.DIST, root);
            List<String> docker = inside(network, server.command(root, Map.of("OLLAMA_HOST", "echo:")));
            try (ServerProcess running = ServerProcess.of(docker, Map.of(), directory.resolve("server.log"))) {
                assertEquals("http://0.0.0.0:8080", running.url());
                Images.Ended built = Images.run(directory, Map.of(), inside(network, client.command(root, Map.of(),
                        "submit", "--type", "generate", "--prompt", "Build report", "--wait")));
                assertEquals(new Images.Ended("Build report\n", "", 0), built);
                List<String> probe = new ArrayList<>(root.root());
                probe.addAll(server.healthcheck());
                assertEquals(0, Images.run(directory, Map.of("PATH", "/usr/sbin:/usr/bin:/bin"),
                        inside(network, probe)).status());
                assertTrue(Files.exists(root.folder().resolve("data/lock")), "the volume holds the data");
                assertEquals(0, running.terminate());
            }
        }
    }

    /// `COPY` keeps the permissions, and the containers' user is not the one who built them.
    @Test
    void images_everybodyMayReadThem() throws Exception {
        for (Path image : List.of(Images.SERVER, Images.CLIENT)) {
            assertEquals("", Images.tool("find", image.toString(), "-not", "-perm", "-444", "-o", "-perm", "-100",
                    "-not", "-perm", "-555"));
        }
    }

    @Test
    void compose_namesWhatIsThere() throws Exception {
        Node.Fields compose = (Node.Fields) Yaml.read("compose.yaml",
                Files.readString(DEPLOY.resolve("compose.yaml")));
        Node.Fields services = at(compose, "services");
        Node.Fields build = at(at(services, "server"), "build");
        Path context = DEPLOY.resolve(text(build, "context")).normalize();
        assertEquals(Images.DIST, context);
        assertEquals(DEPLOY.resolve("server.Dockerfile"), context.resolve(text(build, "dockerfile")).normalize());
        assertEquals("http://ollama:11434", text(at(at(services, "server"), "environment"), "OLLAMA_HOST"));
        assertEquals("ollama/ollama", text(at(services, "ollama"), "image"));
    }

    private static Node.Fields at(Node.Fields map, String name) {
        return (Node.Fields) field(map, name);
    }

    private static String text(Node.Fields map, String name) {
        return ((Node.Text) field(map, name)).text();
    }

    private static Node field(Node.Fields map, String name) {
        return map.fields().get(name).value();
    }

    private static List<String> inside(Network network, List<String> command) {
        return Stream.concat(Arrays.stream(network.inside()), command.stream()).toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(path -> !Files.isDirectory(path)).toList();
        }
    }

    private static void assumeSystemd() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "systemd-analyze is missing");
    }
}
