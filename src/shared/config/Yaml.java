package shared.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import shared.Problem;
import shared.TextPlace;

/// Reads the YAML that settings are written in: maps and lists as blocks and in brackets, plain and quoted texts on one
/// line, literal and folded blocks, comments, one document. Every scalar is a text; what it means is its reader's
/// business, so `yes`, `010` and `1e3` are no surprise. All else of YAML is refused with its place and what to write
/// instead. No message repeats a value, for it may be a secret.
public final class Yaml {

    static final int LENGTH_MAX = 1 << 20;
    static final int DEPTH_MAX = 50;

    private static final String ESCAPES = "0\0a\u0007b\bt\tn\nv\u000bf\fr\re\u001b \u0020\"\"//\\\\N\u0085_\u00a0"
            + "L\u2028P\u2029";

    private final String name;
    /// Lines end with `\n`, the last one too.
    private final String text;
    private int at;
    private int depth;
    /// Of the value being read: `ollama.hosts[0].url`; empty at the top.
    private String path = "";
    /// Where places were last counted, and the line there.
    private int counted;
    private int line = 1;
    private int lineStart;

    private Yaml(String name, String text) {
        this.name = name;
        String lines = text.startsWith("\ufeff") ? text.substring(1) : text;
        this.text = lines.replace("\r\n", "\n").replace('\r', '\n') + "\n";
    }

    /// @param name what the text is, for messages: a file's name
    /// @return an empty text if there is nothing but comments
    /// @throws Problem with line, column and what would be right
    public static Node read(String name, String text) {
        return new Yaml(name, text).document();
    }

