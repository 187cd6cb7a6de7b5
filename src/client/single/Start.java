package client.single;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The part that Java compiles at each start, so each line of it takes time. It loads the client's classes from the
/// cache. If they are not there, it compiles the client, whose source is the comment below, and lets [Keep] store the
/// classes.
///
/// The cache has a folder for each version of this file, named by its SHA-256. The classes in it run on every JDK.
final class Start extends ClassLoader {

    private static final int KIND_AND_OTHERS_WRITE = 0170022;
    private static final int FOLDER = 0040000;
    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;

    private final Map<String, ByteArrayOutputStream> classes;

    private Start(Map<String, ByteArrayOutputStream> classes) {
        super(getPlatformClassLoader());
        this.classes = classes;
    }

    public static void main(String[] words) throws Exception {
        Path file = Path.of(Start.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(file)) {
            file = file.resolve("Client.java");
        }
        if (!Files.isRegularFile(file)) {
            System.err.println("ollama-queue: error: cannot read the client's source from " + file
                    + ": start it as java Client.java");
            System.exit(1);
        }
        byte[] bytes = Files.readAllBytes(file);
        Start client = new Start(new HashMap<>());
        Path jar = client.fromCache(bytes);
        if (client.classes.isEmpty()) {
            client.compile(new String(bytes, StandardCharsets.US_ASCII));
            if (jar != null) {
                Method keep = client.loadClass("Keep").getDeclaredMethod("keep", Path.class, Map.class);
                keep.setAccessible(true);
                keep.invoke(null, jar, client.classes);
            }
        }
        client.loadClass("Client").getMethod("main", String[].class).invoke(null, (Object) words);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        ByteArrayOutputStream bytes = classes.get(name.concat(".class"));
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes.toByteArray(), 0, bytes.size());
    }

    // ---- the cache, which `sh Client.java` uses, too

    /// Loads the classes from the cache if they are there.
    ///
    /// @return where to store them; null if there is no place for them, or none that belongs to the user alone
    private Path fromCache(byte[] file) throws Exception {
        String base = System.getenv("XDG_CACHE_HOME");
        String home = System.getenv("HOME");
        if (base == null || !base.startsWith("/")) {
            base = home == null || home.isEmpty() ? null : home.concat("/.cache");
        }
        if (base == null || !Path.of("/").getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return null;
        }
        Path cache = Path.of(base, "ollama-queue");
        String version = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
        Path jar = cache.resolve(version).resolve("client.jar");
        try {
            if (!isSafe(cache)) {
                System.err.println("ollama-queue: note: " + cache
                        + " is not a folder that only you can write to: this start compiles again");
                return null;
            }
            read(jar);
        } catch (NoSuchFileException absent) {
            // then nothing is loaded: another user may be creating it at this moment
        } catch (IOException | ClassNotFoundException unknown) {
            return null;
        }
        return jar;
    }

    /// Others may create entries in the cache's parent, but not move ours; nobody else may write to the cache.
    private static boolean isSafe(Path cache) throws Exception {
        Class<?> unix = Class.forName("com.sun.security.auth.module.UnixSystem");
        long me = (long) unix.getMethod("getUid").invoke(unix.getConstructor().newInstance());
        Map<String, Object> outer = Files.readAttributes(cache.getParent(), "unix:mode,uid");
        int mode = (int) outer.get("mode");
        int owner = (int) outer.get("uid");
        if (owner != 0 && owner != (int) me || (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
            return false;
        }
        Map<String, Object> inner = Files.readAttributes(cache, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
        return (int) inner.get("uid") == (int) me && ((int) inner.get("mode") & KIND_AND_OTHERS_WRITE) == FOLDER;
    }

    private void read(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                zip.getInputStream(entry).transferTo(opened(entry.getName()));
            }
        } catch (IOException absentOrDamaged) {
            classes.clear();
        }
    }

    private ByteArrayOutputStream opened(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        classes.put(name, bytes);
        return bytes;
    }

    // ---- the compiler

    /// Compiles in memory and writes nothing to a disk, because there may be none.
    private void compile(String text) {
        int from = text.indexOf("\n/*") + "\n/*".length();
        // as many empty lines below as there are lines above, so that a line has the same number in both
        String source = text.substring(0, from).replaceAll(".+", "")
                + text.substring(from, text.lastIndexOf("\n*/") + 1).replace("*&#47;", "*/");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        JavaFileManager manager = new ForwardingJavaFileManager<JavaFileManager>(
                compiler.getStandardFileManager(null, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(Location place, String name, JavaFileObject.Kind kind,
                    FileObject from) {
                return new InMemory(name, kind, null);
            }
        };
        List<String> options = List.of("-proc:none", "-XDstringConcat=inline");
        if (Runtime.version().feature() > 17) {
            // on 17 the release is 17 anyway, and the option would cost half a second
            options = List.of("-proc:none", "-XDstringConcat=inline", "--release", "17");
        }
        if (!compiler.getTask(null, manager, null, options, null,
                List.of(new InMemory("Client", JavaFileObject.Kind.SOURCE, source))).call()) {
            System.exit(1);
        }
    }

    private final class InMemory extends SimpleJavaFileObject {

        private final String text;

        InMemory(String name, Kind kind, String text) {
            super(URI.create(name + kind.extension), kind);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignored) {
            return text;
        }

        @Override
        public OutputStream openOutputStream() {
            return opened(getName());
        }
    }
}
