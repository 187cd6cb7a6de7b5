package support.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which tests to run. Read from the system properties, which the run passes to each lane:
///
/// - `only` names packages, classes and methods (`server.journal`, `JournalTest`, `JournalTest#cut*`; several are
///   separated by commas or spaces),
/// - `part` is `test` (the default), `check` (without those that need a process, a browser or an image), `proof` (the
///   long forms, in the package `proof` and wherever a test asks [support.Effort]) or `real` (the package `real`,
///   against real backends).
record Selection(List<String> only, String part) {

    /// Packages that have their own part or none.
    private static final List<String> OTHER_PARTS = List.of("real", "proof", "bench");
    /// Packages whose tests need a process, a browser or an image; elsewhere such tests have the tag `process`.
    private static final String PROCESSES = "(e2e|dist|webui|support\\.browser)\\..*";

    static Selection ofProcess() {
        return new Selection(Arrays.stream(System.getProperty("only", "").split("[,\\s]+"))
                .filter(name -> !name.isEmpty()).toList(), System.getProperty("part", "test"));
    }

    /// Returns whether it is everything that `make test` runs.
    boolean isWhole() {
        return only.isEmpty() && part.equals("test");
    }

    /// Returns whether the tests with this tag are left out.
    boolean excludes(String tag) {
        return part.equals("check") && tag.equals("process");
    }

    /// Returns the names of the test classes in these folders. Nested classes are not tests of their own, unless they
    /// are named.
    List<String> classes(String[] folders) throws IOException {
        String classes = only.stream().map(Selection::classes).collect(Collectors.joining("|"));
        boolean nested = only.stream().anyMatch(name -> name.contains("$"));
        List<String> found = new ArrayList<>();
        for (String folder : folders) {
            Path root = Path.of(folder);
            try (Stream<Path> files = Files.walk(root)) {
                files.map(file -> root.relativize(file).toString())
                        .filter(file -> file.matches(nested ? ".*Test(\\$\\w+)?\\.class" : "[^$]*Test\\.class"))
                        .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                        .filter(name -> only.isEmpty() || name.matches(classes)).filter(this::isOfPart)
                        .forEach(found::add);
            }
        }
        return found;
    }

    private boolean isOfPart(String name) {
        String room = name.substring(0, name.indexOf('.'));
        return switch (part) {
            case "real" -> room.equals("real");
            case "proof" -> !room.equals("real") && !room.equals("bench");
            case "check" -> !OTHER_PARTS.contains(room) && !name.matches(PROCESSES);
            default -> !OTHER_PARTS.contains(room);
        };
    }

    /// Returns whether a method is among those named with a `#`, or none of its class was.
    boolean includes(String className, String method) {
        List<String> methods = only.stream().filter(name -> name.contains("#"))
                .filter(name -> className.matches(classes(name)))
                .map(name -> pattern(name.replaceFirst(".*#", ""))).toList();
        return methods.isEmpty() || methods.stream().anyMatch(method::matches);
    }

    /// Returns the pattern of the classes in a package, or of a class and those nested in it.
    private static String classes(String name) {
        return "(.*[.$])?" + pattern(name.replaceFirst("#.*", "")) + "([.$].*)?";
    }

    private static String pattern(String glob) {
        return Arrays.stream(glob.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    }
}
