package server.queue.line;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import fuzz.Subject;
import server.queue.state.Event;
import shared.Problem;
import shared.json.Json;
import shared.json.Slice;

/// Events as the journal's lines: a replay copes with any content, and what it has read is written back unchanged.
public final class EventSubject implements Subject {

    private static final Path JOURNAL = Path.of("test/server/journal/format1/data");

    private final EventCodec codec = new EventCodec(new Pool());

    public EventSubject() {
    }

    @Override
    public String name() {
        return "event";
    }

    @Override
    public List<byte[]> corpus() {
        return Stream.of("0000000004.journal", "0000000005.journal", "c000000001.journal").flatMap(EventSubject::lines)
                .filter(line -> line.contains("\"event\":")).map(line -> line.substring(9).stripTrailing()
                        .getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static Stream<String> lines(String name) {
        try {
            return Files.readAllLines(JOURNAL.resolve(name)).stream();
        } catch (IOException missing) {
            throw new IllegalStateException(missing);
        }
    }

    @Override
    public List<String> words() {
        return List.of("\"event\":\"cron\"", "\"event\":\"queue\"", "\"what\":\"priority\",\"late\":true",
                "\"action\":{\"id\":\"action_000000000000\"},",
                "\"task\":{}",
                "\"order\":1,", "\"attempts\":[{}],", "\"payload\":{\"options\":{\"num_ctx\":1}}",
                "\"payload_text\":\"{\\n}\"",
                "\"result_text\":\"x\"", "\"head\":{},", "\"idempotency\":{}", "\"window\":\"w\",", "\"client\":\"c\",",
                "\"endpoint\":\"/api/chat\",", "\"relayed\":true,", "\"runner\":{}", "\"status\":\"cancelled\"",
                "\"status\":\"failed\"", "\"retry_at\":\"2026-01-01T00:00:00.000Z\",", "\"backoff_factor\":1e999,",
                "null", "{",
                "}", "[", "]", ",", "\"", "\\u0000", "\"metadata\":{\"a\":1},", "\"runs\":[[\"task_000000000000\"]],");
    }

    @Override
    public String take(byte[] input) {
        Slice line = Slice.of(input);
        String replay = "replayed";
        try {
            codec.decodeForReplay(1, line);
        } catch (IllegalStateException unreadable) {
            replay = Subject.way(unreadable);
        }
        Event event;
        try {
            event = codec.decode(line);
        } catch (RuntimeException unreadable) {
            // a replay has refused it, or stopped before what is wrong
            return replay;
        }
        byte[] written = written(event);
        assertEquals(text(written), text(written(codec.decode(Slice.of(written)))));
        try {
            Json.parseOwn(EventCodec.feed(1, codec.decodeForFeed(Slice.of(written))).toBytes());
        } catch (Problem noExpression) {
            // a cron expression is checked when it arrives, not when it is read again
            return Subject.way(noExpression);
        }
        codec.decodeForReplay(1, Slice.of(written));
        return "written again";
    }

    private static byte[] written(Event event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write('{');
        for (Slice piece : EventCodec.encode(event)) {
            out.write(piece.bytes(), piece.from(), piece.length());
        }
        return out.toByteArray();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
