package server.dispatch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.settings.Setting;
import server.settings.Settings;
import server.task.SubmissionReader;
import shared.Problem;

/// The hosts in the settings. What their kinds would refuse at the start is rejected here, where its place in the file
/// is known.
public final class HostSettings {

    private static final String HOSTS = "ollama.hosts[].";
    private static final Setting<String> HOST_NAME = Setting.text(HOSTS + "name").optional()
            .says("its name; without it host:port");
    private static final Setting<String> HOST_URL = Setting.text(HOSTS + "url").needed().says("its address; required");
    private static final Setting<Integer> HOST_WEIGHT = Setting.integer(HOSTS + "weight", 1, 1_000).byDefault("1")
            .says("its share of the tasks, relative to the other hosts");
    private static final Setting<Integer> HOST_CONCURRENT = Setting.integer(HOSTS + "max_concurrent", 1, 10_000)
            .says("how many tasks it runs at once; without it only queue.workers is the limit");
    private static final Setting<Integer> HOST_PARALLEL = Setting.integer(HOSTS + "parallel", 1, 10_000)
            .says("how many tasks of one model and runner options an Ollama runs at once; without it ollama.parallel");
    private static final Setting<Integer> HOST_RATE = Setting.integer(HOSTS + "requests_per_minute", 1, 1_000_000)
            .says("most attempts and loads sent to it in any minute; further tasks wait, or go elsewhere");
    private static final Setting<Path> HOST_CA_CERT = Setting.path(HOSTS + "ca_cert").optional()
            .says("PEM file of its issuer's certificate, trusted in addition to those that Java trusts");
    private static final Setting<List<String>> HOST = Setting.texts("ollama.host", "addresses, with commas between")
            .byDefault("http://localhost:11434").flag("--ollama-host URL").alsoNamed("OLLAMA_HOST", "ollama_host")
            .insteadOf(HOST_URL)
            .says("an Ollama host, repeatable; echo: is a built-in model for trying things out");

    private static final Setting<Integer> PARALLEL = Setting.integer("ollama.parallel", 0, 10_000).byDefault("1")
            .flag("--parallel N").alsoNamed("OLLAMA_NUM_PARALLEL")
            .says("how many tasks of one model and runner options each Ollama runs at once: its OLLAMA_NUM_PARALLEL; "
                    + "0 counts as 1, as in Ollama");

    static final Setting<Boolean> REMOTE = Setting.bool("remote_scheduling.enabled").byDefault("false")
            .says("whether to use the endpoints");
    private static final String EACH = "remote_scheduling.endpoints[].";
    private static final Setting<String> NAME = Setting.text(EACH + "name").needed().says("its name; required");
    private static final Setting<String> BASE_URL = Setting.text(EACH + "base_url").needed()
            .says("its address, as https://api.example.com/v1; required");
    private static final Setting<String> API_KEY = Setting.secret(EACH + "api_key").optional()
            .says("its API key");
    private static final Setting<String> API_KEY_FILE = Setting.secretFile(EACH + "api_key_file")
            .insteadOf(API_KEY).says("a file that holds the API key");
    private static final Setting<Integer> PRIORITY = Setting.integer(EACH + "priority", -1_000_000, 1_000_000)
            .byDefault("0").says("endpoints of a higher priority are chosen first");
    private static final Setting<Boolean> ENABLED = Setting.bool(EACH + "enabled").byDefault("true")
            .says("set to false to ignore this endpoint");
    private static final Setting<Integer> CONCURRENT = Setting.integer(EACH + "max_concurrent", 1, 10_000)
            .byDefault("4").says("how many tasks it runs at once");
    private static final Setting<Integer> RATE = Setting.integer(EACH + "requests_per_minute", 1, 1_000_000)
            .says("most attempts sent to it in any minute; further tasks wait, or go elsewhere");
    private static final Setting<Map<String, String>> MODELS = Setting.pairs(EACH + "models",
            "a list of models, or a map from our name to theirs", false, HostSettings::checkModel)
            .says("its models; without this setting those that it lists");
    private static final Setting<Duration> TIMEOUT = Setting.duration(EACH + "timeout", "1ms", "30d")
            .says("longest time of an attempt there, if that is shorter than the task's");
    private static final Setting<Map<String, String>> HEADERS = Setting.pairs(EACH + "headers",
            "a map of headers", true, HostAddress::checkHeader).says("further headers of the requests to it");

    private static final Setting<Path> CA_CERT = Setting.path(EACH + "ca_cert").optional()
            .says("PEM file of its issuer's certificate, trusted in addition to those that Java trusts");

    public static final Setting<Path> PLUGINS = Setting.path("plugins").optional().flag("--plugins DIR")
            .says("a folder of jars with further kinds of hosts");
    private static final Setting<Integer> LINE_BYTES = Setting.size("limits.line_bytes", "1KiB", "1GiB")
            .byDefault(mebibytes(Limits.DEFAULT.line())).says("longest line of a host's answer");
    private static final Setting<Integer> ANSWER_BYTES = Setting.size("limits.answer_bytes", "1KiB", "1GiB")
            .byDefault(mebibytes(Limits.DEFAULT.answer()))
            .says("largest answer of a host; beyond it the task fails");

