package client.single;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Stores the classes that the first start of a version of the single file has compiled. It is compiled with them.
final class Keep {

    private static final int ENTRIES_MAX = 5;
    private static final long DAY_MS = 24 * 3600 * 1000L;

    private Keep() {
    }

    /// Stores the classes as a jar. Its folder is renamed into place: the first start to finish wins. An incomplete
    /// folder is left from a power failure. If nothing can be stored, the next start compiles again.
    static void keep(Path jar, Map<String, ByteArrayOutputStream> classes) {
        File entry = jar.getParent().toFile();
        File cache = entry.getParentFile();
        FileAttribute<?> mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        try {
            Files.createDirectories(cache.toPath(), mine);
            File part = Files.createTempDirectory(cache.toPath(), "new.").toFile();
            try {
                write(new File(part, "client.jar"), classes);
                if (!part.renameTo(entry) && !isWhole(jar.toFile())) {
                    delete(entry);
                    part.renameTo(entry);
                }
            } finally {
                delete(part);
            }
            prune(cache);
        } catch (IOException unwritable) {
            // as good as no cache
        }
    }

    /// Not compressed, because that is quicker to read.
    private static void write(File jar, Map<String, ByteArrayOutputStream> classes) throws IOException {
        try (FileOutputStream file = new FileOutputStream(jar); ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, ByteArrayOutputStream> one : classes.entrySet()) {
                byte[] bytes = one.getValue().toByteArray();
                CRC32 sum = new CRC32();
                sum.update(bytes);
                ZipEntry entry = new ZipEntry(one.getKey());
                entry.setSize(bytes.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(bytes);
            }
            zip.finish();
            file.getFD().sync();
        }
    }

    private static boolean isWhole(File jar) {
        try (ZipFile zip = new ZipFile(jar)) {
            return zip.size() > 0;
        } catch (IOException damaged) {
            return false;
        }
    }

    /// Keeps the newest entries, and those that another start is using.
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

    /// Deletes as much as possible: another start may be doing the same.
    private static void delete(File path) {
        if (Files.isDirectory(path.toPath(), LinkOption.NOFOLLOW_LINKS)) {
            for (File one : Objects.requireNonNullElse(path.listFiles(), new File[0])) {
                delete(one);
            }
        }
        path.delete();
    }
}
