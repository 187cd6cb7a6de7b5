package server.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import shared.Problem;

/// The header `Idempotency-Key`: requests of a client with the same key are carried out once, however often they are
/// sent.
///
/// @param text        as the client chose it
/// @param fingerprint of the request's body
public record IdempotencyKey(String text, String fingerprint) {

    private static final int LENGTH_MAX = 255;

    /// Returns the key of a request whose body was read; null if it has none.
    ///
    /// @throws Problem 400 if the key is malformed
    public static IdempotencyKey of(WebRequest request) {
        String text = request.header("Idempotency-key");
        if (text == null) {
            return null;
        }
        if (text.isEmpty() || text.length() > LENGTH_MAX || text.chars().anyMatch(c -> c >= 0x7f)) {
            throw Problem.badRequest("Idempotency-Key must have 1 to " + LENGTH_MAX + " ASCII characters");
        }
        return new IdempotencyKey(text, fingerprint(request.body()));
    }

    /// Returns a hash of a body: 32 hexadecimal digits.
    public static String fingerprint(Bodies.Body body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(body.bytes(), 0, body.length());
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