    static final List<Setting<?>> LOCAL = List.of(HOST, HOST_NAME, HOST_URL, HOST_WEIGHT, HOST_CONCURRENT,
            HOST_PARALLEL, HOST_RATE, HOST_CA_CERT, PARALLEL);
    static final List<Setting<?>> ENDPOINTS = List.of(NAME, BASE_URL, API_KEY, API_KEY_FILE, PRIORITY, ENABLED,
            CONCURRENT, RATE, MODELS, TIMEOUT, HEADERS, CA_CERT, PLUGINS, LINE_BYTES, ANSWER_BYTES);


    /// The kind of every endpoint.
    private static final String ENDPOINT_KIND = "openai";

    private final ExecutorRegistry kinds;
    private final Consumer<Problem> problems;
    private final List<HostOptions> hosts = new ArrayList<>();
    private final Map<String, HostOptions> byName = new HashMap<>();

    private HostSettings(ExecutorRegistry kinds, Consumer<Problem> problems) {
        this.kinds = kinds;
        this.problems = problems;
    }

    /// Reads the local hosts, then the endpoints.
    ///
    /// @param kinds    null: the plug-ins cannot be used, so local hosts cannot be checked
    /// @param problems receives every mistake
    public static List<HostOptions> read(Settings settings, ExecutorRegistry kinds, Consumer<Problem> problems) {
        HostSettings all = new HostSettings(kinds, problems);
        Limits limits = new Limits(settings.get(LINE_BYTES), settings.get(ANSWER_BYTES),
                settings.get(SubmissionReader.JSON_DEPTH));
        int parallel = Math.max(1, settings.get(PARALLEL));
        List<Settings> locals = settings.list(HOST_URL);
        List<String> urls = locals.isEmpty() ? settings.get(HOST) : List.of();
        for (int i = 0; i < urls.size(); i++) {
            HostAddress address = new HostAddress(null, urls.get(i), null, Map.of(), Map.of(), null, limits);
            all.add(new HostOptions(address, null, false, 1, 0, 0, parallel), settings, HOST, i, null);
        }
        for (Settings host : locals) {
            HostAddress address = new HostAddress(host.get(HOST_NAME), host.get(HOST_URL), null, Map.of(), Map.of(),
                    null, limits, path(host.get(HOST_CA_CERT)));
            int most = host.isGiven(HOST_CONCURRENT) ? host.get(HOST_CONCURRENT) : 0;
            all.add(new HostOptions(address, null, false, host.get(HOST_WEIGHT), most, 0,
                    host.isGiven(HOST_PARALLEL) ? host.get(HOST_PARALLEL) : parallel,
                    rate(host, HOST_RATE)), host, HOST_URL, 0, HOST_NAME);
        }
        for (Settings endpoint : settings.list(BASE_URL)) {
            String key = endpoint.get(API_KEY_FILE) == null ? endpoint.get(API_KEY) : endpoint.get(API_KEY_FILE);
            HostAddress address = new HostAddress(endpoint.get(NAME), endpoint.get(BASE_URL), key,
                    all.headers(endpoint), endpoint.get(MODELS), endpoint.get(TIMEOUT), limits,
                    path(endpoint.get(CA_CERT)));
            int most = endpoint.get(CONCURRENT);
            all.add(new HostOptions(address, ENDPOINT_KIND, true, 1, most, endpoint.get(PRIORITY), most,
                    rate(endpoint, RATE)), endpoint,
                    BASE_URL, 0, NAME);
        }
        return all.hosts;
    }

    private static int rate(Settings host, Setting<Integer> setting) {
        return host.isGiven(setting) ? host.get(setting) : 0;
    }

    /// Returns whether the settings name the local hosts.
    static boolean namesLocal(Settings settings) {
        return settings.isGiven(HOST) || !settings.list(HOST_URL).isEmpty();
    }

    /// @param url   the setting with the address, in these settings the one with this index
    /// @param named the setting with the name
    private void add(HostOptions host, Settings settings, Setting<?> url, int index, Setting<?> named) {
        HostAddress address = host.address();
        if (address.url() == null || kinds == null && host.kind() == null) {
            return;
        }
        hosts.add(host);
        String name = address.name();
        try {
            String usual = (kinds == null ? ExecutorRegistry.load() : kinds).check(host.kind(), address);
            name = name == null ? usual : name;
        } catch (Problem wrong) {
            problems.accept(settings.wrong(url, index, ": " + wrong.getMessage()));
        }
        HostOptions same = name == null ? null : byName.putIfAbsent(name, host);
        if (same != null && (address.name() != null || !same.equals(host))) {
            problems.accept(settings.wrong(address.name() == null ? url : named, index,
                    " is the name of another host, too; give each host its own name"));
        }
    }

    private Map<String, String> headers(Settings endpoint) {
        Map<String, String> headers = endpoint.get(HEADERS);
        Set<String> before = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.keySet().stream().filter(name -> !before.add(name)).forEach(name -> problems.accept(endpoint.wrong(
                HEADERS, ": the header \"" + Problem.shown(name) + "\" is given twice; give it once")));
        return headers;
    }

    private static String path(Path path) {
        return path == null ? null : path.toString();
    }

    private static String mebibytes(int bytes) {
        return (bytes >> 20) + "MiB";
    }

    private static void checkModel(String name, String value) {
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of a model must not be empty or hold control characters");
        }
    }
}
