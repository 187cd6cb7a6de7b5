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
/// `nohup`, makes it ignore SIGINT or SIGHUP, and every process that it starts would do the same; a terminal would send
/// its signals to them all.
final class Detached {

    private static final int[] SIGNALS = {1, 2, 15};

    private Detached() {
    }

    /// A session of its own, and the signals that are ignored get their default effect back, for itself and for what it
    /// starts from now on. The lane still ends with the run, whose connection it watches.
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
