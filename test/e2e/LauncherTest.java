package e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The scripts in `build/bin`. JVM options that print information end the JVM before the program begins.
class LauncherTest {

    private static final Path BIN = Path.of("build/bin").toAbsolutePath();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"ollama-queue", "ollama-queue-server"})
    void launcher_throughLinksFromElsewhere_findsItsModules(String name) throws Exception {
        Path absolute = Files.createSymbolicLink(folder.resolve("absolute"), BIN.resolve(name));
        Path relative = Files.createSymbolicLink(folder.resolve("relative link"), absolute.getFileName());
        String output = run(relative, Map.of("OLLAMA_QUEUE_JAVA_OPTS", "--list-modules"), 0);
        Files.delete(relative);
        Files.delete(absolute);
        assertTrue(output.contains("ollamaqueue.server " + BIN.resolveSibling("modules").toUri()), output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "de_DE.ISO-8859-1", "xx_XX.UTF-8"})
    void launcher_inAnyLocale_givesJavaUtf8(String locale) throws Exception {
        String output = run(BIN.resolve("ollama-queue"), Map.of("LANG", locale, "OLLAMA_QUEUE_JAVA_OPTS",
                "-XshowSettings:properties -version"), 0);
        assertTrue(output.contains("sun.jnu.encoding = UTF-8"), output);
    }

    /// The programs recognise some of the system's errors by their words.
    @ParameterizedTest
    @ValueSource(strings = {"ollama-queue", "ollama-queue-server"})
    void launcher_whereOthersSpeakGerman_letsTheSystemSayItsErrorsInEnglish(String name) throws Exception {
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho \"errors in $LANGUAGE\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path bin = Files.createDirectories(folder.resolve("build/bin"));
        Files.writeString(folder.resolve("build/jdk"), folder.resolve("jdk") + "\n");
        Path launcher = Files.copy(BIN.resolve(name), bin.resolve(name));
        assertEquals("errors in C\n", run(launcher, Map.of("LANG", "de_DE.UTF-8", "LANGUAGE", "de:en"), 0));
    }

    @Test
    void launcher_whoseJdkIsGone_saysWhatToDo() throws Exception {
        Path bin = Files.createDirectories(folder.resolve("build/bin"));
        Files.writeString(folder.resolve("build/jdk"), "/gone/jdk\n");
        Path launcher = Files.copy(BIN.resolve("ollama-queue"), bin.resolve("ollama-queue"));
        assertEquals("ollama-queue: the JDK that this was built with, /gone/jdk, is gone: make build finds another\n",
                run(launcher, Map.of(), 1));
    }

    private String run(Path program, Map<String, String> environment, int status) throws IOException,
            InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program.toString()).directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), output);
        return output;
    }
}
