package server.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.executor.ExecutorRegistry;
import server.executor.HostAddress;
import server.executor.Limits;
import server.settings.Settings.Value;
import shared.Problem;
import shared.config.ConfigFile;
import shared.config.KnownKeys;
import shared.config.Node;
import shared.config.Node.Field;
import shared.config.Node.Fields;
import shared.config.Node.Items;
import shared.config.Node.Text;

/// Reads the settings that are lists of maps. They stand in the file alone.
final class Lists {

    private final ConfigFile file;
    private final Map<String, Value> values;
    private final List<String> problems;
    private final List<Opened> opened = new ArrayList<>();

    /// A host that the server would open.
    ///
    /// @param urlKey   the key of its address
    /// @param kind     null: whichever serves the address
    /// @param settings all that is said of it
    private record Opened(Entry entry, String urlKey, String kind, Object settings, HostAddress address) {
    }

    /// @param file     null: none
    /// @param values   takes every value that is given, under its key with its index
    /// @param problems takes what is wrong
    Lists(ConfigFile file, Map<String, Value> values, List<String> problems) {
        this.file = file;
        this.values = values;
        this.problems = problems;
    }

    List<HostSettings> hosts() {
        List<HostSettings> hosts = new ArrayList<>();
        for (Entry entry : entries("ollama.hosts")) {
            entry.needs("url");
            Integer most = (Integer) entry.read("max_concurrent");
            HostSettings host = new HostSettings(entry.text("name"), entry.text("url"),
                    (Integer) entry.read("weight"), most == null ? 0 : most);
            hosts.add(host);
            opened.add(new Opened(entry, "url", null, host, host.address(Limits.DEFAULT)));
        }
        return hosts;
    }

    /// @param enabled if not, they are only shown, so no variable need be set
    List<EndpointSettings> endpoints(boolean enabled) {
        List<EndpointSettings> endpoints = new ArrayList<>();
        for (Entry entry : entries("remote_scheduling.endpoints")) {
            if (!enabled || !(Boolean) entry.read("enabled")) {
                entry.show();
            } else {
                entry.needs("name");
                entry.needs("base_url");
                EndpointSettings endpoint = endpoint(entry);
                endpoints.add(endpoint);
                opened.add(new Opened(entry, "base_url", EndpointSettings.KIND, endpoint,
                        endpoint.address(Limits.DEFAULT)));
            }
        }
        return endpoints;
    }

    private EndpointSettings endpoint(Entry entry) {
        String key = entry.text("api_key");
        String keyFile = entry.text("api_key_file");
        if (key != null && keyFile != null) {
            problems.add(file.wrong(entry.map, "api_key and api_key_file are both given; give one of them")
                    .getMessage());
        } else if (keyFile != null) {
            key = entry.secret("api_key_file", keyFile);
        }
        return new EndpointSettings(entry.text("name"), entry.text("base_url"), key,
                (Integer) entry.read("priority"), (Integer) entry.read("max_concurrent"), entry.map("models"),
                (Duration) entry.read("timeout"), entry.map("headers"));
    }

    /// Asks the kinds of host whether they would open what was read, and sees to it that no two have one name.
    ///
    /// @param kinds null: the plug-ins cannot be used, so of local hosts nothing can be said
    /// @param local whether the local hosts of the file are those that count
    /// @param names those that are taken
    void check(ExecutorRegistry kinds, boolean local, Map<String, Object> names) {
        for (Opened one : opened) {
            if (one.kind == null && kinds == null || one.address.url() == null) {
                continue;
            }
            Entry entry = one.entry;
            String name = one.address.name();
            try {
                String own = (kinds == null ? ExecutorRegistry.load() : kinds).check(one.kind, one.address);
                name = name == null ? own : name;
            } catch (Problem wrong) {
                entry.note(Problem.badRequest(entry.what(one.urlKey) + ": " + wrong.getMessage()));
            }
            Object same = name == null || one.kind == null && !local ? null : names.putIfAbsent(name, one.settings);
            if (same != null && (one.address.name() != null || !same.equals(one.settings))) {
                entry.note(Problem.badRequest(entry.what(one.address.name() == null ? one.urlKey : "name")
                        + " is the name of another one, too; give each host a name of its own"));
            }
        }
    }

    private List<Entry> entries(String key) {
        Field field = file == null ? null : file.field(key);
        List<Entry> entries = new ArrayList<>();
        if (field != null) {
            List<Node> items = field.value() instanceof Items list ? list.items() : List.of(field.value());
            for (Node item : items) {
                // another item was refused when the file was opened
                if (item instanceof Fields map) {
                    entries.add(new Entry(key, entries.size(), map));
                }
            }
        }
        return entries;
    }

    /// A map in a list.
    private final class Entry {

        private final String list;
        private final int index;
        private final Fields map;

        Entry(String list, int index, Fields map) {
            this.list = list;
            this.index = index;
            this.map = map;
        }

        void needs(String name) {
            if (node(name) == null) {
                problems.add(file.wrong(map, key(name) + " is missing").getMessage());
            }
        }

        /// Null if absent or empty.
        String text(String name) {
            Object text = read(name);
            return text == null || text.toString().isEmpty() ? null : text.toString();
        }

