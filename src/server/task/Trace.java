package server.task;

import java.util.Map;
import java.util.regex.Pattern;

import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Identifies a request in the logs of all systems that it passed through. It is stored with each task of the request,
/// in the `head` of its [Submission], so it is gone where a call is not recorded.
public final class Trace {

    /// The header of W3C's Trace Context, in lower case.
    public static final String TRACEPARENT = "traceparent";
    /// The header that accompanies it; each system on the way adds and reads its own part.
    public static final String TRACESTATE = "tracestate";
    private static final String REQUEST_ID = "request_id";
    private static final String HEADERS = "headers";
    /// Later versions may append more.
    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[!-~]{0,200}");
    /// The standard requires at least 512 characters to be passed on.
    private static final Pattern STATE = Pattern.compile("[\\t -~]{1,1024}");

    private final String requestId;
    private final String traceparent;
    private final String tracestate;
    /// The head of a submission that has no other content.
    private final Slice alone;

    private Trace(String requestId, String traceparent, String tracestate) {
        this.requestId = requestId;
        this.traceparent = traceparent;
        this.tracestate = traceparent == null ? null : tracestate;
        JsonWriter out = new JsonWriter(160).beginObject();
        writeHeaders(out);
        write(out);
        alone = new Slice(out.endObject().buffer(), 0, out.length());
    }

    /// Returns the trace of a request.
    ///
    /// @param headers the request's headers, by name in lower case; as the standard requires, an invalid one is
    ///                ignored, and so is a `tracestate` without a `traceparent`
    public static Trace of(String requestId, Map<String, String> headers) {
        String parent = headers.get(TRACEPARENT);
        String state = headers.get(TRACESTATE);
        return new Trace(requestId, parent != null && FORM.matcher(parent).matches() ? parent : null,
                state != null && STATE.matcher(state).matches() ? state : null);
    }

    /// Reads the trace from a submission's head.
    ///
    /// @param head null: the trace is empty
    public static Trace of(Slice head) {
        Json.Obj members = head == null ? null : (Json.Obj) Json.read(JsonReader.ofOwn(head));
        Json.Obj headers = members != null && members.get(HEADERS) instanceof Json.Obj its ? its : null;
        return new Trace(members == null ? null : members.text(REQUEST_ID),
                headers == null ? null : headers.text(TRACEPARENT), headers == null ? null : headers.text(TRACESTATE));
    }

    /// Returns the request's id; null where it is not known.
    String requestId() {
        return requestId;
    }

    /// Returns the `traceparent` header; null if there is none.
    String traceparent() {
        return traceparent;
    }

    /// Returns the headers that each host is sent, by name.
    public Map<String, String> headers() {
        return traceparent == null ? Map.of() : tracestate == null ? Map.of(TRACEPARENT, traceparent)
                : Map.of(TRACEPARENT, traceparent, TRACESTATE, tracestate);
    }

    /// Returns a submission's head with this trace added.
    ///
    /// @param head has no `headers`; null: none
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
            out.name(HEADERS).beginObject().name(TRACEPARENT).string(traceparent);
            if (tracestate != null) {
                out.name(TRACESTATE).string(tracestate);
            }
            out.endObject();
        }
    }

    /// Writes the request's id into a head or a task, if it is known.
    public void write(JsonWriter out) {
        if (requestId != null) {
            out.name(REQUEST_ID).string(requestId);
        }
    }

    /// Writes the request's id and `traceparent` into a task, if they are known.
    void writeTo(JsonWriter task) {
        write(task);
        if (traceparent != null) {
            task.name(TRACEPARENT).string(traceparent);
        }
    }
}
