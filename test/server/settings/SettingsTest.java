package server.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import server.AllSettings;
import server.dispatch.DispatchOptions;
import server.dispatch.HostOptions;
import server.dispatch.RoutingOptions;
import server.executor.HostAddress;
import server.executor.Limits;
import server.journal.JournalOptions;
import server.queue.state.QueueOptions;
import server.task.Terms;
import shared.Problem;

class SettingsTest {

    private static final List<String> SAMPLES = List.of("11", "12", "13", "11s", "12s", "13s", "11MiB", "12MiB",
            "13MiB", "debug", "warn", "error", "aa", "bb", "cc");
    private static final List<String> BOOLEANS = List.of("true", "false", "true");

    @TempDir
    Path directory;

    private static String problems(String yaml, String... words) {
        return assertThrows(Problem.class, () -> Read.of(yaml, Map.of(), words)).getMessage();
    }

    private static Object value(AllSettings all, String key) {
        return all.loaded().all().get(key).read();
    }

    private static List<String> urls(AllSettings all) {
        return all.hosts().stream().map(host -> host.address().url()).toList();
    }

    private static HostOptions local(String name, String url, int weight, int most) {
        return new HostOptions(new HostAddress(name, url, null, Map.of(), Map.of(), null, Limits.DEFAULT), null, false,
                weight, most, 0, 1);
    }

    // ---- which value counts

    static Stream<Setting<?>> rows() {
        // a map of texts can stand in the file alone: OrderSettingsTest
        return AllSettings.TABLE.of(null).stream().filter(setting -> setting.type().check() == null);
    }

    /// Every key: by its default, in the file, by each of its variables, by its flag; each goes before the one before.
    @ParameterizedTest
    @MethodSource("rows")
    void load_everyKey_isSetInEveryWayTheStrongestFirst(Setting<?> row) throws IOException {
        List<String> samples = samples(row);
        Map<String, String> environment = new HashMap<>();
        assertValue(row, Read.of(null), row.fallback(), "default");

        String yaml = row.key() + ": " + samples.get(0);
        assertValue(row, Read.of(yaml), samples.get(0), "c.yaml, line 1");

        List<String> variables = row.variables();
        for (int i = variables.size() - 1; i >= 0; i--) {
            environment.put(variables.get(i), samples.get(1 + i % 2));
            assertValue(row, Read.of(yaml, environment), samples.get(1 + i % 2), "environment " + variables.get(i));
        }
        if (row.flag() != null) {
            assertValue(row, Read.of(yaml, environment, row.option(), samples.get(2)), samples.get(2),
                    "flag " + row.option());
        }
        environment.replaceAll((name, value) -> " ");
        assertValue(row, Read.of(yaml, environment), samples.get(0), "c.yaml, line 1");
    }

    private static void assertValue(Setting<?> row, AllSettings all, String text, String origin) {
        Value value = all.loaded().all().get(row.key());
        assertEquals(origin, value.origin());
        if (text == null || text.isEmpty()) {
            assertNull(value.shown());
        } else {
            assertEquals(row.type().hidden() ? Setting.MASK : text, value.shown());
            assertEquals(row.read("x", List.of(text)), value.read());
        }
    }

    /// Three texts that are right for a setting, the last one other than the second.
    private List<String> samples(Setting<?> row) throws IOException {
        if (row.key().equals("plugins")) {
            String none = directory.toString();
            return List.of(none, none, none);
        }
        if (row.key().equals("ollama.host")) {
            return List.of("aa", "bb", "cc");
        }
        if (row.type().form().equals("true or false")) {
            return BOOLEANS;
        }
        if (row.key().equals("server.token_file")) {
            Path file = Files.writeString(directory.resolve("a-token"), "a-token");
            return List.of(file.toString(), file.toString(), file.toString());
        }
        List<String> good = new ArrayList<>();
        for (String sample : SAMPLES) {
            try {
                row.read("x", List.of(sample));
                good.add(sample);
            } catch (Problem notOfThisType) {
                // the next one
            }
        }
        // a retry's longest pause must not be shorter than its first
        return row.key().equals("retry.initial_delay") ? List.of("1s", "2s", "3s")
                : row.key().equals("retry.max_delay") ? List.of("11s", "12s", "13s")
                // it has two values
                : row.key().equals("log_format") ? List.of("text", "json", "text") : good.subList(0, 3);
    }

