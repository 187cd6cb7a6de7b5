package client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

/// Which server the client asks, with which token.
class TargetTest {

    @TempDir
    Path home;

    private final Map<String, String> environment = new HashMap<>();

    private Target target(String yaml, String... words) throws IOException {
        environment.put("HOME", home.toString());
        if (yaml != null) {
            Files.writeString(Files.createDirectories(home.resolve(".ollama-queue")).resolve("config.yaml"), yaml);
        }
        List<String> line = new java.util.ArrayList<>(List.of(words));
        line.add("status");
        return Target.of(Arguments.parse(line), new Terminal(null, null, null, environment, n -> false, () -> 80,
                null, null));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', value = {
        "{}                                                       | http://localhost:8080 | -",
        "client: {server_url: 'http://q:1', token: c}             | http://q:1            | c",
        "server: {host: 0.0.0.0, port: '9000', token: s}          | http://localhost:9000 | s",
        "server: {host: '::1', port: 0}                           | http://[::1]:8080     | -",
        "{server: {token: s}, client: {token: c}}                 | http://localhost:8080 | c",
        "{server: {token: s}, client: {server_url: 'http://q'}}   | http://q              | -",
        // the settings' own port on this machine is their server, and no other address is
        "{server: {port: 9, token: s}, client: {server_url: 'http://localhost:9'}} | http://localhost:9 | s",
        "{server: {host: 0.0.0.0, port: 9, token: s}, client: {server_url: '127.0.0.1:9'}} | 127.0.0.1:9 | s",
        "{server: {host: '::1', port: 9, token: s}, client: {server_url: 'http://[::1]:9/'}} | http://[::1]:9/ | s",
        "{server: {token: s}, client: {server_url: 'localhost:8080'}} | localhost:8080 | s",
        "{server: {token: s}, client: {server_url: 'localhost:8080', token: c}} | localhost:8080 | c",
        "{server: {port: 9, token: s}, client: {server_url: 'http://localhost:8080'}} | http://localhost:8080 | -",
        "{server: {port: 9, token: s}, client: {server_url: 'http://localhost'}} | http://localhost | -",
        "{server: {port: 9, token: s}, client: {server_url: 'http://queue:9'}} | http://queue:9 | -",
        "{server: {port: 9, token: s}, client: {server_url: 'http://127.0.0.1.org:9'}} | http://127.0.0.1.org:9 | -",
        "{server: {port: 9, token: s}, client: {server_url: 'http://localhost@q:9'}} | http://localhost@q:9 | -",
        "{server: {port: 9, token: s}, client: {server_url: 'http://localhost:9@q:9'}} | http://localhost:9@q:9 | -",
        "{server: {host: 10.0.0.1, port: 9, token: s}, client: {server_url: 'localhost:9'}} | localhost:9 | -",
        "listen_addr: 'localhost:7125'                            | http://localhost:7125 | -",
        "listen_addr: ':7125'                                     | http://localhost:7125 | -",
        "{remote_scheduling: {endpoints: [{api_key: '${NONE}'}]}} | http://localhost:8080 | -"})
    void of_file_says(String yaml, String server, String token) throws IOException {
        assertEquals(new Target(server, token, null, null), target(yaml));
    }

    @Test
    void of_flagForTheSettingsOwnServer_hasItsToken() throws IOException {
        String yaml = "server: {port: 9, token: s}";
        assertEquals(new Target("http://localhost:9", "s", null, null), target(yaml, "--server", "http://localhost:9"));
        assertEquals(new Target("http://localhost:8", null, null, null),
                target(yaml, "--server", "http://localhost:8"));
    }

    @Test
    void of_settingsWithACertificate_isReachedByTls_andExactlyThatIsTrusted() throws IOException {
        String yaml = "{server: {port: 9, token: s, tls_cert: c.pem}, client: {ca_cert: ca.pem}}";
        assertEquals(new Target("https://localhost:9", "s", "ca.pem", "c.pem"), target(yaml));
        assertEquals(new Target("https://127.0.0.1:9", "s", "ca.pem", "c.pem"),
                target(yaml, "--server", "https://127.0.0.1:9"));
        assertEquals(new Target("http://127.0.0.1:9", null, "ca.pem", null),
                target(yaml, "--server", "http://127.0.0.1:9"));
        assertEquals(new Target("https://queue:9", "t", "ca.pem", null),
                target(yaml, "--server", "https://queue:9", "--token", "t"));
        environment.put("OLLAMA_QUEUE_CLIENT_CA_CERT", "env.pem");
        assertEquals("env.pem", target(yaml).caCert());
        assertEquals("flag.pem", target(yaml, "--ca-cert", "flag.pem").caCert());
    }

    @Test
    void of_flagThenEnvironmentThenFile() throws IOException {
        String yaml = "client: {server_url: file, token: f}";
        assertEquals(new Target("file", "f", null, null), target(yaml));
        environment.put("OLLAMA_QUEUE_CLIENT_SERVER_URL", "environment");
        environment.put("OLLAMA_QUEUE_CLIENT_TOKEN", "e1");
        assertEquals(new Target("environment", "e1", null, null), target(yaml));
        environment.put("OLLAMA_QUEUE_TOKEN", "e2");
        assertEquals(new Target("environment", "e2", null, null), target(yaml));
        assertEquals(new Target("flag", "t", null, null), target(yaml, "--server", "flag", "--token", "t"));
    }

    @Test
    void of_tokenFile_isRead() throws IOException {
        Path file = Files.writeString(home.resolve("token"), "s3cret\n");
        assertEquals("s3cret", target("server: {token_file: " + file + "}").token());
        assertEquals(null, target("server: {token_file: " + file + "x}").token());
    }

    @Test
    void of_variablesOfTheFileThatAreNotNeeded_needNotBeSet() throws IOException {
        String yaml = "{server: {port: 1, token: '${NONE}'}, client: {token: '${NONE}'}}";
        assertEquals(new Target("http://localhost:1", "t", null, null), target(yaml, "--token", "t"));
        assertEquals(new Target("flag", "t", null, null), target("client: {server_url: '${NONE}'}", "--server", "flag",
                "--token", "t", "--config", home.resolve(".ollama-queue/config.yaml").toString()));
        assertThrows(Problem.class, () -> target(yaml));
    }

    @Test
    void of_unknownKey_isAnError() {
        assertEquals(home.resolve(".ollama-queue/config.yaml") + ", line 1, column 1: unknown key clinet; did you mean "
                + "client?", assertThrows(Problem.class, () -> target("clinet: {token: x}")).getMessage());
        assertThrows(Problem.class, () -> target(null, "--config", home.resolve("none").toString()));
    }

    @Test
    void of_configNamed_goesBeforeTheHomes() throws IOException {
        Path other = Files.writeString(home.resolve("other.yaml"), "client: {server_url: other}");
        assertEquals("other", target("client: {server_url: home}", "--config", other.toString()).server());
        environment.put("OLLAMA_QUEUE_CONFIG", other.toString());
        assertEquals("other", target("client: {server_url: home}").server());
    }
}
