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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import server.executor.Limits;
import shared.Problem;
import shared.config.ConfigFile;
import shared.config.KnownKeys;

class SettingsTest {

    private static final List<String> SAMPLES = List.of("11", "12", "13", "11s", "12s", "13s", "11MiB", "12MiB",
            "13MiB", "debug", "warn", "error", "aa", "bb", "cc");
    private static final List<String> BOOLEANS = List.of("true", "false", "true");

    @TempDir
    Path directory;

    private static Settings of(String yaml) {
        return of(yaml, Map.of());
    }

    private static Settings of(String yaml, Map<String, String> environment, String... words) {
        return Settings.of(CommandLine.parse(List.of(words)), environment,
                yaml == null ? null : new ConfigFile("c.yaml", yaml, environment::get));
    }

    private static String problems(String yaml, String... words) {
        return assertThrows(Problem.class, () -> of(yaml, Map.of(), words)).getMessage();
    }

    // ---- which value counts

    static Stream<Setting> rows() {
        return Table.ALL.stream().filter(row -> !row.inList());
    }

    /// Every key: by its default, in the file, by each of its variables, by its flag; each goes before the one before.
    @ParameterizedTest
    @MethodSource("rows")
    void load_everyKey_isSetInEveryWayTheStrongestFirst(Setting row) throws IOException {
        List<String> samples = samples(row);
        Map<String, String> environment = new HashMap<>();
        assertValue(row, of(null), row.fallback(), "default");

        String yaml = row.key() + ": " + samples.get(0);
        assertValue(row, of(yaml), samples.get(0), "c.yaml, line 1");

        List<String> variables = row.variables();
        for (int i = variables.size() - 1; i >= 0; i--) {
            environment.put(variables.get(i), samples.get(1 + i % 2));
            assertValue(row, of(yaml, environment), samples.get(1 + i % 2), "environment " + variables.get(i));
        }
        if (row.flag() != null) {
            assertValue(row, of(yaml, environment, row.flagName(), samples.get(2)), samples.get(2),
                    "flag " + row.flagName());
        }
        environment.replaceAll((name, value) -> " ");
        assertValue(row, of(yaml, environment), samples.get(0), "c.yaml, line 1");
    }

    private static void assertValue(Setting row, Settings settings, String text, String origin) {
        Settings.Value value = settings.all().get(row.key());
        assertEquals(origin, value.origin());
        if (text == null || text.isEmpty()) {
            assertNull(value.shown());
        } else {
            assertEquals(row.type().hidden() ? Settings.MASK : text, value.shown());
            assertEquals(row.type().read("x", List.of(text)), value.read());
        }
    }

    /// Three texts that are right for a setting, the last one other than the second.
    private List<String> samples(Setting row) throws IOException {
        if (row.key().equals("plugins")) {
            String none = directory.toString();
            return List.of(none, none, none);
        }
        if (row.key().equals("ollama.host")) {
            return List.of("aa", "bb", "cc");
        }
        if (row.type().says().equals("true or false")) {
            return BOOLEANS;
        }
        if (row.key().equals("server.token_file")) {
            Path file = Files.writeString(directory.resolve("a-token"), "a-token");
            return List.of(file.toString(), file.toString(), file.toString());
        }
        List<String> good = new ArrayList<>();
        for (String sample : SAMPLES) {
            try {
                row.type().read("x", List.of(sample));
                good.add(sample);
            } catch (Problem notOfThisType) {
                // the next one
            }
        }
        // a retry's longest pause must not be shorter than its first
        return row.key().equals("retry.initial_delay") ? List.of("1s", "2s", "3s")
                : row.key().equals("retry.max_delay") ? List.of("11s", "12s", "13s") : good.subList(0, 3);
    }

