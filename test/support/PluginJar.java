package support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/// Builds the sample plug-in, `test/plugin`, as its author would.
public final class PluginJar {

    private static final Path SOURCES = Path.of("test/plugin");
    private static final String SERVICE = "META-INF/services/server.executor.ExecutorProvider";

    private PluginJar() {
    }

    /// Makes a plain jar: classes and the provider's name.
    ///
    /// @param work an empty folder
    public static Path plain(Path work, Path jar) throws IOException {
        compile(work, null);
        return write(jar, work, Map.of(SERVICE, "plugin.ReverseProvider\n"));
    }

    /// Makes a jar that is a module.
    ///
    /// @param work an empty folder
    public static Path module(Path work, Path jar) throws IOException {
        compile(work, "module sample.plugin { requires ollamaqueue.server;"
                + " provides server.executor.ExecutorProvider with plugin.ReverseProvider; }");
        return write(jar, work, Map.of());
    }

    /// Makes a jar with only these entries.
    public static Path of(Path jar, Map<String, String> entries) throws IOException {
        return write(jar, null, entries);
    }

    private static void compile(Path work, String moduleInfo) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-p", "build/modules", "-d",
                work.resolve("classes").toString(), "-proc:none"));
        if (moduleInfo == null) {
            arguments.addAll(List.of("--add-modules", "ollamaqueue.server"));
        } else {
            arguments.add(Files.writeString(Files.createDirectories(work).resolve("module-info.java"), moduleInfo)
                    .toString());
        }
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString).forEach(arguments::add);
        }
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(InputStream.nullInputStream(),
                OutputStream.nullOutputStream(), errors, arguments.toArray(String[]::new));
        if (status != 0) {
            throw new AssertionError(errors.toString(StandardCharsets.UTF_8));
        }
    }

    private static Path write(Path jar, Path work, Map<String, String> entries) throws IOException {
        Files.createDirectories(jar.getParent());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
            if (work != null) {
                Path classes = work.resolve("classes");
                try (Stream<Path> files = Files.walk(classes)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                        Files.copy(file, out);
                    }
                }
            }
        }
        return jar;
    }
}
