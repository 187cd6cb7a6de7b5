package tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A text file of the project.
///
/// @param path from the project's root, with slashes
/// @param code the text with comments and the insides of strings blanked; of a Java file only, else the text
record SourceFile(String path, String text, String code) {

    private static final Pattern TEXT = Pattern.compile(
            ".*\\.(java|js|css|html|md|sh|yml|yaml)|(.*/)?(Makefile|run|LICENSE)");

    static SourceFile of(String path, String text) {
        return new SourceFile(path, text, path.endsWith(".java") ? blanked(text) : text);
    }

    /// All texts under the root that people write; what is made, and data that tests read, is left out.
    static List<SourceFile> all(Path root) {
        List<SourceFile> files = new ArrayList<>();
        for (String top : new String[] {"src", "test", "web", ".ci", "Makefile", "README.md", "LICENSE"}) {
            if (!Files.exists(root.resolve(top))) {
                continue;
            }
            try (Stream<Path> paths = Files.walk(root.resolve(top))) {
                for (Path path : paths.filter(Files::isRegularFile).sorted().toList()) {
                    String name = root.relativize(path).toString().replace('\\', '/');
                    if (TEXT.matcher(name).matches()) {
                        files.add(of(name, Files.readString(path)));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return files;
    }

    boolean isJava() {
        return path.endsWith(".java");
    }

    boolean isUnder(String folder) {
        return path.startsWith(folder + "/");
    }

    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    List<String> lines() {
        return List.of(text.split("\n", -1));
    }

    /// `path:line: message` for each line of the code that is wrong.
    List<String> where(Predicate<String> wrong, String message) {
        return where(code, wrong, message);
    }

    /// The same for the text, comments and strings included.
    List<String> whereText(Predicate<String> wrong, String message) {
        return where(text, wrong, message);
    }

    private List<String> where(String content, Predicate<String> wrong, String message) {
        List<String> found = new ArrayList<>();
        String[] lines = content.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (wrong.test(lines[i])) {
                found.add(path + ":" + (i + 1) + ": " + message);
            }
        }
        return found;
    }

    /// Java text whose comments and insides of literals are spaces; lines and columns stay where they were.
    private static String blanked(String text) {
        StringBuilder code = new StringBuilder(text);
        int at = 0;
        while (at < text.length()) {
            String opening = opening(text, at);
            if (opening.isEmpty()) {
                at++;
                continue;
            }
            boolean comment = opening.startsWith("/");
            String closing = opening.equals("//") ? "\n" : opening.equals("/*") ? "*/" : opening;
            int from = comment ? at : at + opening.length();
            at += opening.length();
            while (at < text.length() && !text.startsWith(closing, at)) {
                at += !comment && text.charAt(at) == '\\' ? 2 : 1;
            }
            int to = Math.min(text.length(), comment && !closing.equals("\n") ? at + 2 : at);
            for (int i = from; i < to; i++) {
                code.setCharAt(i, text.charAt(i) == '\n' ? '\n' : ' ');
            }
            at += closing.length();
        }
        return code.toString();
    }

    private static String opening(String text, int at) {
        for (String opening : new String[] {"//", "/*", "\"\"\"", "\"", "'"}) {
            if (text.startsWith(opening, at)) {
                return opening;
            }
        }
        return "";
    }
}
