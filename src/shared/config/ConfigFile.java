package shared.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import shared.Nearest;
import shared.Problem;
import shared.Utf8;

/// The settings in a file, by today's keys. The keys are checked at once; a value is read only when it is asked for, so
/// the client does not fail because of a variable that only the server has.
public final class ConfigFile {

    private final String name;
    private final UnaryOperator<String> environment;
    private final Map<String, String> known;
    private final String section;
    private final Map<String, Node.Field> values = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /// Reads the settings in a text.
    ///
    /// @param name        the file's name in messages
    /// @param environment returns a variable's value, null if it is not set
    /// @param known       each name that the file may contain, with its name today; `[]` marks a list of maps, `{}`
    ///                    maps by name
    /// @param section     the only section whose keys are checked; null: all sections
    /// @throws Problem if it is not YAML; [#problems] has unknown keys
    public ConfigFile(String name, String text, UnaryOperator<String> environment, Map<String, String> known,
            String section) {
        this.name = name;
        this.environment = environment;
        this.known = known;
        this.section = section;
        Node root = Yaml.read(name, text);
        if (root instanceof Node.Fields map) {
            take(map, "");
        } else if (!isNothing(root)) {
            throw wrong(root, "settings are lines such as `server:` and, indented below it, `port: 8080`");
        }
    }

    /// Reads a file.
    ///
    /// @throws Problem if it does not exist or cannot be read
    public static ConfigFile read(Path path, UnaryOperator<String> environment, Map<String, String> known,
            String section) {
        try {
            String name = path.toString();
            return new ConfigFile(name, Utf8.decode(name, Files.readAllBytes(path)), environment, known, section);
        } catch (IOException unreadable) {
            throw Problem.badRequest("cannot read " + path + ": " + (unreadable instanceof NoSuchFileException
                    ? "there is no such file" : unreadable instanceof AccessDeniedException ? "permission denied"
                    : unreadable.getMessage()));
        }
    }

    /// Returns the paths where the file may be, for both programs, the first to try first.
    public static List<Path> places(UnaryOperator<String> environment) {
        String home = environment.apply("HOME");
        return List.of(Path.of(home == null || home.isEmpty() ? System.getProperty("user.home", "/") : home,
                ".ollama-queue", "config.yaml"), Path.of("/etc/ollama-queue/config.yaml"));
    }

    /// Returns the file's name, for messages.
    public String name() {
        return name;
    }

    /// Returns the errors in keys: unknown ones, and those that are given twice.
    public List<Problem> problems() {
        return problems;
    }

    /// Returns the keys that are given, by today's names.
    public Set<String> keys() {
        return new TreeSet<>(values.keySet());
    }

    /// Returns a key's value, and its name in the file with its sections; null if the key is not given, or has no
    /// value.
    public Node.Field field(String key) {
        Node.Field field = values.get(key);
        return field == null || isNothing(field.value()) ? null : field;
    }

    /// Returns the same as [#field]; for a part of `listen_addr` without a key of its own, returns that value, named as
    /// that part.
    public Node.Field origin(String key) {
        Node.Field whole = key.equals("server.host") || key.equals("server.port") ? field("listen_addr") : null;
        return field(key) != null || whole == null ? field(key) : new Node.Field(new Node.Text(whole.name().place(),
                "listen_addr, its " + key.substring("server.".length()) + ",", true), whole.value());
    }

    /// Returns a value that is one text, with its variables replaced; null if the key is not given.
    ///
    /// @throws Problem if it is not one text, or a variable is not set
    public String text(String key) {
        Node.Field field = field(key);
        if (field != null) {
            return text(field.name().text(), field.value());
        }
        String address = key.equals("server.host") || key.equals("server.port") ? text("listen_addr") : null;
        if (address == null) {
            return null;
        }
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
        String port = colon < 0 || colon + 1 == address.length() ? null : address.substring(colon + 1);
        return key.equals("server.port") ? port : host.isEmpty() ? "0.0.0.0" : host;
    }

