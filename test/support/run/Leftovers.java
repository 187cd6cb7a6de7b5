package support.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

/// What a class of tests left behind in its lane: threads, including virtual ones, processes, listening ports, files in
/// the lane's folder for temporary files, open files there; and processor use although nothing runs. What belongs to
/// the lane itself, and what has been reported, is not reported again.
///
/// Only Linux reveals ports, open files and processes that lost their parent.
final class Leftovers {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /// How long the idle lane is watched, and how long again if it does not look idle.
    private static final long GLANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int STACK_LINES_MAX = 12;

    /// Threads of the JDK and of JUnit that come and go by themselves, or stay for later users.
    private static final Pattern OTHERS = Pattern.compile("process reaper.*|Keep-Alive-Timer|ForkJoinPool.*|"
            + "VirtualThread-.*|.*(Read|Write|Master|Sub)-?Poller.*|Common-Cleaner|CompletableFutureDelayScheduler|"
            + "Cleaner-\\d+|junit-.*|Attach Listener|Reference Handler|Finalizer|Signal Dispatcher|Notification Thread|"
            + "InnocuousThread.*");
    private static final Pattern THREAD = Pattern.compile("(?m)^#(\\d+) \"(.*)\" .*\n((?:    .*\n)*)");
    private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
    /// The number of a client, whose worker threads are created as needed.
    private static final Pattern HTTP_CLIENT = Pattern.compile("HttpClient-\\d+-");
    /// A module layer cannot be closed: its jars stay open until the garbage collector finds it.
    private static final Pattern JAR = Pattern.compile(".*\\.jar( \\(deleted\\))?");
    private static final String LISTENS = "0A";

    /// @param text the description for people
    /// @param end  ends it as far as possible
    private record Left(String text, Runnable end) {
    }

    private final String mark;
    private final Path folder;
    private final long patienceNanos;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final HotSpotDiagnosticMXBean dumps = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    private final Set<String> known = new HashSet<>();

    /// @param mark          the lane's mark in the environment of its processes
    /// @param folder        the folder for the temporary files of its tests
    /// @param patienceNanos how long something may take to end by itself
    Leftovers(String mark, Path folder, long patienceNanos) {
        this.mark = mark;
        this.folder = folder;
        this.patienceNanos = patienceNanos;
    }

    /// Records everything that exists now as the lane's own.
    void know() {
        known.addAll(found().keySet());
    }

    /// Returns what exists and is not known, after giving it time to end by itself. Then ends it as far as possible.
    List<String> report() {
        long end = System.nanoTime() + patienceNanos;
        Map<String, Left> found = unknown();
        while (!found.isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NANOS);
            found = unknown();
        }
        found.values().forEach(left -> left.end.run());
        known.addAll(found.keySet());
        List<String> report = new ArrayList<>(found.values().stream().map(Left::text).toList());
        if (!busy(GLANCE_NANOS).isEmpty()) {
            busy(LOOK_NANOS).stream().filter(one -> known.add("busy " + one))
                    .forEach(one -> report.add("a thread that works although nothing runs: " + one));
        }
        return report;
    }

    private Map<String, Left> unknown() {
        Map<String, Left> found = found();
        found.keySet().removeAll(known);
        return found;
    }

    /// Returns each leftover by a unique name.
    private Map<String, Left> found() {
        Map<String, Left> found = new LinkedHashMap<>();
        threads(found);
        processes(found);
        descriptors(found);
        files(found);
        return found;
    }

    private void threads(Map<String, Left> found) {
        Matcher thread = THREAD.matcher(dump());
        while (thread.find()) {
            String name = thread.group(2);
            Matcher client = HTTP_CLIENT.matcher(name);
            String key = client.lookingAt() ? client.group() : "thread #" + thread.group(1);
            if (!OTHERS.matcher(name).matches() && !thread.group(1).equals("" + Thread.currentThread().threadId())) {
                String stack = thread.group(3).lines().limit(STACK_LINES_MAX).map(line -> "\n    " + line)
                        .reduce("", String::concat);
                found.putIfAbsent(key, new Left("thread \"" + name + "\"" + stack, () -> { }));
            }
        }
    }

    private String dump() {
        Path file = folder.resolveSibling(folder.getFileName() + ".threads");
        try {
            Files.deleteIfExists(file);
            dumps.dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Adds processes; those that the lane's own processes start belong to the lane, too.
    private void processes(Map<String, Left> found) {
        for (ProcessHandle process : Processes.of(ProcessHandle.current(), mark)) {
            String key = "process " + process.pid();
            if (process.parent().map(parent -> known.contains("process " + parent.pid())).orElse(false)) {
                known.add(key);
            }
            found.put(key, new Left("process " + Processes.name(process), () -> Processes.kill(Set.of(process))));
        }
    }

    /// Adds listening ports, and open files in the lane's folder.
    private void descriptors(Map<String, Left> found) {
        Map<String, String> ports = new HashMap<>();
        listening(Path.of("/proc/self/net/tcp"), ports);
        listening(Path.of("/proc/self/net/tcp6"), ports);
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = target(descriptor);
                Matcher socket = SOCKET.matcher(target);
                if (socket.matches() && ports.containsKey(socket.group(1))) {
                    found.put(target, new Left("port " + ports.get(socket.group(1)), () -> { }));
                } else if (target.startsWith(folder + "/") && !JAR.matcher(target).matches()) {
                    found.put("open " + target, new Left("open file " + target, () -> { }));
                }
            }
        } catch (IOException noProc) {
            // not known here
        }
    }

    /// Reads listening ports, which Linux lists first. Thousands that were closed a moment ago follow them.
    private static void listening(Path table, Map<String, String> ports) {
        try (BufferedReader lines = Files.newBufferedReader(table)) {
            // the heading
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] fields = line.strip().split("\\s+");
                if (!fields[3].equals(LISTENS)) {
                    return;
                }
                ports.put(fields[9], Integer.toString(Integer.parseInt(fields[1].replaceFirst(".*:", ""), 16)));
            }
        } catch (IOException noProc) {
            // not known here
        }
    }

    private void files(Map<String, Left> found) {
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(file -> found.put("file " + file, new Left("file " + file, () -> delete(file))));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Returns the threads that used most of a processor's time, or of the share that they got, while this one waited.
    private List<String> busy(long nanos) {
        Map<Long, Long> before = new HashMap<>();
        for (long id : threads.getAllThreadIds()) {
            before.put(id, threads.getThreadCpuTime(id));
        }
        LockSupport.parkNanos(nanos);
        List<String> busy = new ArrayList<>();
        for (long id : threads.getAllThreadIds()) {
            long used = threads.getThreadCpuTime(id) - before.getOrDefault(id, 0L);
            if (used > nanos / 5 && id != Thread.currentThread().threadId()
                    && threads.getThreadInfo(id) instanceof ThreadInfo thread) {
                busy.add(thread.getThreadName());
            }
        }
        return busy;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    /// Deletes a file, or a folder with its contents, as far as possible.
    static void delete(Path path) {
        try {
            Files.walkFileTree(path, new SimpleFileVisitor<>() {

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException left) {
            // it is in the system's folder for temporary files
        }
    }
}
