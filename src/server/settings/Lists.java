package server.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.settings.Settings.Value;
import shared.Problem;
import shared.config.ConfigFile;
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
            if (entry.needs("url")) {
                Integer most = (Integer) entry.read("max_concurrent");
                hosts.add(new HostSettings(entry.text("name"), entry.text("url"), (Integer) entry.read("weight"),
                        most == null ? 0 : most));
            }
            entry.end(hosts.stream().limit(Math.max(0, hosts.size() - 1)).map(HostSettings::name).toList());
        }
        return hosts;
    }

    /// @param enabled if not, nothing is looked at, so no variable need be set
    List<EndpointSettings> endpoints(boolean enabled) {
        List<EndpointSettings> endpoints = new ArrayList<>();
        for (Entry entry : enabled ? entries("remote_scheduling.endpoints") : List.<Entry>of()) {
            if ((Boolean) entry.read("enabled") && entry.needs("name") & entry.needs("base_url")) {
                endpoints.add(endpoint(entry));
                entry.end(endpoints.stream().limit(endpoints.size() - 1).map(EndpointSettings::name).toList());
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

        boolean needs(String name) {
            if (node(name) == null) {
                problems.add(file.wrong(map, key(name) + " is missing").getMessage());
            }
            return node(name) != null;
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
                return otherwise;
            }
            try {
                String text = file.text(key(name), node(name));
                Object read = row.type().read(file.wrong(node(name), key(name)).getMessage(), List.of(text));
                show(name, row.type().hidden() && !text.isEmpty() ? Settings.MASK : Settings.masked(text));
                return read;
            } catch (Problem problem) {
                note(problem);
                return otherwise;
            }
        }

        String secret(String name, String path) {
            try {
                return SecretFile.read(file.wrong(node(name), key(name)).getMessage(), java.nio.file.Path.of(path));
            } catch (Problem problem) {
                note(problem);
                return null;
            }
        }

        /// A map, or a list or one text that stand for themselves.
        Map<String, String> map(String name) {
            Map<String, String> map = new LinkedHashMap<>();
            boolean secret = Table.get(list + "[]." + name).type().hidden();
            try {
                switch (node(name)) {
                    case null -> { }
                    case Fields fields -> fields.fields().forEach((word, field) -> map.put(word,
                            file.text(key(name) + "." + word, field.value())));
                    case Items items when !secret -> items.items().forEach(item -> {
                        String text = file.text(key(name), item);
                        map.put(text, text);
                    });
                    case Node other -> throw file.wrong(other, key(name) + " must be " + Table.get(list + "[]." + name)
                            .type().says());
                }
            } catch (Problem problem) {
                note(problem);
            }
            map.replaceAll((word, text) -> text.strip());
            if (!map.isEmpty()) {
                StringBuilder shown = new StringBuilder();
                map.forEach((word, text) -> shown.append(shown.isEmpty() ? "" : ",").append(word)
                        .append(secret ? ": " + Settings.MASK : word.equals(text) ? "" : ": " + text));
                show(name, shown.toString());
            }
            return map;
        }

        /// Says so if another entry has this one's name.
        void end(List<String> names) {
            if (node("name") != null && names.contains(text("name"))) {
                problems.add(file.wrong(node("name"), key("name") + " is the name of another one, too").getMessage());
            }
        }

        private Node node(String name) {
            Field field = map.fields().get(name);
            return field == null || field.value() instanceof Text text && text.isNothing() ? null : field.value();
        }

        private String key(String name) {
            return list + "[" + index + "]." + name;
        }

        private void show(String name, String shown) {
            values.put(key(name), new Value(null, shown, file.name() + ", line " + node(name).line(), 2));
        }

        private void note(Problem problem) {
            if (!problems.contains(problem.getMessage())) {
                problems.add(problem.getMessage());
            }
        }
    }
}