        /// As its type reads it, or its default; the default also where it is wrong, for the problem is noted.
        Object read(String name) {
            Setting row = Table.get(list + "[]." + name);
            Object otherwise = row.fallback() == null ? null : row.type().read(name, List.of(row.fallback()));
            if (node(name) == null) {
                if (otherwise != null) {
                    values.put(key(name), new Value(null, row.fallback(), "default", "", Settings.DEFAULT));
                }
                return otherwise;
            }
            try {
                String text = file.text(key(name), node(name));
                Object read = row.type().read(what(name), List.of(text));
                show(name, text);
                return read;
            } catch (Problem problem) {
                note(problem);
                return otherwise;
            }
        }

        String secret(String name, String path) {
            try {
                return SecretFile.read(what(name), Path.of(path));
            } catch (Problem problem) {
                note(problem);
                return null;
            }
        }

        /// A map, or a list of texts that stand for themselves.
        Map<String, String> map(String name) {
            Map<String, String> map = new LinkedHashMap<>();
            boolean headers = name.equals("headers");
            try {
                switch (node(name)) {
                    case null -> { }
                    case Fields fields -> fields.fields().forEach((word, field) -> {
                        String text = isNothing(field.value()) ? ""
                                : file.text(key(name) + "." + word, field.value()).strip();
                        if (headers ? goodHeader(map, field, text) : good(name, field.value(), text)) {
                            map.put(word, text);
                        }
                    });
                    case Items items when !headers -> items.items().forEach(item -> {
                        String text = file.text(key(name), item).strip();
                        if (good(name, item, text)) {
                            map.put(text, text);
                        }
                    });
                    case Node other -> throw file.wrong(other, key(name) + " must be " + Table.get(list + "[]." + name)
                            .type().says());
                }
            } catch (Problem problem) {
                note(problem);
            }
            if (!map.isEmpty()) {
                StringBuilder shown = new StringBuilder();
                map.forEach((word, text) -> shown.append(shown.isEmpty() ? "" : ",").append(word)
                        .append(headers ? ": " + Settings.MASK : word.equals(text) ? "" : ": " + text));
                put(name, shown.toString());
            }
            return map;
        }

        /// The message's place is that of the name or that of the value, whichever is wrong.
        private boolean goodHeader(Map<String, String> before, Field field, String value) {
            String name = field.name().text();
            try {
                HostAddress.checkHeader(name, "");
                if (before.keySet().stream().anyMatch(name::equalsIgnoreCase)) {
                    throw new IllegalArgumentException("the header \"" + name + "\" is given twice; give it once");
                }
            } catch (IllegalArgumentException wrong) {
                note(file.wrong(field.name(), key("headers") + ": " + wrong.getMessage()));
                return false;
            }
            try {
                HostAddress.checkHeader(name, value);
                return true;
            } catch (IllegalArgumentException wrong) {
                note(file.wrong(field.value(), key("headers") + ": " + wrong.getMessage()));
                return false;
            }
        }

        private boolean good(String name, Node place, String text) {
            boolean good = !text.isEmpty() && text.chars().noneMatch(Character::isISOControl);
            if (!good) {
                note(file.wrong(place, key(name) + " must name a model, not be empty or hold control characters"));
            }
            return good;
        }

        /// Shows what is written of an endpoint that is not used. Its variables need not be set.
        void show() {
            map.fields().forEach((name, field) -> {
                if (node(name) == null || !KnownKeys.ALL.containsKey(list + "[]." + name)) {
                    return;
                }
                boolean hidden = Table.get(list + "[]." + name).type().hidden();
                StringBuilder shown = new StringBuilder();
                switch (field.value()) {
                    case Text text -> show(name, text.text());
                    case Items items -> items.items().forEach(item -> shown.append(shown.isEmpty() ? "" : ",")
                            .append(hidden ? Settings.MASK : item instanceof Text text ? text.text() : "..."));
                    case Fields fields -> fields.fields().forEach((word, inner) -> shown.append(shown.isEmpty() ? ""
                            : ",").append(word).append(": ").append(name.equals("models")
                            && inner.value() instanceof Text text ? text.text() : Settings.MASK));
                }
                if (!shown.isEmpty()) {
                    put(name, shown.toString());
                }
            });
        }

        private Node node(String name) {
            Field field = map.fields().get(name);
            return field == null || isNothing(field.value()) ? null : field.value();
        }

        private String key(String name) {
            return list + "[" + index + "]." + name;
        }

        /// A key with its place, as messages begin.
        private String what(String name) {
            return file.wrong(node(name), key(name)).getMessage();
        }

        private void show(String name, String text) {
            put(name, Table.get(list + "[]." + name).type().hidden() && !text.isEmpty() ? Settings.MASK
                    : Settings.masked(text));
        }

        private void put(String name, String shown) {
            String origin = file.name() + ", line " + node(name).place().line();
            values.put(key(name), new Value(null, shown, origin, what(name), Settings.FILE));
        }

        private void note(Problem problem) {
            if (!problems.contains(problem.getMessage())) {
                problems.add(problem.getMessage());
            }
        }
    }

    private static boolean isNothing(Node node) {
        return node instanceof Text text && text.isNothing();
    }
}
