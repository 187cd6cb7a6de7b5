package shared;

/// Where in a text an error is.
///
/// @param file   the file with the text; null for a text without a name, such as the body of a request
/// @param line   from 1
/// @param column from 1, in characters
/// @param path   the path of the wrong value, such as `messages[0].role`; empty for the whole text. The middle of a
///               long path is omitted, because a text from outside may be nested very deep
public record TextPlace(String file, int line, int column, String path) {

    private static final int PATH_HALF_MAX = 200;

    public TextPlace {
        if (path.length() > 2 * PATH_HALF_MAX) {
            path = path.substring(0, PATH_HALF_MAX) + "\u2026" + path.substring(path.length() - PATH_HALF_MAX);
        }
    }

    /// Returns the place of an index in a text that is UTF-8 and has no name.
    ///
    /// @param from where the text begins
    public static TextPlace of(byte[] utf8, int from, int index, String path) {
        int line = 1;
        int column = 1;
        for (int i = from; i < index; i++) {
            if (utf8[i] == '\n') {
                line++;
                column = 1;
            } else if ((utf8[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return new TextPlace(null, line, column, path);
    }

    /// Adds this place to a sentence: `config.yaml, line 3, column 5: what is wrong`; without a file, `what is wrong
    /// (line 1, column 8, at messages[0].role)`.
    public String tell(String reason) {
        return file != null ? file + ", line " + line + ", column " + column + ": " + reason
                : reason + " (line " + line + ", column " + column + (path.isEmpty() ? "" : ", at " + path) + ")";
    }
}
