package server.task;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import shared.Nearest;
import shared.Problem;
import shared.json.Slice;

/// What can be said of a JSON value from its bytes, or of a word from those that are allowed, alone.
public final class Values {

    private Values() {
    }

    /// @param value null for one that was not given
    static boolean isNull(Slice value) {
        return value == null || value.bytes()[value.from()] == 'n';
    }

    /// Whether an object, an array or a string has nothing inside.
    static boolean isEmpty(Slice value) {
        if (value.bytes()[value.from()] == '"') {
            return value.length() == 2;
        }
        for (int i = value.from() + 1; i < value.to() - 1; i++) {
            byte b = value.bytes()[i];
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /// Returns the same JSON without line ends, which stand only outside of strings; itself if it has none.
    public static Slice oneLine(Slice json) {
        for (int i = json.from(); i < json.to(); i++) {
            if (json.bytes()[i] == '\n' || json.bytes()[i] == '\r') {
                return Slice.of(oneLine(json.toBytes(), json.length()));
            }
        }
        return json;
    }

    /// Puts spaces in the place of line ends.
    static byte[] oneLine(byte[] json, int length) {
        for (int i = 0; i < length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }

    /// Returns the constant that a text names, in lower case.
    ///
    /// @param what names the value in the error message
    /// @throws Problem 400 if it names none
    public static <E extends Enum<E>> E choice(E[] all, String what, String text) {
        List<String> names = Arrays.stream(all).map(each -> each.name().toLowerCase(Locale.ROOT)).toList();
        int found = names.indexOf(text);
        if (found < 0) {
            throw Problem.badRequest(what + " must be " + String.join(", ", names.subList(0, names.size() - 1)) + " or "
                    + names.getLast() + ", not \"" + Problem.shown(text) + "\"" + Nearest.hint(text, names));
        }
        return all[found];
    }
}
