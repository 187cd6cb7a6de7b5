package server.task;

import server.access.Asker;
import shared.TaskType;
import shared.json.Slice;

/// A task as it was asked for, checked, with its defaults filled in.
///
/// @param payload  the JSON object that Ollama's endpoint takes, without `model` and `stream`, without line ends
///                 outside of strings; with an endpoint of its own the whole body for it, as it came
/// @param metadata a JSON object; null for none
/// @param preview  the first 80 characters of the prompt, the last user message or the input
/// @param head     what goes to the host beside the body, a JSON object without line ends: `query`, the raw query
///                 string, and `headers`, both perhaps absent; in it stands the request's [Trace], too; null for none
/// @param pendingMax how many tasks of its client may be pending, this one included, by whoever asks for it
public record Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
        String preview, Slice head, int pendingMax) {

    /// Of a task whose payload is all that its host is sent.
    public Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
            String preview) {
        this(type, model, priority, terms, payload, metadata, preview, null, Asker.NO_LIMIT);
    }

    /// Returns the same with what tells by which request it came.
    public Submission by(Trace trace) {
        return new Submission(type, model, priority, terms, payload, metadata, preview, trace.in(head), pendingMax);
    }

    /// Returns the metadata's length, in bytes; 0 for none.
    public int metadataBytes() {
        return metadata == null ? 0 : metadata.length;
    }
}