    /// Returns a node's text with `${NAME}` and `${NAME:-default}` replaced; `$${` stands for `${`.
    ///
    /// @param key the key's name in messages
    /// @throws Problem with its place, if the node is a list or a map, or a variable is not set
    public String text(String key, Node node) {
        if (!(node instanceof Node.Text scalar)) {
            throw wrong(node, key + " must be one value, not a list or a map");
        }
        String text = scalar.text();
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > from && text.charAt(at - 1) == '$') {
                out.append(text, from, at).append('{');
                from = at + 2;
                continue;
            }
            int end = text.indexOf('}', at);
            String inside = end < 0 ? "" : text.substring(at + 2, end);
            int colon = inside.indexOf(":-");
            String variable = colon < 0 ? inside : inside.substring(0, colon);
            if (!variable.matches("[A-Za-z_][A-Za-z0-9_]*") || inside.contains("${")) {
                throw wrong(node, key + " holds a ${ that begins no ${NAME} or ${NAME:-default}; "
                        + "$${ stands for the characters themselves");
            }
            String value = environment.apply(variable);
            if (colon >= 0 && (value == null || value.isEmpty())) {
                value = inside.substring(colon + 2);
            }
            if (value == null) {
                throw wrong(node, key + " needs the environment variable " + variable + ", which is not set; ${"
                        + variable + ":-default} would do without");
            }
            out.append(text, from, at).append(value);
            from = end + 1;
        }
        return out.append(text, from, text.length()).toString();
    }

    /// Makes a problem with a place in this file.
    public Problem wrong(Node node, String message) {
        return Problem.badRequest(message).at(node.place());
    }

    private void take(Node.Fields map, String prefix) {
        for (Node.Field field : map.fields().values()) {
            String key = prefix + field.name().text();
            String today = known.get(key);
            if (today != null) {
                Node.Field whole = new Node.Field(new Node.Text(field.name().place(), key, true), field.value());
                Node.Field before = prefix.matches(".*(\\[]|\\{})\\.") ? null : values.putIfAbsent(today, whole);
                if (before != null) {
                    refuse(key, field.name(), key + " is given already, as " + before.name().text() + " on line "
                            + before.name().place().line());
                }
            } else if (isPrefix(key + "[].")) {
                values.put(key, field);
                for (Node item : field.value() instanceof Node.Items list ? list.items() : List.of(field.value())) {
                    if (item instanceof Node.Fields inner) {
                        take(inner, key + "[].");
                    } else if (item != field.value() || !isNothing(item)) {
                        refuse(key, item, key + " must be a list of maps, each `- name: ...` with its keys below");
                    }
                }
            } else if (isPrefix(key + "{}.")) {
                values.put(key, field);
                takeNamed(key, field.value());
            } else if (!isPrefix(key + ".")) {
                refuse(key, field.name(), "unknown key " + Problem.shown(named(key)) + named(hint(prefix, key)));
            } else if (field.value() instanceof Node.Fields inner) {
                take(inner, key + ".");
            } else if (!isNothing(field.value())) {
                refuse(key, field.value(), key + " must hold keys, indented below it");
            }
        }
    }

    private void takeNamed(String key, Node value) {
        if (value instanceof Node.Fields named) {
            for (Node.Field one : named.fields().values()) {
                if (one.value() instanceof Node.Fields inner) {
                    take(inner, key + "{}.");
                } else if (!isNothing(one.value())) {
                    refuse(key, one.value(), key + "." + one.name().text() + " must hold keys, indented below it");
                }
            }
        } else if (!isNothing(value)) {
            refuse(key, value, key + " must hold names, each with its keys indented below it");
        }
    }

    /// Returns the key of a map by name, for people.
    private static String named(String key) {
        return key.replace("{}", ".NAME");
    }

    /// Records an error if it is in a section that is checked, or in what may be meant to be one.
    private void refuse(String key, Node node, String message) {
        String first = key.split("[.\\[{]", 2)[0];
        if (section == null || !isPrefix(first + ".") && !Nearest.hint(first, List.of(section)).isEmpty()
                || first.equals(section)) {
            problems.add(wrong(node, message));
        }
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Text text && text.isNothing();
    }

    private boolean isPrefix(String prefix) {
        return known.keySet().stream().anyMatch(known -> known.startsWith(prefix));
    }

    /// Returns the most similar of the keys allowed there; failing that, a key elsewhere with this name, or a list.
    private String hint(String prefix, String key) {
        Set<String> here = new TreeSet<>();
        Set<String> elsewhere = new TreeSet<>();
        String last = "." + key.substring(prefix.length());
        for (String one : known.keySet()) {
            if (one.startsWith(prefix)) {
                here.add(prefix + one.substring(prefix.length()).replaceAll("[.\\[{].*", ""));
            }
            int at = one.endsWith(last) ? one.length() - last.length() : one.indexOf(last + "[].");
            if (at >= 0) {
                elsewhere.add(one.substring(0, at + last.length()));
            }
        }
        String hint = Nearest.hint(key, here);
        return !hint.isEmpty() || elsewhere.isEmpty() ? hint : "; did you mean " + String.join(" or ", elsewhere) + "?";
    }
}
