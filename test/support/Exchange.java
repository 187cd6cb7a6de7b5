package support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A recorded exchange with a real host, from a file: request line, body, empty line, and the answer with its chunks
/// joined.
///
/// @param body the body of the answer
/// @param wire the whole answer as it was sent: CRLF in the head, and one chunk for each line
public record Exchange(String name, String path, String requestBody, int status, byte[] body, byte[] wire) {

    public static Exchange of(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int answer = text.indexOf("\n\nHTTP/1.1 ") + 2;
        int bodyAt = text.indexOf("\n\n", answer) + 2;
        String head = text.substring(answer, bodyAt);
        byte[] body = text.substring(bodyAt).getBytes(StandardCharsets.UTF_8);
        int length = head.indexOf("Content-Length: ");
        if (length >= 0) {
            body = Arrays.copyOf(body, Integer.parseInt(head.substring(length + 16, head.indexOf('\n', length))));
        }
        String[] request = text.substring(0, answer).split("\n");
        return new Exchange(file.getFileName().toString().replace(".http", ""), request[0].split(" ")[1],
                request.length > 1 ? request[1] : "", Integer.parseInt(head.substring(9, 12)), body,
                wire(head, body, length < 0));
    }

    private static byte[] wire(String head, byte[] body, boolean chunked) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        wire.writeBytes(head.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        if (!chunked) {
            wire.writeBytes(body);
            return wire.toByteArray();
        }
        for (String line : new String(body, StandardCharsets.UTF_8).split("(?<=\n)")) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            wire.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            wire.writeBytes(bytes);
            wire.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        wire.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return wire.toByteArray();
    }
}
