package server.executor;

import java.time.Duration;

import shared.TaskType;
import shared.json.Slice;

/// One attempt's request.
///
/// @param payload a JSON object: the body of Ollama's endpoint for this type, without `model` and `stream`
/// @param timeout the attempt's whole time
/// @param idle    the longest silence of the host
public record Call(TaskType type, String model, Slice payload, Duration timeout, Duration idle) {
}
