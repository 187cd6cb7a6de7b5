package support.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The runner with test classes that do what they must not do. It runs as in the background of a script: SIGINT is
/// ignored, and there is no stdin.
@Tag("process")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TestRunTest {

    /// Leaves behind one of each thing that a class can leave.
    static final class Leaves {

        @Test
        void everything() throws IOException {
            Thread.ofPlatform().daemon().name("lonely").start(LockSupport::park);
            Thread.ofVirtual().name("lonely too").start(LockSupport::park);
            new ProcessBuilder("sleep", "1234").start();
            Thread.ofPlatform().daemon().name("holder").start(Leaves::listen);
            Files.createTempFile("left", ".txt");
            assertTrue(true);
        }

        private static void listen() {
            try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port.accept();
            } catch (IOException never) {
                throw new AssertionError(never);
            }
        }
    }

    static final class Burns {

        @Test
        void aProcessor() {
            Thread.ofPlatform().daemon().name("burner").start(() -> {
                while (true) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    /// Its read does not notice an interrupt, and its process does not end.
    static final class Hangs {

        @Test
        void inAReadOfAProcess() throws IOException {
            Process process = new ProcessBuilder("sleep", "4321").start();
            assertEquals(0, process.getInputStream().readAllBytes().length);
        }
    }

    static final class Hangs2 {

        @Test
        void withoutAProcess() {
            while (true) {
                LockSupport.park();
            }
        }
    }

    static final class Dies {

        @Test
        void wholly() {
            Runtime.getRuntime().halt(7);
        }
    }

    static final class Interrupts {

        @Test
        void aProcess_thatDoesNotIgnoreIt() throws Exception {
            Process process = new ProcessBuilder("sleep", "99").start();
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
            assertEquals(130, process.waitFor());
        }
    }

    private String printed;
    private int status;

    @BeforeAll
    void run(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec \"$@\" <&-", "sh",
                System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                "build/test/rest", "-Donly=support.run.TestRunTest$*", "-Dlimit=2", "-Dlanes=1", "support.run.TestRun",
                "build/test/rest"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().remove("CI");
        status = builder.start().waitFor();
        printed = Files.readString(out);
    }

    @Test
    void run_classLeavesThings_namesEach() {
        for (String left : List.of("thread \"lonely\"\n", "thread \"lonely too\"\n", "process \\d+ sleep 1234",
                "port \\d+", "file .*left\\d+\\.txt")) {
            assertPrinted("TestRunTest\\$Leaves\n    left behind:(?s:.*)" + left);
        }
        assertTrue(ProcessHandle.allProcesses().noneMatch(one -> one.info().commandLine().orElse("")
                .endsWith("sleep 1234")), "it is killed");
    }

    @Test
    void run_threadWorksAfterItsClass_isNamed() {
        assertPrinted("TestRunTest\\$Burns\n    left behind:(?s:.*)\"burner\"");
    }

    @Test
    void run_testHangsInARead_isEndedWithItsProcess() {
        assertPrinted("TestRunTest\\$Hangs#inAReadOfAProcess\n +java.util.concurrent.TimeoutException");
    }

    @Test
    void run_testCannotBeEnded_endsItsLaneAndGoesOn() {
        assertPrinted("TestRunTest\\$Hangs2\n    .*the lane died while it ran .*withoutAProcess: status 2");
    }

    @Test
    void run_laneDies_isAFailureOfItsClass() {
        assertPrinted("TestRunTest\\$Dies\n    .*the lane died while it ran .*Dies#wholly: status 7");
    }

    @Test
    void run_signalsIgnoredAndStdinClosed_reachTests() {
        assertPrinted("1 tests .*TestRunTest\\$Interrupts\n");
    }

    @Test
    void run_end_repeatsFailuresAndCounts() {
        assertPrinted("---- failed:\n(?s:.*)TestRunTest\\$Dies\n(?s:.*)\n3 passed, 5 failed, 0 skipped\n$");
        assertEquals(1, status);
    }

    private void assertPrinted(String pattern) {
        assertTrue(printed.matches("(?s:.*)" + pattern + "(?s:.*)"), () -> "not printed: " + pattern + "\n" + printed);
    }
}
