package shared.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import shared.Problem;
import shared.TextPlace;

/// Random documents: what was written is read. What is damaged is a matter of `fuzz`.
class YamlFuzzTest {

    private static final int RUNS = 4_000;
    private static final String[] TEXTS = {"a", "b c", "1", "x:y", "it's", "-", "- a", "", "# no", "a # b", "a: b", "[",
        "{}", "\"q\"", "~", "null", "yes", "\\n", "%a", "@", "${X:-y}", "\u00e9\ud83d\ude00", "trail ", " lead", "a\tb",
        "two\nlines", "two\n\nlines\n", " deep\nlines"};

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void read_whatWasWritten_isTheSame() {
        for (int run = 0; run < RUNS; run++) {
            Object value = value(0);
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "" : "---\n");
            write(text, value, 0, true);
            text.append('\n');
            String context = "seed " + seed + "\n" + text;
            try {
                assertEquals(json(value), YamlTest.json(Yaml.read("f", text.toString())), context);
            } catch (Problem refused) {
                throw new AssertionError(context, refused);
            }
        }
    }

    private Object value(int depth) {
        int kind = random.nextInt(depth > 3 ? 1 : 3);
        if (kind == 0 && depth > 0) {
            return TEXTS[random.nextInt(TEXTS.length)];
        }
        int size = random.nextInt(4);
        if (kind == 1) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                list.add(value(depth + 1));
            }
            return list;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            map.put(TEXTS[random.nextInt(5)] + i, value(depth + 1));
        }
        return map;
    }

    /// Writes a value in one of the ways that there are.
    ///
    /// @param column where the lines above begin
    /// @param own    whether it stands at the beginning of a line
    private void write(StringBuilder out, Object value, int column, boolean own) {
        int inner = Math.max(0, column);
        if (value instanceof String text) {
            text(out, text, inner, false);
        } else if (random.nextInt(4) == 0 || size(value) == 0) {
            flow(out, value);
        } else if (value instanceof List<?> list) {
            int indent = own ? inner : inner + 1 + random.nextInt(3);
            boolean first = own;
            for (Object item : list) {
                out.append(first ? "" : "\n" + " ".repeat(indent)).append("- ");
                write(out, item, indent + 2, item instanceof Map && random.nextBoolean());
                first = false;
            }
        } else {
            int indent = own ? inner : inner + 1 + random.nextInt(3);
            boolean first = own;
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                out.append(first ? "" : (random.nextInt(6) > 0 ? "\n" : "\n\n# a comment\n") + " ".repeat(indent));
                key(out, (String) entry.getKey());
                out.append(": ");
                write(out, entry.getValue(), indent, false);
                first = false;
            }
        }
    }

    private void flow(StringBuilder out, Object value) {
        String space = random.nextBoolean() ? " " : "";
        if (value instanceof String text) {
            text(out, text, 0, true);
        } else if (value instanceof List<?> list) {
            out.append('[').append(space);
            list.forEach(item -> {
                flow(out, item);
                out.append(',').append(space);
            });
            out.append(']');
        } else {
            out.append('{').append(space);
            ((Map<?, ?>) value).forEach((name, item) -> {
                key(out, (String) name);
                out.append(": ");
                flow(out, item);
                out.append(", ");
            });
            out.append('}');
        }
    }

    private void key(StringBuilder out, String name) {
        out.append(random.nextBoolean() ? name : "'" + name.replace("'", "''") + "'");
    }

    private void text(StringBuilder out, String text, int column, boolean flow) {
        boolean plain = text.matches("[\\w$][\\w:${}-]*( [\\w']+)*") && !text.contains(": ")
                && (!flow || text.matches("[\\w ]+"));
        boolean block = !flow && text.matches("\\S(.|\\n)*");
        switch (random.nextInt(4)) {
            case 0 -> {
                if (plain) {
                    out.append(text);
                    return;
                }
            }
            case 1 -> {
                if (!text.contains("\n")) {
                    out.append('\'').append(text.replace("'", "''")).append('\'');
                    return;
                }
            }
            case 2 -> {
                if (block) {
                    int ends = text.length() - text.stripTrailing().length();
                    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
                    if (!body.endsWith("\n") && ends <= 1) {
                        String indent = " ".repeat(column + 2);
                        out.append(text.endsWith("\n") ? "|" : "|-").append('\n').append(indent)
                                .append(body.replace("\n", "\n" + indent));
                        return;
                    }
                }
            }
            default -> { }
        }
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                .replace("\t", "\\t")).append('"');
    }

    private static int size(Object value) {
        return value instanceof List<?> list ? list.size() : ((Map<?, ?>) value).size();
    }

    private static String json(Object value) {
        if (value instanceof String text) {
            return YamlTest.json(new Node.Text(new TextPlace("f", 1, 1, ""), text, false));
        }
        StringBuilder out = new StringBuilder();
        if (value instanceof List<?> list) {
            list.forEach(item -> out.append(out.isEmpty() ? "[" : ",").append(json(item)));
            return out.isEmpty() ? "[]" : out + "]";
        }
        ((Map<?, ?>) value).forEach((name, item) -> out.append(out.isEmpty() ? "{\"" : ",\"").append(name)
                .append("\":").append(json(item)));
        return out.isEmpty() ? "{}" : out + "}";
    }
}
