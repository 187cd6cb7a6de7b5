package server.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import shared.Problem;

/// The header `Idempotency-Key`: under one key a client's request is carried out once, however often it is sent.
///
/// @param text        as the client chose it
/// @param fingerprint of the body that came with it
public record IdempotencyKey(String text, String fingerprint) {

    private static final int LENGTH_MAX = 255;

    /// Returns the key of a request whose body was read; null if it has none.
    ///
    /// @throws Problem 400 if it is not well formed
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

    /// Returns what tells one body from another.
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
