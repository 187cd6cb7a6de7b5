package server.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import server.executor.ExecutorRegistry;
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
    /// @param rank   the weaker, the higher
    record Value(Object read, String shown, String origin, int rank) {
    }

    static final String MASK = "********";

    /// What Kubernetes sets for a service whose name begins with `ollama-queue`.
    private static final String KUBERNETES = ".*_SERVICE_(HOST|PORT.*)|.*_PORT(_\\d+_.*)?";

    private static final int FLAG = 0;
    private static final int ENVIRONMENT = 1;
    private static final int FILE = 2;
    private static final int DEFAULT = 3;

    private final CommandLine line;
    private final Map<String, String> environment;
    private final ConfigFile file;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private List<HostSettings> hosts = List.of();
    private RemoteSettings remote;
    private String token;

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
            throw Problem.badRequest(String.join("\n", settings.problems));
        }
        return settings;
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
        return path("plugins") == null ? ExecutorRegistry.load() : ExecutorRegistry.load(path("plugins"));
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
            problems.addAll(file.problems());
        }
        Lists lists = new Lists(file, values, problems);
        for (Setting row : Table.ALL) {
            if (!row.inList()) {
                noting(() -> values.put(row.key(), value(row)));
            } else if (row.key().equals("ollama.hosts[].name")) {
                hosts = lists.hosts();
            } else if (row.key().equals("remote_scheduling.endpoints[].name")) {
                remote = remote(lists);
            }
        }
        if (!problems.isEmpty()) {
            return;
        }
        noting(this::checkTogether);
    }

    private RemoteSettings remote(Lists lists) {
        String at = "remote_scheduling.";
        if (!problems.isEmpty()) {
            // the values may be missing; the list's own mistakes are worth telling all the same
            lists.endpoints(true);
            return null;
        }
        boolean enabled = bool(at + "enabled");
        return new RemoteSettings(enabled, duration(at + "health_check_interval"), bool(at + "fallback_to_local"),
                bool(at + "local_first_policy"), integer(at + "max_local_queue_size"), lists.endpoints(enabled));
    }

    private void checkTogether() {
        Value host = values.get("ollama.host");
        if (hosts.isEmpty() || host.rank() < FILE) {
            hosts = texts("ollama.host").stream().map(url -> new HostSettings(null, url, 1, 0)).toList();
        } else if (host.rank() == FILE) {
            problems.add(host.origin() + ": ollama.host and ollama.hosts are both given; give one of them");
        }
        if (duration("retry.max_delay").compareTo(duration("retry.initial_delay")) < 0) {
            problems.add("retry.max_delay (" + values.get("retry.max_delay").origin() + ") must be at least as long as "
                    + "retry.initial_delay (" + values.get("retry.initial_delay").origin() + ")");
        }
        Value literal = values.get("server.token");
        Value inFile = values.get("server.token_file");
        boolean both = text("server.token") != null && text("server.token_file") != null;
        if (both && literal.rank() == inFile.rank()) {
            problems.add("server.token and server.token_file are both given; give one of them");
        }
        boolean fromFile = text("server.token_file") != null && (!both || inFile.rank() < literal.rank());
        token = fromFile ? SecretFile.read(inFile.origin() + ": server.token_file", path("server.token_file"))
                : text("server.token");
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
                Node place = field == null ? file.field("listen_addr").value() : field.value();
                return read(row, place(place) + ": " + row.key(), texts, file.name() + ", line " + place.line(), FILE);
            }
        }
        if (row.fallback() == null) {
            return new Value(null, null, "default", DEFAULT);
        }
        return read(row, row.key(), row.fallback().isEmpty() && row.type().many() ? List.of()
                : List.of(row.fallback()), "default", DEFAULT);
    }

    /// What the file says; null if nothing.
    private List<String> texts(Setting row, Node.Field field) {
        if (field != null && row.type().many() && field.value() instanceof Items list) {
            List<String> texts = new ArrayList<>();
            list.items().forEach(item -> texts.add(file.text(row.key(), item)));
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
        return new Value(read, shown.isEmpty() ? null : row.type().hidden() ? MASK : masked(shown), origin, rank);
    }

    /// An address without its user and password.
    static String masked(String text) {
        return text.replaceAll("(//)[^/@\\s,]*@", "$1" + MASK + "@").replaceAll("([?&][^=&\\s,]*=)[^&\\s,]*",
                "$1" + MASK);
    }

    /// Null if unset or empty. For a service `ollama-queue-server` Kubernetes sets `OLLAMA_QUEUE_SERVER_PORT=tcp://…`.
    private String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() || name.endsWith("_PORT") && value.startsWith("tcp://") ? null
                : value.strip();
    }

    private String place(Node node) {
        return file.name() + ", line " + node.line() + ", column " + node.column();
    }

    private void noting(Runnable part) {
        try {
            part.run();
        } catch (Problem problem) {
            problems.add(problem.getMessage());
        }
    }
}
