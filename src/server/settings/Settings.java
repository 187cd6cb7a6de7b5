package server.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import server.executor.ExecutorRegistry;
import server.executor.Limits;
import shared.Nearest;
import shared.Problem;
import shared.config.ConfigFile;
import shared.config.Node;
import shared.config.Node.Items;

/// All settings of the server, read and checked. Strongest first: flag, environment, file, default.
public final class Settings {

    /// @param read   as its type reads it; null if there is none
    /// @param shown  for people; null if there is none
    /// @param origin `default`, `flag --port`, `environment OLLAMA_HOST`, `config.yaml, line 3`
    /// @param what   as messages call it: `--port`, `OLLAMA_HOST`, `config.yaml, line 3, column 9: max_workers`
    /// @param rank   the weaker, the higher
    record Value(Object read, String shown, String origin, String what, int rank) {
    }

    static final String MASK = "********";

    /// What Kubernetes sets for a service whose name begins with `ollama-queue`.
    private static final String KUBERNETES = ".*_SERVICE_(HOST|PORT.*)|.*_PORT(_\\d+_.*)?";

    private static final Pattern USER = Pattern.compile("(//)[^/@\\s,]*@");
    private static final Pattern PARAMETER = Pattern.compile("([?&][^=&\\s,]*=)[^&\\s,]*");
    private static final Pattern PLACE = Pattern.compile(", line (\\d{1,7}), column (\\d{1,7}): ");

    private static final int FLAG = 0;
    private static final int ENVIRONMENT = 1;
    static final int FILE = 2;
    static final int DEFAULT = 3;

    private final CommandLine line;
    private final Map<String, String> environment;
    private final ConfigFile file;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private List<HostSettings> hosts = List.of();
    private RemoteSettings remote;
    private String token;
    private ExecutorRegistry executors;

    private Settings(CommandLine line, Map<String, String> environment, ConfigFile file) {
        this.line = line;
        this.environment = environment;
        this.file = file;
    }

    /// @throws Problem with every mistake, each on a line of its own
    public static Settings load(CommandLine line, Map<String, String> environment) {
        return of(line, environment, open(line.config(), environment));
    }

    /// @param file null: none
    static Settings of(CommandLine line, Map<String, String> environment, ConfigFile file) {
        Settings settings = new Settings(line, environment, file);
        settings.read();
        if (!settings.problems.isEmpty()) {
            settings.problems.sort(Comparator.comparingLong(Settings::place));
            throw Problem.all(settings.problems.stream().map(Problem::badRequest).toList());
        }
        return settings;
    }

    /// Orders messages as their places in the file; those without one, as of a flag, come first.
    private static long place(String message) {
        Matcher place = PLACE.matcher(message);
        return place.find() ? Long.parseLong(place.group(1)) << 32 | Long.parseLong(place.group(2)) : 0;
    }

    /// The file that `--config` or `OLLAMA_QUEUE_CONFIG` names, which must be there, or the first that is; null if none
    /// is.
    static ConfigFile open(String given, Map<String, String> environment) {
        String named = given != null ? given : environment.get("OLLAMA_QUEUE_CONFIG");
        if (named != null && !named.isBlank()) {
            return ConfigFile.read(Path.of(named), environment::get);
        }
        for (Path place : places(environment)) {
            if (Files.exists(place)) {
                return ConfigFile.read(place, environment::get);
            }
        }
        return null;
    }

    static List<Path> places(Map<String, String> environment) {
        List<Path> places = new ArrayList<>(List.of(Path.of("config.yaml")));
        places.addAll(ConfigFile.places(environment::get));
        return places;
    }

    // ---- values

    public String text(String key) {
        Object value = values.get(key).read();
        return value == null || value.toString().isEmpty() ? null : value.toString();
    }

    public int integer(String key) {
        return (Integer) values.get(key).read();
    }

    public double number(String key) {
        return (Double) values.get(key).read();
    }

    public boolean bool(String key) {
        return (Boolean) values.get(key).read();
    }

    public long size(String key) {
        return (Long) values.get(key).read();
    }

    public Duration duration(String key) {
        return (Duration) values.get(key).read();
    }

    public List<String> texts(String key) {
        return ((List<?>) values.get(key).read()).stream().map(String.class::cast).toList();
    }

    /// Null if the key holds nothing.
    public Path path(String key) {
        return text(key) == null ? null : Path.of(text(key));
    }

    /// The kinds of host that there are.
    public ExecutorRegistry executors() {
        return executors;
    }

    /// The local hosts; at least one.
    public List<HostSettings> hosts() {
        return hosts;
    }

    public RemoteSettings remote() {
        return remote;
    }

