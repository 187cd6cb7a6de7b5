package tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Reads every source file of the project and holds it against the house style; and each rule against an example.
class TidyTest {

    /// What may break a rule, as `path rule`, and why.
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "test/demo/FindModels.java package", "a program of one file, run from its source",
            "test/support/FakeOllamaAnswer.java sleep", "a slow host is slow, as its caller asked",
            "test/support/FakeOpenAiAnswer.java sleep", "the same",
            "test/support/LoadingOllama.java sleep", "a load takes its time, as its caller asked",
            "test/support/FakeOllama.java stack", "a wrong script of a test, in a thread where nobody catches it");

    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final List<SourceFile> FILES = SourceFile.all(ROOT);

    static Stream<String> rules() {
        return Rules.ALL.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyFile_keepsTheRule(String rule) {
        List<String> found = new ArrayList<>();
        for (SourceFile file : FILES) {
            if (!EXCEPTIONS.containsKey(file.path() + " " + rule)) {
                found.addAll(Rules.ALL.get(rule).apply(file));
            }
        }
        assertTrue(found.isEmpty(), () -> found.size() + " against the rule '" + rule + "':\n"
                + String.join("\n", found));
    }

    static Stream<String> rulesOfTheTree() {
        return Rooms.ALL.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rulesOfTheTree")
    void tree_keepsTheRule(String rule) {
        List<String> found = Rooms.ALL.get(rule).apply(FILES);
        assertEquals(List.of(), found, () -> String.join("\n", found));
    }

    @Test
    void exceptions_areStillNeeded() {
        for (String exception : EXCEPTIONS.keySet()) {
            String[] pathAndRule = exception.split(" ");
            assertTrue(FILES.stream().filter(file -> file.path().equals(pathAndRule[0]))
                    .noneMatch(file -> Rules.ALL.get(pathAndRule[1]).apply(file).isEmpty()), exception);
        }
    }

    @Test
    void topLevel_holdsOnlyWhatTheLayoutKnows() throws IOException {
        Set<String> allowed = Set.of("Makefile", "README.md", "LICENSE", "src", "web", "test", "build");
        assertEquals(Set.of(), without(names(ROOT), allowed));
        assertEquals(Set.of(), without(names(ROOT.resolve("src")), Set.of("server", "client", "shared",
                "DESIGN.md", "PLATFORM.md", "STYLE.md", "CONTRIBUTING.md", "CHANGELOG.md", "decisions", "guide")));
        assertTrue(Files.isExecutable(ROOT.resolve(".ci/run")), ".ci/run must be executable");
    }

    @Test
    void rules_onTheirExamples_findThem() {
        assertFound("columns", "src/a/A.java", "x".repeat(121));
        assertFound("blanks", "web/a.js", "let a; ");
        assertFound("tabs", "web/a.css", "\tx");
        assertFound("left-over", "src/a/A.java", "// TO" + "DO later");
        assertFound("registry", ".ci/run", "curl https://repo" + "1.maven.org/x");
        assertFound("package", "src/server/queue/A.java", "package server.task;");
        assertFound("unused", "src/a/A.java", "    private static int lonely(int x) {");
        assertFound("static", "src/a/A.java", "    private static int count;");
        assertFound("static", "src/a/A.java", "    static List<String> names = new ArrayList<>();");
        assertFound("imports", "src/a/A.java", "import java.util.*;");
        assertFound("rooms", "src/server/journal/A.java", "import server.task.Task;");
        assertFound("rooms", "src/server/task/A.java", "int n = server.http.Api.MAX;");
        assertFound("rooms", "src/server/task/A.java", "import server.Server;");
        assertFound("rooms", "src/server/newcomer/A.java", "import server.task.Task;");
        assertFound("units", "src/a/A.java", "    private static final long WAIT_MS_MAX = 1;");
        assertFound("places", "src/a/A.java", "Pattern.compile(\" \\\\(line (\\\\d+), column (\\\\d+)\");");
        assertFound("requires", "src/shared/module-info.java", "    requires transitive java.sql;");
        assertFound("clock", "src/server/queue/A.java", "long t = System.currentTimeMillis();");
        assertFound("exit", "src/server/http/A.java", "System.exit(1);");
        assertFound("charset", "test/a/A.java", "byte[] b = text.getBytes();");
        assertFound("locale", "src/a/A.java", "String.format(\"%d\", 1)");
        assertFound("stack", "src/a/A.java", "e.printStackTrace();");
        assertFound("sleep", "test/a/A.java", "Thread.sleep(100);");
        assertFound("docstring", "src/a/A.java", "}\n    public int size() {");
        assertFound("docstring", "src/a/A.java", "}\n    /// How many.\n    public int size() {");
        assertFound("docstring", "src/a/A.java", "    record B() {\n        public int size() {");
        assertFound("docstring", "src/a/A.java", "}\n    /// @param a of all\n    @Deprecated\n    public int a() {");
        assertFound("thread", "src/server/A.java", "new Thread(this::run).start();");
        for (String html : List.of("a.innerHTML = b", "a.insertAdjacentHTML('beforeend', b)", "document.write(a)",
                "eval(a)", "frame.srcdoc = a")) {
            assertFound("html", "web/a.js", html);
        }
        for (String inline : List.of("<p style=\"a\">", "<a onclick=\"a()\">", "<script>a()</script>", "<style>")) {
            assertFound("inline", "web/a.html", inline);
        }
        assertFound("file-length", "src/a/A.java", "\n".repeat(500) + "}");
        assertFound("method-length", "src/a/A.java", "    void a(\n            int b) {\n" + "        b++;\n".repeat(68)
                + "    }");
        assertFound("end", "src/a/A.java", "}\n");
    }

    @Test
    void rulesOfTheTree_onTheirExamples_findThem() {
        assertTreeFound("names", "src/client/Lines.java", "src/server/queue/Lines.java");
        assertTypesFound(1, "src/server/a/Run.java", "class Run {\n}", "src/server/b/B.java",
                "class B {\n    private record Run() {");
        assertTypesFound(1, "src/shared/A.java", "class A {\n    record Found() {", "src/server/b/B.java",
                "class B {\n    public static final class Found {");
        assertTypesFound(0, "src/client/Run.java", "class Run {\n}", "src/server/b/B.java",
                "class B {\n    private record Run() {");
        assertTypesFound(0, "src/server/a/A.java", "class A {\n    record Key() {", "src/server/b/B.java",
                "class B {\n    private record Key() {");
        assertTypesFound(0, "src/server/a/A.java", "class A {\n    record Change() {", "src/server/b/B.java",
                "public class C {\n}\npublic sealed interface B {\n    record Change() implements B {");
        assertTreeFound("front-page", "src/a/A.java", "src/a/package-info.java", "src/a/b/B.java");
        assertTreeFound("rooms-known", Stream.concat(Stream.of("src/server/newcomer/A.java"), rooms())
                .toArray(String[]::new));
        assertTreeFound("rooms-known", rooms().skip(1).toArray(String[]::new));
        assertTreeFound("room-size", IntStream.rangeClosed(0, Rooms.FILES_MAX).mapToObj(n -> "src/server/queue/A" + n
                + ".java").toArray(String[]::new));
    }

    /// A file in each room of the server that there is.
    private static Stream<String> rooms() {
        return FILES.stream().filter(file -> file.isJava() && file.isUnder("src/server"))
                .map(file -> file.path().replaceFirst("[^/]*$", "A.java")).distinct()
                .filter(path -> !path.equals("src/server/A.java"));
    }

    @Test
    void rules_onWhatIsAllowed_findNothing() {
        assertNotFound("rooms", "src/server/Server.java", "import server.http.Api;");
        assertNotFound("rooms", "src/server/task/A.java", "// as server.http.Api has it\nimport shared.Problem;");
        assertNotFound("units", "src/a/A.java", "    static final long WAIT_MAX_MS = 1, MS_PER_DAY = 2;");
        assertNotFound("places", "src/a/A.java", "String where = \"line \" + line + \", column \" + column;");
        assertNotFound("static", "src/a/A.java", "    static final int MAX = 1;\n    static int of() {\n"
                + "    private static final Map<String, String> M = Map.of();\n    static void a(int b) { }");
        assertNotFound("sleep", "test/a/A.java", "/// never Thread.sleep(1)\nString a = \"Thread.sleep(1)\";\n"
                + "char c = '\"'; /* Thread.sleep(1)\nThread.sleep(1) */\n"
                + "String b = \"\"\"\n  \\\"\"\" Thread.sleep(1)\n\"\"\";");
        assertNotFound("docstring", "src/a/A.java", "}\n    /// Returns how many.\n    public int size() {\n    }\n\n"
                + "    @Override\n    public String toString() {\n    public A(int a) {");
        assertNotFound("html", "web/a.js", "a.textContent = b; // srcdoc");
        assertNotFound("html", "test/a/A.java", "innerHTML");
        assertNotFound("inline", "web/a.html", "<script type=\"module\" src=\"a.js\"></script>");
        assertNotFound("clock", "src/server/Main.java", "InstantSource.system()");
        assertNotFound("method-length", "src/a/A.java", "    record A() {\n" + "        // x\n".repeat(90) + "    }");
        assertNotFound("charset", "src/a/A.java", "new InputStreamReader(in, UTF_8); text.getBytes(UTF_8);");
        assertNotFound("locale", "src/a/A.java", "String.format(Locale.ROOT, \"%d\", 1)");
        assertNotFound("end", "src/a/A.java", "}");
    }

    private static void assertFound(String rule, String path, String text) {
        assertEquals(1, Rules.ALL.get(rule).apply(SourceFile.of(path, text + "\n")).size(), rule + ": " + text);
    }

    private static void assertTreeFound(String rule, String... paths) {
        List<SourceFile> files = Stream.of(paths).map(path -> SourceFile.of(path, "\n")).toList();
        List<String> found = Rooms.ALL.get(rule).apply(files);
        assertEquals(1, found.size(), rule + ": " + found);
    }

    private static void assertTypesFound(int count, String path, String text, String other, String otherText) {
        assertEquals(count, Rooms.ALL.get("type-names").apply(List.of(SourceFile.of(path, text + "\n"),
                SourceFile.of(other, otherText + "\n"))).size(), text + otherText);
    }

    private static void assertNotFound(String rule, String path, String text) {
        assertEquals(List.of(), Rules.ALL.get(rule).apply(SourceFile.of(path, text + "\n")));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            Set<String> names = new HashSet<>();
            paths.map(path -> path.getFileName().toString()).filter(name -> !name.startsWith(".")).forEach(names::add);
            return names;
        }
    }

    private static Set<String> without(Set<String> names, Set<String> allowed) {
        Set<String> rest = new HashSet<>(names);
        rest.removeAll(allowed);
        return rest;
    }
}
