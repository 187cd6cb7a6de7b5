package server.openapi;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import shared.json.JsonWriter;

/// The shapes of JSON values, by name. A text has one on each line:
///
/// ```
/// Span = low:number high:number                           members; text where no type is given
/// Task = id ...terms retry_at?:time error|null            those of another shape; one that may be absent, or null
/// Mode = running|paused                                   one of these words
/// ```
///
/// A shape whose name begins with a lower-case letter is only a part of others. A type is `text int number bool time
/// duration priority object any`, the name of another shape, `[TYPE]` for an array of these and `{TYPE}` for an object
/// with any names.
public final class Shapes {

    private static final String NULL = "|null";
    private static final Pattern AFTER_NAME = Pattern.compile("[?:|].*");

    private final Map<String, String> shapes = new LinkedHashMap<>();

    /// Adds the shapes of a text.
    ///
    /// @return this
    public Shapes add(String text) {
        text.lines().forEach(line -> {
            String[] nameAndForm = line.strip().split(" = ", 2);
            shapes.put(nameAndForm[0], nameAndForm[1]);
        });
        return this;
    }

    /// Adds a shape whose values are these words.
    ///
    /// @return this
    public Shapes words(String name, Stream<String> words) {
        shapes.put(name, words.collect(Collectors.joining("|")));
        return this;
    }

    /// Adds the shape of a request, in which every field may be absent.
    ///
    /// @param fields the names that its reader knows
    /// @param types  the names of shapes with members of these names; the first that has a member determines its type
    /// @return this
    public Shapes request(String name, Collection<String> fields, String... types) {
        shapes.put(name, fields.stream().map(field -> field + "?:" + Stream.of(types).flatMap(this::members)
                .filter(member -> nameOf(member).equals(field)).map(Shapes::typeOf).findFirst().orElse("any"))
                .collect(Collectors.joining(" ")));
        return this;
    }

    /// Returns the type of a shape's member; `text` if the shape does not have it.
    String typeOf(String shape, String name) {
        return members(shape).filter(member -> nameOf(member).equals(name)).map(Shapes::typeOf).findFirst()
                .orElse("text");
    }

    /// Writes all shapes as JSON Schema, by name.
    void write(JsonWriter out) {
        out.beginObject();
        shapes.keySet().stream().filter(name -> Character.isUpperCase(name.charAt(0))).forEach(name -> {
            out.name(name).beginObject();
            form(out, name);
            out.endObject();
        });
        out.endObject();
    }

    /// Writes the schema of a type.
    static void type(JsonWriter out, String type) {
        out.beginObject();
        if (type.endsWith(NULL)) {
            out.name("anyOf").beginArray();
            type(out, type.substring(0, type.length() - NULL.length()));
            out.beginObject().name("type").string("null").endObject().endArray();
        } else if (type.startsWith("[")) {
            type(out.name("type").string("array").name("items"), inside(type));
        } else if (type.startsWith("{")) {
            type(out.name("type").string("object").name("additionalProperties"), inside(type));
        } else {
            switch (type) {
                case "any" -> { }
                case "int" -> out.name("type").string("integer");
                case "bool" -> out.name("type").string("boolean");
                case "number", "object" -> out.name("type").string(type);
                case "text" -> out.name("type").string("string");
                case "time" -> out.name("type").string("string").name("format").string("date-time");
                case "priority" -> out.name("type").beginArray().string("integer").string("string").endArray();
                case "duration" -> out.name("type").string("string").name("examples").beginArray().string("1h30m")
                        .endArray();
                default -> out.name("$ref").string("#/components/schemas/" + type);
            }
        }
        out.endObject();
    }

    private void form(JsonWriter out, String name) {
        String form = shapes.get(name);
        if (isWords(form)) {
            out.name("type").string("string").name("enum").beginArray();
            Stream.of(form.split("\\|")).forEach(out::string);
            out.endArray();
            return;
        }
        out.name("type").string("object").name("properties").beginObject();
        members(name).forEach(member -> type(out.name(nameOf(member)), typeOf(member)));
        out.endObject();
        if (members(name).anyMatch(member -> !isOptional(member))) {
            out.name("required").beginArray();
            members(name).filter(member -> !isOptional(member)).forEach(member -> out.string(nameOf(member)));
            out.endArray();
        }
    }

    private Stream<String> members(String shape) {
        return Stream.of(shapes.get(shape).split(" ")).filter(member -> !member.isEmpty()).flatMap(member ->
                member.startsWith("...") ? members(member.substring(3)) : Stream.of(member));
    }

    private static boolean isWords(String form) {
        return form.indexOf('|') > 0 && form.indexOf(' ') < 0 && form.indexOf(':') < 0;
    }

    private static boolean isOptional(String member) {
        return member.contains("?");
    }

    private static String nameOf(String member) {
        return AFTER_NAME.matcher(member).replaceFirst("");
    }

    private static String typeOf(String member) {
        int colon = member.indexOf(':');
        return colon >= 0 ? member.substring(colon + 1) : member.endsWith(NULL) ? "text" + NULL : "text";
    }

    private static String inside(String type) {
        return type.substring(1, type.length() - 1);
    }
}
