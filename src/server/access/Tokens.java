package server.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;

import server.settings.Setting;
import server.settings.Settings;
import shared.Problem;

/// The valid tokens, as hashes: the secrets are not kept. The token of the settings has all rights; the others are
/// named tokens.
public final class Tokens {

    public static final Setting<String> TOKEN = Setting.secret("server.token").live().alsoNamed("OLLAMA_QUEUE_TOKEN")
            .says("a token with all rights; once it is set, every request must carry a token, except those for "
                    + "/healthz, /readyz and the page's files; also $OLLAMA_QUEUE_TOKEN. Tokens with fewer rights: "
                    + "ollama-queue-server token add");
    static final Setting<String> TOKEN_FILE = Setting.secretFile("server.token_file").live().insteadOf(TOKEN)
            .says("a file that holds the token");

    /// A client that is not authenticated yet gets no details.
    static final String UNREADABLE = "the server's tokens cannot be read; its log says why";

    private final byte[] own;
    private final NamedTokens named;

    /// @param own the hash of the settings' token; null for none
    private Tokens(byte[] own, NamedTokens named) {
        this.own = own;
        this.named = named;
    }

    static Tokens of(Settings settings, NamedTokens named) {
        String token = settings.get(TOKEN_FILE) == null ? settings.get(TOKEN) : settings.get(TOKEN_FILE);
        return new Tokens(token == null ? null : hash(token), named);
    }

    /// Returns whether a token is required at all.
    boolean needed() {
        return own != null || named.everAdded();
    }

    /// Returns whose token this is, in a time that does not depend on what is wrong with it.
    ///
    /// @return null if the token is unknown
    /// @throws Problem 401 if it has expired, 503 if it may be a named one and those cannot be read
    Asker bearer(String token) {
        byte[] hash = hash(token);
        if (isOwn(hash)) {
            return Asker.ANYBODY;
        }
        NamedToken found;
        try {
            found = known(hash);
        } catch (IOException unreadable) {
            throw new Problem(503, UNREADABLE);
        }
        if (found == null) {
            return null;
        }
        if (named.isExpired(found)) {
            throw new Problem(401, "the token " + found.asker().name() + " expired at "
                    + Instant.ofEpochMilli(found.expiresAt()));
        }
        named.use(found);
        return found.asker();
    }

    /// Returns whether a request with this token would be accepted; this does not count as a use of it.
    ///
    /// @param token null for none
    boolean accept(String token) {
        if (!needed() || token == null) {
            return !needed();
        }
        byte[] hash = hash(token);
        try {
            NamedToken found = known(hash);
            return isOwn(hash) || found != null && !named.isExpired(found);
        } catch (IOException unreadable) {
            return isOwn(hash);
        }
    }

    private boolean isOwn(byte[] hash) {
        return own != null && MessageDigest.isEqual(own, hash);
    }

    /// Returns the token of a hash; null if it is unknown. Always compares all of them.
    private NamedToken known(byte[] hash) throws IOException {
        NamedToken found = null;
        for (NamedToken known : named.current()) {
            found = MessageDigest.isEqual(known.hash(), hash) ? known : found;
        }
        return found;
    }

    static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
