package server.executor.answer;

import java.util.LinkedHashMap;
import java.util.Map;

import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.Slice;

/// Splits JSON one level deep; inner values stay bytes, because a prompt may have megabytes.
public final class Members {

    private Members() {
    }

    /// Returns an object's members; null counts as absent.
    ///
    /// @param where names the value in the message if it is not an object
    public static Map<String, Slice> of(Slice object, String where) {
        JsonReader in = reader(object);
        expect(in.peek() == Kind.OBJECT, where + " must be an object");
        Map<String, Slice> members = new LinkedHashMap<>();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (in.peek() == Kind.NULL) {
                in.nul();
            } else {
                members.put(name, in.raw());
            }
        }
        return members;
    }

    /// Returns a reader of a value that has already been accepted, however deeply it is nested.
    public static JsonReader reader(Slice value) {
        return JsonReader.ofOwn(value);
    }

    /// Returns the kind of a value.
    public static Kind kind(Slice value) {
        return reader(value).peek();
    }

    /// Returns whether a value is a string.
    public static boolean isText(Slice value) {
        return value != null && kind(value) == Kind.STRING;
    }

    /// Returns a string's text; null if it is absent.
    ///
    /// @param where names the value in the message if it is not a string
    public static String text(Slice value, String where) {
        if (value == null) {
            return null;
        }
        expect(isText(value), where + " must be a string");
        return reader(value).string();
    }

    /// Throws unless a condition holds.
    ///
    /// @throws IllegalArgumentException with the message, which is for the user
    public static void expect(boolean right, String message) {
        if (!right) {
            throw new IllegalArgumentException(message);
        }
    }
}
