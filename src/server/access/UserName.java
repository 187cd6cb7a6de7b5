package server.access;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import shared.Problem;

/// The user whom programs name in headers of their own accord.
public final class UserName {

    private static final List<String> HEADERS =
            List.of("X-OpenWebUI-User-Email", "X-OpenWebUI-User-Id", "X-User-ID", "X-Client-ID");
    private static final int LENGTH_MAX = 255;

    private UserName() {
    }

    /// Returns whether a text may be a user's name.
    ///
    /// @param text null is not a name
    public static boolean is(String text) {
        return text != null && !text.isBlank() && text.length() <= LENGTH_MAX;
    }

    /// Returns the first user that a header names and that passes a test; null if there is none.
    ///
    /// @param header returns the value of a header by its name; null if it is absent
    /// @param willDo the test
    public static String of(UnaryOperator<String> header, Predicate<String> willDo) {
        for (String name : HEADERS) {
            try {
                String user = header.apply(name);
                if (user != null && willDo.test(user)) {
                    return user;
                }
            } catch (Problem twice) {
                // an ambiguous header names nobody
            }
        }
        return null;
    }
}
