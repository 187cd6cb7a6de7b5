package server.task;

import java.util.Map;
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
    /// The header that goes with it, about which each system on the way knows its part.
    public static final String TRACESTATE = "tracestate";
    private static final String REQUEST_ID = "request_id";
    private static final String HEADERS = "headers";
    /// Later versions may have more behind it.
    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[!-~]{0,200}");
    /// The standard asks to pass on 512 characters at least.
    private static final Pattern STATE = Pattern.compile("[\\t -~]{1,1024}");

    private final String requestId;
    private final String traceparent;
    private final String tracestate;
    /// The head of a submission that has no other.
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
    /// @param headers the request's, by their names in lower case; what is none, as the standard asks, is left out, and
    ///                a `tracestate` without a `traceparent`
    public static Trace of(String requestId, Map<String, String> headers) {
        String parent = headers.get(TRACEPARENT);
        String state = headers.get(TRACESTATE);
        return new Trace(requestId, parent != null && FORM.matcher(parent).matches() ? parent : null,
                state != null && STATE.matcher(state).matches() ? state : null);
    }

    /// Returns the one that stands in a submission's head.
    ///
    /// @param head null: none does
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

    /// Returns the header; null where there is none.
    String traceparent() {
        return traceparent;
    }

    /// Returns what each host is sent of it, by name.
    public Map<String, String> headers() {
        return traceparent == null ? Map.of() : tracestate == null ? Map.of(TRACEPARENT, traceparent)
                : Map.of(TRACEPARENT, traceparent, TRACESTATE, tracestate);
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
            out.name(HEADERS).beginObject().name(TRACEPARENT).string(traceparent);
            if (tracestate != null) {
                out.name(TRACESTATE).string(tracestate);
            }
            out.endObject();
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
