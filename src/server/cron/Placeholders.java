package server.cron;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import shared.Nearest;
import shared.Problem;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The placeholders in double braces that a template's prompts may contain, as in `Report of {{date}}`. They are
/// replaced only where a template has text for a model, at its top level and in its payload: Ollama's own `template`,
/// for instance, has braces with another meaning. A backslash before the braces keeps them: `\\{{date}}` is the text
/// `{{date}}`.
final class Placeholders {

    static final List<String> NAMES = List.of("date", "time", "datetime", "timezone", "run_count", "name",
            "last_result");

    private static final Pattern PLACEHOLDER = Pattern.compile("(\\\\?)(\\{\\{ *([A-Za-z_][A-Za-z0-9_]*) *}})");
    private static final Set<String> TEXTS = Set.of("prompt", "system", "input", "suffix", "content", "text",
            "instructions");
    private static final Set<String> HOLDERS = Set.of("payload", "messages");

    private final UnaryOperator<String> values;

    private Placeholders(UnaryOperator<String> values) {
        this.values = values;
    }

    /// Checks the placeholders of a template.
    ///
    /// @throws Problem 400 if one has an unknown name
    static void check(Slice template) {
        expand(template, name -> "");
    }

    /// Returns the template with its placeholders replaced by values; itself if it has none.
    ///
    /// @param values returns a value by name; called only for names that occur
    static Slice expand(Slice template, UnaryOperator<String> values) {
        String text = new String(template.bytes(), template.from(), template.length(), StandardCharsets.ISO_8859_1);
        // outside strings, JSON cannot contain two opening braces in a row
        if (!text.contains("{{") && !text.contains("\\u007")) {
            return template;
        }
        JsonWriter out = new JsonWriter(template.length() + 256);
        new Placeholders(values).copy(JsonReader.ofOwn(template), out, false);
        return new Slice(out.buffer(), 0, out.length());
    }

    /// Copies a value.
    ///
    /// @param isText whether a string here is text for a model
    private void copy(JsonReader in, JsonWriter out, boolean isText) {
        if (in.peek() == Kind.OBJECT) {
            in.beginObject();
            out.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                out.name(name);
                if (TEXTS.contains(name) || HOLDERS.contains(name)) {
                    copy(in, out, TEXTS.contains(name));
                } else {
                    out.raw(in.raw());
                }
            }
            out.endObject();
        } else if (in.peek() == Kind.ARRAY) {
            in.beginArray();
            out.beginArray();
            while (in.nextElement()) {
                copy(in, out, isText);
            }
            out.endArray();
        } else if (isText && in.peek() == Kind.STRING) {
            Matcher found = PLACEHOLDER.matcher(in.string());
            out.string(found.replaceAll(one -> Matcher.quoteReplacement(one.group(1).isEmpty() ? value(one.group(3))
                    : one.group(2))));
        } else {
            out.raw(in.raw());
        }
    }

    private String value(String name) {
        if (!NAMES.contains(name)) {
            String hint = Nearest.hint(name, NAMES);
            throw Problem.badRequest("unknown placeholder {{" + name + "}}"
                    + (hint.isEmpty() ? "; there are " + String.join(", ", NAMES) : hint)
                    + "; for the braces themselves write a backslash before them: \\{{" + name + "}}");
        }
        return values.apply(name);
    }
}
