package server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import shared.Problem;

/// Every mistake is named, with its place and what would be right.
class MistakesTest {

    private static String problems(String yaml, String... words) {
        return assertThrows(Problem.class, () -> Read.of(yaml, Map.of(), words)).getMessage();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "server: {port: 70000} | c.yaml, line 1, column 16: server.port must be a whole number from 0 to 65535, not "
                + "\"70000\"",
        "max_workers: none | c.yaml, line 1, column 14: max_workers must be a whole number from 1 to 1000, not "
                + "\"none\"",
        "retry: {initial_delay: 1h} | c.yaml, line 1, column 24: retry.initial_delay must be at most as long as "
                + "retry.max_delay, 30s (default)",
        "retry_config: {max_delay: 1ms} | c.yaml, line 1, column 27: retry_config.max_delay must be at least as long "
                + "as retry.initial_delay, 1s (default)",
        "retry_config: {max_retries: many} | c.yaml, line 1, column 29: retry_config.max_retries must be a whole "
                + "number from 0 to 100, not \"many\"",
        "ollama_host: {a: b} | c.yaml, line 1, column 14: ollama_host must be one value, not a list or a map",
        "storage_path: ${NONE} | c.yaml, line 1, column 15: storage_path needs the environment variable NONE, which "
                + "is not set; ${NONE:-default} would do without",

        "server: {token: } | -", "server: {token: ''} | c.yaml, line 1, column 17: server.token must be a secret of "
                + "printable ASCII without spaces, not empty",
        "server: {token: a, token_file: b} | c.yaml, line 1, column 32: server.token_file: server.token is given, too; "
                + "give one of them",
        "ollama: {host: a, hosts: [{url: b}]} | c.yaml, line 1, column 16: ollama.host: ollama.hosts is given, too; "
                + "give one of them",
        "ollama: {hosts: [{name: a}]} | c.yaml, line 1, column 18: ollama.hosts[0].url is missing",
        "ollama: {hosts: [{url: a, weight: x}]} | c.yaml, line 1, column 35: ollama.hosts[0].weight must be a "
                + "whole number from 1 to 1000, not \"x\"",
        "ollama: {hosts: [{name: x, url: a}, {name: x, url: b}]} | c.yaml, line 1, column 44: ollama.hosts[1].name is "
                + "the name of another host, too; give each host its own name",
        "ollama: {hosts: [{url: a}, {url: 'a:11434', weight: 2}]} | c.yaml, line 1, column 34: ollama.hosts[1].url is "
                + "the name of another host, too; give each host its own name",
        "ollama: {hosts: [{url: a}, {url: a}]} | -",
        "server: {token_file: nosuch} | c.yaml, line 1, column 22: server.token_file: cannot read nosuch: there is no "
                + "such file",
        "plugins: nosuch | c.yaml, line 1, column 10: plugins: the folder of plug-ins nosuch is not a folder",
        "server: {host: [a]} | c.yaml, line 1, column 16: server.host must be one value, not a list or a map",
        "server: {allowed_hosts: {a: b}} | c.yaml, line 1, column 25: server.allowed_hosts must be one value, not a "
                + "list or a map",
        "remote_scheduling: {enabled: yes, endpoints: [{name: a}]} | c.yaml, line 1, column 47: "
                + "remote_scheduling.endpoints[0].base_url is missing",
        "listen_addr: a:b | c.yaml, line 1, column 14: listen_addr, its port, must be a whole number from 0 to "
                + "65535, not \"b\""})
    void load_mistake_isNamed(String yaml, String message) {
        if (message.equals("-")) {
            assertEquals("c.yaml", Read.of(yaml).loaded().fileName());
        } else {
            assertEquals(message, problems(yaml));
        }
    }

    @Test
    void load_mapThatLacksAKey_itsOtherMistakesAreNamedToo() {
        assertEquals("""
                c.yaml, line 1, column 18: ollama.hosts[0].url is missing
                c.yaml, line 1, column 27: ollama.hosts[0].weight must be a whole number from 1 to 1000, not "0"
                c.yaml, line 2, column 47: remote_scheduling.endpoints[0].name is missing
                c.yaml, line 2, column 58: remote_scheduling.endpoints[0].base_url: the address "ftp://x" is not \
                right: write http://HOST:PORT/v1 or https://HOST/v1
                c.yaml, line 2, column 79: remote_scheduling.endpoints[0].priority must be a whole number from \
                -1000000 to 1000000, not "high\"""", problems("ollama: {hosts: [{weight: 0}]}\nremote_scheduling: "
                + "{enabled: yes, endpoints: [{base_url: 'ftp://x', priority: high}]}"));
    }

    /// What an executor would refuse when it is opened is refused before, with its place.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "ollama: {host: 'ftp://x'} | 16: ollama.host: no kind of host serves the address \"ftp://x\" (known: ",
        "ollama: {host: [a, 'b:0']} | 20: ollama.host: the address \"b:0\" is not right: the port must be 1 to 65535",
        "ollama_host: a b | 14: ollama_host: the address \"a b\" is not right: write host, host:port or http://host",
        "ollama: {hosts: [{url: 'http://me:hunter2@x'}]} | 24: ollama.hosts[0].url: the address \"http://***@x\" is "
                + "not right: user, password, query and fragment have no place in it",
        "ollama: {hosts: [{url: 'http://x?k=hunter2'}]} | 24: ollama.hosts[0].url: the address \"http://x?k=***\" is",
        "ollama: {hosts: [{url: 'echo:?delay=x'}]} | 24: ollama.hosts[0].url: the address \"echo:?delay=***\" is not",
        "E {name: a, base_url: 'ftp://x'} | E.base_url: the address \"ftp://x\" is not right: write http://HOST:PORT",
        "E {name: a, base_url: \"http://me:hunter2@a/\\u0007?k=hunter2\"} | E.base_url must be text, not \"http://****",
        "E {name: a, base_url: 'http://a/v1/models'} | E.base_url: the address \"http://a/v1/models\" is not right: it",
        "E {name: a, base_url: 'http://a', headers: {'X-A b': c}} | E.headers: the header \"X-A b\" has a name that no "
                + "header may have; write letters, digits and hyphens",
        "E {name: a, base_url: 'http://a', headers: {X-A: \"hunter2\\n\"}} | -",
        "E {name: a, base_url: 'http://a', headers: {X-A: \"hunter2\\nx\"}} | E.headers: the header \"X-A\" holds "
                + "characters that no header may have; write printable ASCII",
        "E {name: a, base_url: 'http://a', headers: {X-A: h\u00fcnter2}} | E.headers: the header \"X-A\" holds char",
        "E {name: a, base_url: 'http://a', headers: {Host: b}} | E.headers: the header \"Host\" is set by this program",
        "E {name: a, base_url: 'http://a', headers: {content-length: 1}} | E.headers: the header \"content-length\" is",
        "E {name: a, base_url: 'http://a', headers: {Content-Type: b}} | E.headers: the header \"Content-Type\" is set",
        "E {name: a, base_url: 'http://a', headers: {X-A: b, x-a: c}} | E.headers: the header \"x-a\" is given twice",
        "E {name: a, base_url: 'http://a', headers: [X-A]} | E.headers must be a map of headers",
        "E {name: a, base_url: 'http://a', models: {q: }} | E.models: the name of a model must not be empty",
        "E {name: 'localhost:11434', base_url: 'http://a'} | E.name is the name of another host, too; give each host"})
    void load_whatAnExecutorRefuses_isNamedWithItsPlace(String yaml, String message) {
        String endpoint = "remote_scheduling.endpoints[0]";
        String whole = yaml.startsWith("E ") ? "remote_scheduling: {enabled: on, endpoints: ["
                + yaml.substring(2) + "]}" : yaml;
        if (message.equals("-")) {
            Read.of(whole);
            return;
        }
        String problems = problems(whole);
        String expected = message.replace("E.", endpoint + ".");
        assertTrue(problems.matches("c\\.yaml, line 1, column \\d+: .*")
                && problems.contains(message.startsWith("E.") ? ": " + expected : "column " + expected)
                && !problems.contains("hunter") && !problems.contains("\n"), problems);
    }

    @Test
    void load_wrongAddressElsewhere_isNamedByWhereItStands() {
        assertTrue(problems(null, "--ollama-host", "a", "--ollama-host=ftp://x").startsWith("--ollama-host: no kind of "
                + "host serves the address \"ftp://x\""));
        String problem = assertThrows(Problem.class, () -> Read.of(null, Map.of("OLLAMA_HOST", "x:y"))).getMessage();
        assertEquals("OLLAMA_HOST: the address \"x:y\" is not right: the port must be 1 to 65535, not y", problem);
    }

    @Test
    void load_severalMistakesAllOverTheFile_areToldTogether() {
        String problems = problems("""
                ollama:
                  hosts:
                    - {name: a, url: "ftp://a"}
                    - {name: b, url: "b:0", weight: 0}
                server: {port: 1e3, token_file: /nosuch}
                retry: {max_delay: 1ms}
                remote_scheduling:
                  enabled: true
                  endpoints:
                    - {name: a, base_url: "ftp://x", headers: {"X A": b, X-B: "c\\u0007", Host: d}, api_key: "e f"}
                    - {name: c, base_url: "http://c", api_key: "${NONE}"}
                """);
        assertEquals(List.of("3, 22", "4, 22", "4, 37", "5, 16", "5, 33", "6, 20", "10, 14", "10, 27", "10, 48",
                "10, 63", "10, 74", "10, 93", "11, 48"), problems.lines().map(line -> line.replaceFirst(
                "c\\.yaml, line (\\d+), column (\\d+): .*", "$1, $2")).toList(), problems);
    }

    @Test
    void load_severalMistakes_allAreNamed() {
        String problems = problems("sever: 1\nserver: {port: x}\nqueue: {workers: 0}\nremote_scheduling:\n"
                + "  enabled: true\n  endpoints: [{name: a}]\n", "--data-dir", "\0");
        assertEquals(5, problems.lines().count(), problems);
        assertTrue(problems.contains("--data-dir must be a path"), problems);
    }

    @Test
    void load_wrongVariable_isNamed() {
        assertEquals("LOG_LEVEL must be one of debug, info, warn, error, off, not \"loud\"",
                assertThrows(Problem.class, () -> Read.of(null, Map.of("LOG_LEVEL", "loud"))).getMessage());
    }
}
