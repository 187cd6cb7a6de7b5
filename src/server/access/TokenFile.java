package server.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import shared.Problem;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonWriter;

/// The named tokens of a data directory, as stored on the disk. The server and the program's commands may use them at
/// the same time: a lock is held while they are changed, and each change replaces the file by a new one.
///
/// ```
/// tokens.json        {"version":1,"tokens":[{"name":…,"scope":…,"sha256":…,"created_at":…},…]}
///                    and where they are set priority_max, max_pending, expires_at
/// tokens-used.json   {"NAME":"TIME",…}: when each was last used, known to a minute; only the server writes it
/// tokens.lock        empty; who changes tokens.json holds its lock
/// ```
///
/// Only the owner of the directory may read these files, and only that user changes them. Root could give its files
/// away, but in another user's directory no name is sure to stay what it was.
public final class TokenFile {

    static final int TOKENS_MAX = 1_000;

    private static final String NAME = "tokens.json";
    private static final int VERSION = 1;
    /// The prefix by which people, and scanners for leaked secrets, recognise a token.
    private static final String PREFIX = "oq_";
    private static final int SECRET_BYTES = 32;
    private static final int HASH_BYTES = 32;
    /// The hash of a token that was revoked when the disk had no room for a new file; it belongs to no secret.
    private static final byte[] NO_HASH = new byte[HASH_BYTES];

    private final Path directory;
    private final Path file;
    private final Path usedFile;

    /// @param directory the data directory
    public TokenFile(Path directory) {
        this.directory = directory;
        file = directory.resolve(NAME);
        usedFile = directory.resolve("tokens-used.json");
    }

    /// Changes when the file is replaced or written; null if there is none.
    ///
    /// @param modified milliseconds since the epoch
    record Stamp(Object key, long size, long modified) {

        /// Compares as `equals` does, whose first use would delay the first answer.
        static boolean same(Stamp one, Stamp other) {
            return one == other || one != null && other != null && one.size == other.size
                    && one.modified == other.modified && Objects.equals(one.key, other.key);
        }
    }

    Stamp stamp() throws IOException {
        BasicFileAttributes its = file.getFileSystem().provider()
                .readAttributesIfExists(file, BasicFileAttributes.class);
        return its == null ? null
                : new Stamp(its.fileKey(), its.size(), its.lastModifiedTime().toMillis());
    }

