package server.task;

import server.access.Asker;
import shared.TaskType;
import shared.json.JsonReader;
import shared.json.JsonWriter;
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

    private static final String USER = "user";

    /// Of a task whose payload is all that its host is sent.
    public Submission(TaskType type, String model, int priority, Terms terms, Slice payload, byte[] metadata,
            String preview) {
        this(type, model, priority, terms, payload, metadata, preview, null, Asker.NO_LIMIT);
    }

    /// Returns the same, asked for by somebody of whose client so many tasks may be pending.
    public Submission withPendingMax(int most) {
        return new Submission(type, model, priority, terms, payload, metadata, preview, head, most);
    }

    /// Returns the same with what tells by which request it came.
    public Submission by(Trace trace) {
        return new Submission(type, model, priority, terms, payload, metadata, preview, trace.in(head), pendingMax);
    }

    /// Returns the same with the user whom the request's program named, as the member `user` of the metadata, unless
    /// there is one.
    ///
    /// @param user null: nobody
    /// @param max  what the metadata may have, in bytes: beyond it the user is left out
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