    @Test
    void load_seedsServerFile_isTakenWordForWord() {
        AllSettings all = Read.of("""
                # ~/.ollama-queue/config.yaml
                server:
                  host: "0.0.0.0"      # Listen on all interfaces
                  port: "8080"
                 \s
                storage:
                  path: "./data"
                 \s
                ollama:
                  host: "http://localhost:11434"
                """);
        assertEquals("0.0.0.0", value(all, "server.host"));
        assertEquals(8080, value(all, "server.port"));
        assertEquals(Path.of("./data"), value(all, "storage.path"));
        assertEquals(List.of(local(null, "http://localhost:11434", 1, 0)), all.hosts());
        assertEquals(List.of(), all.loaded().notes());
    }

    @Test
    void load_seedsClientFile_isTakenWordForWord() {
        assertEquals("http://localhost:8080", value(Read.of("""
                # ~/.ollama-queue/config.yaml \s
                client:
                  server_url: "http://localhost:8080"  # Auto-detected from config
                """), "client.server_url"));
    }

    @Test
    void load_olderProgramsFile_isTaken() {
        AllSettings all = Read.of("""
                ollama_host: "http://gpu:11434"
                ollama_timeout: "5m"
                max_workers: 8
                storage_path: "./other"
                cleanup_interval: "1h"
                max_completed_tasks: 1000
                scheduling_interval: "1s"
                batch_size: 10
                retry_config:
                  max_retries: 5
                  initial_delay: "2s"
                  max_delay: "1m"
                  backoff_factor: 1.5
                remote_scheduling:
                  enabled: true
                  health_check_interval: "10s"
                  fallback_to_local: false
                  max_local_queue_size: 50   # comment
                  local_first_policy: false
                  endpoints:
                    # the first
                    - name: "LocalAI"
                      base_url: "http://localhost:1234/v1"
                      api_key: "" # none
                      priority: 5
                      enabled: true
                    - name: "Off"
                      base_url: "https://api.example.com/v1"
                      api_key: "${NOT_SET}"
                      priority: 9
                      enabled: false
                log_level: "warn"
                log_file: ""
                listen_addr: "localhost:7125"
                """);
        assertEquals(local(null, "http://gpu:11434", 1, 0), all.hosts().getFirst());
        Settings settings = all.loaded().settings();
        assertEquals(new DispatchOptions(8, Duration.ofMinutes(15), Duration.ofMinutes(5),
                new RoutingOptions(Duration.ofSeconds(10), false, false, 50)), DispatchOptions.of(settings));
        assertEquals(Path.of("./other"), settings.get(JournalOptions.PATH));
        assertEquals(1_000, QueueOptions.of(settings).completedMax());
        assertEquals(Duration.ofHours(1), QueueOptions.of(settings).interval());
        assertEquals(new Terms(0, 0, 300_000, 5, 2_000, 60_000, 1.5, false, null, false), Terms.of(settings));
        assertEquals("warn", value(all, "log_level"));
        assertNull(value(all, "log_file"));
        assertEquals("localhost", value(all, "server.host"));
        assertEquals(7125, value(all, "server.port"));
        assertEquals(List.of(new HostOptions(new HostAddress("LocalAI", "http://localhost:1234/v1", null, Map.of(),
                Map.of(), null, Limits.DEFAULT), "openai", true, 1, 4, 5, 4)), all.hosts().subList(1, 2));
        assertEquals(List.of("c.yaml, line 7, column 1: scheduling_interval has no effect: tasks start the moment "
                + "they can", "c.yaml, line 8, column 1: batch_size has no effect: tasks start the moment they can"),
                all.loaded().notes());
    }

