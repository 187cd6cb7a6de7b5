package fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import shared.Problem;
import shared.config.ConfigFile;
import shared.config.Node;
import shared.config.Yaml;
import shared.json.JsonWriter;

/// YAML and settings files: a refusal has its place, and accepted input reads the same when it is written in brackets.
final class YamlSubject implements Subject {

    private static final Map<String, String> KNOWN = Map.of("server.port", "server.port", "server.token",
            "server.token", "log_level", "log_level", "endpoints[].name", "endpoints[].name", "endpoints[].models",
            "endpoints[].models", "clients{}.weight", "clients{}.weight", "listen_addr", "listen_addr");

    @Override
    public String name() {
        return "yaml";
    }

    @Override
    public List<byte[]> corpus() {
        try {
            return Arrays.stream(Files.readString(Path.of("test/fuzz/corpus/yaml.txt")).split("(?m)^====\n"))
                    .map(Mutator::utf8).toList();
        } catch (IOException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public List<String> words() {
        return List.of(": ", ":\n  ", "- ", "\n- ", "\n  ", "\n    ", "\t", "#", " # ", "[", "]", "{", "}", ", ", "\"",
                "'", "''", "\\x41", "\\u00e9", "\\U0001F600", "\\\n", "|", ">", "|-", ">+2", "---", "\n...\n", "%YAML",
                "&a", "*a", "!!str", "? ", "~", "null", "${PORT}", "${X:-y}", "$${", "${", "port: 1", "name: x",
                "<<: ");
    }

    @Override
    public String take(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            String told = told(Yaml.read("f", text), new JsonWriter()).toString();
            assertEquals(told, told(Yaml.read("f", told), new JsonWriter()).toString());
            ConfigFile file = new ConfigFile("f", text, name -> name.equals("PORT") ? "8080" : null, KNOWN, null);
            file.problems().forEach(YamlSubject::check);
            for (String key : file.keys()) {
                if (file.field(key) != null) {
                    file.text(key);
                }
            }
            return file.problems().stream().map(Subject::way).sorted().distinct().collect(Collectors.joining());
        } catch (Problem refused) {
            check(refused);
            return Subject.way(refused);
        }
    }

    private static void check(Problem refused) {
        String message = refused.getMessage();
        assertTrue(message.matches("(?s)f, line [1-9]\\d*, column [1-9]\\d*: .+"), message);
        assertTrue(message.length() < 2_000, message);
    }

    private static JsonWriter told(Node node, JsonWriter out) {
        switch (node) {
            case Node.Text text -> out.string(text.text());
            case Node.Items list -> {
                out.beginArray();
                list.items().forEach(item -> told(item, out));
                out.endArray();
            }
            case Node.Fields map -> {
                out.beginObject();
                map.fields().forEach((name, field) -> told(field.value(), out.name(name)));
                out.endObject();
            }
        }
        return out;
    }

    /// Lines are counted once for each place, and settings are looked at twice.
    @Override
    public long bytesMax(int length) {
        return (2 << 20) + 2_000L * length;
    }
}
