package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value (RFC 8259). Objects keep their members' order, numbers keep their digits.
public sealed interface Json {

    /// @param members unmodifiable, in the order of the text
    record Obj(Map<String, Json> members) implements Json {

        /// Returns the member of this name; null if it is absent or JSON's null.
        public Json get(String name) {
            Json value = members.get(name);
            return value instanceof Null ? null : value;
        }

        /// Returns the text of a string member; null if it is absent, null or not a string.
        public String text(String name) {
            return members.get(name) instanceof Str string ? string.value() : null;
        }

        /// Returns the whole number of a member; `otherwise` if it is absent, null or not a whole number.
        public long integer(String name, long otherwise) {
            try {
                return members.get(name) instanceof Num number ? Long.parseLong(number.digits()) : otherwise;
            } catch (NumberFormatException notWhole) {
                return otherwise;
            }
        }
    }

    record Arr(List<Json> values) implements Json {
    }

    record Str(String value) implements Json {
    }

    /// @param digits the number as it was written
    record Num(String digits) implements Json {
    }

    record Bool(boolean value) implements Json {
    }

    record Null() implements Json {
    }

    /// An array or object that is nested too deep for a tree, because whatever reads a tree recurses.
    ///
    /// @param json as it was written
    record Deep(Slice json) implements Json {
    }

    /// Reads one value and nothing after it.
    ///
    /// @throws JsonException if the text is not one JSON value
    static Json parse(byte[] utf8) {
        return whole(new JsonReader(utf8));
    }

    /// Does the same for a text that these programs wrote themselves: see [JsonReader#ofOwn].
    static Json parseOwn(byte[] utf8) {
        return whole(JsonReader.ofOwn(Slice.of(utf8)));
    }

    /// Reads a JSON text.
    static Json parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Json whole(JsonReader reader) {
        Json value = read(reader);
        reader.end();
        return value;
    }

    /// Reads the next value of the reader as a tree.
    static Json read(JsonReader reader) {
        if (reader.isDeep()) {
            return new Deep(reader.raw());
        }
        switch (reader.peek()) {
            case OBJECT: {
                Map<String, Json> members = new LinkedHashMap<>();
                reader.beginObject();
                for (String name = reader.nextName(); name != null; name = reader.nextName()) {
                    members.put(name, read(reader));
                }
                return new Obj(Collections.unmodifiableMap(members));
            }
            case ARRAY: {
                List<Json> values = new ArrayList<>();
                reader.beginArray();
                while (reader.nextElement()) {
                    values.add(read(reader));
                }
                return new Arr(Collections.unmodifiableList(values));
            }
            case STRING:
                return new Str(reader.string());
            case NUMBER:
                return new Num(reader.number());
            case BOOLEAN:
                return new Bool(reader.bool());
            default:
                reader.nul();
                return new Null();
        }
    }

    /// Returns the value as compact JSON text.
    default String text() {
        return new JsonWriter().value(this).toString();
    }
}
