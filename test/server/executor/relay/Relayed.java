package server.executor.relay;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import server.executor.AnswerRoom;
import server.executor.HostHead;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import shared.TaskType;
import shared.json.Slice;

/// Takes what a relayed call brings.
public final class Relayed implements RelaySink, Pieces {

    public HostHead head;
    public boolean ended;
    public final List<String> pieces = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public static RelayCall call(TaskType type, String path, String body, boolean streams) {
        return new RelayCall(type, path, null, Map.of(), "qwen3", Slice.of(body.getBytes(StandardCharsets.UTF_8)),
                streams, Duration.ofMinutes(3), Duration.ofMinutes(1), Duration.ofMinutes(2),
                AnswerRoom.UNBOUNDED.share());
    }

    public String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void head(HostHead it) {
        if (head != null) {
            throw new AssertionError("a second head");
        }
        head = it;
    }

    @Override
    public void bytes(byte[] from, int at, int length) {
        if (head == null || ended) {
            throw new AssertionError("bytes outside of the answer");
        }
        bytes.write(from, at, length);
    }

    @Override
    public void end() {
        if (head == null || ended) {
            throw new AssertionError("no end is due");
        }
        ended = true;
    }

    @Override
    public void text(String piece) {
        pieces.add(piece);
    }

    @Override
    public void thinking(String piece) {
        pieces.add("(" + piece + ")");
    }
}
