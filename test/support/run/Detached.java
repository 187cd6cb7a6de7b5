package support.run;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes a lane independent of how the run was started. A shell that starts it in the background of a script, or
/// `nohup`, makes it ignore SIGINT or SIGHUP, and so would every process that it starts; a terminal would send its
/// signals to all of them.
final class Detached {

    private static final int[] SIGNALS = {1, 2, 15};

    private Detached() {
    }

    /// Starts a new session, and restores the default effect of ignored signals, for this process and those that it
    /// starts later. The lane still ends with the run, whose connection it watches.
    @SuppressWarnings("restricted")
    static void detach() {
        Linker linker = Linker.nativeLinker();
        try {
            long ignored = ignoredSignals();
            linker.downcallHandle(linker.defaultLookup().findOrThrow("setsid"), FunctionDescriptor.of(JAVA_INT))
                    .invoke();
            for (int signal : SIGNALS) {
                if ((ignored >> signal - 1 & 1) != 0) {
                    linker.downcallHandle(linker.defaultLookup().findOrThrow("signal"),
                            FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS)).invoke(signal, MemorySegment.NULL);
                }
            }
        } catch (Throwable never) {
            throw new AssertionError(never);
        }
    }

    private static long ignoredSignals() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("SigIgn:"))
                    .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16)).findFirst().orElse(0);
        } catch (IOException noProc) {
            return 0;
        }
    }
}
