package shared;

/// Where in a text an error is.
///
/// @param file   the file with the text; null for a text without a name, such as the body of a request
/// @param line   from 1
/// @param column from 1, in characters
/// @param path   the path of the wrong value, such as `messages[0].role`; empty for the whole text. The middle of a
///               long path is omitted, because a text from outside may be nested a thousand deep
public record TextPlace(String file, int line, int column, String path) {

    private static final int PATH_HALF_MAX = 200;

    public TextPlace {
        if (path.length() > 2 * PATH_HALF_MAX) {
            path = path.substring(0, PATH_HALF_MAX) + "\u2026" + path.substring(path.length() - PATH_HALF_MAX);
        }
    }

    /// Adds this place to a sentence: `config.yaml, line 3, column 5: what is wrong`; without a file, `what is wrong
    /// (line 1, column 8, at messages[0].role)`.
    public String tell(String reason) {
        return file != null ? file + ", line " + line + ", column " + column + ": " + reason
                : reason + " (line " + line + ", column " + column + (path.isEmpty() ? "" : ", at " + path) + ")";
    }
}
