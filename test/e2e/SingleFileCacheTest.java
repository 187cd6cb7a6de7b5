package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import support.Effort;
import support.Jdks;

/// What the single file caches and what it trusts, started by `sh` and by `java`. Its client is a small one here,
/// because it is compiled often.
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SingleFileCacheTest {

    private static final int ENTRIES_MAX = 5;
    private static final int AT_ONCE = Effort.of(2, 8);
    /// Neither root nor the user that runs the tests, not even if that is `nobody`.
    private static final String OTHER_USER = "65533";

    @TempDir
    private Path folder;
    private Path shared;
    /// A JDK whose `java` starts sources as described for [Jdks#compiling].
    private Path jdk;
    private Path program;
    private Path cache;

    @BeforeAll
    void share(@TempDir Path all) throws Exception {
        shared = all;
        jdk = all.resolve("jdk");
        Path java = Files.createDirectories(jdk.resolve("bin")).resolve("java");
        List<String> source = Jdks.compiling(Jdks.current());
        Files.writeString(java, """
                #!/bin/sh
                case "$*" in *.java*) exec %s "$@" ;; esac
                exec %s "$@"
                """.formatted(String.join(" ", source), source.getFirst()));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @BeforeEach
    void write() throws IOException {
        program = folder.resolve("Client.java");
        cache = folder.resolve("home with space/.cache/ollama-queue");
        write("hello");
    }

    @Test
    void start_second_compilesNothingUntilAFileChanges() throws Exception {
        assertEquals("hello a b c\n", run("a b", "c"));
        Path jar = entries().get(0).resolve("client.jar");
        FileTime made = Files.getLastModifiedTime(jar);
        Files.delete(archives().get(0));
        assertEquals("hello d\n", run("d"));
        assertEquals(made, Files.getLastModifiedTime(jar));
        Files.write(jar, new byte[0]);
        assertEquals("hello e\n", run("e"));
        assertTrue(Files.size(jar) > 0, "what a power failure emptied is made anew");
        assertEquals(1, entries().size());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)));
        write("changed");
        assertEquals("changed\n", run());
        assertEquals(2, entries().size());
    }

    @Test
    void start_manyAtOnceOnAnEmptyCache_allWorkAndOneStays() throws Exception {
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            starts.add(start(Map.of(), Integer.toString(i)));
        }
        for (int i = 0; i < AT_ONCE; i++) {
            assertEquals("hello " + i + "\n", output(starts.get(i)));
        }
        assertEquals(1, entries().size(), entries().toString());
        assertEquals(1, archives().size(), archives().toString());
    }

    @Test
    void java_second_compilesNothing() throws Exception {
        assertEquals("hello a b c\n", java(Jdks.current(), "a b", "c"));
        Path jar = entries().get(0).resolve("client.jar");
        FileTime made = Files.getLastModifiedTime(jar);
        assertEquals("hello d\n", java(Jdks.current(), "d"));
        assertEquals(made, Files.getLastModifiedTime(jar));
        assertEquals(List.of(), archives(), "what the JVM maps is for the shell");
        assertEquals("hello e\n", run("e"));
        assertEquals(made, Files.getLastModifiedTime(jar), "the shell's part takes the same");
    }

    @Test
    void java_entryOfANewerJdk_runsOnJdk17() throws Exception {
        startedBefore();
        FileTime made = Files.getLastModifiedTime(entries().get(0).resolve("client.jar"));
        assertEquals("hello x\n", java(Jdks.oldest(), "x"));
        assertEquals(made, Files.getLastModifiedTime(entries().get(0).resolve("client.jar")));
    }

    @Test
    void java_damagedEntry_isMadeAnew() throws Exception {
        startedBefore();
        Path jar = entries().get(0).resolve("client.jar");
        byte[] good = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(good, good.length / 2));
        assertEquals("hello x\n", java(Jdks.current(), "x"));
        assertEquals(good.length, Files.size(jar));
        assertEquals(List.of(entries().get(0)), entries());
    }

    @Test
    void java_manyAtOnceOnAnEmptyCache_allWorkAndOneStays() throws Exception {
        List<Process> starts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            starts.add(start(Jdks.compiling(Jdks.current()), Map.of(), Integer.toString(i)));
        }
        for (int i = 0; i < AT_ONCE; i++) {
            assertEquals("hello " + i + "\n", output(starts.get(i)));
        }
        assertEquals(1, entries().size(), entries().toString());
    }

    @Test
    void java_cacheThatOthersMayWriteTo_isNotTrusted() throws Exception {
        startedBefore();
        Files.writeString(entries().get(0).resolve("client.jar"), "planted");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwx----w-"));
        assertEquals("ollama-queue: note: " + cache + " is not a folder that only you can write to: this start "
                + "compiles again\nhello x\n", java(Jdks.current(), "x"));
        assertEquals("planted", Files.readString(entries().get(0).resolve("client.jar")));
    }

    @Test
    void java_parentThatOthersMayWriteTo_isNotTrusted() throws Exception {
        Files.createDirectories(cache);
        Files.setPosixFilePermissions(cache.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(java(Jdks.current(), "x").contains("note: " + cache + " is not a folder"), "a note");
        assertEquals(List.of(), entries());
    }

    @Test
    void java_stickyParent_isTrusted() throws Exception {
        Files.createDirectories(cache.getParent());
        assertEquals(0, new ProcessBuilder("chmod", "1777", cache.getParent().toString()).start().waitFor());
        assertEquals("hello x\n", java(Jdks.current(), "x"));
        assertEquals(1, entries().size());
    }

    @Test
    void java_cacheIsALink_isNotTrusted() throws Exception {
        Files.createDirectories(cache.getParent());
        Files.createSymbolicLink(cache, Files.createDirectory(folder.resolve("elsewhere")));
        assertTrue(java(Jdks.current(), "x").contains("note: " + cache + " is not a folder"), "a note");
    }

    @Test
    void java_clientThatDoesNotCompile_saysWhereInTheFile() throws Exception {
        String text = Files.readString(program).replace("(\"hello ", "(nothing + \"hello ");
        Files.writeString(program, text);
        long line = text.substring(0, text.indexOf("(nothing")).lines().count();
        Process process = start(Jdks.compiling(Jdks.current()), Map.of());
        String said = output(process);
        assertTrue(said.contains("Client.java:" + line + ": error: cannot find symbol"), said);
        assertEquals(1, process.exitValue());
        assertFalse(Files.exists(cache), "nothing to keep");
    }

    @Test
    void java_classThatJavacMade_startsFromTheFileBesideItOrSaysHow() throws Exception {
        List<String> compile = new ArrayList<>(List.of(Jdks.current() + "/bin/javac", "-proc:none", "-d",
                folder.toString(), program.toString()));
        Jdks.BRIEF.forEach(option -> compile.add("-J" + option));
        assertEquals(0, new ProcessBuilder(compile).inheritIO().start().waitFor());
        List<String> made = quick(Jdks.current(), "-cp", folder.toString());
        program = Path.of("Client");
        assertEquals("hello x\n", output(start(made, Map.of(), "x")));
        Files.delete(folder.resolve("Client.java"));
        Process process = start(made, Map.of(), "x");
        assertEquals("ollama-queue: error: cannot read the client's source from " + folder
                + "/Client.java: start it as java Client.java\n", output(process));
        assertEquals(1, process.exitValue());
    }

    @Test
    void java_otherNameOfTheFile_works() throws Exception {
        program = Files.move(program, folder.resolve("queue tool.java"));
        assertEquals("hello x\n", java(Jdks.current(), "x"));
        assertEquals("hello y\n", java(Jdks.oldest(), "y"));
    }

    /// As on a host with read-only disks: no program may write a byte to a file here.
    @Test
    void java_nothingCanBeWritten_compilesInMemoryWithoutAWord() throws Exception {
        List<String> limited = List.of("sh", "-c", "ulimit -f 0; exec \"$@\"", "sh");
        for (Path jdk : List.of(Jdks.oldest(), Jdks.current())) {
            List<String> command = new ArrayList<>(limited);
            command.addAll(quick(jdk, "-XX:-UsePerfData"));
            assertEquals("hello x\n", output(start(command, Map.of(), "x")));
        }
        assertEquals(List.of(), entries());
    }

    @Test
    void start_newVersion_dropsTheOldest() throws Exception {
        Files.createDirectories(cache);
        for (int i = 0; i < ENTRIES_MAX + 1; i++) {
            Path old = Files.createDirectory(cache.resolve("0" + i));
            Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000L * (i + 1)));
        }
        Path unfinished = Files.createDirectory(cache.resolve("new.abcdef"));
        Files.setLastModifiedTime(unfinished, FileTime.fromMillis(1_000_000));
        run();
        List<String> names = entries().stream().map(entry -> entry.getFileName().toString()).sorted().toList();
        assertEquals(ENTRIES_MAX, names.size(), names.toString());
        assertEquals(List.of("02", "03", "04", "05"), names.subList(0, 4).stream().sorted().toList());
    }

    @Test
    void start_cacheThatOthersMayWriteTo_isNotTrusted() throws Exception {
        startedBefore();
        Path jar = entries().get(0).resolve("client.jar");
        Files.writeString(jar, "planted");
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwx---"));
        assertEquals("ollama-queue: note: " + cache + " is not a folder that only you can write to: this start "
                + "compiles again\nhello x\n", run("x"));
    }

    @Test
    void start_parentThatOthersMayWriteTo_isNotTrusted() throws Exception {
        Files.createDirectories(cache);
        Files.setPosixFilePermissions(cache.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertTrue(run("x").contains("note: " + cache + " is not a folder"), "a note");
        assertEquals(List.of(), entries());
    }

    @Test
    void start_cacheOfAnotherUser_isNotTrusted() throws Exception {
        Files.createDirectories(cache);
        Process chown = new ProcessBuilder("chown", OTHER_USER, cache.toString()).start();
        boolean root = chown.waitFor() == 0;
        assertTrue(root || System.getenv("CI") == null, "CI must try another user's folder");
        Assumptions.assumeTrue(root, "giving a folder away takes root");
        assertTrue(run("x").contains("note: " + cache + " is not a folder"), "a note");
    }

    @Test
    void start_cacheIsAFile_runsWithoutIt() throws Exception {
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, "in the way");
        assertTrue(run("x").endsWith(": this start compiles again\nhello x\n"), "a note and the answer");
    }

    @Test
    void start_noHome_runsWithoutACache() throws Exception {
        assertEquals("hello x\n", output(start(Map.of("HOME", ""), "x")));
    }

    @Test
    void start_xdgCacheHome_isUsedAndTheStatusKept() throws Exception {
        Process process = start(Map.of("HOME", "", "XDG_CACHE_HOME", folder.resolve("xdg").toString()), "exit");
        assertEquals("hello exit\n", output(process));
        assertEquals(7, process.exitValue());
        try (Stream<Path> entries = Files.list(folder.resolve("xdg/ollama-queue"))) {
            assertEquals(1, entries.count());
        }
    }

    @Test
    void start_nameThatBeginsWithADash_isAFileToo() throws Exception {
        Files.move(program, folder.resolve("-C.java"));
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "cd \"$0\" && exec sh -- -C.java x",
                folder.toString()).redirectErrorStream(true);
        builder.environment().put("HOME", folder.toString());
        builder.environment().remove("XDG_CACHE_HOME");
        assertEquals("hello x\n", output(builder.start()));
    }

    @Test
    void start_fromStdin_failsForThereIsNoFile() throws Exception {
        Process process = new ProcessBuilder("sh", "-s", "x").directory(folder.toFile())
                .redirectInput(program.toFile()).start();
        assertEquals("", output(process));
        assertEquals(1, process.exitValue());
    }

    @Test
    void start_noJava_saysWhatToInstall() throws Exception {
        Process process = start(Map.of("JAVA_HOME", folder.toString()));
        assertEquals("ollama-queue: error: there is no java: install a JDK, 17 or later, or set JAVA_HOME\n",
                output(process));
        assertNotEquals(0, process.exitValue());
    }

    /// Fills the cache as an earlier start by this JDK would; it is created once for all tests.
    private void startedBefore() throws Exception {
        Path made = shared.resolve("home with space");
        if (!Files.exists(made)) {
            java(Jdks.current());
            copy(folder.resolve("home with space"), made);
        } else {
            copy(made, folder.resolve("home with space"));
        }
    }

    private static void copy(Path from, Path to) throws Exception {
        assertEquals(0, new ProcessBuilder("cp", "-a", from.toString(), to.toString()).inheritIO().start().waitFor());
    }

    private void write(String word) throws IOException {
        String made = Files.readString(Path.of("build/dist/Client.java"));
        String keep = Files.readString(Path.of("src/client/single/Keep.java")).replaceFirst("package .*\n", "");
        Files.writeString(program, made.substring(0, made.indexOf("\n/*\n")) + "\n/*" + keep + """

                public final class Client {
                    public static void main(String[] words) {
                        System.out.println(("%s " + String.join(" ", words)).strip());
                        System.exit(words.length > 0 && words[0].equals("exit") ? 7 : 0);
                    }
                }
                */
                """.replace("%s", word));
    }

    private String run(String... words) throws Exception {
        return output(start(Map.of(), words));
    }

    private String java(Path jdk, String... words) throws Exception {
        return output(start(Jdks.compiling(jdk), Map.of(), words));
    }

    private static List<String> quick(Path jdk, String... options) {
        List<String> command = new ArrayList<>(List.of(jdk + "/bin/java"));
        command.addAll(Jdks.BRIEF);
        command.addAll(List.of(options));
        return command;
    }

    private Process start(Map<String, String> environment, String... words) throws IOException {
        return start(List.of("sh"), environment, words);
    }

    private Process start(List<String> program, Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.add(this.program.toString());
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> all = new HashMap<>(Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", jdk.toString(),
                "HOME", folder.resolve("home with space").toString()));
        all.putAll(environment);
        builder.environment().clear();
        builder.environment().putAll(all);
        return builder.start();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it ends");
        return output;
    }

    /// Returns the class archives that the JVM mapped.
    private List<Path> archives() throws IOException {
        try (Stream<Path> files = Files.list(entries().get(0))) {
            return files.filter(file -> file.toString().endsWith(".jsa")).toList();
        }
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> entries = Files.list(cache)) {
            return entries.sorted().toList();
        }
    }
}
