package server.access;

import java.util.Map;

/// One token of the data directory, without its secret.
///
/// @param asker     who bears it
/// @param hash      SHA-256 of the secret
/// @param createdAt milliseconds since the epoch, as the others
/// @param expiresAt from when on it is not taken any more; 0: never
public record NamedToken(Asker asker, byte[] hash, long createdAt, long expiresAt) {

    /// Returns whether it is not taken any more.
    public boolean isExpired(long now) {
        return expiresAt != 0 && now >= expiresAt;
    }

    /// Returns when it was last used, in milliseconds since the epoch; 0: never.
    ///
    /// @param used by name, also of earlier ones of the same name
    public long usedAt(Map<String, Long> used) {
        long at = used.getOrDefault(asker.name(), 0L);
        return at < createdAt ? 0 : at;
    }
}
