package tidy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The house style as far as a program can see it. A rule says of one file what is wrong in it.
final class Rules {

    static final int COLUMNS_MAX = 120;
    static final int FILE_LINES_MAX = 500;
    static final int METHOD_LINES_MAX = 70;

    private static final String LEFT_OVER = "\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b";
    private static final String REGISTRY = "(repo1?\\.maven|maven\\.google|registry\\.npmjs|registry\\.yarnpkg|pypi\\."
            + "|python" + "hosted|proxy\\.golang|crates\\.io|deb\\.debian|archive\\.ubuntu|plugins\\.gradle)";

    /// All that makes HTML, or a script, of a text.
    private static final String HTML = "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|createContextual"
            + "Fragment|DOMParser|setHTMLUnsafe|parseHTMLUnsafe|\\beval\\(|new Function\\(|srcdoc\\s*=|javascript:";

    /// A constant whose name has a unit of time or size before its end.
    private static final String UNIT_INSIDE = "static final (int|long|double) (?:[A-Z0-9]+_)*"
            + "(MS|MILLIS|NANOS|SECONDS|MINUTES|HOURS|DAYS|BYTES|CHARS)_(?!PER_)";

    /// A pattern that takes line or column out of a message.
    private static final String PLACE_PARSED = "\"[^\"]*\\b(line|column)\\b[^\"]*(\\\\\\\\d|\\[0-9)";

    /// But for `main`, whose class says what it is.
    private static final String PUBLIC_METHOD = "(?:    ){1,2}public (?!record|class|interface|enum|sealed|"
            + "abstract class|final class|static final class|static void main)[^=;]* \\w+\\(.*";

    /// The first line of a docstring that begins with what the method does: Returns, Waits, …
    private static final String SAYS_WHAT = " +/// (?!This|Its|As\\b)[A-Z][a-z]+s\\b.*";

    /// Every rule by its name, in the order of the report.
    static final Map<String, Function<SourceFile, List<String>>> ALL = all();

    private Rules() {
    }

    private static Map<String, Function<SourceFile, List<String>>> all() {
        Map<String, Function<SourceFile, List<String>>> rules = new LinkedHashMap<>();
        // a row of a Markdown table has to be one line
        rules.put("columns", file -> file.whereText(line -> line.codePointCount(0, line.length()) > COLUMNS_MAX
                && !(file.path().endsWith(".md") && line.startsWith("|")), "longer than " + COLUMNS_MAX + " columns"));
        rules.put("blanks", file -> file.whereText(line -> line.matches(".*[ \t\r]"), "blanks at the end of the line"));
        rules.put("tabs", file -> file.name().equals("Makefile") ? List.of()
                : file.whereText(line -> line.indexOf('\t') >= 0, "a tab: write spaces"));
        rules.put("end", Rules::end);
        rules.put("file-length", Rules::fileLength);
        rules.put("method-length", java(Rules::methodLength));
        rules.put("left-over", file -> file.whereText(Pattern.compile(LEFT_OVER).asPredicate(),
                "left for later: do it, or leave it out"));
        rules.put("registry", file -> file.whereText(Pattern.compile(REGISTRY).asPredicate(),
                "a registry's host: the user's own settings say where packages come from"));
        rules.put("package", java(Rules::packageIsFolder));
        rules.put("unused", java(Rules::unusedPrivate));
        rules.put("static", java(file -> file.where(
                line -> line.matches("\\s+(\\w+ )*static (?!.*\\bfinal\\b)[^({]+(=.*|;)") && !line.contains("import "),
                "a static field that is not final: make it a field of an object")));
        rules.put("imports", java(file -> file.where(line -> line.matches("import .*\\*;"), "import each name")));
        rules.put("rooms", java(Rooms::unknownTo));
        rules.put("requires", java(Rules::requires));
        Set<String> wiring = Set.of("src/server/Main.java", "src/server/Server.java", "src/client/Client.java",
                "src/client/Time.java");
        rules.put("clock", banned("src", "\\b(Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now\\(|"
                + "currentTimeMillis\\(|InstantSource\\.system\\(|Clock\\.system",
                // ServiceLoader makes providers, so they wire themselves
                file -> !wiring.contains(file.path()) && !file.path().endsWith("Provider.java"),
                "take an InstantSource in the constructor"));
        rules.put("exit", banned("src", "System\\.exit\\(|\\.halt\\(",
                file -> !wiring.contains(file.path()) && !file.path().equals("src/server/Signals.java")
                        && !file.isUnder("src/client/single"),
                "return a status: only Main, Signals, Client and its single file exit"));
        rules.put("charset", banned("", "\\.getBytes\\(\\)"
                + "|new (InputStreamReader|OutputStreamWriter|Scanner|PrintWriter)\\([^,(]*\\)"
                + "|new File(Reader|Writer)\\([^,]*\\)|Charset\\.defaultCharset",
                file -> true, "name the charset: UTF_8"));
        rules.put("locale", banned("src", "String\\.format\\((?!Locale)|\\.formatted\\(|\\.to(Lower|Upper)Case\\(\\)",
                file -> true, "name the locale: Locale.ROOT"));
        rules.put("stack", banned("", "printStackTrace\\(", file -> true, "log the event, or throw"));
        rules.put("sleep", banned("test", "Thread\\.sleep\\(|TimeUnit\\.\\w+\\.sleep\\(",
                file -> true, "wait for the condition, with a limit"));
        rules.put("html", file -> !file.isUnder("web") ? List.of() : file.whereText(Pattern.compile(HTML).asPredicate(),
                "text reaches the page as text nodes only: dom.js"));
        rules.put("inline", file -> !file.path().endsWith(".html") ? List.of() : file.whereText(
                Pattern.compile("(?i)<style|\\s(style|on\\w+)=|<script(?![^>]*\\ssrc=)|javascript:").asPredicate(),
                "the page's policy refuses scripts and styles inside of it"));
        rules.put("units", java(file -> !file.isUnder("src") ? List.of() : file.where(
                Pattern.compile(UNIT_INSIDE).asPredicate(), "the unit stands last in a name: TIMEOUT_MS, BODY_BYTES")));
        rules.put("places", java(file -> !file.isUnder("src") ? List.of() : file.whereText(
                Pattern.compile(PLACE_PARSED).asPredicate(), "a place is data: the Problem has it, not its text")));
        rules.put("docstring", java(Rules::undocumented));
        rules.put("thread", banned("src/server", "new Thread\\(", file -> true, "Thread.ofVirtual() or ofPlatform()"));
        return rules;
    }

