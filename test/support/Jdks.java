package support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The JDKs of this machine.
public final class Jdks {

    /// Short runs end before the second compiler pays off.
    public static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    /// Java's compiler as the JVM maps it, which halves the cost of starting a source. The first user creates it, and
    /// `make` discards it for another JDK.
    private static final Path COMPILER = Path.of("build/test/compiler.jsa").toAbsolutePath();

    private Jdks() {
    }

    /// Returns the JDK that runs the tests.
    public static Path current() {
        return Path.of(System.getProperty("java.home"));
    }

    /// Returns the words that come before the name of a source file for `java` to compile and run, or before the
    /// options of a program that calls the compiler.
    public static List<String> compiling(Path jdk) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(jdk + "/bin/java"));
        words.addAll(BRIEF);
        if (jdk.equals(current())) {
            mapCompiler();
            words.addAll(List.of("-Xlog:disable", "-Xlog:all=error,cds=off:stderr",
                    "-XX:SharedArchiveFile=" + COMPILER));
        }
        return words;
    }

    /// Creates the compiler's archive. Another lane may be doing the same, so the finished file is renamed into place.
    private static synchronized void mapCompiler() throws IOException, InterruptedException {
        if (Files.exists(COMPILER)) {
            return;
        }
        Path part = COMPILER.resolveSibling("compiler." + ProcessHandle.current().pid());
        List<String> command = new ArrayList<>(List.of(current() + "/bin/java"));
        command.addAll(BRIEF);
        command.addAll(List.of("-Xlog:disable", "-XX:ArchiveClassesAtExit=" + part, "build/dist/Client.java",
                "version"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        // it stores nothing in them
        builder.environment().keySet().removeAll(List.of("HOME", "XDG_CACHE_HOME"));
        assertEquals(0, builder.start().waitFor());
        Files.move(part, COMPILER, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Returns the oldest supported JDK, 17. Without it the calling test is skipped; if `CI` is set, it fails.
    public static Path oldest() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
            Path jdk = found.filter(Jdks::is17).sorted().findFirst().orElse(null);
            assertFalse(jdk == null && System.getenv("CI") != null, "no JDK 17 in /usr/lib/jvm");
            assumeTrue(jdk != null, "no JDK 17 in /usr/lib/jvm");
            return jdk;
        }
    }

    private static boolean is17(Path jdk) {
        try {
            return Files.isExecutable(jdk.resolve("bin/javac"))
                    && Files.readString(jdk.resolve("release")).contains("JAVA_VERSION=\"17.");
        } catch (IOException none) {
            return false;
        }
    }
}
