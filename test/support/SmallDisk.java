package support;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

/// A real, small disk: a tmpfs, which only root may mount.
public final class SmallDisk {

    private SmallDisk() {
    }

    /// Mounts one on a folder that it creates. If that is not allowed, the test is skipped, or fails if `CI` is set.
    public static void mount(Path folder, int megabytes) throws IOException, InterruptedException {
        Files.createDirectory(folder);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "ollama-queue-test",
                folder.toString());
        if (!mounted && System.getenv("CI") != null) {
            fail("a tmpfs cannot be mounted here, but CI must try a full disk");
        }
        Assumptions.assumeTrue(mounted, "a tmpfs cannot be mounted here: it takes root");
    }

    /// Changes an option of it: `size=100m`, `ro`.
    public static void remount(Path folder, String option) throws InterruptedException {
        assertTrue(run("mount", "-o", "remount," + option, folder.toString()), option);
    }

    /// Unmounts it.
    public static void unmount(Path folder) throws InterruptedException {
        assertTrue(run("umount", folder.toString()) || run("umount", "-l", folder.toString()), "unmounting " + folder);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).inheritIO()
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