    /// What every request must bear; null if nothing.
    public String token() {
        return token;
    }

    /// Every key with its value, in the table's order; those of lists with their index, as `ollama.hosts[0].url`.
    Map<String, Value> all() {
        return values;
    }

    /// The name of the file that was read; null if none was.
    public String fileName() {
        return file == null ? null : file.name();
    }

    /// What has no effect though somebody may think so, for people.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        Set<String> variables = new TreeSet<>(List.of("OLLAMA_QUEUE_CONFIG", "OLLAMA_QUEUE_JAVA_OPTS"));
        Table.ALL.forEach(row -> variables.addAll(row.variables()));
        for (String name : environment.keySet()) {
            boolean foreign = !name.startsWith("OLLAMA_QUEUE_") || variables.contains(name)
                    || name.matches(KUBERNETES);
            String hint = foreign ? "" : Nearest.hint(name, variables);
            if (!hint.isEmpty()) {
                notes.add(name + " has no effect: there is no such setting" + hint);
            }
        }
        Table.WITHOUT_EFFECT.forEach((name, why) -> {
            boolean variable = Character.isUpperCase(name.charAt(0));
            if (variable ? variable(name) != null : file != null && file.field(name) != null) {
                notes.add((variable ? name : place(file.field(name).name()) + ": " + name) + " has no effect: " + why);
            }
        });
        notes.sort(null);
        return notes;
    }

    /// The keys that have another value than before.
    ///
    /// @param live those that SIGHUP changes, or those that a restart does
    public List<String> changed(Settings before, boolean live) {
        List<String> changed = new ArrayList<>();
        Table.ALL.stream().filter(row -> row.isLive() == live && !row.inList() && !row.key().startsWith("client."))
                .filter(row -> !Objects.equals(values.get(row.key()).read(), before.values.get(row.key()).read()))
                .forEach(row -> changed.add(row.key()));
        if (!live && !hosts.equals(before.hosts) && !changed.contains("ollama.host")) {
            changed.add("ollama.hosts");
        }
        if (!live && !remote.endpoints().equals(before.remote.endpoints())) {
            changed.add("remote_scheduling.endpoints");
        }
        if (live && !Objects.equals(token, before.token) && !changed.contains("server.token")) {
            changed.add("server.token_file");
        }
        return changed;
    }

    // ---- reading

    private void read() {
        if (file != null) {
            file.problems().forEach(problem -> problems.add(problem.getMessage()));
        }
        Lists lists = new Lists(file, values, problems);
        for (Setting row : Table.ALL) {
            if (!row.inList()) {
                noting(() -> values.put(row.key(), value(row)));
                // where it is wrong, the others' mistakes are worth telling all the same
                values.computeIfAbsent(row.key(), key -> byDefault(row));
            } else if (row.key().equals("ollama.hosts[].name")) {
                hosts = lists.hosts();
            } else if (row.key().equals("remote_scheduling.endpoints[].name")) {
                remote = remote(lists);
            }
        }
        noting(this::checkRetries);
        noting(this::readToken);
        checkHosts(lists);
    }

    private RemoteSettings remote(Lists lists) {
        String at = "remote_scheduling.";
        boolean enabled = bool(at + "enabled");
        return new RemoteSettings(enabled, duration(at + "health_check_interval"), bool(at + "fallback_to_local"),
                bool(at + "local_first_policy"), integer(at + "max_local_queue_size"), lists.endpoints(enabled));
    }

    private void checkRetries() {
        Value first = values.get("retry.initial_delay");
        Value most = values.get("retry.max_delay");
        if (duration("retry.max_delay").compareTo(duration("retry.initial_delay")) < 0) {
            // what somebody wrote has a place
            boolean given = most.rank() < DEFAULT;
            throw Problem.badRequest((given ? most : first).what() + (given ? " must be at least as long as "
                    + "retry.initial_delay, " + first.shown() : " must be at most as long as retry.max_delay, "
                    + most.shown()) + " (" + (given ? first : most).origin() + ")");
        }
    }

    private void readToken() {
        Value literal = values.get("server.token");
        Value inFile = values.get("server.token_file");
        boolean both = text("server.token") != null && text("server.token_file") != null;
        if (both && literal.rank() == inFile.rank()) {
            throw Problem.badRequest(inFile.what() + ": server.token is given, too; give one of them");
        }
        boolean fromFile = text("server.token_file") != null && (!both || inFile.rank() < literal.rank());
        token = fromFile ? SecretFile.read(inFile.what(), path("server.token_file")) : text("server.token");
    }

    /// What the kinds of host would refuse at the start is refused here, where its place is known.
    private void checkHosts(Lists lists) {
        Value plugins = values.get("plugins");
        try {
            executors = path("plugins") == null ? ExecutorRegistry.load() : ExecutorRegistry.load(path("plugins"));
        } catch (Problem unusable) {
            problems.add(plugins.what() + ": " + unusable.getMessage());
        }
        Value host = values.get("ollama.host");
        boolean listed = !hosts.isEmpty() && host.rank() >= FILE;
        if (listed && host.rank() == FILE) {
            problems.add(host.what() + ": ollama.hosts is given, too; give one of them");
        }
        Map<String, Object> names = new LinkedHashMap<>();
        if (!listed) {
            hosts = texts("ollama.host").stream().map(url -> new HostSettings(null, url, 1, 0)).toList();
            for (int i = 0; i < hosts.size() && executors != null; i++) {
                HostSettings one = hosts.get(i);
                try {
                    names.put(executors.check(null, one.address(Limits.DEFAULT)), one);
                } catch (Problem wrong) {
                    problems.add(what(host, i) + ": " + wrong.getMessage());
                }
            }
            values.replaceAll((key, value) -> key.startsWith("ollama.hosts[") ? new Value(null, value.shown(),
                    value.origin() + ", without effect beside " + host.origin(), value.what(), FILE) : value);
        }
        lists.check(executors, listed, names);
    }

    /// As messages call one of several texts.
    private String what(Value value, int index) {
        Node.Field field = value.rank() == FILE ? file.field("ollama.host") : null;
        return field != null && field.value() instanceof Items list
                ? place(list.items().get(index)) + ": " + field.name().text() : value.what();
    }

    private Value value(Setting row) {
        List<String> given = line.values().get(row.key());
        if (given != null) {
            String flag = line.flags().get(row.key());
            return read(row, flag, row.type().many() ? split(given) : given, "flag " + flag, FLAG);
        }
        for (String variable : row.variables()) {
            String text = variable(variable);
            if (text != null) {
                return read(row, variable, row.type().many() ? split(List.of(text)) : List.of(text),
                        "environment " + variable, ENVIRONMENT);
            }
        }
        if (file != null) {
            Node.Field field = file.field(row.key());
            List<String> texts = texts(row, field);
            if (texts != null) {
                Node.Field written = field == null ? file.field("listen_addr") : field;
                String part = field != null ? "" : row.key().equals("server.port") ? ", its port," : ", its host,";
                return read(row, place(written.value()) + ": " + written.name().text() + part, texts,
                        file.name() + ", line " + written.value().place().line(), FILE);
            }
        }
        return byDefault(row);
    }

    private static Value byDefault(Setting row) {
        if (row.fallback() == null) {
            return new Value(null, null, "default", row.key(), DEFAULT);
        }
        return read(row, row.key(), row.fallback().isEmpty() && row.type().many() ? List.of()
                : List.of(row.fallback()), "default", DEFAULT);
    }

    /// What the file says; null if nothing.
    private List<String> texts(Setting row, Node.Field field) {
        if (field != null && row.type().many() && field.value() instanceof Items list) {
            List<String> texts = new ArrayList<>();
            list.items().forEach(item -> texts.add(file.text(field.name().text(), item)));
            return texts;
        }
        String text = file.text(row.key());
        return text == null ? null : row.type().many() ? split(List.of(text)) : List.of(text);
    }

    private static List<String> split(List<String> texts) {
        return texts.stream().flatMap(text -> List.of(text.split(",")).stream()).map(String::strip)
                .filter(text -> !text.isEmpty()).toList();
    }

    private static Value read(Setting row, String what, List<String> texts, String origin, int rank) {
        Object read = row.type().read(what, texts);
        String shown = String.join(",", texts);
        return new Value(read, shown.isEmpty() ? null : row.type().hidden() ? MASK : masked(shown), origin, what,
                rank);
    }

    /// An address without its user and password.
    static String masked(String text) {
        String without = USER.matcher(text).replaceAll("$1" + MASK + "@");
        return PARAMETER.matcher(without).replaceAll("$1" + MASK);
    }

    /// Null if unset or empty. For a service `ollama-queue-server` Kubernetes sets `OLLAMA_QUEUE_SERVER_PORT=tcp://…`.
    private String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() || name.endsWith("_PORT") && value.startsWith("tcp://") ? null
                : value.strip();
    }

    private String place(Node node) {
        return file.name() + ", line " + node.place().line() + ", column " + node.place().column();
    }

    private void noting(Runnable part) {
        try {
            part.run();
        } catch (Problem problem) {
            problems.add(problem.getMessage());
        }
    }
}
