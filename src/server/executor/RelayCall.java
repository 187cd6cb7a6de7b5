package server.executor;

import java.time.Duration;
import java.util.Map;

import shared.TaskType;
import shared.json.Slice;

/// One attempt at a call of a host's API, which reaches the host as its caller sent it.
///
/// @param path    where the call goes: `/api/chat`, `/v1/responses`
/// @param query   the raw query string; null: none
/// @param headers what the caller sends to the host, by name
/// @param model   our name of the model
/// @param body    the whole body
/// @param streams whether the body asks for a stream
/// @param timeout   the attempt's time limit
/// @param firstByte the longest time until a stream's first byte
/// @param idle      the longest silence of a stream after that
/// @param room      counts the part of the answer that is in memory
public record RelayCall(TaskType type, String path, String query, Map<String, String> headers, String model, Slice body,
        boolean streams, Duration timeout, Duration firstByte, Duration idle, AnswerRoom.Portion room) {

    /// Returns the path with the query string, if there is one.
    public String target() {
        return query == null ? path : path + "?" + query;
    }

    /// Returns the same call with another body.
    public RelayCall with(Slice newBody) {
        return new RelayCall(type, path, query, headers, model, newBody, streams, timeout, firstByte, idle, room);
    }
}
