package server.task;

import shared.TaskType;
import shared.json.Slice;

/// A task as it was asked for, checked, with its defaults filled in.
///
/// @param payload  the JSON object that Ollama's endpoint takes, without `model` and `stream`, without line ends
///                 outside of strings
/// @param metadata a JSON object; null for none
/// @param preview  the first 80 characters of the prompt, the last user message or the input
public record Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
        String preview) {

    /// The metadata's length, in bytes; 0 for none.
    public int metadataBytes() {
        return metadata == null ? 0 : metadata.length;
    }
}
