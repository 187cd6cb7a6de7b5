package server.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a PEM file (RFC 7468).
///
/// @param label     for example `CERTIFICATE`
/// @param encrypted whether a header of OpenSSL's older form says that it is encrypted
record Pem(String label, boolean encrypted, byte[] der) {

    private static final Pattern PART =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\R(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final Pattern HEADERS = Pattern.compile("(?:[\\w-]+:.*\\R(?:[ \\t].*\\R)*)+\\s*");
    private static final int FILE_MAX = 1 << 20;

    /// Reads the parts of a file; text between them is ignored.
    ///
    /// @param setting the name of the file's setting, for messages
    /// @throws IOException if it cannot be read, with a message for people
    static List<Pem> read(String setting, Path file) throws IOException {
        String text;
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new IOException(setting + ": " + file + " is larger than " + FILE_MAX + " bytes");
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new IOException(setting + ": cannot read " + file + ": " + (unreadable instanceof NoSuchFileException
                    ? "there is no such file" : Files.exists(file) && !Files.isReadable(file) ? "permission denied"
                    : unreadable.getMessage()), unreadable);
        }
        List<Pem> parts = new ArrayList<>();
        Matcher part = PART.matcher(text);
        while (part.find()) {
            String body = part.group(2);
            Matcher headers = HEADERS.matcher(body);
            boolean with = headers.lookingAt();
            try {
                parts.add(new Pem(part.group(1), with && headers.group().contains("ENCRYPTED"),
                        Base64.getMimeDecoder().decode(with ? body.substring(headers.end()) : body)));
            } catch (IllegalArgumentException damaged) {
                throw new IOException(setting + ": " + file + " is damaged: its part \"" + part.group(1)
                        + "\" is not base64", damaged);
            }
        }
        return parts;
    }
}
