package shared.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import shared.Problem;

/// Reads the subset of YAML in which settings are written: maps and lists as blocks and in brackets, plain and quoted
/// single-line texts, literal and folded blocks, comments, one document. Every scalar is a text, whose meaning is its
/// reader's business, so `yes`, `010` and `1e3` are no surprise. Everything else in YAML is refused, with its place and
/// what to write instead. No message repeats a value, because it may be a secret.
public final class Yaml {

    static final int LENGTH_MAX = 1 << 20;
    static final int DEPTH_MAX = 50;

    private static final String ESCAPES = "0\0a\u0007b\bt\tn\nv\u000bf\fr\re\u001b \u0020\"\"//\\\\N\u0085_\u00a0"
            + "L\u2028P\u2029";

    private final YamlText in;
    private int depth;
    /// The column of the block that contains the current brackets; their further lines must be indented deeper.
    private int flowParent;

    private Yaml(YamlText in) {
        this.in = in;
    }

    /// Reads a document.
    ///
    /// @param name the text's name in messages, such as a file's name
    /// @return an empty text if there are only comments
    /// @throws Problem with its place and what would be right
    public static Node read(String name, String text) {
        return new Yaml(new YamlText(name, text)).document();
    }

    private Node document() {
        if (in.text.length() > LENGTH_MAX) {
            throw in.error(0, "more than " + LENGTH_MAX + " characters");
        }
        for (int i = 0; i < in.text.length(); i++) {
            char c = in.text.charAt(i);
            if (c < ' ' && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0 && c != 0x85 || c >= '\ufffd') {
                throw in.error(i, "a character that is not allowed in text; is the file UTF-8?");
            }
        }
        pass("---");
        Node root = in.ended() ? in.text(0, "", true) : block(-1);
        pass("...");
        if (in.at < in.text.length()) {
            throw in.error(in.at, in.marker("---") ? "a second document; a file holds one"
                    : "not expected here; keys of one map begin in the same column");
        }
        return root;
    }

    private void pass(String marker) {
        in.next();
        if (in.marker(marker)) {
            in.at += 3;
            in.endLine();
            in.next();
        }
    }

    // ---- blocks

    /// Reads what begins here, down to the first line that is indented no deeper than `parent`.
    private Node block(int parent) {
        int column = in.column();
        if (in.isDash()) {
            return items(column);
        }
        return keyEnd() < 0 ? scalar(parent) : fields(column);
    }

    private Node fields(int column) {
        enter();
        Node.Fields map = new Node.Fields(in.place(in.at), new LinkedHashMap<>());
        String outer = in.path;
        do {
            int end = keyEnd();
            if (end < 0) {
                throw in.error(in.at, in.isDash()
                        ? "a list where a key is expected; indent it, or put it under a key of its own"
                        : "expected a key, as in `key: value` (with a space after the colon)");
            }
            Node.Text key = key();
            in.at = end + 1;
            in.path = inside(outer, key);
            add(map, key, value(column, true));
            in.path = outer;
        } while (another(column));
        depth--;
        return map;
    }

    private Node items(int column) {
        enter();
        Node.Items list = new Node.Items(in.place(in.at), new ArrayList<>());
        String outer = in.path;
        do {
            in.at++;
            in.path = outer + "[" + list.items().size() + "]";
            list.items().add(value(column, false));
            in.path = outer;
        } while (another(column) && in.isDash());
        depth--;
        return list;
    }

    /// Returns whether another line follows that begins in this column.
    private boolean another(int column) {
        in.next();
        if (in.ended() || in.column() < column) {
            return false;
        }
        if (in.column() > column) {
            throw in.error(in.at, "indented deeper than the " + (column + 1) + ". column, where the lines above begin; "
                    + "a value is on one line, or under | or >");
        }
        return true;
    }

    /// Reads what follows a colon or a dash on its line, or on the lines below it.
    private Node value(int parent, boolean behindKey) {
        in.spaces();
        if (!in.atLineEnd()) {
            if (behindKey && in.isDash()) {
                throw in.error(in.at, "a list begins on the line below its key");
            }
            return behindKey ? scalar(parent) : block(parent);
        }
        Node.Text nothing = in.text(in.at, "", true);
        in.next();
        boolean below = !in.ended() && (in.column() > parent || behindKey && in.column() == parent && in.isDash());
        return below ? block(parent) : nothing;
    }

    private Node scalar(int parent) {
        char c = in.current();
        if (c == '|' || c == '>') {
            return YamlBlock.read(in, parent);
        }
        flowParent = parent;
        Node node = c == '[' || c == '{' ? flow() : c == '"' || c == '\'' ? quoted() : plain(false);
        in.endLine();
        return node;
    }

    // ---- brackets

    private Node flow() {
        enter();
        int from = in.at;
        char close = in.text.charAt(in.at++) == '[' ? ']' : '}';
        Node.Items list = new Node.Items(in.place(from), new ArrayList<>());
        Node.Fields map = new Node.Fields(list.place(), new LinkedHashMap<>());
        String outer = in.path;
        for (char c = inFlow(from); c != close; c = inFlow(from)) {
            if (close == ']') {
                in.path = outer + "[" + list.items().size() + "]";
                list.items().add(flowValue());
            } else {
                Node.Text key = c == '"' || c == '\'' ? quoted() : plain(true);
                if (inFlow(from) != ':') {
                    throw in.error(in.at, "braces hold {key: value, key: value}");
                }
                in.at++;
                char value = inFlow(from);
                in.path = inside(outer, key);
                add(map, key, value == ',' || value == '}' ? in.text(in.at, "", true) : flowValue());
            }
            in.path = outer;
            if (inFlow(from) == ',') {
                in.at++;
            } else if (in.current() != close) {
                throw in.error(in.at, "expected a comma or " + close);
            }
        }
        in.at++;
        depth--;
        return close == ']' ? list : map;
    }

