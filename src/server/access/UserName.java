package server.access;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import shared.Problem;

/// Whom programs name as their user by themselves, in headers that nobody asked them for.
public final class UserName {

    private static final List<String> HEADERS =
            List.of("X-OpenWebUI-User-Email", "X-OpenWebUI-User-Id", "X-User-ID", "X-Client-ID");
    private static final int LENGTH_MAX = 255;

    private UserName() {
    }

    /// Returns whether a text can be one.
    ///
    /// @param text null: none
    public static boolean is(String text) {
        return text != null && !text.isBlank() && text.length() <= LENGTH_MAX;
    }

    /// Returns the first that is named and will do; null if there is none.
    ///
    /// @param header the value of a header by its name; null if it is absent
    public static String of(UnaryOperator<String> header, Predicate<String> willDo) {
        for (String name : HEADERS) {
            try {
                String user = header.apply(name);
                if (user != null && willDo.test(user)) {
                    return user;
                }
            } catch (Problem twice) {
                // it names nobody
            }
        }
        return null;
    }
}
