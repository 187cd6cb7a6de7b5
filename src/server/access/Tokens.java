package server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// The tokens that let a request pass, as hashes: the secrets themselves are nowhere kept. There is one today, which
/// may do everything; scopes would stand beside the hash.
public final class Tokens {

    /// Every request passes.
    public static final Tokens NONE = new Tokens(List.of());

    private final List<byte[]> hashes;

    private Tokens(List<byte[]> hashes) {
        this.hashes = hashes;
    }

    /// @param token null: none
    public static Tokens of(String token) {
        return token == null ? NONE : new Tokens(List.of(hash(token)));
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
