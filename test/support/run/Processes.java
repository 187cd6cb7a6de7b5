package support.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The processes of a lane: its descendants, and processes that lost their parent but have the lane's mark in their
/// environment.
final class Processes {

    /// The environment variable whose value is a lane's mark.
    static final String MARK = "OLLAMA_QUEUE_TEST_LANE";

    private Processes() {
    }

    /// Returns those that are alive, except the lane itself.
    static Set<ProcessHandle> of(ProcessHandle lane, String mark) {
        Set<ProcessHandle> all = new LinkedHashSet<>();
        lane.descendants().filter(ProcessHandle::isAlive).forEach(all::add);
        String marked = MARK + "=" + mark + "\0";
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            processes.map(path -> path.getFileName().toString()).filter(name -> name.matches("\\d+"))
                    .filter(pid -> environment(pid).contains(marked)).map(Long::parseLong).map(ProcessHandle::of)
                    .flatMap(Optional::stream).filter(process -> !process.equals(lane)).forEach(all::add);
        } catch (IOException noProc) {
            // the descendants must suffice
        }
        return all;
    }

    /// Kills them and waits briefly until they are gone.
    static void kill(Set<ProcessHandle> processes) {
        processes.stream().sorted(Comparator.comparing(ProcessHandle::pid)).forEach(ProcessHandle::destroyForcibly);
        processes.forEach(one -> one.onExit().completeOnTimeout(one, 5, TimeUnit.SECONDS).join());
    }

    /// Returns a description for people.
    static String name(ProcessHandle process) {
        try {
            Path words = Path.of("/proc/" + process.pid() + "/cmdline");
            String line = Files.readString(words, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
            return process.pid() + " " + (line.length() > 300 ? line.substring(0, 300) + "..." : line);
        } catch (IOException gone) {
            return process.pid() + " " + process.info().command().orElse("");
        }
    }

    /// Returns a process's environment; empty if it is gone, or another user's.
    private static String environment(String pid) {
        try {
            return Files.readString(Path.of("/proc", pid, "environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
