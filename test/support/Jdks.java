package support;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The JDKs of this machine.
public final class Jdks {

    /// What runs for a moment is over before the second compiler pays.
    public static final List<String> BRIEF = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    /// Java's compiler as the JVM maps it, which halves the work of starting a source. The first start makes it, and
    /// the JVM makes it anew for another JDK; nothing is said about it.
    private static final Path COMPILER = Path.of("build/compiler.jsa").toAbsolutePath();

    private Jdks() {
    }

    /// The one that the tests run on.
    public static Path current() {
        return Path.of(System.getProperty("java.home"));
    }

    /// The words before the name of a source file that `java` is to compile and run.
    public static List<String> source(Path jdk) {
        List<String> words = new ArrayList<>(List.of(jdk + "/bin/java"));
        words.addAll(BRIEF);
        if (jdk.equals(current())) {
            words.addAll(List.of("-Xlog:disable", "-Xlog:all=error,cds=off:stderr", "-XX:+AutoCreateSharedArchive",
                    "-XX:SharedArchiveFile=" + COMPILER));
        }
        return words;
    }

    /// The oldest that the client is made for: a JDK 17, without which the calling test is skipped; where CI is set
    /// it fails.
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