    /// Returns the tokens, including expired ones; null if none was ever added.
    ///
    /// @throws IOException that names the file and says what is wrong with it
    public List<NamedToken> read() throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException none) {
            checkDirectory();
            return null;
        } catch (IOException unreadable) {
            throw new IOException(file + ": " + (unreadable instanceof AccessDeniedException
                    ? "permission denied; it must belong to the server's user" : unreadable.getMessage()), unreadable);
        }
        try {
            if (!(Json.parse(bytes) instanceof Json.Obj all) || all.integer("version", 0) != VERSION
                    || !(all.get("tokens") instanceof Json.Arr list)) {
                throw new IOException(file + ": it is not a file of tokens of version " + VERSION);
            }
            List<NamedToken> tokens = new ArrayList<>();
            for (Json token : list.values()) {
                tokens.add(token((Json.Obj) token));
            }
            tokens.removeIf(token -> Arrays.equals(token.hash(), NO_HASH));
            return List.copyOf(tokens);
        } catch (JsonException notJson) {
            throw new IOException(file + ": " + notJson.problem().getMessage(), notJson);
        } catch (Problem | ClassCastException | IllegalArgumentException | DateTimeException
                | NullPointerException bad) {
            throw new IOException(file + ": a token in it is not whole", bad);
        }
    }

    private static NamedToken token(Json.Obj token) {
        String expires = token.text("expires_at");
        byte[] hash = HexFormat.of().parseHex(token.text("sha256"));
        if (!ClientName.is(token.text("name")) || hash.length != HASH_BYTES) {
            throw new IllegalArgumentException();
        }
        return new NamedToken(new Asker(token.text("name"), Scope.parse(token.text("scope")),
                (int) token.integer("priority_max", Asker.NO_LIMIT),
                (int) token.integer("max_pending", Asker.NO_LIMIT)), hash,
                Instant.parse(token.text("created_at")).toEpochMilli(),
                expires == null ? 0 : Instant.parse(expires).toEpochMilli());
    }

    /// Adds a token; an expired one of the same name is replaced.
    ///
    /// @param now       milliseconds since the epoch
    /// @param expiresAt 0: never
    /// @return the secret, which is stored nowhere
    /// @throws Problem 409 if the name is taken or there are [#TOKENS_MAX] tokens; 400 if the name is not allowed
    public String add(Asker asker, long now, long expiresAt) throws IOException {
        if (asker.name().matches("\\.{1,2}")) {
            // in a URL's path it would have another meaning
            throw Problem.badRequest("a token cannot be named \"" + asker.name() + "\"");
        }
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        change(tokens -> {
            tokens.removeIf(token -> token.asker().name().equals(asker.name()) && token.isExpired(now));
            if (tokens.stream().anyMatch(token -> token.asker().name().equals(asker.name()))) {
                throw new Problem(409, "there is a token " + asker.name() + " already; revoke it first");
            }
            if (tokens.size() >= TOKENS_MAX) {
                throw new Problem(409, "there are " + TOKENS_MAX + " tokens, which is the limit; revoke one first");
            }
            tokens.add(new NamedToken(asker, Tokens.hash(secret), now, expiresAt));
            return null;
        });
        return secret;
    }

    /// Makes the server require a token, as if one had been added and revoked; changes nothing if it requires one.
    public void demand() throws IOException {
        change(tokens -> null);
    }

    /// Removes a token, even if the disk has no room for a new file.
    ///
    /// @throws Problem 404 if there is no such token
    public void revoke(String name) throws IOException {
        change(tokens -> removed(tokens, name));
    }

    private static NamedToken removed(List<NamedToken> tokens, String name) {
        NamedToken gone = tokens.stream().filter(token -> token.asker().name().equals(name)).findFirst()
                .orElseThrow(() -> Problem.notFound("there is no token " + Problem.shown(name)));
        tokens.remove(gone);
        return gone;
    }

    /// Restores the file as it was before a token was added whose secret was not delivered.
    ///
    /// @param first whether there was no file before
    public void takeBack(String name, boolean first) throws IOException {
        change(tokens -> removed(tokens, name), first);
    }

    private interface Change {

        /// Returns the token that is removed, if nothing else changes; otherwise null.
        NamedToken on(List<NamedToken> tokens);
    }

    private void checkDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("the data directory " + directory + (Files.exists(directory) ? " is not a directory"
                    : " does not exist") + "; name the server's with --data-dir");
        }
    }

    private void change(Change change) throws IOException {
        change(change, false);
    }

    /// @param deletes whether a file without tokens is deleted
    private synchronized void change(Change change, boolean deletes) throws IOException {
        checkDirectory();
        checkOwner();
        try (FileChannel lock = open(directory.resolve("tokens.lock"), Set.of(StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            // released by closing
            lock.lock();
            List<NamedToken> before = read();
            List<NamedToken> tokens = new ArrayList<>(before == null ? List.of() : before);
            NamedToken gone = change.on(tokens);
            if (deletes && tokens.isEmpty()) {
                Files.delete(file);
                return;
            }
            try {
                replace(file, written(tokens), true);
            } catch (IOException noRoom) {
                if (gone == null || !blank(gone.hash())) {
                    throw noRoom;
                }
            }
        }
    }

    /// Overwrites a hash with zeros in place, which needs no room on the disk: even a partly overwritten hash matches
    /// no secret. In a file that a person edited, its digits may be capitals.
    ///
    /// @return false if the hash is not found, because its digits are escaped
    private boolean blank(byte[] hash) throws IOException {
        String hex = HexFormat.of().formatHex(hash);
        int at = Files.readString(file, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT).indexOf(hex);
        if (at < 0) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.wrap("0".repeat(hex.length()).getBytes(StandardCharsets.US_ASCII));
            while (zeros.hasRemaining()) {
                channel.write(zeros, at + zeros.position());
            }
            channel.force(true);
        }
        return true;
    }

    /// Returns the content of the file, one token per line.
    private static byte[] written(List<NamedToken> tokens) {
        StringBuilder text = new StringBuilder("{\"version\":" + VERSION + ",\"tokens\":[");
        for (NamedToken token : tokens) {
            JsonWriter line = new JsonWriter().beginObject();
            write(line, token);
            line.name("sha256").string(HexFormat.of().formatHex(token.hash())).endObject();
            text.append(token == tokens.getFirst() ? "\n" : ",\n").append(line);
        }
        return text.append("\n]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Writes the members of a token, without its hash; those that are not set are omitted.
    static void write(JsonWriter out, NamedToken token) {
        Asker asker = token.asker();
        out.name("name").string(asker.name()).name("scope").string(asker.scope().text);
        if (asker.priorityMax() != Asker.NO_LIMIT) {
            out.name("priority_max").number(asker.priorityMax());
        }
        if (asker.pendingMax() != Asker.NO_LIMIT) {
            out.name("max_pending").number(asker.pendingMax());
        }
        out.name("created_at").string(Instant.ofEpochMilli(token.createdAt()).toString());
        if (token.expiresAt() != 0) {
            out.name("expires_at").string(Instant.ofEpochMilli(token.expiresAt()).toString());
        }
    }

    /// Returns when tokens were last used, by name, in milliseconds since the epoch; empty if the file cannot be read.
    public Map<String, Long> used() {
        Map<String, Long> used = new HashMap<>();
        try {
            if (Json.parse(Files.readAllBytes(usedFile)) instanceof Json.Obj all) {
                all.members().keySet().forEach(name -> used.put(name, Instant.parse(all.text(name)).toEpochMilli()));
            }
        } catch (IOException | JsonException | DateTimeException | NullPointerException unknown) {
            return Map.of();
        }
        return used;
    }

    /// Writes when tokens were last used.
    void writeUsed(Map<String, Long> used) throws IOException {
        JsonWriter out = new JsonWriter().beginObject();
        used.forEach((name, at) -> out.name(name).string(Instant.ofEpochMilli(at).toString()));
        replace(usedFile, out.endObject().toBytes(), false);
    }

    private void replace(Path place, byte[] bytes, boolean durably) throws IOException {
        Path part = place.resolveSibling(place.getFileName() + ".part");
        // possibly left by a process that died
        Files.deleteIfExists(part);
        try (FileChannel channel = open(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            ByteBuffer all = ByteBuffer.wrap(bytes);
            while (all.hasRemaining()) {
                channel.write(all);
            }
            if (durably) {
                channel.force(true);
            }
        } catch (IOException noRoom) {
            Files.deleteIfExists(part);
            throw noRoom;
        }
        Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (durably) {
            try (FileChannel itself = FileChannel.open(directory)) {
                itself.force(true);
            } catch (IOException cannot) {
                // some file systems make names durable themselves: see FileStorage
            }
        }
    }

    /// Checks that the directory belongs to the user of this process.
    ///
    /// @throws IOException if it belongs to another user
    private void checkOwner() throws IOException {
        if (!isPosix()) {
            return;
        }
        // its owner is the user of this process
        Path probe = Files.createTempFile(directory, "tokens", ".part");
        UserPrincipal self;
        try {
            self = Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS);
        } finally {
            Files.delete(probe);
        }
        UserPrincipal owner = Files.getOwner(directory);
        if (!self.equals(owner)) {
            throw new IOException("the data directory " + directory + " belongs to " + owner.getName()
                    + ", not to " + self.getName() + ": run this as that user, as with: runuser -u " + owner.getName()
                    + " -- ollama-queue-server token \u2026 --data-dir " + directory);
        }
    }

    private boolean isPosix() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /// Opens a file that only its owner may access, whatever the umask.
    private FileChannel open(Path path, Set<OpenOption> how) throws IOException {
        return isPosix() ? FileChannel.open(path, how, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rw-------"))) : FileChannel.open(path, how);
    }
}
