package dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A root directory for `chroot` that holds only the C library and a shell. It has the parts of the C library that the
/// images' own libraries need, and the locale C.UTF-8, which Debian has in the same package.
record BareRoot(Path folder) implements AutoCloseable {

    private static final String SHELL = "/bin/sh";
    private static final String LOCALE = "/usr/lib/locale/C.utf8";

    /// @param tools further programs, by their paths
    static BareRoot make(Path folder, String... tools) throws IOException {
        Images.tool("mkdir", "-p", folder + "/opt", folder + "/tmp", folder + "/data");
        Images.tool("chmod", "755", folder.getParent().toString(), folder.toString());
        List<String> programs = new ArrayList<>(List.of(tools));
        programs.add(SHELL);
        List<String> asking = new ArrayList<>(programs);
        asking.addAll(List.of(Images.SERVER + "/bin/java", Images.SERVER + "/lib/server/libjvm.so"));
        for (String asks : asking) {
            for (String line : Images.tool("ldd", asks).split("\n")) {
                String path = line.replaceFirst(".*=> ", "").strip().split(" ")[0];
                if (path.startsWith("/") && !path.contains("ollama-queue")) {
                    copy(path, folder);
                }
            }
        }
        for (String program : programs) {
            copy(program, folder);
        }
        Images.tool("mkdir", "-p", folder + LOCALE);
        Images.tool("cp", "-r", LOCALE, folder + "/usr/lib/locale");
        return new BareRoot(folder);
    }

    private static void copy(String path, Path folder) throws IOException {
        Path to = folder.resolve(path.substring(1));
        if (!Files.exists(to)) {
            Files.createDirectories(to.getParent());
            Files.copy(Path.of(path), to);
        }
    }

    /// `cp -r` of an image to `/opt`.
    BareRoot with(Path image) throws IOException {
        Images.tool("cp", "-r", image.toString(), folder + "/opt");
        return this;
    }

    /// The source of random numbers; without it Java takes seconds to find another one.
    BareRoot withRandom() throws IOException {
        Images.tool("mkdir", "-p", folder + "/dev");
        Images.tool("mknod", "-m", "666", folder + "/dev/urandom", "c", "1", "9");
        return this;
    }

    /// A command of this root as `nobody`.
    List<String> nobody(String... command) {
        List<String> words = new ArrayList<>(List.of("chroot", "--userspec=65534:65534", folder.toString()));
        words.addAll(List.of(command));
        return words;
    }

    List<String> root(String... command) {
        List<String> words = new ArrayList<>(List.of("chroot", folder.toString()));
        words.addAll(List.of(command));
        return words;
    }

    /// From now on only `/data` can be written to.
    void readOnly() throws IOException {
        Images.tool("chown", "65534:65534", folder + "/data");
        Images.tool("mount", "--bind", folder.toString(), folder.toString());
        Images.tool("mount", "--bind", folder + "/data", folder + "/data");
        Images.tool("mount", "-o", "remount,ro,bind", folder.toString());
    }

    @Override
    public void close() throws IOException {
        for (Path mounted : List.of(folder.resolve("data"), folder)) {
            if (Images.tool("cat", "/proc/mounts").contains(" " + mounted + " ")) {
                Images.tool("umount", mounted.toString());
            }
        }
        Images.tool("rm", "-rf", folder.toString());
    }
}
