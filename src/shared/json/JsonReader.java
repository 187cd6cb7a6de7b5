package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;

import shared.Problem;
import shared.TextPlace;
import shared.Utf8;

/// Reads JSON from UTF-8 bytes, value by value, as strictly as RFC 8259 allows; two members of one name are refused,
/// too. The caller asks for what it expects; if something else comes, a [JsonException] has the place. [#skip] skips a
/// value, checking it without building it, so that its bytes can be passed on.
public final class JsonReader {

    /// How deep arrays and objects may be nested in a text from outside, unless specified otherwise.
    public static final int DEPTH_MAX = 200;

    /// How deep they may be nested at most, whatever the settings say.
    public static final int DEPTH_LIMIT = 1_000;

    /// Allows any depth, for a text that another program judges. Then a name may also occur twice in an object, and the
    /// last one counts.
    public static final int ANY_DEPTH = Integer.MAX_VALUE;

    /// What is nested deeper can only be skipped: who enters it recurses. Our own texts may hold one of [#DEPTH_LIMIT].
    private static final int ENTERED_MAX = DEPTH_LIMIT + 16;

    public enum Kind {
        OBJECT("an object"), ARRAY("an array"), STRING("a string"), NUMBER("a number"), BOOLEAN("true or false"),
        NULL("null");

        /// The name in messages.
        public final String article;

        Kind(String article) {
            this.article = article;
        }
    }

    private final int depthMax;
    private byte[] bytes;
    private int start;
    private int end;
    private int at;
    /// The names and words of earlier texts, because texts of one kind have the same ones; null for the first text.
    private Words known;

    private int depth;
    /// The depth, but at most one more than [#ENTERED_MAX]: all that is nested deeper has this level, and costs a bit.
    private int level;
    /// By level: the name of the member being read; null in an array and between members.
    private String[] names = new String[8];
    /// By level: how many elements have begun; in an object, the members, counted downwards from -1.
    private int[] counts = new int[8];
    /// By depth, for those that share their level with the value around them: whether that is an object.
    private BitSet inObject;
    /// Null: a name may occur twice in an object.
    private final SeenNames seen;

    /// Makes a reader of a whole array, a text from outside.
    public JsonReader(byte[] utf8) {
        this(utf8, 0, utf8.length);
    }

    /// Makes a reader of a part of an array, a text from outside.
    public JsonReader(byte[] utf8, int from, int to) {
        this(utf8, from, to, DEPTH_MAX);
    }

    /// Makes a reader of a text that the server or the client wrote itself: a line of the journal and the values stored
    /// in it, or an answer of the server. It may contain a value that another program judges.
    public static JsonReader ofOwn(Slice text) {
        return new JsonReader(text.bytes(), text.from(), text.to(), ANY_DEPTH);
    }

    /// Makes a reader of a part of an array.
    ///
    /// @param depthMax how deep arrays and objects may be nested: at most [#DEPTH_LIMIT], or [#ANY_DEPTH]
    public JsonReader(byte[] utf8, int from, int to, int depthMax) {
        this.depthMax = depthMax;
        seen = depthMax == ANY_DEPTH ? null : new SeenNames();
        text(utf8, from, to);
    }

    /// Continues with another text. Many small texts of one kind are read faster by one reader than by one each.
    ///
    /// @return this
    public JsonReader begin(byte[] utf8, int from, int to) {
        text(utf8, from, to);
        depth = 0;
        level = 0;
        if (seen != null) {
            seen.clear();
        }
        known = known == null ? new Words() : known;
        return this;
    }

    private void text(byte[] utf8, int from, int to) {
        bytes = utf8;
        start = Utf8.afterMark(utf8, from, to);
        end = to;
        at = start;
    }

    /// Returns the kind of the next value, without reading it; refuses anything that does not begin like a value.
    public Kind peek() {
        whitespace();
        return switch (current()) {
            case '{' -> Kind.OBJECT;
            case '[' -> Kind.ARRAY;
            case '"' -> Kind.STRING;
            case 't', 'f' -> Kind.BOOLEAN;
            case 'n' -> Kind.NULL;
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> Kind.NUMBER;
            default -> throw unexpected("a value");
        };
    }

    /// Returns the index at which the next value begins.
    public int position() {
        whitespace();
        return at;
    }

    /// Returns the reader's position before a value, for [#back].
    public long mark() {
        return (long) depth << Integer.SIZE | position();
    }

