package server.access;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import shared.LogValue;
import shared.Problem;

/// The named tokens of a running server: as they are on the disk now, whoever changes them, including the program's own
/// commands. Thread-safe.
public final class NamedTokens {

    /// The longest lifetime of a token that expires.
    public static final Duration LIFETIME_MAX = Duration.ofDays(3_650);
    /// The largest limit of pending tasks that a token may have.
    public static final int PENDING_MAX = 10_000_000;

    /// The JDK's message for ENOSPC, which may follow the name of a file.
    private static final String NO_SPACE = "No space left on device";
    private static final Logger LOG = System.getLogger("server.access");
    /// A file that was written less than this long ago may be written again without a change of its stamp, because file
    /// times have a limited resolution.
    private static final long SETTLED_MS = 2_000;
    /// The interval of log lines: one may report many requests.
    private static final long TOLD_EVERY_MS = Duration.ofSeconds(10).toMillis();
    /// How often the last use of a token is written to the disk.
    private static final long USED_EVERY_MS = Duration.ofMinutes(1).toMillis();

    /// The content of the file when it was last read.
    ///
    /// @param stamp   of the file; null if there was none
    /// @param settled whether the same stamp means the same content
    private record Seen(TokenFile.Stamp stamp, boolean settled, List<NamedToken> tokens) {
    }

    private final TokenFile file;
    private final InstantSource clock;
    private final Map<String, Long> used = new ConcurrentHashMap<>();
    private final Map<String, Long> usedOnDisk = new ConcurrentHashMap<>();
    private volatile boolean everAdded;
    private volatile long toldAt;
    private volatile Seen seen = new Seen(null, true, List.of());

    /// @param clock decides which tokens have expired
    private NamedTokens(TokenFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /// Opens the tokens of a data directory.
    ///
    /// @throws IOException if their file cannot be read; the message says what is wrong
    public static NamedTokens open(Path directory, InstantSource clock) throws IOException {
        NamedTokens tokens = new NamedTokens(new TokenFile(directory), clock);
        tokens.current();
        if (tokens.everAdded) {
            Map<String, Long> before = tokens.file.used();
            tokens.used.putAll(before);
            tokens.usedOnDisk.putAll(before);
        }
        return tokens;
    }

    /// Returns whether a token was ever added, even if all are revoked by now. A server that has seen one requires one
    /// until it ends.
    public boolean everAdded() {
        try {
            current();
            return everAdded;
        } catch (IOException unreadable) {
            // an unreadable file must not open the server to everybody
            return true;
        }
    }

    /// Returns why named tokens are not accepted; null if they are.
    public String trouble() {
        try {
            current();
            return null;
        } catch (IOException unreadable) {
            return Tokens.UNREADABLE;
        }
    }

    /// Returns the present tokens.
    List<NamedToken> current() throws IOException {
        try {
            return look();
        } catch (IOException unreadable) {
            long now = clock.millis();
            if (Math.abs(now - toldAt) >= TOLD_EVERY_MS) {
                toldAt = now;
                LOG.log(Level.ERROR, () -> "event=tokens_unreadable reason=" + LogValue.of(unreadable.getMessage()));
            }
            throw unreadable;
        }
    }

    private List<NamedToken> look() throws IOException {
        Seen before = seen;
        TokenFile.Stamp stamp = file.stamp();
        if (before.settled && TokenFile.Stamp.same(stamp, before.stamp)) {
            return before.tokens;
        }
        List<NamedToken> read = file.read();
        boolean settled = stamp == null || Math.abs(clock.millis() - stamp.modified()) > SETTLED_MS;
        everAdded |= read != null;
        Seen now = new Seen(stamp, settled, read == null ? List.of() : read);
        if (!TokenFile.Stamp.same(stamp, before.stamp)) {
            LOG.log(Level.INFO, () -> "event=tokens_read count=" + now.tokens.size());
        }
        seen = now;
        return now.tokens;
    }

    /// Notes that a token was used.
    void use(NamedToken token) {
        String name = token.asker().name();
        long now = clock.millis();
        used.put(name, now);
        Long written = usedOnDisk.get(name);
        if (written == null || now - written >= USED_EVERY_MS) {
            writeUsed();
        }
    }

    private synchronized void writeUsed() {
        Set<String> names = seen.tokens.stream().map(token -> token.asker().name()).collect(Collectors.toSet());
        used.keySet().retainAll(names);
        Map<String, Long> now = Map.copyOf(used);
        usedOnDisk.keySet().retainAll(names);
        usedOnDisk.putAll(now);
        try {
            file.writeUsed(now);
        } catch (IOException cannot) {
            // not a reason to refuse the request
            LOG.log(Level.WARNING, () -> "event=token_use_unwritten reason=" + LogValue.of(cannot.getMessage()));
        }
    }

    /// Returns all tokens, including expired ones.
    ///
    /// @throws Problem 503 if their file cannot be read
    public List<NamedToken> all() {
        return orProblem(this::current);
    }

    /// Returns when a token was last used, in milliseconds since the epoch; 0: never.
    public long usedAt(NamedToken token) {
        return token.usedAt(used);
    }

    /// Adds a named token as [TokenFile#add] does; it is accepted from now on.
    ///
    /// @param lifetime in milliseconds; 0: it never expires
    /// @return the secret
    /// @throws Problem as [TokenFile#add]; also 507 if the disk is full, 503 if the file cannot be changed
    public String add(Asker asker, long lifetime) {
        long now = clock.millis();
        return orProblem(() -> file.add(asker, now, lifetime == 0 ? 0 : now + lifetime));
    }

    /// Revokes a token, as [TokenFile#revoke] does.
    ///
    /// @throws Problem as [TokenFile#revoke]; also 507 or 503 if the file cannot be changed
    public void revoke(String name) {
        orProblem(() -> {
            file.revoke(name);
            return null;
        });
    }

    /// Returns whether a token has expired.
    public boolean isExpired(NamedToken token) {
        return token.isExpired(clock.millis());
    }

    private interface OnDisk<T> {
        T get() throws IOException;
    }

    private static <T> T orProblem(OnDisk<T> action) {
        try {
            return action.get();
        } catch (IOException broken) {
            throw String.valueOf(broken.getMessage()).endsWith(NO_SPACE)
                    ? new Problem(507, "the disk of the data directory is full; free some of it, then do this again")
                    : new Problem(503, broken.getMessage());
        }
    }
}