    private Node flowValue() {
        char c = in.current();
        return c == '[' || c == '{' ? flow() : c == '"' || c == '\'' ? quoted() : plain(true);
    }

    /// Moves to the next character that counts. A closing bracket may be below the beginning of its key, as in JSON.
    private char inFlow(int from) {
        int before = in.at;
        in.next();
        if (in.ended()) {
            throw in.error(from, "this bracket is not closed");
        }
        char c = in.current();
        if (in.column() <= flowParent && in.lineBegins(before) && c != ']' && c != '}') {
            throw in.error(in.at, "the contents of brackets must be indented deeper than its key");
        }
        return c;
    }

    // ---- texts on one line

    private Node.Text key() {
        char c = in.current();
        if (c == '"' || c == '\'') {
            return quoted();
        }
        int from = in.at;
        check(false);
        for (int end = keyEnd(); in.at < end; in.at++) {
            in.noTab();
        }
        return in.text(from, in.text.substring(from, in.at).stripTrailing(), true);
    }

    private Node.Text plain(boolean flow) {
        int from = in.at;
        check(flow);
        for (; !in.atLineEnd(); in.at++) {
            char c = in.current();
            if (flow && in.isFlow(in.at)) {
                break;
            }
            if (c == ':' && (in.blank(in.at + 1) || flow && in.isFlow(in.at + 1))) {
                if (flow) {
                    break;
                }
                throw in.error(in.at, "a colon and a space inside a value; put the value in quotes");
            }
            in.noTab();
        }
        return in.text(from, in.text.substring(from, in.at).stripTrailing(), true);
    }

    /// Reads a text in single or double quotes.
    private Node.Text quoted() {
        int from = in.at;
        char quote = in.text.charAt(in.at++);
        StringBuilder out = new StringBuilder();
        for (; in.current() != quote || quote == '\'' && in.text.charAt(in.at + 1) == quote; in.at++) {
            char c = in.current();
            if (c == '\n') {
                throw in.error(from, "this quote is not closed on its line; write several lines under | or >");
            }
            if (c == quote) {
                in.at++;
            }
            if (c == '\\' && quote == '"') {
                escape(out);
            } else {
                out.append(c);
            }
        }
        in.at++;
        return in.text(from, out.toString(), false);
    }

    private void escape(StringBuilder out) {
        char c = in.text.charAt(++in.at);
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        for (int i = 0; i < ESCAPES.length(); i += 2) {
            if (ESCAPES.charAt(i) == c) {
                out.append(ESCAPES.charAt(i + 1));
                return;
            }
        }
        String hex = in.text.substring(in.at + 1, Math.min(in.at + 1 + digits, in.text.length()));
        int code = digits > 0 && hex.matches("[0-9a-fA-F]{" + digits + "}") ? Integer.parseUnsignedInt(hex, 16) : -1;
        if (!Character.isValidCodePoint(code)) {
            throw in.error(in.at - 1,
                    "no such escape; in double quotes a backslash is written \\\\, in single ones \\");
        }
        out.appendCodePoint(code);
        in.at += digits;
    }

    // ---- looking

    /// Returns the index of the colon after the key that begins here; -1 if none does.
    private int keyEnd() {
        char quote = in.current();
        if (quote == '"' || quote == '\'') {
            int start = in.at;
            quoted();
            in.spaces();
            int end = in.current() == ':' && in.blank(in.at + 1) ? in.at : -1;
            in.at = start;
            return end;
        }
        int end = "[{|>".indexOf(quote) >= 0 ? in.text.length() : in.at;
        for (; end < in.text.length() && in.text.charAt(end) != '\n' && !in.comment(end); end++) {
            if (in.text.charAt(end) == ':' && in.blank(end + 1)) {
                return end;
            }
        }
        return -1;
    }

    /// Refuses characters with which a plain text cannot begin.
    private void check(boolean flow) {
        char c = in.current();
        String wrong = switch (c) {
            case '&' -> "an anchor; write the value again where it is needed";
            case '*' -> "an alias; write the value itself, or the text in quotes";
            case '!' -> "a tag; leave it out, the key says what the value is";
            case '%' -> "a directive; leave the line out, or put the text in quotes";
            case '@', '`', '|', '>', '#' -> "a plain text cannot begin with " + c + "; put it in quotes";
            case ',', ']', '}', '[', '{' -> "not expected here: " + c + "; put the text in quotes";
            case '?', '-', ':' -> !in.blank(in.at + 1) && !(flow && in.isFlow(in.at + 1)) ? null
                    : c == '?' ? "a complex key; write `key: value`"
                    : "not expected here: " + c + "; put the text in quotes";
            default -> null;
        };
        in.noTab();
        if (wrong != null) {
            throw in.error(in.at, wrong);
        }
    }

    private void enter() {
        if (++depth > DEPTH_MAX) {
            throw in.error(in.at, "more than " + DEPTH_MAX + " levels");
        }
    }

    private void add(Node.Fields map, Node.Text key, Node value) {
        if (key.plain() && key.text().equals("<<")) {
            throw Problem.badRequest("a merge key; write the keys of the other map here, too").at(key.place());
        }
        Node.Field before = map.fields().putIfAbsent(key.text(), new Node.Field(key, value));
        if (before != null) {
            throw Problem.badRequest("the key " + Problem.shown(key.text()) + " is there already, on line "
                    + before.name().place().line() + "; a key may be given only once").at(key.place());
        }
    }

    private static String inside(String map, Node.Text key) {
        return map.isEmpty() ? key.text() : map + "." + key.text();
    }
}
