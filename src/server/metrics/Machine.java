package server.metrics;

import java.io.File;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import server.access.Connections;

/// The process's use of the machine, with the metric names of Prometheus's own libraries. What the system does not
/// report is omitted: `/proc` exists only on Linux.
final class Machine {

    private static final double MILLIS = 1e3;
    private static final double NANOS = 1e9;
    private static final double KILO = 1024;
    private static final Path STATUS = Path.of("/proc/self/status");

    private Machine() {
    }

    static void write(Exposition out) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        MemoryUsage rest = memory.getNonHeapMemoryUsage();
        out.gauge("jvm_memory_used_bytes", "Used memory of the Java virtual machine.")
                .sample(heap.getUsed(), "area", "heap").sample(rest.getUsed(), "area", "nonheap");
        out.gauge("jvm_memory_committed_bytes", "Committed memory of the Java virtual machine.")
                .sample(heap.getCommitted(), "area", "heap").sample(rest.getCommitted(), "area", "nonheap");
        out.gauge("jvm_memory_max_bytes", "Maximum heap of the Java virtual machine.")
                .sample(heap.getMax(), "area", "heap");
        out.summary("jvm_gc_collection_seconds", "Garbage collections, and how long they took.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            out.countAndSum(Math.max(0, collector.getCollectionCount()), Math.max(0, collector.getCollectionTime())
                    / MILLIS, "gc", collector.getName());
        }
        out.gauge("jvm_threads_current", "Threads of the platform.")
                .sample(ManagementFactory.getThreadMXBean().getThreadCount());
        process(out);
    }

    private static void process(Exposition out) {
        ProcessHandle.Info process = ProcessHandle.current().info();
        process.totalCpuDuration().ifPresent(time -> out.counter("process_cpu_seconds_total",
                "Processor time, of user and system.").sample(time.toNanos() / NANOS));
        process.startInstant().ifPresent(start -> out.gauge("process_start_time_seconds",
                "When the process began, since the epoch.").sample(start.toEpochMilli() / MILLIS));
        String[] open = new File("/proc/self/fd").list();
        if (open != null) {
            out.gauge("process_open_fds", "Descriptors that are open.").sample(open.length);
        }
        int most = Connections.openFilesMax();
        if (most < Integer.MAX_VALUE) {
            out.gauge("process_max_fds", "Most descriptors that may be open.").sample(most);
        }
        try {
            // unlike statm, it does not count in pages, whose size depends on the kernel
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("VmSize:")) {
                    out.gauge("process_virtual_memory_bytes", "Virtual memory.").sample(bytes(line));
                } else if (line.startsWith("VmRSS:")) {
                    out.gauge("process_resident_memory_bytes", "Resident memory.").sample(bytes(line));
                }
            }
        } catch (IOException untold) {
            // another system
        }
    }

    /// Returns the number of a line such as `VmRSS:   1234 kB`, in bytes.
    private static double bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D", "")) * KILO;
    }
}