    /// Returns to a position before a value, also from inside it.
    public void back(long mark) {
        at = (int) mark;
        while (depth > mark >>> Integer.SIZE) {
            pop();
        }
    }

    /// Enters an object, whose members [#nextName] names.
    public void beginObject() {
        expect(Kind.OBJECT);
        push(true, Math.min(depthMax, ENTERED_MAX));
    }

    /// Returns the next member's name and moves to its value; returns null and moves past the object at its end.
    public String nextName() {
        whitespace();
        if (current() == '}') {
            at++;
            pop();
            return null;
        }
        if (counts[level]-- < -1) {
            separator('}');
        }
        names[level] = null;
        if (current() != '"') {
            throw unexpected("a name in quotes");
        }
        int nameAt = at;
        String name = quoted(known);
        if (seen != null && !seen.add(level, name)) {
            at = nameAt;
            throw error("the name \"" + Problem.shown(name) + "\" appears twice");
        }
        names[level] = name;
        whitespace();
        if (current() != ':') {
            throw unexpected("':'");
        }
        at++;
        return name;
    }

    /// Enters an array, whose elements [#nextElement] announces.
    public void beginArray() {
        expect(Kind.ARRAY);
        push(false, Math.min(depthMax, ENTERED_MAX));
    }

    /// Returns whether the next value is an array or object that is nested too deep to be entered.
    public boolean isDeep() {
        return depth >= ENTERED_MAX && (peek() == Kind.OBJECT || peek() == Kind.ARRAY);
    }

    /// Returns whether another element follows; at the array's end, returns false and moves past it.
    public boolean nextElement() {
        whitespace();
        if (current() == ']') {
            at++;
            pop();
            return false;
        }
        if (counts[level]++ > 0) {
            separator(']');
        }
        return true;
    }

    /// Reads a string.
    public String string() {
        expect(Kind.STRING);
        return quoted(null);
    }

    /// Reads a string that is likely to occur again in texts of this kind; see [#begin].
    public String word() {
        expect(Kind.STRING);
        return quoted(known);
    }

    /// Reads a number, as the digits that were written.
    public String number() {
        expect(Kind.NUMBER);
        int from = at;
        passNumber();
        return new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
    }

    /// Reads `true` or `false`.
    public boolean bool() {
        expect(Kind.BOOLEAN);
        boolean value = current() == 't';
        word(value ? "true" : "false");
        return value;
    }

    /// Reads a `null`.
    public void nul() {
        expect(Kind.NULL);
        word("null");
    }

    /// Skips the next value, checking all of it.
    ///
    /// @return the index after it; it began at the [#position] before the call
    public int skip() {
        int outer = depth;
        pass();
        while (depth > outer) {
            if (counts[level] < 0 ? nextName() != null : nextElement()) {
                pass();
            }
        }
        return at;
    }

    /// Returns the bytes of the next value, which is checked but not built.
    public Slice raw() {
        int from = position();
        return new Slice(bytes, from, skip());
    }

    /// Returns the bytes of the next value, which must be of this kind.
    public Slice raw(Kind kind) {
        expect(kind);
        return raw();
    }

    /// Returns the bytes from an earlier [#position] to the end of what was read last.
    public Slice since(int from) {
        return new Slice(bytes, from, at);
    }

    /// Refuses anything but whitespace after the value.
    public void end() {
        whitespace();
        if (at < end) {
            throw unexpected("the end of the text");
        }
    }

    /// Makes an error at the reader's position, for a value that is JSON but not what the caller needs.
    public JsonException error(String message) {
        return errorAt(at, message);
    }

    /// Makes an error about the next value, which is of another kind than the caller needs.
    ///
    /// @param wanted what it must be: `a string`
    /// @throws JsonException if it only begins like a value
    public JsonException mustBe(String wanted) {
        String name = member();
        String found = peek().article;
        long mark = mark();
        skip();
        if (depth == 0) {
            end();
        }
        back(mark);
        return error(name == null ? "expected " + wanted + ", found " + found
                : name + " must be " + wanted + ", not " + found);
    }

    /// Makes an error about a value that has been read, at an earlier [#position].
    public JsonException errorAt(int position, String message) {
        return Utf8.isUtf16(bytes, start, end) ? new JsonException(Utf8.IS_UTF_16, new TextPlace(null, 1, 1, ""))
                : new JsonException(message, place(position));
    }

    /// Returns the place of an earlier [#position], with the path of the value being read.
    public TextPlace place(int position) {
        return TextPlace.of(bytes, start, position, path());
    }

