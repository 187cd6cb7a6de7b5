package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The folder that a run works in, on the disk that the product is built on. It is emptied before and after each
/// subject.
record Work(Path folder) {

    static Work make() throws IOException {
        Work work = new Work(Path.of("build/bench.work").toAbsolutePath());
        work.clear();
        return work;
    }

    /// A folder that does not exist yet.
    Path fresh(String name) throws IOException {
        delete(folder.resolve(name));
        return folder.resolve(name);
    }

    Path log() {
        return folder.resolve("log");
    }

    void clear() throws IOException {
        delete(folder);
        Files.createDirectories(folder);
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> found = Files.walk(path)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : all) {
            Files.delete(one);
        }
    }
}
