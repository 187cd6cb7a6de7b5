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

/// The named tokens as a running server sees them: as they lie on the disk now, whoever changes them, also one of the
/// program's commands. For any thread.
public final class NamedTokens {

    /// The longest that a token may live, unless it lives for ever.
    public static final Duration LIFETIME_MAX = Duration.ofDays(3_650);
    /// The largest limit that one may have for what is pending.
    public static final int PENDING_MAX = 10_000_000;

    /// As the JDK has it of ENOSPC, with or without a file in front.
    private static final String NO_SPACE = "No space left on device";
    private static final Logger LOG = System.getLogger("server.access");
    /// A file that was written so lately may be written again without another stamp: a file system's clock has steps.
    private static final long SETTLED_MS = 2_000;
    /// One line of the log may tell of many requests.
    private static final long TOLD_EVERY_MS = Duration.ofSeconds(10).toMillis();
    /// How exactly the disk knows when a token was last used.
    private static final long USED_EVERY_MS = Duration.ofMinutes(1).toMillis();

    /// What was read.
    ///
    /// @param stamp   of the file; null: there was none
    /// @param settled whether the same stamp means the same tokens
    private record Seen(TokenFile.Stamp stamp, boolean settled, List<NamedToken> tokens) {
    }

    private final TokenFile file;
    private final InstantSource clock;
    private final Map<String, Long> used = new ConcurrentHashMap<>();
    private final Map<String, Long> usedOnDisk = new ConcurrentHashMap<>();
    private volatile boolean everAdded;
    private volatile long toldAt;
    private volatile Seen seen = new Seen(null, true, List.of());

    /// @param clock tells which have expired
    private NamedTokens(TokenFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /// Takes the tokens of a data directory.
    ///
    /// @throws IOException that says what is wrong with their file
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

    /// Returns whether one was ever added, also if all are revoked by now. A server that has seen one wants one until
    /// it ends.
    public boolean everAdded() {
        try {
            current();
            return everAdded;
        } catch (IOException unreadable) {
            // nobody may come in because of that
            return true;
        }
    }

    /// Returns what keeps the bearers of named tokens out; null for nothing.
    public String trouble() {
        try {
            current();
            return null;
        } catch (IOException unreadable) {
            return Tokens.UNREADABLE;
        }
    }

    /// The tokens that there are now.
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
            // of no use to whoever asks
            LOG.log(Level.WARNING, () -> "event=token_use_unwritten reason=" + LogValue.of(cannot.getMessage()));
        }
    }

    /// Returns all tokens, expired ones too.
    ///
    /// @throws Problem 503 if their file cannot be read
    public List<NamedToken> all() {
        return orProblem(this::current);
    }

    /// Returns when a token was last used, milliseconds since the epoch; 0: never.
    public long usedAt(NamedToken token) {
        return token.usedAt(used);
    }

    /// Adds a named token as [TokenFile#add] does; it holds from now on.
    ///
    /// @param lifetime in milliseconds; 0: for ever
    /// @throws Problem also 507 if the disk is full, 503 if the file cannot be changed
    public String add(Asker asker, long lifetime) {
        long now = clock.millis();
        return orProblem(() -> file.add(asker, now, lifetime == 0 ? 0 : now + lifetime));
    }

    /// Revokes a token, as [TokenFile#revoke] does.
    ///
    /// @throws Problem also 503 if the file cannot be changed
    public void revoke(String name) {
        orProblem(() -> {
            file.revoke(name);
            return null;
        });
    }

    /// Returns whether a token is not taken any more.
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