    /// Returns the name of the member whose value is being read; null in an array and outside objects.
    public String member() {
        return names[level];
    }

    /// Returns the path of the value being read, such as `messages[0].role`; empty at the top.
    String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 1; i <= level; i++) {
            if (names[i] != null) {
                path.append(i > 1 ? "." : "").append(Problem.shown(names[i]));
            } else if (counts[i] > 0) {
                path.append('[').append(counts[i] - 1).append(']');
            }
        }
        return path.toString();
    }

    /// Passes a value; of an array or object, only its beginning.
    private void pass() {
        switch (peek()) {
            case OBJECT -> push(true, depthMax);
            case ARRAY -> push(false, depthMax);
            case STRING -> passString();
            case NUMBER -> passNumber();
            case BOOLEAN -> bool();
            case NULL -> nul();
        }
    }

    private void push(boolean isObject, int max) {
        if (depth == max) {
            throw error("nested deeper than " + max);
        }
        at++;
        depth++;
        if (level > ENTERED_MAX) {
            inObject = inObject == null ? new BitSet() : inObject;
            inObject.set(depth, counts[level] < 0);
        } else if (++level == names.length) {
            names = Arrays.copyOf(names, 2 * level);
            counts = Arrays.copyOf(counts, 2 * level);
        }
        names[level] = null;
        counts[level] = isObject ? -1 : 0;
        if (seen != null) {
            seen.open(level);
        }
    }

    private void pop() {
        if (seen != null) {
            seen.close(level);
        }
        if (depth-- > level) {
            // the value around has a member or an element, the one that ends here
            counts[level] = inObject.get(depth + 1) ? -2 : 1;
            names[level] = null;
        } else {
            level--;
        }
    }

    private void separator(char close) {
        if (current() != ',') {
            throw unexpected("',' or '" + close + "'");
        }
        at++;
        whitespace();
    }

    // ---- tokens

    private void expect(Kind kind) {
        if (peek() != kind) {
            throw mustBe(kind.article);
        }
    }

    private void whitespace() {
        for (; at < end; at++) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
        }
    }

    private int current() {
        return at < end ? bytes[at] : -1000;
    }

    private void word(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || bytes[at + i] != word.charAt(i)) {
                throw unexpected("a value");
            }
        }
        int behind = at + word.length();
        if (behind < end && FoundText.isOfWord(bytes[behind])) {
            throw unexpected("a value");
        }
        at = behind;
    }

    private void passNumber() {
        if (current() == '-') {
            at++;
        }
        if (current() == '0') {
            at++;
            if (current() >= '0' && current() <= '9') {
                throw error("a number must not begin with 0");
            }
        } else {
            digits();
        }
        if (current() == '.') {
            at++;
            digits();
        }
        if (current() == 'e' || current() == 'E') {
            at++;
            if (current() == '+' || current() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() {
        int from = at;
        while (current() >= '0' && current() <= '9') {
            at++;
        }
        if (at == from) {
            throw unexpected("a digit");
        }
    }

    private String quoted(Words words) {
        int from = at + 1;
        return passString() ? Quoted.decoded(bytes, from, at - 1)
                : words == null ? new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8)
                : words.find(bytes, from, at - 1);
    }

    /// Skips a string, checking it; returns whether it contains escapes.
    private boolean passString() {
        int open = at;
        boolean escapes = false;
        for (int i = open + 1; i < end; i++) {
            byte b = bytes[i];
            if (b >= 0x20 && b != '"' && b != '\\') {
                continue;
            }
            at = i;
            if (b == '"') {
                at++;
                return escapes;
            }
            if (b == '\\') {
                escapes = true;
                passEscape();
            } else if (b < 0) {
                int length = Quoted.characterLength(bytes, at, end);
                if (length == 0) {
                    throw error("a byte that is not UTF-8");
                }
                at += length;
            } else {
                throw error(String.format(Locale.ROOT, "the control character U+%04X must be escaped in a string", b));
            }
            i = at - 1;
        }
        at = open;
        throw error("a string without its closing quote");
    }

    private void passEscape() {
        int length = Quoted.escapeLength(bytes, at, end);
        if (length <= 0) {
            throw error(length == 0 ? "\\u needs four hexadecimal digits"
                    : "an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
        at += length;
    }

    private JsonException unexpected(String expected) {
        return error("expected " + expected + ", found " + FoundText.at(bytes, at, end));
    }
}
