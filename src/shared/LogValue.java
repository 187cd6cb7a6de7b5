package shared;

/// The value of a field in a line of the log, which is `key=value key="value"`.
public final class LogValue {

    private LogValue() {
    }

    /// Returns what stands behind the `=`: the text as it is, or between quotes, with `\` before a `"` and a `\` in it,
    /// where it could be taken for more than one value.
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
