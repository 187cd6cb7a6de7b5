package dist;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The results of `make dist`, in a folder with the checkout's Makefile and a small substitute for an image.
final class ArchiveTest {

    private static final Path CHECKOUT = Path.of("").toAbsolutePath();
    private static final String ARCHIVE = "build/dist/ollama-queue.tar.xz";

    @TempDir
    Path directory;

    @BeforeEach
    void layOut() throws Exception {
        Files.createSymbolicLink(directory.resolve("Makefile"), CHECKOUT.resolve("Makefile"));
        Files.createSymbolicLink(directory.resolve("src"), CHECKOUT.resolve("src"));
        Files.createDirectories(directory.resolve("build/dist/ollama-queue"));
        Files.writeString(directory.resolve("build/dist/ollama-queue/release"), "something\n");
        Files.createFile(directory.resolve("build/images.made"));
        Files.createDirectory(directory.resolve("tools"));
    }

    /// JUnit warns of links that it finds.
    @AfterEach
    void removeLinks() throws Exception {
        Images.tool("find", directory.toString(), "-type", "l", "-delete");
    }

    @Test
    void archive_twice_isTheSameBytesAndHoldsTheImage() throws Exception {
        assertEquals(0, pack().status());
        byte[] first = Files.readAllBytes(directory.resolve(ARCHIVE));
        Images.tool("touch", directory + "/build/dist/ollama-queue/release");
        Files.delete(directory.resolve(ARCHIVE));
        assertEquals(0, pack().status());
        assertArrayEquals(first, Files.readAllBytes(directory.resolve(ARCHIVE)));
        assertEquals("ollama-queue/\nollama-queue/release\n", Images.tool("tar", "-tJf", directory + "/" + ARCHIVE));
        assertEquals(List.of("ollama-queue", "ollama-queue.tar.xz"), names());
    }

    @Test
    void archive_tarFails_isNotMade() throws Exception {
        tool("tar", "#!/bin/sh\necho 'tar: no such option' >&2\nexit 2\n");
        Images.Ended ended = pack();
        assertEquals(2, ended.status(), ended.toString());
        assertTrue(ended.err().startsWith("tar: no such option\n"), ended.err());
        assertEquals(List.of("ollama-queue"), names());
    }

    @Test
    void dist_withoutXzAndStrip_saysWhichAreMissing() throws Exception {
        for (String name : List.of("sh", "uname", "git", "find", "tar")) {
            Files.createSymbolicLink(directory.resolve("tools/" + name), Path.of("/usr/bin/" + name));
        }
        Images.Ended ended = Images.run(directory, Map.of("PATH", directory.resolve("tools").toString()),
                List.of("/usr/bin/make", "dist"));
        assertEquals(2, ended.status(), ended.toString());
        assertTrue(ended.err().startsWith("make dist needs xz strip (Debian and Ubuntu: apt-get"), ended.err());
        assertFalse(Files.exists(directory.resolve("build/modules")), "it is said before anything is built");
    }

    private Images.Ended pack() throws Exception {
        return Images.run(directory, Map.of("PATH", directory.resolve("tools") + ":/usr/bin:/bin",
                "SOURCE_DATE_EPOCH", "1700000000"), List.of("make", "-o", "build/images.made", ARCHIVE));
    }

    private void tool(String name, String text) throws Exception {
        Path file = Files.writeString(directory.resolve("tools").resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> names() throws Exception {
        try (Stream<Path> found = Files.list(directory.resolve("build/dist"))) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