    @Test
    void load_olderVariables_areTaken() {
        AllSettings all = Read.of(null, Map.of("OLLAMA_HOST", "gpu", "OLLAMA_TIMEOUT", "5m", "QUEUE_MAX_WORKERS", "8",
                "QUEUE_STORAGE_PATH", "d", "QUEUE_CLEANUP_INTERVAL", "2h", "RETRY_MAX_RETRIES", "0", "LOG_LEVEL",
                "ERROR", "SCHEDULER_INTERVAL", "1s", "SCHEDULER_BATCH_SIZE", "5"));
        assertEquals(List.of("gpu"), urls(all));
        Terms terms = Terms.of(all.loaded().settings());
        assertEquals(300_000, terms.timeout());
        assertEquals(8, value(all, "queue.workers"));
        assertEquals(0, terms.maxRetries());
        assertEquals("error", value(all, "log_level"));
        assertEquals(2, all.loaded().notes().size());
    }

    @Test
    void notes_ofMisspelledVariables_nameTheNearest() {
        Map<String, String> environment = Map.of("OLLAMA_QUEUE_SERVER_PROT", "1", "OLLAMA_QUEUE_CONFIG", "",
                "OLLAMA_QUEUE_SERVER_PORT", "tcp://10.0.0.1:8080", "OLLAMA_QUEUE_SERVER_SERVICE_HOST", "10.0.0.1",
                "OLLAMA_QUEUE_SERVER_PORT_8080_TCP_ADDR", "10.0.0.1", "PATH", "x");
        AllSettings all = Read.of(null, environment);
        assertEquals(List.of("OLLAMA_QUEUE_SERVER_PROT has no effect: there is no such setting; did you mean "
                + "OLLAMA_QUEUE_SERVER_PORT?"), all.loaded().notes());
        assertEquals(8080, value(all, "server.port"));
    }

    @Test
    void defaults_areThoseWithoutAnySettings() {
        Settings settings = Read.of(null).loaded().settings();
        assertEquals(QueueOptions.DEFAULT, QueueOptions.of(settings));
        assertEquals(JournalOptions.DEFAULT, JournalOptions.of(settings));
        assertEquals(DispatchOptions.DEFAULT, DispatchOptions.of(settings));
        assertEquals(Terms.DEFAULT, Terms.of(settings));
    }

    @Test
    void all_disabledEndpoint_isShownAsItIsWritten() {
        for (String yaml : List.of("{enabled: true, endpoints: [{enabled: no, %s}]}", "{endpoints: [{%s}]}")) {
            Map<String, Value> all = Read.of("remote_scheduling: " + yaml.formatted("name: off, base_url: "
                    + "\"https://me:hunter2@${HOST}/v1\", api_key: \"${NONE}hunter3\", models: {a: b}, "
                    + "headers: {X-A: hunter4}, weight2: 1").replace(", weight2: 1", "")).loaded().all();
            String at = "remote_scheduling.endpoints[0].";
            assertEquals("off", all.get(at + "name").shown());
            assertEquals("https://********@${HOST}/v1", all.get(at + "base_url").shown());
            assertEquals("********", all.get(at + "api_key").shown());
            assertEquals("a: b", all.get(at + "models").shown());
            assertEquals("X-A: ********", all.get(at + "headers").shown());
            assertEquals("c.yaml, line 1", all.get(at + "headers").origin());
        }
    }

    @ParameterizedTest
    @CsvSource({"http://me:hunter2@gpu:11434, http://********@gpu:11434", "me:hunter2@gpu:11434, ********@gpu:11434",
            "gpu:11434, gpu:11434", "http://me:hunt@r2@gpu/v1, http://********@gpu/v1",
            "'a,me:hunter2@b', 'a,********@b'", "https://a/v1?key=hunter2&b=c#d=hunter2, "
                    + "https://a/v1?key=********&b=********#d=********", "me@example.com, me@example.com"})
    void masked_addressWithASecret_isHidden(String address, String shown) {
        assertEquals(shown, Setting.masked(address));
    }

