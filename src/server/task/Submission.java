package server.task;

import server.access.Asker;
import shared.TaskType;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// A task as it was submitted: checked, with defaults filled in.
///
/// @param payload  the JSON object that Ollama's endpoint takes, without `model` and `stream`, and without line ends
///                 outside strings; for a task with an endpoint of its own, the whole body as it came
/// @param metadata a JSON object; null for none
/// @param preview  the first 80 characters of the prompt, the last user message or the input
/// @param head     what goes to the host beside the body, a JSON object without line ends: `query`, the raw query
///                 string, and `headers`, each optional; it also contains the request's [Trace]; null for none
/// @param pendingMax how many tasks the client may have pending, including this one, as the asker's limits say
public record Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
        String preview, Slice head, int pendingMax) {

    private static final String USER = "user";

    /// Makes the submission of a task whose host is sent only the payload.
    public Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
            String preview) {
        this(type, model, priority, terms, payload, metadata, preview, null, Asker.NO_LIMIT);
    }

    /// Returns the same submission with a limit on its client's pending tasks.
    public Submission withPendingMax(int most) {
        return new Submission(type, model, priority, terms, payload, metadata, preview, head, most);
    }

    /// Returns the same submission with the trace of the request that brought it.
    public Submission by(Trace trace) {
        return new Submission(type, model, priority, terms, payload, metadata, preview, trace.in(head), pendingMax);
    }

    /// Returns the same submission with the user whom the calling program named, as the member `user` of the metadata,
    /// unless the metadata already has that member.
    ///
    /// @param user null: nobody
    /// @param max  the largest allowed metadata, in bytes; the user is left out if it would exceed that
    public Submission of(String user, int max) {
        if (user == null) {
            return this;
        }
        JsonWriter out = new JsonWriter(64 + metadataBytes()).beginObject();
        if (metadata != null) {
            JsonReader in = new JsonReader(metadata);
            in.beginObject();
            for (String name = in.nextName(); name != null; name = in.nextName()) {
                if (name.equals(USER)) {
                    return this;
                }
                out.name(name).raw(in.raw());
            }
        }
        byte[] with = out.name(USER).string(user).endObject().toBytes();
        return with.length > max ? this
                : new Submission(type, model, priority, terms, payload, with, preview, head, pendingMax);
    }

    /// Returns the metadata's length, in bytes; 0 for none.
    public int metadataBytes() {
        return metadata == null ? 0 : metadata.length;
    }
}
