package server.executor.ollama;

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
import support.Exchange;

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
        Exchange exchange = Exchange.of(FOLDER.resolve(name + ".http"));
        return new Recording(name, exchange.path(), exchange.requestBody(), exchange.status(), exchange.body(),
                exchange.wire());
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
