package server.executor;

import java.time.Duration;
import java.util.Map;

import shared.TaskType;
import shared.json.Slice;

/// One attempt's request.
///
/// @param payload a JSON object: the body of Ollama's endpoint for this type, without `model` and `stream`
/// @param timeout   the attempt's time limit
/// @param firstByte the longest time until the answer's first byte
/// @param idle      the longest silence of the host after that
/// @param room      counts the part of the answer that is in memory
/// @param trace     the headers of W3C's Trace Context that arrived with its request, for the host, by name
public record Call(TaskType type, String model, Slice payload, Duration timeout, Duration firstByte, Duration idle,
        AnswerRoom.Portion room, Map<String, String> trace) {

    /// Makes a request without a trace.
    public Call(TaskType type, String model, Slice payload, Duration timeout, Duration firstByte, Duration idle,
            AnswerRoom.Portion room) {
        this(type, model, payload, timeout, firstByte, idle, room, Map.of());
    }

    /// Makes a request with one limit for each silence, and none for the memory.
    public Call(TaskType type, String model, Slice payload, Duration timeout, Duration idle) {
        this(type, model, payload, timeout, idle, idle, AnswerRoom.UNBOUNDED.share());
    }
}