    @Test
    void load_seedsServerFile_isTakenWordForWord() {
        Settings settings = of("""
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
        assertEquals("0.0.0.0", settings.text("server.host"));
        assertEquals(8080, settings.integer("server.port"));
        assertEquals(Path.of("./data"), settings.path("storage.path"));
        assertEquals(List.of(new HostSettings(null, "http://localhost:11434", 1, 0)), settings.hosts());
        assertEquals(List.of(), settings.notes());
    }

    @Test
    void load_seedsClientFile_isTakenWordForWord() {
        assertEquals("http://localhost:8080", of("""
                # ~/.ollama-queue/config.yaml \s
                client:
                  server_url: "http://localhost:8080"  # Auto-detected from config
                """).text("client.server_url"));
    }

    @Test
    void load_olderProgramsFile_isTaken() {
        Settings settings = of("""
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
        assertEquals(List.of(new HostSettings(null, "http://gpu:11434", 1, 0)), settings.hosts());
        assertEquals(8, Options.dispatch(settings).workers());
        assertEquals(Path.of("./other"), settings.path("storage.path"));
        assertEquals(1_000, Options.queue(settings).completedMax());
        assertEquals(Duration.ofHours(1), Options.queue(settings).interval());
        assertEquals(300_000, Options.terms(settings).timeout());
        assertEquals(5, Options.terms(settings).maxRetries());
        assertEquals(2_000, Options.terms(settings).initialDelay());
        assertEquals(60_000, Options.terms(settings).maxDelay());
        assertEquals(1.5, Options.terms(settings).backoffFactor());
        assertEquals("warn", settings.text("log_level"));
        assertNull(settings.path("log_file"));
        assertEquals("localhost", settings.text("server.host"));
        assertEquals(7125, settings.integer("server.port"));
        assertEquals(new RemoteSettings(true, Duration.ofSeconds(10), false, false, 50, List.of(new EndpointSettings(
                "LocalAI", "http://localhost:1234/v1", null, 5, 4, Map.of(), null, Map.of()))), settings.remote());
        assertEquals(List.of("c.yaml, line 7, column 1: scheduling_interval has no effect: tasks start the moment "
                + "they can", "c.yaml, line 8, column 1: batch_size has no effect: tasks start the moment they can"),
                settings.notes());
    }

    @Test
    void load_olderVariables_areTaken() {
        Settings settings = of(null, Map.of("OLLAMA_HOST", "gpu", "OLLAMA_TIMEOUT", "5m", "QUEUE_MAX_WORKERS", "8",
                "QUEUE_STORAGE_PATH", "d", "QUEUE_CLEANUP_INTERVAL", "2h", "RETRY_MAX_RETRIES", "0", "LOG_LEVEL",
                "ERROR", "SCHEDULER_INTERVAL", "1s", "SCHEDULER_BATCH_SIZE", "5"));
        assertEquals("gpu", settings.hosts().getFirst().url());
        assertEquals(300_000, Options.terms(settings).timeout());
        assertEquals(8, settings.integer("queue.workers"));
        assertEquals(0, Options.terms(settings).maxRetries());
        assertEquals("error", settings.text("log_level"));
        assertEquals(2, settings.notes().size());
    }

    @Test
    void notes_ofMisspelledVariables_nameTheNearest() {
        Map<String, String> environment = Map.of("OLLAMA_QUEUE_SERVER_PROT", "1", "OLLAMA_QUEUE_CONFIG", "",
                "OLLAMA_QUEUE_SERVER_PORT", "tcp://10.0.0.1:8080", "OLLAMA_QUEUE_SERVER_SERVICE_HOST", "10.0.0.1",
                "OLLAMA_QUEUE_SERVER_PORT_8080_TCP_ADDR", "10.0.0.1", "PATH", "x");
        Settings settings = of(null, environment);
        assertEquals(List.of("OLLAMA_QUEUE_SERVER_PROT has no effect: there is no such setting; did you mean "
                + "OLLAMA_QUEUE_SERVER_PORT?"), settings.notes());
        assertEquals(8080, settings.integer("server.port"));
    }

    @Test
    void table_andTheNamesThatBothProgramsKnow_areTheSame() {
        Set<String> table = new HashSet<>(Table.ALL.stream().map(Setting::key).toList());
        Table.WITHOUT_EFFECT.keySet().stream().filter(name -> name.equals(name.toLowerCase(java.util.Locale.ROOT)))
                .forEach(table::add);
        table.add("listen_addr");
        assertEquals(table, new HashSet<>(KnownKeys.ALL.values()));
    }

    @Test
    void defaults_areThoseOfTheParts() {
        Settings settings = of(null);
        assertEquals(server.http.HttpOptions.DEFAULT, Options.http(settings));
        assertEquals(server.queue.state.QueueOptions.DEFAULT, Options.queue(settings));
        assertEquals(server.journal.JournalOptions.DEFAULT, Options.journal(settings));
        assertEquals(server.dispatch.DispatchOptions.DEFAULT, Options.dispatch(settings));
        assertTrue(server.task.Terms.DEFAULT == Options.terms(settings));
        assertNull(settings.token());
    }

    @Test
    void all_disabledEndpoint_isShownAsItIsWritten() {
        for (String yaml : List.of("{enabled: true, endpoints: [{enabled: no, %s}]}", "{endpoints: [{%s}]}")) {
            Map<String, Settings.Value> all = of("remote_scheduling: " + yaml.formatted("name: off, base_url: "
                    + "\"https://me:hunter2@${HOST}/v1\", api_key: \"${NONE}hunter3\", models: {a: b}, "
                    + "headers: {X-A: hunter4}, weight2: 1").replace(", weight2: 1", "")).all();
            String at = "remote_scheduling.endpoints[0].";
            assertEquals("off", all.get(at + "name").shown());
            assertEquals("https://********@${HOST}/v1", all.get(at + "base_url").shown());
            assertEquals("********", all.get(at + "api_key").shown());
            assertEquals("a: b", all.get(at + "models").shown());
            assertEquals("X-A: ********", all.get(at + "headers").shown());
            assertEquals("c.yaml, line 1", all.get(at + "headers").origin());
        }
    }

    @Test
    void all_secretOfADisabledEndpointInAWrongForm_isHidden() {
        Map<String, Settings.Value> all = of("remote_scheduling: {endpoints: [{api_key: [hunter2], headers: [hunter3]},"
                + " {api_key: {a: hunter4}, headers: hunter5}]}").all();
        assertFalse(all.toString().contains("hunter"), all.toString());
    }

    @Test
    void all_hostsOfTheFileBesideAFlag_areSaidToHaveNoEffect() {
        Settings settings = of("ollama: {hosts: [{url: a}]}", Map.of(), "--ollama-host", "b");
        assertEquals("c.yaml, line 1, without effect beside flag --ollama-host",
                settings.all().get("ollama.hosts[0].url").origin());
        assertEquals("default", of("ollama: {hosts: [{url: a}]}").all().get("ollama.hosts[0].weight").origin());
    }

    @Test
    void limits_reachThePartsThatKeepThem() {
        Settings settings = of("limits: {json_depth: 7, line_bytes: 2KiB, answer_bytes: 3KiB, header_bytes: 4KiB, "
                + "other_body_bytes: 5KiB}\n"
                + "remote_scheduling: {enabled: on, endpoints: [{name: a, base_url: 'http://a'}]}");
        assertEquals(7, Options.http(settings).jsonDepthMax());
        assertEquals(4 << 10, Options.http(settings).headerBytesMax());
        assertEquals(5 << 10, Options.http(settings).smallBytesMax());
        assertEquals(List.of(new Limits(2 << 10, 3 << 10, 7), new Limits(2 << 10, 3 << 10, 7)),
                Options.hosts(settings).stream().map(host -> host.address().limits()).toList());
    }

    // ---- hosts, endpoints, secrets

    @Test
    void hosts_flagAndEnvironment_goBeforeTheFiles() {
        String yaml = "ollama: {hosts: [{name: big, url: a, weight: 3, max_concurrent: 3}, {url: b}]}";
        assertEquals(List.of(new HostSettings("big", "a", 3, 3), new HostSettings(null, "b", 1, 0)),
                of(yaml).hosts());
        assertEquals(List.of("c"), of(yaml, Map.of("OLLAMA_HOST", "c")).hosts().stream().map(HostSettings::url)
                .toList());
        assertEquals(List.of("d", "e"), of(yaml, Map.of("OLLAMA_HOST", "c"), "--ollama-host", "d", "--ollama-host=e")
                .hosts().stream().map(HostSettings::url).toList());
        assertEquals(List.of("x", "y"), of("ollama:\n  host: [x, y]").hosts().stream().map(HostSettings::url)
                .toList());
    }

    @Test
    void endpoints_whole_areRead() throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "sk-2\n");
        Settings settings = of("""
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
                new EndpointSettings("a", "https://a.example/v1", "sk-1", 0, 2,
                        Map.of("qwen3", "Qwen/Qwen3-8B", "llama", "llama-3"), Duration.ofSeconds(90),
                        Map.of("X-Org", "sk-1", "X-B", "b")),
                new EndpointSettings("b", "http://b", "sk-2", -1, 4, Map.of("m1", "m1", "m2", "m2"), null, Map.of())),
                settings.remote().endpoints());
        assertFalse(settings.remote().toString().contains("sk-"), settings.remote().toString());
        String shown = settings.all().toString().replaceAll("read=[^,]*,", "");
        assertFalse(shown.contains("sk-"), shown);
        assertEquals("qwen3: Qwen/Qwen3-8B,llama: llama-3",
                settings.all().get("remote_scheduling.endpoints[0].models").shown());
    }

    @Test
    void endpoints_disabled_needNoVariable() {
        assertEquals(List.of(), of("""
                remote_scheduling:
                  enabled: true
                  endpoints: [{name: a, base_url: b, api_key: "${NONE}", enabled: no}]
                """).remote().endpoints());
        assertEquals(List.of(), of("remote_scheduling: {endpoints: [{name: a, base_url: b, api_key: \"${NONE}\"}]}")
                .remote().endpoints());
        assertTrue(problems("remote_scheduling: {enabled: yes, endpoints: [{name: a, base_url: b, api_key: "
                + "\"${NONE}\"}]}").contains("endpoints[0].api_key needs the environment variable NONE"));
    }

    @Test
    void token_fromFile_isTheStrongestOnes() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "  from-file\n");
        assertEquals("from-file", of("server: {token_file: " + file + "}").token());
        assertEquals("env", of("server: {token_file: " + file + "}", Map.of("OLLAMA_QUEUE_TOKEN", "env")).token());
        assertEquals("from-file", of("server: {token: x}", Map.of("OLLAMA_QUEUE_SERVER_TOKEN_FILE", file.toString()))
                .token());
        Files.writeString(file, "\ufefffrom-windows\r\n");
        assertEquals("from-windows", of("server: {token_file: " + file + "}").token());
        Files.writeString(file, "hunter2 hunter2");
        String message = problems("server: {token_file: " + file + "}");
        assertTrue(message.endsWith("must be a secret of printable ASCII without spaces"), message);
        Files.delete(file);
        message = problems("server: {token_file: " + file + "}");
        assertTrue(message.endsWith("cannot read " + file + ": there is no such file"), message);
    }

    @Test
    void changed_tellsWhatNeedsARestart() {
        Settings before = of("server: {port: 1}\nlog_level: info");
        Settings after = of("server: {port: 2, token: t}\nlog_level: warn\nollama: {hosts: [{url: x}]}");
        assertEquals(List.of("server.token", "log_level"), after.changed(before, true));
        assertEquals(List.of("server.port", "ollama.hosts"), after.changed(before, false));
        assertEquals(List.of(), of("log_level: info\nserver: {port: 1}").changed(before, false));
    }

    // ---- the README

    @Test
    void readme_settings_areTheTables() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Path made = Path.of("build/settings.md");
        Files.writeString(made, Help.readme());
        assertTrue(readme.contains(Help.readme()), "README.md does not hold the table as it is now in " + made);
    }

    @Test
    void readme_yaml_isRight() throws IOException {
        String[] parts = Files.readString(Path.of("README.md")).split("```");
        int found = 0;
        for (int i = 1; i < parts.length; i += 2) {
            if (parts[i].startsWith("yaml\n")) {
                of(parts[i].substring(5), Map.of("GROQ_API_KEY", "k", "QUEUE_TOKEN", "t"));
                found++;
            }
        }
        assertTrue(found > 0, "README.md has no ```yaml");
    }
}
