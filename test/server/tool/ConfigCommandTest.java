package server.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import server.AllSettings;

class ConfigCommandTest {

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... words) {
        environment.put("HOME", directory.toString());
        out.reset();
        err.reset();
        return OfflineCommands.run(Stream.concat(Stream.of("config"), Stream.of(words)).toList(), AllSettings.READER,
                environment, InstantSource.system(),
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("c.yaml"), yaml);
    }

    @Test
    void check_rightFile_isOk() throws IOException {
        Path file = file("max_workers: 2\nbatch_size: 1\n");
        assertEquals(0, run("check", file.toString()));
        assertEquals(file + ": ok\n", out.toString(StandardCharsets.UTF_8));
        assertEquals("note: " + file + ", line 2, column 1: batch_size has no effect: tasks start the moment they "
                + "can\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void check_certificateOrKey_thatCannotBeUsed_isSaid() throws IOException {
        Path half = file("server: {tls_cert: /no/such.pem}\n");
        assertEquals(1, run("check", half.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("TLS needs both server.tls_cert and server.tls_key"),
                err.toString(StandardCharsets.UTF_8));
        Path missing = file("server: {tls_cert: /no/such.pem, tls_key: /no/such.key}\n");
        assertEquals(1, run("check", missing.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains(
                "server.tls_cert: cannot read /no/such.pem: there is no such file"),
                err.toString(StandardCharsets.UTF_8));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void check_wrongFile_namesEveryMistake() throws IOException {
        Path file = file("server:\n  prot: 1\nqueue: {workers: many}\n");
        assertEquals(1, run("check", file.toString()));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertEquals(file + ", line 2, column 3: unknown key server.prot; did you mean server.port?\n"
                + file + ", line 3, column 18: queue.workers must be a whole number from 1 to 1000, not \"many\"\n",
                err.toString(StandardCharsets.UTF_8));
        file("a: [\n");
        assertEquals(1, run("check", file.toString()));
        assertEquals(file + ", line 1, column 4: this bracket is not closed\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void check_wrongAddressOfAHost_isNamed() throws IOException {
        assertEquals(1, run("check", file("ollama_host: ftp://x").toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith(directory.resolve("c.yaml")
                + ", line 1, column 14: ollama_host: "), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void check_withoutAFile_looksInTheUsualPlaces() throws IOException {
        Path home = Files.createDirectories(directory.resolve(".ollama-queue")).resolve("config.yaml");
        Files.writeString(home, "server: {port: 9}");
        assertEquals(0, run("check"));
        assertEquals(home + ": ok\n", out.toString(StandardCharsets.UTF_8));
        environment.put("OLLAMA_QUEUE_CONFIG", file("server: {port: 8}").toString());
        assertEquals(0, run("show"));
        assertTrue(out.toString(StandardCharsets.UTF_8).matches("(?s).*server\\.port +8 +\\S+c\\.yaml, line 1\n.*"),
                out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void show_values_haveTheirOriginAndNoSecrets() throws IOException {
        environment.put("QUEUE_MAX_WORKERS", "7");
        environment.put("OLLAMA_QUEUE_TOKEN", "hunter2");
        Path file = file("""
                client: {token: hunter3}
                remote_scheduling:
                  enabled: on
                  endpoints:
                    - {name: b, enabled: no, base_url: "https://me:hunter4@a/v1?key=hunter5"}
                    - {name: a, base_url: "https://a/v1", api_key: hunter6,
                       headers: {X-Key: hunter7}}
                """);
        assertEquals(0, run("show", "--config", file.toString(), "--port=81"), err.toString(StandardCharsets.UTF_8));
        String shown = out.toString(StandardCharsets.UTF_8).replaceAll(" +", " ");
        for (String line : List.of("server.port 81 flag --port", "queue.workers 7 environment QUEUE_MAX_WORKERS",
                "server.host localhost default", "server.token ******** environment OLLAMA_QUEUE_TOKEN",
                "client.token ******** " + file + ", line 1", "log_file - default",
                "remote_scheduling.endpoints[1].base_url https://a/v1 " + file + ", line 6",
                "remote_scheduling.endpoints[0].base_url https://********@a/v1?key=******** " + file + ", line 5",
                "remote_scheduling.endpoints[1].api_key ******** " + file + ", line 6",
                "remote_scheduling.endpoints[1].headers X-Key: ******** " + file + ", line 7")) {
            assertTrue(shown.contains("\n" + line + "\n") || shown.startsWith(line + "\n"), line + " in\n" + shown);
        }
        assertFalse(shown.contains("hunter"), shown);
    }

    @Test
    void reference_hasEverySetting() {
        assertEquals(0, run("reference"));
        AllSettings.TABLE.all().forEach(setting -> assertTrue(out.toString(StandardCharsets.UTF_8).contains(
                "| `" + setting.key().replace("{}", ".NAME") + "`"), setting.key()));
        assertEquals(2, run("reference", "x"));
    }

    @Test
    void run_wrongUsage_isTwo() {
        assertEquals(2, run());
        assertEquals(2, run("chek"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("did you mean check?"));
        assertEquals(2, run("show", "--prot", "1"));
        assertEquals(1, run("check", "nosuch.yaml"));
        assertEquals("cannot read nosuch.yaml: there is no such file\n", err.toString(StandardCharsets.UTF_8));
    }

    /// As root, whose shell lacks what the service's unit has.
    @Test
    void check_variablesOfTheService_comeFromItsFile() throws IOException {
        Path file = file("server: {token: '${QUEUE_TOKEN}'}\nstorage: {path: '${DATA}'}\n");
        Path variables = Files.writeString(directory.resolve("environment"), """
                # of the unit

                ; one more
                QUEUE_TOKEN="a-secret=that;is#long-enough"
                DATA=/var/lib/x
                """);
        assertEquals(1, run("check", file.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("QUEUE_TOKEN, which is not set"), err::toString);
        assertEquals(0, run("check", file.toString(), "--environment", variables.toString()), err::toString);
        assertEquals(0, run("check", "--environment", variables.toString(), "--config", file.toString()));
        assertEquals(0, run("check", "--environment=" + variables, "--config=" + file), err::toString);
        assertEquals(0, run("show", "--environment", variables.toString(), "--config", file.toString()));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("/var/lib/x"), out::toString);
        Files.writeString(variables, "\ufeff" + Files.readString(variables));
        assertEquals(0, run("check", file.toString(), "--environment", variables.toString()), err::toString);
        Files.writeString(variables, "A=1\nno variable\n");
        assertEquals(2, run("check", file.toString(), "--environment", variables.toString()));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("environment, line 2: expected NAME=value"));
        assertEquals(2, run("check", "--environment", "nosuch"));
        assertEquals(2, run("check", "--environment"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("--environment needs a file"), err::toString);
    }
}
