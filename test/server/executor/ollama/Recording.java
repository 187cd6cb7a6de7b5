package server.executor.ollama;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import server.executor.Call;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.Slice;

/// A real exchange with Ollama: request line, body, empty line, the answer with its chunks already joined.
record Recording(String name, String path, String requestBody, int status, byte[] body, byte[] wire) {

    private static final Path FOLDER = Path.of("test/server/executor/ollama/recordings");

    static List<Recording> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> of(file.getFileName().toString().replace(".http", ""))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Recording of(String name) {
        String text;
        try {
            text = Files.readString(FOLDER.resolve(name + ".http"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int answer = text.indexOf("\n\nHTTP/1.1 ") + 2;
        int bodyAt = text.indexOf("\n\n", answer) + 2;
        String head = text.substring(answer, bodyAt);
        byte[] body = text.substring(bodyAt).getBytes(StandardCharsets.UTF_8);
        int length = head.indexOf("Content-Length: ");
        if (length >= 0) {
            int end = Integer.parseInt(head.substring(length + 16, head.indexOf('\n', length)));
            body = java.util.Arrays.copyOf(body, end);
        }
        String[] request = text.substring(0, answer).split("\n");
        return new Recording(name, request[0].split(" ")[1], request.length > 1 ? request[1] : "",
                Integer.parseInt(head.substring(9, 12)), body, wire(head, body, length < 0));
    }

    /// As it came over the wire: CRLF in the head, and one chunk for each line as Ollama sends them.
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

    /// The call that sends this request, as far as the queue would ever send it.
    Call call() {
        TaskType type = path.endsWith("embed") ? TaskType.EMBED
                : path.endsWith("generate") ? TaskType.GENERATE : TaskType.CHAT;
        String model = "x";
        Map<String, Json> members = new LinkedHashMap<>();
        try {
            members.putAll(((Json.Obj) Json.parse(requestBody)).members());
            members.remove("stream");
            model = members.remove("model") instanceof Json.Str named ? named.value() : "";
        } catch (JsonException badOnPurpose) {
            // an empty object then
        }
        byte[] payload = new Json.Obj(members).text().getBytes(StandardCharsets.UTF_8);
        return new Call(type, model, Slice.of(payload), Duration.ofSeconds(20), Duration.ofSeconds(10));
    }
}
