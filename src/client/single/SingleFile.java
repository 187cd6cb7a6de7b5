package client.single;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;

/// Makes the single-file client: everything that `client.Client` needs of the sources, in one file, after `head.txt`.
///
/// A build tool, run directly from its source; it is part of no program. The compiler parses the sources for it, so the
/// meaning of each name is known: [Needed] selects what is kept, [Merged] writes it.
final class SingleFile {

    private SingleFile() {
    }

    /// @param words the file to make, and the folder of the packages `client` and `shared`
    public static void main(String[] words) throws IOException {
        Path made = Path.of(words[0]);
        Path sources = Path.of(words[1]);
        try {
            Path part = made.resolveSibling(made.getFileName() + ".part");
            Path room = sources.resolve("client/single");
            // Start is named Client there, for users who run javac on the file; it restores what would end its comment
            Files.writeString(part, Files.readString(room.resolve("head.txt"))
                    + Files.readString(room.resolve("Start.java")).replaceFirst("^package .*\n", "")
                            .replaceAll("\\bStart\\b", "Client")
                    + "\n/*\n" + merged(files(sources)).replace("*/", "*&#47;") + "*/\n", StandardCharsets.US_ASCII);
            Files.move(part, made, StandardCopyOption.REPLACE_EXISTING);
        } catch (IllegalArgumentException impossible) {
            System.err.println(impossible.getMessage());
            System.exit(1);
        }
    }

    /// Returns the client's files first, each folder's in order of their names.
    private static List<Path> files(Path sources) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("client", "shared")) {
            try (Stream<Path> found = Files.walk(sources.resolve(folder))) {
                found.filter(file -> file.toString().endsWith(".java") && !file.toString().endsWith("-info.java")
                        && !(file.startsWith(sources.resolve("client/single")) && !file.endsWith("Keep.java")))
                        .sorted().forEach(files::add);
            }
        }
        return files;
    }

    private static String merged(List<Path> files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> errors = new ArrayList<>();
            JavacTask task = (JavacTask) compiler.getTask(null, manager, error -> errors.add(error.toString()),
                    List.of("-proc:none", "--release", "17"), null, manager.getJavaFileObjectsFromPaths(files));
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            task.analyze();
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(String.join("\n", errors));
            }
            Needed needed = new Needed(task, units);
            needed.from("client.Client", "main");
            needed.from("client.single.Keep", "keep");
            return new Merged(task, needed).text(units);
        }
    }
}
