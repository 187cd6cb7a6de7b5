package client.single;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import support.Jdks;

/// The tool that makes the single file, on small trees of sources.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("process")
class SingleFileToolTest {

    private static final String KEEP = "final class Keep {\n    static void keep() {\n    }\n}\n";
    private static final String KEPT = "\n// ---- client/single\n\n" + KEEP;

    private Path tool;

    @TempDir
    private Path sources;

    @BeforeAll
    void compile(@TempDir Path classes) throws Exception {
        tool = classes;
        List<String> command = new ArrayList<>(List.of(Jdks.current() + "/bin/javac", "-d", classes.toString(),
                "src/client/single/SingleFile.java", "src/client/single/Needed.java",
                "src/client/single/Merged.java"));
        Jdks.BRIEF.forEach(option -> command.add("-J" + option));
        assertEquals("", ran(command));
    }

    @BeforeEach
    void head() throws IOException {
        write("client/single/head.txt", "// head\n");
        write("client/single/Start.java", "package client.single;\n\nfinal class Start {\n}\n");
        write("client/single/Keep.java", "package client.single;\n\n" + KEEP);
        Files.createDirectory(sources.resolve("shared"));
    }

    @Test
    void merge_twoPackages_keepsWhatIsNeededAndItsComments() throws Exception {
        write("client/Client.java", """
                package client;

                import java.util.List;
                import java.util.Map;
                import shared.Text;

                /// The program. Its comment cannot end with */ here.
                public final class Client {
                    public static void main(String[] words) {
                        System.out.println(Text.of(List.of(words)) + shared.Text.MARK);
                    }

                    /// Nobody calls it.
                    static Map<String, String> unused() {
                        return Map.of();
                    }
                }
                """);
        write("shared/Text.java", """
                package shared;

                import java.util.List;

                /// Words as a text.
                public final class Text {

                    // what stands at the end
                    public static final char MARK = '\u2026';
                    static final int OTHER = 1;

                    public static String of(List<String> words) {
                        return String.join(" ", words);
                    }
                }
                """);
        write("shared/Unused.java", "package shared;\n\nfinal class Unused {\n}\n");
        assertEquals("", make());
        assertEquals("""
                // head

                final class Client {
                }

                /*
                import java.util.List;

                /// The program. Its comment cannot end with *&#47; here.
                public final class Client {
                    public static void main(String[] words) {
                        System.out.println(Text.of(List.of(words)) + Text.MARK);
                    }
                }
                KEEP
                // ---- shared

                /// Words as a text.
                final class Text {

                    // what stands at the end
                    public static final char MARK = '\\u2026';

                    public static String of(List<String> words) {
                        return String.join(" ", words);
                    }
                }
                */
                """.replace("KEEP", KEPT), Files.readString(sources.resolve("made/Client.java")));
    }

    @Test
    void merge_whatIsCalledByOverriding_stays() throws Exception {
        write("client/Client.java", """
                package client;

                public final class Client {
                    interface Shape {
                        int area();
                    }

                    record Square(int side) implements Shape {
                        @Override
                        public int area() {
                            return side * side;
                        }

                        @Override
                        public String toString() {
                            return "square " + area();
                        }
                    }

                    public static void main(String[] words) {
                        Shape shape = new Square(3);
                        System.out.println(shape);
                    }
                }
                """);
        assertEquals("", make());
        assertTrue(Files.readString(sources.resolve("made/Client.java")).contains("side * side"), "area stays");
    }

    @Test
    void merge_twoTypesOfOneName_isRefused() throws Exception {
        write("client/Client.java", client("Thing.A + shared.Thing.B"));
        write("client/Thing.java", "package client;\n\nfinal class Thing {\n    static final int A = 1;\n}\n");
        write("shared/Thing.java", "package shared;\n\npublic final class Thing {\n    public static final int B = 1;\n"
                + "}\n");
        refused("shared/Thing.java: Thing is shared.Thing here and client.Thing elsewhere; a single file has room "
                + "for one");
    }

    @Test
    void merge_typeNamedAsAnImport_isRefused() throws Exception {
        write("client/Client.java", client("new java.util.ArrayList<String>().size() + List.A + shared.Other.B"));
        write("client/List.java", "package client;\n\nfinal class List {\n    static final int A = 1;\n}\n");
        write("shared/Other.java", "package shared;\n\nimport java.util.List;\n\npublic final class Other {\n"
                + "    public static final int B = List.of().size();\n}\n");
        refused("shared/Other.java: List is java.util.List here and client.List elsewhere; a single file has room "
                + "for one");
    }

    @Test
    void merge_typeThatHidesOneOfJavaLang_isRefused() throws Exception {
        write("client/Client.java", client("Record.A"));
        write("client/Record.java", "package client;\n\nfinal class Record {\n    static final int A = 1;\n}\n");
        refused("client/Record.java: Record would hide java.lang.Record from the whole file");
    }

    @Test
    void merge_importOfAMember_isRefused() throws Exception {
        write("client/Client.java", "package client;\n\nimport static shared.Other.B;\n\n"
                + client("B").substring("package client;\n\n".length()));
        write("shared/Other.java", "package shared;\n\npublic final class Other {\n    public static final int B = 1;\n"
                + "}\n");
        refused("client/Client.java: imports shared.Other.B; in a single file it can only be named as a member of its "
                + "type");
    }

    @Test
    void merge_sourcesThatDoNotCompile_saysWhere() throws Exception {
        write("client/Client.java", client("nothing"));
        String said = make();
        assertTrue(said.contains("client/Client.java:5: error: cannot find symbol"), said);
    }

    private static String client(String value) {
        return "package client;\n\npublic final class Client {\n    public static void main(String[] words) {\n"
                + "        System.out.println(" + value + ");\n    }\n}\n";
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(sources.resolve(name).getParent());
        Files.writeString(sources.resolve(name), text);
    }

    private void refused(String why) throws Exception {
        assertEquals(sources + "/" + why + "\n", make());
        assertFalse(Files.exists(sources.resolve("made/Client.java")), "nothing is made");
    }

    /// What the tool says.
    private String make() throws IOException, InterruptedException {
        Files.createDirectories(sources.resolve("made"));
        List<String> command = new ArrayList<>(Jdks.compiling(Jdks.current()));
        command.addAll(List.of("-cp", tool.toString(), "client.single.SingleFile",
                sources.resolve("made/Client.java").toString(), sources.toString()));
        return ran(command);
    }

    private static String ran(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(said.isEmpty() ? 0 : 1, process.exitValue(), said);
        return said;
    }
}
