package shared.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

class ConfigFileTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("NAME", "value", "EMPTY", "", "PORT_1", "81");

    private static final Map<String, String> KNOWN = known("server.host server.port server.token server.ws_port "
            + "client.server_url client.token queue.workers max_workers=queue.workers retry.max_retries "
            + "retry_config.max_retries=retry.max_retries listen_addr ollama.host ollama.hosts[].name "
            + "ollama.hosts[].url remote_scheduling.enabled remote_scheduling.endpoints[].name");

    @TempDir
    Path directory;

    private static Map<String, String> known(String pairs) {
        return Stream.of(pairs.split(" ")).map(pair -> pair.split("="))
                .collect(Collectors.toMap(names -> names[0], names -> names[names.length - 1]));
    }

    private static ConfigFile file(String text) {
        return new ConfigFile("config.yaml", text, ENVIRONMENT::get, KNOWN, null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "sever: {port: 1}               | 1:1  | unknown key sever; did you mean server?",
        "server: {prot: 1}              | 1:10 | unknown key server.prot; did you mean server.port?",
        "port: 1                        | 1:1  | unknown key port; did you mean server.port?",
        "endpoints: []                  | 1:1  | unknown key endpoints; did you mean remote_scheduling.endpoints?",
        "server: {hosts: []}            | 1:10 | unknown key server.hosts; did you mean server.host?",
        "max_retries: 1                 | 1:1  | unknown key max_retries; did you mean retry.max_retries or "
                + "retry_config.max_retries?",
        "something_else_entirely: 1     | 1:1  | unknown key something_else_entirely",
        "ollama: {hosts: [{urk: x}]}    | 1:19 | unknown key ollama.hosts[].urk; did you mean ollama.hosts[].url?",
        "ollama: {hosts: x}             | 1:17 | ollama.hosts must be a list of maps, each `- name: ...` with its keys "
                + "below",
        "remote_scheduling: {endpoints: [x]} | 1:33 | remote_scheduling.endpoints must be a list of maps, each "
                + "`- name: ...` with its keys below",
        "server: 8080                   | 1:9  | server must hold keys, indented below it",
        "server: [a]                    | 1:9  | server must hold keys, indented below it",
        "{max_workers: 1, queue: {workers: 2}} | 1:26 | queue.workers is given already, as max_workers on line 1",
        "\"<<\": x                        | 1:1  | unknown key <<"})
    void open_wrongKey_isNamedWithItsPlace(String text, String place, String message) {
        String[] at = place.split(":");
        assertEquals(List.of("config.yaml, line " + at[0] + ", column " + at[1] + ": " + message),
                file(text).problems().stream().map(Problem::getMessage).toList());
    }

    /// The client judges its own keys, and lets the server's be, whatever they are.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "client: {tokn: x} | unknown key client.tokn; did you mean client.token?",
        "cleint: {token: x} | unknown key cleint; did you mean client?",
        "client: x | client must hold keys, indented below it",
        "{client: {token: x}, client.token: y} | client.token is given already, as client.token on line 1",
        "server: {port: 1, prot: 2, grace: x} | -", "server: 5 | -", "limits: {a: 1} | -", "max_workers: 1 | -",
        "ollama: {hosts: x} | -", "something: 1 | -", "{server: {port: 1}, server.port: 1} | -"})
    void open_oneSection_onlyItsKeysAreChecked(String text, String message) {
        ConfigFile file = new ConfigFile("config.yaml", text, ENVIRONMENT::get,
                known("client.server_url client.token server.host server.port"), "client");
        assertEquals(message.equals("-") ? List.of() : List.of(message),
                file.problems().stream().map(Problem::reason).toList());
    }

    @Test
    void open_severalWrongKeys_allAreNamed() {
        assertEquals(3, file("a1: x\nserver:\n  b1: x\nc1: x\n").problems().size());
    }

    @Test
    void open_noMap_isRefused() {
        assertThrows(Problem.class, () -> file("- a"));
        assertThrows(Problem.class, () -> file("server"));
        assertEquals(List.of(), file("# nothing").problems());
        assertEquals(List.of(), file("~").problems());
        assertEquals(List.of(), file("server:\nclient:\n").problems());
    }

    @Test
    void text_dottedAndOlderKeys_areTheSame() {
        assertEquals("1", file("server.port: 1").text("server.port"));
        assertEquals("1", file("max_workers: 1").text("queue.workers"));
        assertEquals("1", file("retry_config: {max_retries: 1}").text("retry.max_retries"));
        assertNull(file("server: {port: ~}").text("server.port"));
        assertNull(file("server: {port: }").text("server.port"));
        assertEquals("null", file("server: {port: 'null'}").text("server.port"));
        assertEquals("", file("server: {port: ''}").text("server.port"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '`', value = {
        "localhost:7125 | localhost | 7125", ":7125 | 0.0.0.0 | 7125", "10.0.0.1 | 10.0.0.1 | -",
        "'[::1]:80' | ::1 | 80", "'${NAME}:${PORT_1:-7}' | value | 81"})
    void text_listenAddress_isHostAndPort(String address, String host, String port) {
        ConfigFile file = file("listen_addr: " + address);
        assertEquals(host, file.text("server.host"));
        assertEquals(port, file.text("server.port"));
        assertEquals("x", file("listen_addr: a:1\nserver: {host: x}").text("server.host"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "${NAME} | value", "a${NAME}b${PORT_1} | avalueb81", "${NONE:-x y} | x y", "${NONE:-} | ``",
        "${EMPTY:-x} | x", "${EMPTY} | ``", "${NAME:-x} | value", "$NAME | $NAME", "$${NAME} | ${NAME}",
        "a$$b | a$$b", "${NONE:-a:-b} | a:-b", "'${NAME}' | value", "\"${NAME}\" | value"})
    void text_variables_arePutIn(String yaml, String value) {
        assertEquals(value, file("server:\n  host: " + yaml).text("server.host"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "${NONE} | server.host needs the environment variable NONE, which is not set; ${NONE:-default} "
                + "would do without",
        "${} | server.host holds a ${ that begins no ${NAME} or ${NAME:-default}; $${ stands for the characters "
                + "themselves",
        "${NAME | server.host holds a ${ that begins no ${NAME} or ${NAME:-default}; $${ stands for the characters "
                + "themselves",
        "${A B} | server.host holds a ${ that begins no ${NAME} or ${NAME:-default}; $${ stands for the characters "
                + "themselves",
        "${NONE:-${NAME}} | server.host holds a ${ that begins no ${NAME} or ${NAME:-default}; $${ stands for the "
                + "characters themselves",
        "[a] | server.host must be one value, not a list or a map"})
    void text_wrongVariable_isNamedWithItsKey(String yaml, String message) {
        ConfigFile file = file("server:\n  host: " + yaml);
        assertEquals("config.yaml, line 2, column 9: " + message,
                assertThrows(Problem.class, () -> file.text("server.host")).getMessage());
    }

    @Test
    void text_variableOfAnotherKey_isNotNeeded() {
        assertEquals("1", file("server: {port: 1, token: \"${NONE}\"}").text("server.port"));
    }

    @Test
    void read_withAByteOrderMark_isRead() throws IOException {
        Path file = directory.resolve("config.yaml");
        Files.writeString(file, "\ufeffserver:\r\n  port: 81\r\n");
        assertEquals("81", ConfigFile.read(file, ENVIRONMENT::get, KNOWN, null).text("server.port"));
    }

    @Test
    void read_unreadable_saysWhy() throws IOException {
        Path file = directory.resolve("config.yaml");
        assertEquals("cannot read " + file + ": there is no such file",
                assertThrows(Problem.class, () -> ConfigFile.read(file, ENVIRONMENT::get, KNOWN, null)).getMessage());
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertEquals(file + ", line 1, column 4: a byte that is not UTF-8",
                assertThrows(Problem.class, () -> ConfigFile.read(file, ENVIRONMENT::get, KNOWN, null)).getMessage());
        Files.write(file, "a: b".getBytes(StandardCharsets.UTF_16));
        assertEquals(file + ", line 1, column 1: the text is UTF-16; save it as UTF-8",
                assertThrows(Problem.class, () -> ConfigFile.read(file, ENVIRONMENT::get, KNOWN, null)).getMessage());
        assertTrue(assertThrows(Problem.class, () -> ConfigFile.read(directory, ENVIRONMENT::get, KNOWN, null))
                .getMessage().startsWith("cannot read " + directory));
    }

    @Test
    void places_home_isTheEnvironments() {
        assertEquals(List.of(Path.of("/home/x/.ollama-queue/config.yaml"), Path.of("/etc/ollama-queue/config.yaml")),
                ConfigFile.places(Map.of("HOME", "/home/x")::get));
    }
}
