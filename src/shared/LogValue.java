package shared;

/// Formats the value of a field in a log line, which is `key=value key="value"`.
public final class LogValue {

    private LogValue() {
    }

    /// Returns what follows the `=`: the text unchanged or, if it could be taken for more than one value, in quotes,
    /// with `\` before each `"` and `\` in it.
    ///
    /// @param value null is the text `null`
    public static String of(Object value) {
        String text = String.valueOf(value);
        boolean bare = !text.isEmpty();
        for (int i = 0; bare && i < text.length(); i++) {
            char c = text.charAt(i);
            bare = c > ' ' && c != '"' && c != '\\' && c != '=' && c != '\u007f' && !Character.isWhitespace(c);
        }
        return bare ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
