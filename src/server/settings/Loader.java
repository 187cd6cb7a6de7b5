package server.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

import server.settings.Setting.PairCheck;
import server.settings.Value.Source;
import shared.Nearest;
import shared.Problem;
import shared.config.ConfigFile;
import shared.config.Node;
import shared.config.Node.Field;
import shared.config.Node.Fields;
import shared.config.Node.Items;
import shared.config.Node.Text;

/// Reads settings from all their sources, the strongest first: option, environment, file, default. An error is recorded
/// and its setting gets its default, so that further errors are found too.
public final class Loader {

    /// Environment variables that Kubernetes sets for a service whose name begins with `ollama-queue`.
    private static final String KUBERNETES = ".*_SERVICE_(HOST|PORT.*)|.*_PORT(_\\d+_.*)?";

    private final Table table;
    private final CommandLine line;
    private final Map<String, String> environment;
    private final ConfigFile file;
    private final List<Problem> problems;
    private final Map<String, Value> all = new LinkedHashMap<>();
    private final Settings settings;

    /// Opens the file that `--config` or `OLLAMA_QUEUE_CONFIG` names, or else the first of [#places] that exists, and
    /// reads the settings.
    ///
    /// @param problems receives every error in a setting
    /// @throws Problem if the file cannot be read, or is not YAML
    public Loader(Table table, CommandLine line, Map<String, String> environment, List<Problem> problems) {
        this(table, line, environment, open(table, line.config(), environment), problems);
    }

    /// @param file null: none
    Loader(Table table, CommandLine line, Map<String, String> environment, ConfigFile file, List<Problem> problems) {
        this.table = table;
        this.line = line;
        this.environment = environment;
        this.file = file;
        this.problems = problems;
        if (file != null) {
            problems.addAll(file.problems());
        }
        settings = read();
    }

    private static ConfigFile open(Table table, String given, Map<String, String> environment) {
        String named = given != null ? given : environment.get("OLLAMA_QUEUE_CONFIG");
        boolean isNamed = named != null && !named.isBlank();
        Path path = isNamed ? Path.of(named)
                : places(environment).stream().filter(Files::exists).findFirst().orElse(null);
        return path == null ? null : ConfigFile.read(path, environment::get, table.names(), null);
    }

    /// Returns the paths where the file may be, the first to try first.
    public static List<Path> places(Map<String, String> environment) {
        List<Path> places = new ArrayList<>(List.of(Path.of("config.yaml")));
        places.addAll(ConfigFile.places(environment::get));
        return places;
    }

    /// Returns the settings that were read.
    public Settings settings() {
        return settings;
    }

    /// Returns every setting's value by its key, in the table's order; keys in lists have an index, as in
    /// `ollama.hosts[0].url`.
    public Map<String, Value> all() {
        return all;
    }

    /// Returns the name of the file that was read; null if none was.
    public String fileName() {
        return file == null ? null : file.name();
    }

