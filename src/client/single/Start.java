package client.single;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import com.sun.security.auth.module.UnixSystem;

/// What Java compiles at each start. It takes the classes of the client from the cache; if they are not there, it
/// compiles the client, whose source is the comment at the end of this file, and keeps its classes for the next start.
///
/// The cache has a folder for each version of this file, named by its SHA-256. The classes in it run on every JDK.
final class Start extends ClassLoader {

    private static final int ENTRIES_MAX = 5;
    private static final long DAY_MS = 24 * 3600 * 1000L;
    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;
    private static final String NOTE = "ollama-queue: note: ";
    private static final String ANEW = ": this start compiles anew";

    private final Map<String, byte[]> classes;

    private Start(Map<String, byte[]> classes) {
        super(ClassLoader.getPlatformClassLoader());
        this.classes = classes;
    }

    public static void main(String[] words) throws Exception {
        Path file = Path.of(Start.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (!Files.isRegularFile(file)) {
            System.err.println("ollama-queue: error: it cannot read its own source from " + file
                    + ": start it as java Client.java");
            System.exit(1);
        }
        Map<String, byte[]> classes = classes(Files.readAllBytes(file));
        if (classes == null) {
            System.exit(1);
        }
        new Start(classes).loadClass("Client").getMethod("main", String[].class).invoke(null, (Object) words);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = classes.get(name + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    /// @return null if it does not compile, which the compiler has told
    private static Map<String, byte[]> classes(byte[] file) throws Exception {
        String name = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        Path cache = cache();
        Map<String, byte[]> kept = cache == null ? null : read(cache.resolve(name));
        if (kept != null) {
            return kept;
        }
        Path part = cache == null ? Files.createTempDirectory("new.") : Files.createTempDirectory(cache, "new.");
        try {
            Map<String, byte[]> made = compile(file, part) ? read(part) : null;
            if (made != null && cache != null) {
                keep(part, cache.resolve(name));
            }
            return made;
        } finally {
            delete(part.toFile());
        }
    }

    // ---- the cache, which `sh Client.java` uses, too

    /// @return null if there is no place for it, or none that is the user's alone
    private static Path cache() throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        String base = System.getenv("XDG_CACHE_HOME");
        if (base == null || !base.startsWith("/")) {
            String home = System.getenv("HOME");
            base = home == null || home.isEmpty() ? null : home + "/.cache";
        }
        if (base == null) {
            System.err.println(NOTE + "there is no home for a cache" + ANEW);
            return null;
        }
        Path cache = Path.of(base, "ollama-queue");
        try {
            Files.createDirectories(cache,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (isSafe(cache)) {
                if (Files.isWritable(cache)) {
                    return cache;
                }
                System.err.println(NOTE + "the cache " + cache + " cannot be written" + ANEW);
                return null;
            }
        } catch (IOException none) {
            // as good as one that is not safe
        }
        System.err.println(NOTE + cache + " is not a folder that only you can write to" + ANEW);
        return null;
    }

    /// Others may make entries in the cache's parent, but move none of ours away; into the cache nobody else may write.
    private static boolean isSafe(Path cache) throws IOException {
        Map<String, Object> outer = Files.readAttributes(cache.getParent(), "unix:mode,uid");
        Map<String, Object> inner = Files.readAttributes(cache, "unix:mode,uid,isDirectory", LinkOption.NOFOLLOW_LINKS);
        Object me = (int) new UnixSystem().getUid();
        return (outer.get("uid").equals(0) || outer.get("uid").equals(me)) && inner.get("uid").equals(me)
                && (isOursToWrite(outer) || ((int) outer.get("mode") & STICKY) != 0)
                && isOursToWrite(inner) && inner.get("isDirectory").equals(true);
    }

    private static boolean isOursToWrite(Map<String, Object> attributes) {
        return ((int) attributes.get("mode") & OTHERS_WRITE) == 0;
    }

    /// @return null if it is not there, or not whole
    private static Map<String, byte[]> read(Path entry) {
        Map<String, byte[]> classes = new HashMap<>();
        try (ZipFile jar = new ZipFile(entry.resolve("client.jar").toFile())) {
            for (ZipEntry one : Collections.list(jar.entries())) {
                classes.put(one.getName(), jar.getInputStream(one).readAllBytes());
            }
            return classes;
        } catch (IOException damaged) {
            return null;
        }
    }

    /// The entry is renamed whole: whoever is first at the end wins. What is not whole is what a power failure left.
    private static void keep(Path part, Path entry) {
        if (read(entry) == null) {
            delete(entry.toFile());
            if (!part.toFile().renameTo(entry.toFile()) && read(entry) == null) {
                System.err.println(NOTE + "the cache " + entry.getParent() + " cannot be written" + ANEW);
            }
        }
        prune(entry.getParent().toFile());
    }

    /// The newest entries stay, and what another start is at work on.
    private static void prune(File cache) {
        File[] all = Objects.requireNonNullElse(cache.listFiles(), new File[0]);
        Arrays.sort(all, (one, other) -> Long.compare(other.lastModified(), one.lastModified()));
        int entries = 0;
        for (File one : all) {
            boolean isPart = one.getName().startsWith("new.");
            if (isPart ? one.lastModified() < cache.lastModified() - DAY_MS : ++entries > ENTRIES_MAX) {
                delete(one);
            }
        }
    }

    /// As far as it can be done: another start may be at it, too.
    private static void delete(File path) {
        if (Files.isDirectory(path.toPath(), LinkOption.NOFOLLOW_LINKS)) {
            for (File one : Objects.requireNonNullElse(path.listFiles(), new File[0])) {
                delete(one);
            }
        }
        path.delete();
    }

    // ---- the compiler

    private static boolean compile(byte[] file, Path part) throws IOException {
        String text = new String(file, StandardCharsets.US_ASCII);
        int from = text.indexOf("\n/*") + "\n/*".length();
        Path source = part.resolve("Client.java");
        Path classes = part.resolve("classes");
        // below as many empty lines as stand above it, so that a line has the same number here and there
        Files.writeString(source, text.substring(0, from).replaceAll(".+", "")
                + text.substring(from, text.lastIndexOf("\n*/") + 1).replace("*&#47;", "*/"));
        boolean done = run("javac", "-proc:none", "--release", "17", "-XDstringConcat=inline", "-d", classes.toString(),
                source.toString()) && run("jar", "--create", "--no-compress", "--file",
                part.resolve("client.jar").toString(), "-C", classes.toString(), ".");
        delete(classes.toFile());
        delete(source.toFile());
        return done;
    }

    private static boolean run(String tool, String... words) {
        return ToolProvider.findFirst(tool).orElseThrow().run(System.err, System.err, words) == 0;
    }
}