    private Node document() {
        if (text.length() > LENGTH_MAX) {
            throw error(0, "more than " + LENGTH_MAX + " characters");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 && c != 0x85 || c >= '\ufffd') {
                throw error(i, "a character that text does not hold; is the file UTF-8?");
            }
        }
        pass("---");
        Node root = ended() ? text(0, "", true) : block(-1);
        pass("...");
        if (at < text.length()) {
            throw error(at, marker("---") ? "a second document; a file holds one"
                    : "not expected here; keys of one map begin in the same column");
        }
        return root;
    }

    private void pass(String marker) {
        next();
        if (marker(marker)) {
            at += 3;
            endLine();
            next();
        }
    }

    // ---- blocks

    /// What begins here and reaches down to the first line that is indented no deeper than `parent`.
    private Node block(int parent) {
        int column = column();
        if (isDash()) {
            return items(column);
        }
        return keyEnd() < 0 ? scalar(parent) : fields(column);
    }

    private Node fields(int column) {
        enter();
        Node.Fields map = new Node.Fields(place(at), new LinkedHashMap<>());
        String outer = path;
        do {
            int end = keyEnd();
            if (end < 0) {
                throw error(at, isDash() ? "a list where a key must stand; indent it, or put it under a key of its own"
                        : "expected a key, as in `key: value` (with a space behind the colon)");
            }
            Node.Text key = key();
            at = end + 1;
            path = inside(outer, key);
            add(map, key, value(column, true));
            path = outer;
        } while (another(column));
        depth--;
        return map;
    }

    private Node items(int column) {
        enter();
        Node.Items list = new Node.Items(place(at), new ArrayList<>());
        String outer = path;
        do {
            at++;
            path = outer + "[" + list.items().size() + "]";
            list.items().add(value(column, false));
            path = outer;
        } while (another(column) && isDash());
        depth--;
        return list;
    }

    /// Whether a line follows that begins in this column.
    private boolean another(int column) {
        next();
        if (ended() || column() < column) {
            return false;
        }
        if (column() > column) {
            throw error(at, "indented deeper than the " + (column + 1) + ". column, where the lines above begin; "
                    + "a value stands on one line, or under | or >");
        }
        return true;
    }

    /// What stands behind a colon or a dash, or on the lines below it.
    private Node value(int parent, boolean behindKey) {
        spaces();
        if (!atLineEnd()) {
            if (behindKey && isDash()) {
                throw error(at, "a list begins on the line below its key");
            }
            return behindKey ? scalar(parent) : block(parent);
        }
        Node.Text nothing = text(at, "", true);
        next();
        boolean below = !ended() && (column() > parent || behindKey && column() == parent && isDash());
        return below ? block(parent) : nothing;
    }

    private Node scalar(int parent) {
        char c = text.charAt(at);
        if (c == '|' || c == '>') {
            return blockText(parent);
        }
        Node node = c == '[' || c == '{' ? flow() : c == '"' || c == '\'' ? quoted() : plain(false);
        endLine();
        return node;
    }

    /// A literal (`|`) or folded (`>`) block.
    private Node.Text blockText(int parent) {
        int from = at;
        boolean folded = text.charAt(at++) == '>';
        char chomp = 0;
        int column = -1;
        for (char c = text.charAt(at); "+-123456789".indexOf(c) >= 0; c = text.charAt(++at)) {
            if (c > '0' ? column >= 0 : chomp != 0) {
                throw error(at, "behind | and > stand at most one sign and one digit");
            } else if (c > '0') {
                column = Math.max(parent, 0) + c - '0';
            } else {
                chomp = c;
            }
        }
        endLine();
        at++;
        List<String> lines = new ArrayList<>();
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int first = at;
            while (text.charAt(first) == ' ') {
                first++;
            }
            int indent = first - at;
            if (first < end && column < 0 && indent > parent) {
                column = indent;
            }
            boolean inside = column >= 0 && indent >= column;
            if (first < end && !inside) {
                break;
            }
            lines.add(inside ? text.substring(at + column, end) : "");
            at = end + 1;
        }
        return text(from, YamlBlock.text(lines, folded, chomp), false);
    }

    // ---- brackets

    private Node flow() {
        enter();
        int from = at;
        char close = text.charAt(at++) == '[' ? ']' : '}';
        Node.Items list = new Node.Items(place(from), new ArrayList<>());
        Node.Fields map = new Node.Fields(list.place(), new LinkedHashMap<>());
        String outer = path;
        for (char c = inFlow(from); c != close; c = inFlow(from)) {
            if (close == ']') {
                path = outer + "[" + list.items().size() + "]";
                list.items().add(flowValue());
            } else {
                Node.Text key = c == '"' || c == '\'' ? quoted() : plain(true);
                if (inFlow(from) != ':') {
                    throw error(at, "in braces stands {key: value, key: value}");
                }
                at++;
                char value = inFlow(from);
                path = inside(outer, key);
                add(map, key, value == ',' || value == '}' ? text(at, "", true) : flowValue());
            }
            path = outer;
            if (inFlow(from) == ',') {
                at++;
            } else if (text.charAt(at) != close) {
                throw error(at, "expected a comma or " + close);
            }
        }
        at++;
        depth--;
        return close == ']' ? list : map;
    }

    private Node flowValue() {
        char c = text.charAt(at);
        return c == '[' || c == '{' ? flow() : c == '"' || c == '\'' ? quoted() : plain(true);
    }

    /// Goes to the next character that counts.
    private char inFlow(int from) {
        next();
        if (ended()) {
            throw error(from, "this bracket is not closed");
        }
        return text.charAt(at);
    }

    // ---- texts on one line

    private Node.Text key() {
        char c = text.charAt(at);
        if (c == '"' || c == '\'') {
            return quoted();
        }
        int from = at;
        check();
        for (int end = keyEnd(); at < end; at++) {
            noTab();
        }
        return text(from, text.substring(from, at).stripTrailing(), true);
    }

    private Node.Text plain(boolean flow) {
        int from = at;
        check();
        for (; !atLineEnd(); at++) {
            char c = text.charAt(at);
            if (flow && ",[]{}".indexOf(c) >= 0) {
                break;
            }
            if (c == ':' && (blank(at + 1) || flow && ",[]{}".indexOf(text.charAt(at + 1)) >= 0)) {
                if (flow) {
                    break;
                }
                throw error(at, "a colon with a space behind it, inside of a value; put the value in quotes");
            }
            noTab();
        }
        return text(from, text.substring(from, at).stripTrailing(), true);
    }

    /// A text in single or double quotes.
    private Node.Text quoted() {
        int from = at;
        char quote = text.charAt(at++);
        StringBuilder out = new StringBuilder();
        for (; text.charAt(at) != quote || quote == '\'' && text.charAt(at + 1) == quote; at++) {
            char c = text.charAt(at);
            if (c == '\n') {
                throw error(from, "this quote is not closed on its line; several lines stand under | or >");
            }
            if (c == quote) {
                at++;
            }
            if (c == '\\' && quote == '"') {
                escape(out);
            } else {
                out.append(c);
            }
        }
        at++;
        return text(from, out.toString(), false);
    }

    private void escape(StringBuilder out) {
        char c = text.charAt(++at);
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        for (int i = 0; i < ESCAPES.length(); i += 2) {
            if (ESCAPES.charAt(i) == c) {
                out.append(ESCAPES.charAt(i + 1));
                return;
            }
        }
        String hex = text.substring(at + 1, Math.min(at + 1 + digits, text.length()));
        int code = digits > 0 && hex.matches("[0-9a-fA-F]{" + digits + "}") ? Integer.parseUnsignedInt(hex, 16) : -1;
        if (!Character.isValidCodePoint(code)) {
            throw error(at - 1, "no such escape; in double quotes a backslash is written \\\\, in single ones \\");
        }
        out.appendCodePoint(code);
        at += digits;
    }

    // ---- looking

    /// The place of the colon behind the key that stands here; -1 if it is no key.
    private int keyEnd() {
        char quote = text.charAt(at);
        if (quote == '"' || quote == '\'') {
            int start = at;
            quoted();
            spaces();
            int end = text.charAt(at) == ':' && blank(at + 1) ? at : -1;
            at = start;
            return end;
        }
        int end = "[{|>".indexOf(quote) >= 0 ? text.length() : at;
        for (; end < text.length() && text.charAt(end) != '\n' && !comment(end); end++) {
            if (text.charAt(end) == ':' && blank(end + 1)) {
                return end;
            }
        }
        return -1;
    }

    /// Refuses what a plain text cannot begin with.
    private void check() {
        char c = text.charAt(at);
        String wrong = switch (c) {
            case '&' -> "an anchor; write the value again where it is needed";
            case '*' -> "an alias; write the value itself, or the text in quotes";
            case '!' -> "a tag; leave it out, the key says what the value is";
            case '%' -> "a directive; leave the line out, or put the text in quotes";
            case '@', '`', '|', '>', '#' -> "a plain text cannot begin with " + c + "; put it in quotes";
            case ',', ']', '}', '[', '{' -> "not expected here: " + c + "; put the text in quotes";
            case '?', '-', ':' -> !blank(at + 1) ? null : c == '?' ? "a complex key; write `key: value`"
                    : "not expected here: " + c + "; put the text in quotes";
            default -> null;
        };
        noTab();
        if (wrong != null) {
            throw error(at, wrong);
        }
    }

    private boolean isDash() {
        return text.charAt(at) == '-' && blank(at + 1);
    }

    private boolean blank(int place) {
        return text.charAt(place) == ' ' || text.charAt(place) == '\n' || text.charAt(place) == '\t';
    }

    private boolean comment(int place) {
        return text.charAt(place) == '#' && (place == 0 || blank(place - 1));
    }

    private boolean atLineEnd() {
        return text.charAt(at) == '\n' || comment(at);
    }

    /// Whether the document ends here.
    private boolean ended() {
        return at >= text.length() || marker("---") || marker("...");
    }

    private boolean marker(String marker) {
        return text.startsWith(marker, at) && columnOf(at) == 0 && blank(at + 3);
    }

    // ---- moving

    private void spaces() {
        while (text.charAt(at) == ' ') {
            at++;
        }
        noTab();
    }

    /// Goes over blank lines and comments.
    private void next() {
        while (at < text.length()) {
            spaces();
            if (!atLineEnd()) {
                return;
            }
            at = text.indexOf('\n', at) + 1;
        }
    }

    private void endLine() {
        spaces();
        if (!atLineEnd()) {
            throw error(at, "not expected behind what stands before it; put the whole value in quotes");
        }
        at = text.indexOf('\n', at);
    }

    private void enter() {
        if (++depth > DEPTH_MAX) {
            throw error(at, "more than " + DEPTH_MAX + " levels");
        }
    }

    private void add(Node.Fields map, Node.Text key, Node value) {
        if (key.plain() && key.text().equals("<<")) {
            throw Problem.badRequest("a merge key; write the keys of the other map here, too").at(key.place());
        }
        Node.Field before = map.fields().putIfAbsent(key.text(), new Node.Field(key, value));
        if (before != null) {
            throw Problem.badRequest("the key " + Problem.shown(key.text()) + " is there already, on line "
                    + before.name().place().line() + "; a key stands once").at(key.place());
        }
    }

    // ---- places

    private void noTab() {
        if (text.charAt(at) == '\t') {
            throw error(at, "a tab; write spaces, or \\t in double quotes");
        }
    }

    private int column() {
        return columnOf(at);
    }

    private int columnOf(int place) {
        count(place);
        return place - lineStart;
    }

    /// Makes `line` and `lineStart` those of a place.
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

    private Node.Text text(int from, String value, boolean plain) {
        return new Node.Text(place(from), value, plain);
    }

    private static String inside(String map, Node.Text key) {
        return map.isEmpty() ? key.text() : map + "." + key.text();
    }

    private TextPlace place(int index) {
        count(index);
        return new TextPlace(name, line, text.codePointCount(lineStart, index) + 1, path);
    }

    private Problem error(int index, String message) {
        return Problem.badRequest(message).at(place(index));
    }
}
