package server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

import server.settings.Setting;
import server.settings.Settings;

/// The tokens that let a request pass, as hashes: the secrets themselves are nowhere kept. There is one today, which
/// may do everything; scopes would stand beside the hash.
public final class Tokens {

    public static final Setting<String> TOKEN = Setting.secret("server.token").live().alsoNamed("OLLAMA_QUEUE_TOKEN")
            .says("the token that every request must carry, except those for /healthz, /readyz and the page's files; "
                    + "also $OLLAMA_QUEUE_TOKEN");
    static final Setting<String> TOKEN_FILE = Setting.secretFile("server.token_file").live().insteadOf(TOKEN)
            .says("a file that holds the token");

    private final List<byte[]> hashes;

    private Tokens(List<byte[]> hashes) {
        this.hashes = hashes;
    }

    public static Tokens of(Settings settings) {
        String token = settings.get(TOKEN_FILE) == null ? settings.get(TOKEN) : settings.get(TOKEN_FILE);
        return new Tokens(token == null ? List.of() : List.of(hash(token)));
    }

    /// Whether a token is needed at all.
    boolean needed() {
        return !hashes.isEmpty();
    }

    /// Takes the same time whatever is wrong with it.
    boolean right(String token) {
        byte[] hash = hash(token);
        boolean right = false;
        for (byte[] known : hashes) {
            right |= MessageDigest.isEqual(known, hash);
        }
        return right;
    }

    private static byte[] hash(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