    @Test
    void all_secretOfADisabledEndpointInAWrongForm_isHidden() {
        Map<String, Value> all = Read.of("remote_scheduling: {endpoints: [{api_key: [hunter2], headers: [hunter3]},"
                + " {api_key: {a: hunter4}, headers: hunter5}]}").loaded().all();
        assertFalse(all.toString().contains("hunter"), all.toString());
    }

    @Test
    void all_hostsOfTheFileBesideAFlag_areSaidToHaveNoEffect() {
        AllSettings all = Read.of("ollama: {hosts: [{url: a}]}", Map.of(), "--ollama-host", "b");
        assertEquals("c.yaml, line 1, without effect beside flag --ollama-host",
                all.loaded().all().get("ollama.hosts[0].url").origin());
        assertEquals("default", Read.of("ollama: {hosts: [{url: a}]}").loaded().all().get("ollama.hosts[0].weight")
                .origin());
    }

    @Test
    void limits_reachThePartsThatKeepThem() {
        AllSettings all = Read.of("limits: {json_depth: 7, line_bytes: 2KiB, answer_bytes: 3KiB}\n"
                + "remote_scheduling: {enabled: on, endpoints: [{name: a, base_url: 'http://a'}]}");
        assertEquals(List.of(new Limits(2 << 10, 3 << 10, 7), new Limits(2 << 10, 3 << 10, 7)),
                all.hosts().stream().map(host -> host.address().limits()).toList());
    }

    // ---- hosts, endpoints, secrets

    @Test
    void hosts_flagAndEnvironment_goBeforeTheFiles() {
        String yaml = "ollama: {hosts: [{name: big, url: a, weight: 3, max_concurrent: 3}, {url: b}]}";
        assertEquals(List.of(local("big", "a", 3, 3), local(null, "b", 1, 0)), Read.of(yaml).hosts());
        assertEquals(List.of("c"), urls(Read.of(yaml, Map.of("OLLAMA_HOST", "c"))));
        assertEquals(List.of("d", "e"), urls(Read.of(yaml, Map.of("OLLAMA_HOST", "c"), "--ollama-host", "d",
                "--ollama-host=e")));
        assertEquals(List.of("x", "y"), urls(Read.of("ollama:\n  host: [x, y]")));
    }

