package server.task;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import shared.Nearest;
import shared.Problem;
import shared.json.Slice;

/// What the bytes of a JSON value alone reveal, and the choice of a constant by its name.
public final class Values {

    private Values() {
    }

    /// Returns whether a value is null.
    ///
    /// @param value null if it was not given
    static boolean isNull(Slice value) {
        return value == null || value.bytes()[value.from()] == 'n';
    }

    /// Returns whether an object, an array or a string is empty.
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

    /// Returns the same JSON without line ends, which occur only outside strings; the same slice if it has none.
    public static Slice oneLine(Slice json) {
        for (int i = json.from(); i < json.to(); i++) {
            if (json.bytes()[i] == '\n' || json.bytes()[i] == '\r') {
                return Slice.of(oneLine(json.toBytes(), json.length()));
            }
        }
        return json;
    }

    /// Replaces line ends by spaces, in place.
    static byte[] oneLine(byte[] json, int length) {
        for (int i = 0; i < length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }

    /// Returns the constant whose name, in lower case, is the text.
    ///
    /// @param what names the value in the error message
    /// @throws Problem 400 if there is none
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
