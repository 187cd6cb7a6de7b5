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
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import shared.Problem;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonWriter;

/// The named tokens of a data directory, as they lie on the disk. The server and the commands of its program may use
/// them at the same time: who changes them holds a lock, and each change is a new file in the place of the old one.
///
/// ```
/// tokens.json        {"version":1,"tokens":[{"name":…,"scope":…,"sha256":…,"created_at":…},…]}
///                    and where they are set priority_max, max_pending, expires_at
/// tokens-used.json   {"NAME":"TIME",…}: when each was last used, known to a minute; only the server writes it
/// tokens.lock        empty; who changes tokens.json holds its lock
/// ```
///
/// All are for the owner of the directory alone, and only that user changes them. Root could give its files away, but
/// in a directory of another user no name is sure to stay what it was.
public final class TokenFile {

    static final int TOKENS_MAX = 1_000;

    private static final String NAME = "tokens.json";
    private static final int VERSION = 1;
    /// By which people, and programs that look for leaked secrets, know one.
    private static final String PREFIX = "oq_";
    private static final int SECRET_BYTES = 32;
    private static final int HASH_BYTES = 32;
    /// Of a token that was revoked where there was no room to write the others anew: no secret has it.
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

    /// What changes when another file is in the place, or this one is written; null if there is none.
    ///
    /// @param modified milliseconds since the epoch
    record Stamp(Object key, long size, long modified) {

        /// As `equals`, whose first use would take its time of the first answer.
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

    /// Returns the tokens, expired ones too; null if none was ever added.
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

    /// Adds a token; an expired one of the same name gives way.
    ///
    /// @param now       milliseconds since the epoch
    /// @param expiresAt 0: never
    /// @return the secret, which is kept nowhere
    /// @throws Problem 409 if there is one of this name, or no room for one more; 400 if the name cannot be one
    public String add(Asker asker, long now, long expiresAt) throws IOException {
        if (asker.name().matches("\\.{1,2}")) {
            // in a path it would be taken for something else
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

    /// Makes the server want a token, as if one had been added and revoked; nothing changes if it wants one.
    public void demand() throws IOException {
        change(tokens -> null);
    }

    /// Takes a token away, also where the disk has no room for a new file.
    ///
    /// @throws Problem 404 if there is none of this name
    public void revoke(String name) throws IOException {
        change(tokens -> {
            NamedToken gone = tokens.stream().filter(token -> token.asker().name().equals(name)).findFirst()
                    .orElseThrow(() -> Problem.notFound("there is no token " + Problem.shown(name)));
            tokens.remove(gone);
            return gone;
        });
    }

    /// Restores the file as it was before a token was added whose secret reached nobody.
    ///
    /// @param first whether there was no file before
    public void takeBack(String name, boolean first) throws IOException {
        revoke(name);
        if (first && read().isEmpty()) {
            Files.delete(file);
        }
    }

    private interface Change {

        /// Returns the token that is taken away, if that is all that changes, else null.
        NamedToken on(List<NamedToken> tokens);
    }

    private void checkDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("the data directory " + directory + (Files.exists(directory) ? " is not a directory"
                    : " does not exist") + "; name the server's with --data-dir");
        }
    }

    private synchronized void change(Change change) throws IOException {
        checkDirectory();
        checkOwner();
        try (FileChannel lock = open(directory.resolve("tokens.lock"), Set.of(StandardOpenOption.CREATE,
                StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
            // let go by the closing
            lock.lock();
            List<NamedToken> before = read();
            List<NamedToken> tokens = new ArrayList<>(before == null ? List.of() : before);
            NamedToken gone = change.on(tokens);
            try {
                replace(file, written(tokens), true);
            } catch (IOException noRoom) {
                if (gone == null) {
                    throw noRoom;
                }
                blank(gone.hash());
            }
        }
    }

    /// Writes zeros over a hash where it stands, which takes no room: even half of it lets nobody in.
    private void blank(byte[] hash) throws IOException {
        String hex = HexFormat.of().formatHex(hash);
        int at = Files.readString(file, StandardCharsets.ISO_8859_1).indexOf(hex);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.wrap("0".repeat(hex.length()).getBytes(StandardCharsets.US_ASCII));
            while (zeros.hasRemaining()) {
                channel.write(zeros, at + zeros.position());
            }
            channel.force(true);
        }
    }

    /// A token on each line.
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

    /// Writes the members that tell of a token, without its hash; what is not set is left out.
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

    /// Returns when tokens were last used, by name, in milliseconds since the epoch. What cannot be read is not known.
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
        // whatever a death left there
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
                // some file systems see to their names themselves: see FileStorage
            }
        }
    }

    /// @throws IOException the directory is another user's
    private void checkOwner() throws IOException {
        if (!isPosix()) {
            return;
        }
        // whose it is tells who this process is
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

    /// Opens a file that is its owner's alone, whatever the umask.
    private FileChannel open(Path path, Set<OpenOption> how) throws IOException {
        return isPosix() ? FileChannel.open(path, how, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rw-------"))) : FileChannel.open(path, how);
    }
}
