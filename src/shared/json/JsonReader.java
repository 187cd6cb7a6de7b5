package shared.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    /// How deep they may be nested in a text that these programs wrote themselves, because it may contain a text from
    /// outside.
    private static final int OWN_DEPTH_MAX = DEPTH_LIMIT + 16;

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
    /// By depth: the name of the member being read; null in an array and between members.
    private String[] names = new String[8];
    /// By depth: how many elements have begun; in an object, the members, counted downwards.
    private int[] counts = new int[8];
    private final SeenNames seen = new SeenNames();
    /// Whether a name may occur twice in an object.
    private boolean repeats;

    /// Makes a reader of a whole array, a text from outside.
    public JsonReader(byte[] utf8) {
        this(utf8, 0, utf8.length);
    }

    /// Makes a reader of a part of an array, a text from outside.
    public JsonReader(byte[] utf8, int from, int to) {
        this(utf8, from, to, DEPTH_MAX);
    }

    /// Makes a reader of a text that the server or the client wrote itself: a line of the journal and the values stored
    /// in it, or an answer of the server. It may contain a value from outside that was accepted, which is accepted
    /// again.
    public static JsonReader ofOwn(Slice text) {
        return new JsonReader(text.bytes(), text.from(), text.to(), OWN_DEPTH_MAX).repeatsNames();
    }

    /// Makes a reader of a part of an array.
    ///
    /// @param depthMax how deep arrays and objects may be nested
    public JsonReader(byte[] utf8, int from, int to, int depthMax) {
        this.depthMax = depthMax;
        text(utf8, from, to);
    }

    /// Allows a name to occur twice in an object, for a text that another program validates. The last one counts.
    ///
    /// @return this
    public JsonReader repeatsNames() {
        repeats = true;
        return this;
    }

    /// Continues with another text. Many small texts of one kind are read faster by one reader than by one each.
    ///
    /// @return this
    public JsonReader begin(byte[] utf8, int from, int to) {
        text(utf8, from, to);
        depth = 0;
        seen.clear();
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
        push();
    }

    /// Returns the next member's name and moves to its value; returns null and moves past the object at its end.
    public String nextName() {
        whitespace();
        if (current() == '}') {
            at++;
            pop();
            return null;
        }
        if (counts[depth]-- < 0) {
            separator('}');
        }
        names[depth] = null;
        if (current() != '"') {
            throw unexpected("a name in quotes");
        }
        int nameAt = at;
        String name = quoted(known);
        if (!repeats && !seen.add(depth, name)) {
            at = nameAt;
            throw error("the name \"" + Problem.shown(name) + "\" appears twice");
        }
        names[depth] = name;
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
        push();
    }

    /// Returns whether another element follows; at the array's end, returns false and moves past it.
    public boolean nextElement() {
        whitespace();
        if (current() == ']') {
            at++;
            pop();
            return false;
        }
        if (counts[depth]++ > 0) {
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
        switch (peek()) {
            case OBJECT -> {
                push();
                while (nextName() != null) {
                    skip();
                }
            }
            case ARRAY -> {
                push();
                while (nextElement()) {
                    skip();
                }
            }
            case STRING -> passString();
            case NUMBER -> passNumber();
            case BOOLEAN -> bool();
            case NULL -> nul();
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
        int line = 1;
        int column = 1;
        for (int i = start; i < position; i++) {
            if (bytes[i] == '\n') {
                line++;
                column = 1;
            } else if ((bytes[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return new TextPlace(null, line, column, path());
    }

    /// Returns the name of the member whose value is being read; null in an array and outside objects.
    public String member() {
        return names[depth];
    }

    /// Returns the path of the value being read, such as `messages[0].role`; empty at the top.
    String path() {
        StringBuilder path = new StringBuilder();
        for (int i = 1; i <= depth; i++) {
            if (names[i] != null) {
                path.append(i > 1 ? "." : "").append(Problem.shown(names[i]));
            } else if (counts[i] > 0) {
                path.append('[').append(counts[i] - 1).append(']');
            }
        }
        return path.toString();
    }

    // ---- structure

    private void push() {
        if (depth == depthMax) {
            throw error("nested deeper than " + depthMax);
        }
        at++;
        if (++depth == names.length) {
            names = Arrays.copyOf(names, 2 * depth);
            counts = Arrays.copyOf(counts, 2 * depth);
        }
        names[depth] = null;
        counts[depth] = 0;
        seen.open(depth);
    }

    private void pop() {
        seen.close(depth--);
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
        while (at < end) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
            at++;
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
        if (passString()) {
            return Quoted.decoded(bytes, from, at - 1);
        }
        return words == null ? new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8)
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
        int letter = at + 1 < end ? bytes[at + 1] : -1;
        if (letter == 'u') {
            for (int i = 2; i < 6; i++) {
                if (at + i >= end || Character.digit(bytes[at + i], 16) < 0) {
                    throw error("\\u needs four hexadecimal digits");
                }
            }
            at += 6;
        } else if (Quoted.ESCAPES.indexOf(letter) >= 0) {
            at += 2;
        } else {
            throw error("an escape must be one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    // ---- errors

    private JsonException unexpected(String expected) {
        return error("expected " + expected + ", found " + FoundText.at(bytes, at, end));
    }
}