    private static Function<SourceFile, List<String>> java(Function<SourceFile, List<String>> rule) {
        return file -> file.isJava() ? rule.apply(file) : List.of();
    }

    private static Function<SourceFile, List<String>> banned(String folder, String call, Predicate<SourceFile> where,
            String instead) {
        Predicate<String> found = Pattern.compile(call).asPredicate();
        return java(file -> file.path().startsWith(folder) && where.test(file) ? file.where(found, instead)
                : List.of());
    }

    private static List<String> end(SourceFile file) {
        return file.text().endsWith("\n") && !file.text().endsWith("\n\n") ? List.of()
                : List.of(file.path() + ": must end with one line end");
    }

    private static List<String> fileLength(SourceFile file) {
        int lines = file.lines().size() - 1;
        return lines <= FILE_LINES_MAX ? List.of()
                : List.of(file.path() + ": " + lines + " lines, at most " + FILE_LINES_MAX + ": one noun per file");
    }

    /// A member reaches from a line at the depth of members to the closing brace at the same depth.
    private static List<String> methodLength(SourceFile file) {
        List<String> found = new ArrayList<>();
        List<String> lines = List.of(file.code().split("\n", -1));
        for (String indent : new String[] {"    ", "        "}) {
            int start = 0;
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.matches(indent + "[^ }@)].*")) {
                    start = i;
                } else if (line.startsWith(indent + "}") && i - start >= METHOD_LINES_MAX
                        && !lines.get(start).matches(".*\\b(class|interface|enum|record)\\b.*")) {
                    found.add(file.path() + ":" + (start + 1) + ": a method of " + (i - start + 1) + " lines, at most "
                            + METHOD_LINES_MAX);
                }
            }
        }
        return found;
    }

    private static List<String> packageIsFolder(SourceFile file) {
        if (file.name().equals("module-info.java") || !file.isUnder("src") && !file.isUnder("test")) {
            return List.of();
        }
        String folder = file.path().replaceFirst("^(src|test)/", "").replaceFirst("/[^/]*$", "").replace('/', '.');
        return file.code().contains("package " + folder + ";") ? List.of()
                : List.of(file.path() + ": the package must be " + folder + ", as its folder");
    }

    /// A public method whose docstring is missing, or does not begin with what it does.
    private static List<String> undocumented(SourceFile file) {
        List<String> found = new ArrayList<>();
        List<String> lines = file.lines();
        for (int i = 0; file.isUnder("src") && i < lines.size(); i++) {
            if (!lines.get(i).matches(PUBLIC_METHOD)) {
                continue;
            }
            int end = i;
            while (lines.get(end - 1).strip().startsWith("@")) {
                end--;
            }
            int begin = end;
            while (lines.get(begin - 1).strip().startsWith("///")) {
                begin--;
            }
            if (lines.subList(end, i).stream().noneMatch(line -> line.strip().equals("@Override"))
                    && (begin == end || !lines.get(begin).matches(SAYS_WHAT))) {
                found.add(file.path() + ":" + (i + 1) + ": a docstring first says what the method does: Returns …");
            }
        }
        return found;
    }

    /// A private method or field whose name stands nowhere else in the file.
    private static List<String> unusedPrivate(SourceFile file) {
        List<String> found = new ArrayList<>();
        Matcher declared = Pattern.compile("(?m)^ +private [^=;({]*\\b(\\w+)(\\(| =|;)").matcher(file.code());
        while (declared.find()) {
            String name = declared.group(1);
            if (!name.equals("serialVersionUID")
                    && Pattern.compile("\\b" + name + "\\b").matcher(file.code()).results().count() == 1) {
                found.add(file.path() + ": private " + name + " is never used");
            }
        }
        return found;
    }

    /// The JDK is the only dependency, and little of it.
    private static List<String> requires(SourceFile file) {
        Map<String, Set<String>> allowed = Map.of(
                "src/shared/module-info.java", Set.of(),
                "src/client/module-info.java", Set.of("ollamaqueue.shared", "java.net.http"),
                "src/server/module-info.java", Set.of("ollamaqueue.shared", "java.management", "java.net.http",
                        "jdk.httpserver", "jdk.unsupported"));
        if (!file.name().equals("module-info.java")) {
            return List.of();
        }
        Set<String> modules = allowed.getOrDefault(file.path(), Set.of());
        return Stream.of(file.code().split("\n")).filter(line -> line.contains("requires "))
                .map(line -> line.replaceFirst(".* ([\\w.]+);.*", "$1")).filter(module -> !modules.contains(module))
                .map(module -> file.path() + ": must not require " + module).toList();
    }
}
