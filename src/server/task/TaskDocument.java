package server.task;

import java.util.List;

import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// A whole task: what memory holds and what was read from the journal.
///
/// @param payload  as stored: the whole body if the task has an endpoint of its own
/// @param error    null for none
/// @param attempts all so far
/// @param result   null unless the task completed, or is a failed call that the host answered
/// @param trace    identifies the request that brought it
public record TaskDocument(Task task, Slice payload, String error, List<Attempt> attempts, Slice result,
        Trace trace) {

    /// Returns the document of a task that was just submitted.
    public static TaskDocument of(Task task, Submission submission) {
        return new TaskDocument(task, submission.payload(), null, List.of(), null, Trace.of(submission.head()));
    }

    /// Returns the payload as the API shows it: an object without `model`.
    Slice shownPayload() {
        if (task.terms().caller().endpoint() == null) {
            return payload;
        }
        JsonReader in = JsonReader.ofOwn(payload);
        JsonWriter out = new JsonWriter(payload.length() + 2).beginObject();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            if (name.equalsIgnoreCase("model")) {
                in.skip();
            } else {
                out.name(name).raw(in.raw());
            }
        }
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }
}
