package shared.config;

import shared.Problem;
import shared.TextPlace;

/// The text of a YAML document and the index that its reader has reached. Indexes count characters of [#text]; columns
/// count from 0, in a [TextPlace] from 1.
final class YamlText {

    /// Lines end with `
    /// `, including the last one.
    final String text;
    int at;
    /// The path of the value being read, such as `ollama.hosts[0].url`; empty at the top.
    String path = "";

    private final String name;
    /// The last index whose place was computed, and its line.
    private int counted;
    private int line = 1;
    private int lineStart;

    /// @param name the text's name in messages, such as a file's name
    YamlText(String name, String text) {
        this.name = name;
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        this.text = lines.endsWith("\n") ? lines : lines + "\n";
    }

    // ---- looking

    char current() {
        return text.charAt(at);
    }

    boolean isDash() {
        return text.charAt(at) == '-' && blank(at + 1);
    }

    boolean isFlow(int place) {
        return ",[]{}".indexOf(text.charAt(place)) >= 0;
    }

    boolean blank(int place) {
        return text.charAt(place) == ' ' || text.charAt(place) == '\n' || text.charAt(place) == '\t';
    }

    boolean comment(int place) {
        return text.charAt(place) == '#' && (place == 0 || blank(place - 1));
    }

    boolean atLineEnd() {
        return text.charAt(at) == '\n' || comment(at);
    }

    /// Returns whether the document ends here.
    boolean ended() {
        return at >= text.length() || marker("---") || marker("...");
    }

    boolean marker(String marker) {
        return text.startsWith(marker, at) && columnOf(at) == 0 && blank(at + 3);
    }

    // ---- moving

    void spaces() {
        while (text.charAt(at) == ' ') {
            at++;
        }
        noTab();
    }

    /// Skips blank lines and comments.
    void next() {
        while (at < text.length()) {
            spaces();
            if (!atLineEnd()) {
                return;
            }
            at = text.indexOf('\n', at) + 1;
        }
    }

    void endLine() {
        spaces();
        if (!atLineEnd()) {
            throw error(at, "not expected here; put the whole value in quotes");
        }
        at = text.indexOf('\n', at);
    }

    // ---- places

    void noTab() {
        if (text.charAt(at) == '\t') {
            throw error(at, "a tab; write spaces, or \\t in double quotes");
        }
    }

    int column() {
        return columnOf(at);
    }

    /// Returns whether the current line begins after another index.
    boolean lineBegins(int before) {
        count(at);
        return lineStart > before;
    }

    private int columnOf(int place) {
        count(place);
        return place - lineStart;
    }

    /// Sets `line` and `lineStart` to those of an index.
    private void count(int place) {
        if (place < lineStart) {
            counted = 0;
            line = 1;
            lineStart = 0;
        }
        for (counted = Math.min(counted, place); counted < place; counted++) {
            if (text.charAt(counted) == '\n') {
                line++;
                lineStart = counted + 1;
            }
        }
    }

    Node.Text text(int from, String value, boolean plain) {
        return new Node.Text(place(from), value, plain);
    }

    TextPlace place(int index) {
        count(index);
        return new TextPlace(name, line, text.codePointCount(lineStart, index) + 1, path);
    }

    Problem error(int index, String message) {
        return Problem.badRequest(message).at(place(index));
    }
}