    /// Returns a note for each given name that has no effect although its writer may expect one.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        Set<String> variables = new TreeSet<>(List.of("OLLAMA_QUEUE_CONFIG", "OLLAMA_QUEUE_JAVA_OPTS"));
        table.all().forEach(setting -> variables.addAll(setting.variables()));
        for (String name : environment.keySet()) {
            boolean foreign = !name.startsWith("OLLAMA_QUEUE_") || variables.contains(name)
                    || name.matches(KUBERNETES);
            String hint = foreign ? "" : Nearest.hint(name, variables);
            if (!hint.isEmpty()) {
                notes.add(name + " has no effect: there is no such setting" + hint);
            }
        }
        table.obsolete().forEach((name, why) -> {
            if (Setting.isVariable(name) ? variable(name) != null : field(name) != null) {
                String told = name + " has no effect: " + why;
                notes.add(Setting.isVariable(name) ? told : file.wrong(field(name).name(), told).getMessage());
            }
        });
        notes.sort(null);
        return notes;
    }

    // ---- values

    private Settings read() {
        Map<String, Value> beside = new HashMap<>();
        Map<String, Value> values = values(table.of(null), this::given, beside);
        Map<String, List<Settings>> lists = new LinkedHashMap<>();
        for (Setting<?> setting : table.all()) {
            if (setting.list() == null) {
                all.put(setting.key(), values.get(setting.key()));
            } else if (!lists.containsKey(setting.list())) {
                lists.put(setting.list(), maps(setting.list(), values, beside.get(setting.list())));
            }
        }
        return new Settings(values, lists, null, null);
    }

    /// @param giving returns what a setting was given, not yet read; null if nothing
    /// @param beside receives, by the key of a setting or list, the stronger value that was given instead of it
    private Map<String, Value> values(List<Setting<?>> settings, Function<Setting<?>, Value> giving,
            Map<String, Value> beside) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            Value given = noting(() -> giving.apply(setting));
            values.put(setting.key(), given == null ? Value.usual(setting) : given);
        }
        for (Setting<?> setting : settings) {
            Setting<?> other = setting.instead();
            if (other != null && Objects.equals(setting.list(), other.list())) {
                choose(values.get(setting.key()), other.key(), values.get(other.key()), beside);
            } else if (other != null && field(other.list()) != null) {
                choose(values.get(setting.key()), other.list(), Value.inFile(other, other.list(),
                        field(other.list()).value(), List.of()), beside);
            }
        }
        values.replaceAll((key, value) -> {
            Value read = beside.containsKey(key) ? value.beside(beside.get(key))
                    : value.source() == Source.DEFAULT ? value : noting(() -> read(value));
            return read == null ? Value.usual(value.setting()) : read;
        });
        return values;
    }

    /// Discards the weaker of two values that exclude each other.
    private void choose(Value one, String otherKey, Value other, Map<String, Value> beside) {
        boolean isStronger = one.source().compareTo(other.source()) < 0;
        if (one.isGiven() && other.isGiven()) {
            beside.put(isStronger ? otherKey : one.setting().key(), isStronger ? one : other);
            if (one.source() == other.source()) {
                problems.add(one.wrong(0, ": " + other.name() + " is given, too; give one of them"));
            }
        }
    }

    private Value read(Value given) {
        try {
            return given.setting().type().check() != null ? pairs(given)
                    : given.as(given.setting().read(given.name(), given.texts()), given.texts());
        } catch (Problem wrong) {
            throw given.node() == null || wrong.place() != null ? wrong : wrong.at(given.node().place());
        }
    }

    private Value given(Setting<?> setting) {
        List<String> words = line.values().get(setting.key());
        if (words != null) {
            String flag = line.flags().get(setting.key());
            return new Value(setting, null, texts(setting, words), flag, null, "flag " + flag, Source.FLAG);
        }
        for (String name : setting.variables()) {
            if (variable(name) != null) {
                return new Value(setting, null, texts(setting, List.of(variable(name))), name, null,
                        "environment " + name, Source.ENVIRONMENT);
            }
        }
        Field field = file == null ? null : file.origin(setting.key());
        if (field == null) {
            return null;
        }
        String name = field.name().text();
        if (setting.type().check() != null) {
            return Value.inFile(setting, name, field.value(), List.of());
        }
        if (setting.type().many() && field.value() instanceof Items list) {
            return Value.inFile(setting, name, list, list.items().stream().map(item -> file.text(name, item)).toList());
        }
        String text = file.text(setting.key());
        return text == null ? null : Value.inFile(setting, name, field.value(), texts(setting, List.of(text)));
    }

    private static List<String> texts(Setting<?> setting, List<String> texts) {
        return !setting.type().many() ? texts : texts.stream().flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip).filter(text -> !text.isEmpty()).toList();
    }

    private Field field(String key) {
        return file == null ? null : file.field(key);
    }

    /// Returns a variable's value; null if it is unset or empty. For a service named `ollama-queue-server`, Kubernetes
    /// sets `OLLAMA_QUEUE_SERVER_PORT=tcp://…`, which does not count.
    private String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() || name.endsWith("_PORT") && value.startsWith("tcp://") ? null
                : value.strip();
    }

    /// Returns null if the part finds an error, which is recorded.
    private <T> T noting(Supplier<T> part) {
        try {
            return part.get();
        } catch (Problem wrong) {
            problems.add(wrong);
            return null;
        }
    }

    // ---- lists of maps, and maps by name, which occur only in the file

    /// A map in a list, or one of several maps by name.
    ///
    /// @param name null in a list
    private record NamedMap(String prefix, Text name, Fields map) {
    }

    /// Reads a list, or maps by name; records every value in it to be shown.
    ///
    /// @param outer   the values of the settings outside lists
    /// @param instead the stronger value that replaces the list; null if the list has effect
    /// @return the maps that have effect
    private List<Settings> maps(String list, Map<String, Value> outer, Value instead) {
        List<Settings> maps = new ArrayList<>();
        Value enabled = outer.get(list.substring(0, list.lastIndexOf('.') + 1) + "enabled");
        boolean isUsed = enabled == null || enabled.read().equals(true);
        for (NamedMap item : items(list)) {
            boolean isRead = isUsed && isEnabled(table.get(list + "[].enabled"), item.prefix, item.map);
            Map<String, Value> values = isRead
                    ? values(table.of(list), setting -> given(setting, item.prefix, item.map), new HashMap<>())
                    : unread(table.of(list), item.prefix, item.map);
            values.forEach((key, value) -> {
                if (value.shown() != null) {
                    all.put(item.prefix + value.setting().inner(), instead == null ? value : value.beside(instead));
                }
            });
            if (isRead && instead == null) {
                maps.add(item.name == null ? new Settings(values, Map.of(), null, null)
                        : new Settings(values, Map.of(), item.name.text(), item.name.place()));
            }
        }
        return maps;
    }

    /// Returns the maps; anything else in their place was refused when the file was opened.
    private List<NamedMap> items(String list) {
        List<NamedMap> items = new ArrayList<>();
        Field field = field(list);
        if (field != null && table.of(list).getFirst().isNamed()) {
            if (field.value() instanceof Fields named) {
                for (Field one : named.fields().values()) {
                    if (one.value() instanceof Fields map) {
                        items.add(new NamedMap(list + "." + one.name().text() + ".", one.name(), map));
                    }
                }
            }
        } else if (field != null) {
            List<Node> nodes = field.value() instanceof Items some ? some.items() : List.of(field.value());
            for (Node node : nodes) {
                if (node instanceof Fields map) {
                    items.add(new NamedMap(list + "[" + items.size() + "].", null, map));
                }
            }
        }
        return items;
    }

    private boolean isEnabled(Setting<?> enabled, String prefix, Fields map) {
        try {
            Value given = enabled == null ? null : given(enabled, prefix, map);
            return given == null || read(given).read().equals(true);
        } catch (Problem toldLater) {
            return true;
        }
    }

    private Value given(Setting<?> setting, String prefix, Fields map) {
        Field field = map.fields().get(setting.inner());
        String name = prefix + setting.inner();
        if (field == null || field.value() instanceof Text text && text.isNothing()) {
            if (setting.isNeeded()) {
                throw file.wrong(map, name + " is missing");
            }
            return null;
        }
        return Value.inFile(setting, name, field.value(), setting.type().check() != null ? List.of()
                : List.of(file.text(name, field.value())));
    }

    /// Returns the text in a map that is not enabled, whose environment variables need not be set.
    private static Map<String, Value> unread(List<Setting<?>> settings, String prefix, Fields map) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            Field field = map.fields().get(setting.inner());
            if (field != null) {
                values.put(setting.key(), Value.inFile(setting, prefix + setting.inner(), field.value(),
                        texts(setting, field.value(), Text::text)));
            }
        }
        return values;
    }

    /// Reads a map of texts, or a list of texts, each of which is both name and value.
    private Value pairs(Value given) {
        Map<String, String> pairs = new LinkedHashMap<>();
        switch (given.node()) {
            case Fields map -> map.fields().values().forEach(field -> pair(pairs, given, field.name(), field.value()));
            case Items list when !given.setting().type().hidden() ->
                    list.items().forEach(item -> pair(pairs, given, item, item));
            case Node other -> throw Problem.badRequest(given.name() + " must be " + given.setting().type().form());
        }
        return given.as(pairs, texts(given.setting(), given.node(), text -> file.text(given.name(), text)));
    }

    /// Adds a pair. An error's place is that of the name or the value, whichever is wrong.
    private void pair(Map<String, String> pairs, Value given, Node name, Node value) {
        PairCheck check = given.setting().type().check();
        Node at = name;
        try {
            String word = name == value ? file.text(given.name(), name).strip() : ((Text) name).text();
            String text = value instanceof Text written && written.isNothing() ? ""
                    : file.text(given.name() + "." + word, value).strip();
            check.check(word, "x");
            at = value;
            check.check(word, text);
            pairs.put(word, text);
        } catch (IllegalArgumentException wrong) {
            problems.add(file.wrong(at, given.name() + ": " + wrong.getMessage()));
        } catch (Problem wrong) {
            problems.add(wrong);
        }
    }

    /// Returns the texts to show for a node.
    private static List<String> texts(Setting<?> setting, Node node, Function<Text, String> reading) {
        boolean hidden = setting.type().hidden();
        return switch (node) {
            case Text text -> List.of(hidden ? Setting.MASK : reading.apply(text));
            case Items list -> list.items().stream().flatMap(item -> texts(setting, item, reading).stream()).toList();
            case Fields map -> map.fields().values().stream().map(field -> field.name().text() + ": "
                    + String.join(",", texts(setting, field.value(), reading))).toList();
        };
    }
}