    @Test
    void endpoints_whole_areRead() throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "sk-2\n");
        AllSettings all = Read.of("""
                remote_scheduling:
                  enabled: true
                  endpoints:
                  - name: a
                    base_url: https://a.example/v1
                    api_key: ${KEY}
                    models: {qwen3: Qwen/Qwen3-8B, llama: llama-3}
                    timeout: 90s
                    headers: {X-Org: "${KEY}", X-B: b}
                    max_concurrent: 2
                  - name: b
                    base_url: http://b
                    api_key_file: %s
                    priority: -1
                    models: [m1, m2]
                """.formatted(key), Map.of("KEY", "sk-1"));
        assertEquals(List.of(
                new HostOptions(new HostAddress("a", "https://a.example/v1", "sk-1",
                        Map.of("X-Org", "sk-1", "X-B", "b"),
                        Map.of("qwen3", "Qwen/Qwen3-8B", "llama", "llama-3"), Duration.ofSeconds(90), Limits.DEFAULT),
                        "openai", true, 1, 2, 0, 2),
                new HostOptions(new HostAddress("b", "http://b", "sk-2", Map.of(), Map.of("m1", "m1", "m2", "m2"), null,
                        Limits.DEFAULT), "openai", true, 1, 4, -1, 4)), all.hosts().subList(1, 3));
        assertFalse(all.hosts().toString().contains("sk-"), all.hosts().toString());
        String shown = all.loaded().all().values().stream().map(Value::shown).toList().toString();
        assertFalse(shown.contains("sk-"), shown);
        assertEquals("qwen3: Qwen/Qwen3-8B,llama: llama-3",
                all.loaded().all().get("remote_scheduling.endpoints[0].models").shown());
    }

    @Test
    void endpoints_disabled_needNoVariable() {
        assertEquals(1, Read.of("""
                remote_scheduling:
                  enabled: true
                  endpoints: [{name: a, base_url: b, api_key: "${NONE}", enabled: no}]
                """).hosts().size());
        assertEquals(1, Read.of("remote_scheduling: {endpoints: [{name: a, base_url: b, api_key: \"${NONE}\"}]}")
                .hosts().size());
        assertTrue(problems("remote_scheduling: {enabled: yes, endpoints: [{name: a, base_url: b, api_key: "
                + "\"${NONE}\"}]}").contains("endpoints[0].api_key needs the environment variable NONE"));
    }

    @Test
    void token_fromFile_isTheStrongestOnes() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "  from-file\n");
        String yaml = "server: {token_file: " + file + "}";
        assertEquals("from-file", value(Read.of(yaml), "server.token_file"));
        AllSettings all = Read.of(yaml, Map.of("OLLAMA_QUEUE_TOKEN", "env"));
        assertEquals("env", value(all, "server.token"));
        assertNull(value(all, "server.token_file"));
        assertEquals("c.yaml, line 1, without effect beside environment OLLAMA_QUEUE_TOKEN",
                all.loaded().all().get("server.token_file").origin());
        all = Read.of("server: {token: x}", Map.of("OLLAMA_QUEUE_SERVER_TOKEN_FILE", file.toString()));
        assertEquals("from-file", value(all, "server.token_file"));
        assertNull(value(all, "server.token"));
        Files.writeString(file, "\ufefffrom-windows\r\n");
        assertEquals("from-windows", value(Read.of(yaml), "server.token_file"));
        Files.writeString(file, "hunter2 hunter2");
        String message = problems("server: {token_file: " + file + "}");
        assertTrue(message.endsWith("must be a secret of printable ASCII without spaces"), message);
        Files.delete(file);
        message = problems("server: {token_file: " + file + "}");
        assertTrue(message.endsWith("cannot read " + file + ": there is no such file"), message);
    }

    @Test
    void changed_tellsWhatNeedsARestart() {
        Settings before = Read.of("server: {port: 1}\nlog_level: info").loaded().settings();
        Settings after = Read.of("server: {port: 2, token: t}\nlog_level: warn\nollama: {hosts: [{url: x}]}").loaded()
                .settings();
        assertEquals(List.of("server.token", "log_level"), after.changed(before, true));
        assertEquals(List.of("server.port", "ollama.hosts"), after.changed(before, false));
        assertEquals(List.of(), Read.of("log_level: info\nserver: {port: 1}").loaded().settings()
                .changed(before, false));
    }

    @Test
    void changed_secretInAFile_isTold() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "one");
        Settings before = Read.of("server: {token_file: " + file + "}").loaded().settings();
        Files.writeString(file, "two");
        assertEquals(List.of("server.token_file"), Read.of("server: {token_file: " + file + "}").loaded().settings()
                .changed(before, true));
    }

    // ---- the documents

    @Test
    void reference_isMadeFromTheSettings() throws IOException {
        assertEquals(Reference.of(AllSettings.TABLE), Files.readString(Path.of("src/server/settings/REFERENCE.md")),
                "make it anew: build/bin/ollama-queue-server config reference >src/server/settings/REFERENCE.md");
    }

    @Test
    void readme_yaml_isRight() throws IOException {
        String[] parts = Files.readString(Path.of("README.md")).split("```");
        int found = 0;
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("yaml\n")) {
                Read.of(parts[i].substring(5), Map.of("GROQ_API_KEY", "k", "QUEUE_TOKEN", "t"));
                found++;
            }
        }
        assertTrue(found > 0, "README.md has no ```yaml");
    }
}
