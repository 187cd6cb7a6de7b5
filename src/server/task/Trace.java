package server.task;

import java.util.regex.Pattern;

import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// By what a request is found again in the logs of those whom it went through. It is kept with each task that the
/// request brought, in the `head` of its [Submission], and so is no longer there where a call is not recorded.
public final class Trace {

    /// The header of W3C's Trace Context, in lower case.
    public static final String TRACEPARENT = "traceparent";
    private static final String REQUEST_ID = "request_id";
    private static final String HEADERS = "headers";
    /// Later versions may have more behind it.
    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[!-~]{0,200}");

    private final String requestId;
    private final String traceparent;
    /// The head of a submission that has no other.
    private final Slice alone;

    private Trace(String requestId, String traceparent) {
        this.requestId = requestId;
        this.traceparent = traceparent;
        JsonWriter out = new JsonWriter(160).beginObject();
        writeHeaders(out);
        write(out);
        alone = new Slice(out.endObject().buffer(), 0, out.length());
    }

    /// Returns the trace of a request.
    ///
    /// @param traceparent the header as it came; null, or what is none, as the standard asks: there is none
    public static Trace of(String requestId, String traceparent) {
        return new Trace(requestId, traceparent != null && FORM.matcher(traceparent).matches() ? traceparent : null);
    }

    /// Returns the one that stands in a submission's head.
    ///
    /// @param head null: none does
    public static Trace of(Slice head) {
        Json.Obj members = head == null ? null : (Json.Obj) Json.read(JsonReader.ofOwn(head));
        return members == null ? new Trace(null, null) : new Trace(members.text(REQUEST_ID),
                members.get(HEADERS) instanceof Json.Obj headers ? headers.text(TRACEPARENT) : null);
    }

    /// Returns the request's id; null where it is not known.
    public String requestId() {
        return requestId;
    }

    /// Returns the header; null where there is none.
    public String traceparent() {
        return traceparent;
    }

    /// A submission's head with this in it.
    ///
    /// @param head without `headers`; null: none
    Slice in(Slice head) {
        if (head == null) {
            return alone;
        }
        JsonReader in = JsonReader.ofOwn(head);
        JsonWriter out = new JsonWriter(head.length() + alone.length()).beginObject();
        in.beginObject();
        for (String name = in.nextName(); name != null; name = in.nextName()) {
            out.name(name).raw(in.raw());
        }
        writeHeaders(out);
        write(out);
        out.endObject();
        return new Slice(out.buffer(), 0, out.length());
    }

    private void writeHeaders(JsonWriter out) {
        if (traceparent != null) {
            out.name(HEADERS).beginObject().name(TRACEPARENT).string(traceparent).endObject();
        }
    }

    /// Writes the request's id into a head, if it is known.
    public void write(JsonWriter out) {
        if (requestId != null) {
            out.name(REQUEST_ID).string(requestId);
        }
    }

    /// Writes what is known into a task.
    void writeTo(JsonWriter task) {
        write(task);
        if (traceparent != null) {
            task.name(TRACEPARENT).string(traceparent);
        }
    }
}
