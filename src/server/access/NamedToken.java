package server.access;

import java.util.Map;

/// A named token, without its secret.
///
/// @param asker     its name and rights
/// @param hash      SHA-256 of the secret
/// @param createdAt milliseconds since the epoch, like the other times
/// @param expiresAt when it expires; 0: never
public record NamedToken(Asker asker, byte[] hash, long createdAt, long expiresAt) {

    /// Returns whether it has expired.
    public boolean isExpired(long now) {
        return expiresAt != 0 && now >= expiresAt;
    }

    /// Returns when it was last used, in milliseconds since the epoch; 0: never.
    ///
    /// @param used the last uses by name, which may be those of an earlier token of the same name
    public long usedAt(Map<String, Long> used) {
        long at = used.getOrDefault(asker.name(), 0L);
        return at < createdAt ? 0 : at;
    }
}
