package server.executor.answer;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.wire.AnswerLines;
import shared.ResultText;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Keeps a stream of events as it came, for APIs whose streams Ollama's form cannot represent, and passes on the text
/// in it.
public final class KeptStream {

    /// The types of the events after which an API sends nothing more.
    private static final Set<String> LAST = Set.of("message_stop", "response.completed", "response.incomplete",
            "response.failed");
    private static final String DONE = "[DONE]";

    /// Reads what a host sends after the last event of an answer.
    public interface Rest {
        void read(InputStream rest) throws IOException, InterruptedException;
    }

    private final String host;
    private final Limits limits;
    private final AnswerRoom.Portion room;
    private final Pieces pieces;
    private boolean says;

    /// @param host the host's name in messages
    public KeptStream(String host, Limits limits, AnswerRoom.Portion room, Pieces pieces) {
        this.host = host;
        this.limits = limits;
        this.room = room;
        this.pieces = pieces;
    }

    /// Returns whether an event is the last one of an answer in its API: many clients read no further.
    ///
    /// @param data the event's data
    public static boolean isLast(Slice data) {
        if (data.length() == DONE.length() && data.text().equals(DONE)) {
            return true;
        }
        try {
            if (!(Members.of(data, "an event").get("type") instanceof Slice type)) {
                return false;
            }
            JsonReader in = Members.reader(type);
            return in.peek() == JsonReader.Kind.STRING && LAST.contains(in.string());
        } catch (JsonException | IllegalArgumentException strange) {
            return false;
        }
    }

    /// Reads the stream to its last event, and no further than what follows at once, because some hosts never end it.
    ///
    /// @param rest continues reading after the last event, which also adds to the result
    /// @return the result, `{"content_type":…,"text":…}`
    /// @throws HostFailure if the stream ends before that: a host that dies may end it in order
    public Slice read(InputStream body, Rest rest) throws IOException, InterruptedException {
        Kept kept = new Kept(body);
        // the last event may contain the whole answer once more
        ServerSentEvents events = new ServerSentEvents(new AnswerLines(kept, host, limits.answer(), room), host,
                limits.answer());
        boolean begun = false;
        for (Slice event = events.next(); event != null; event = events.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            take(event);
            if (isLast(event)) {
                rest.read(kept);
                JsonWriter out = new JsonWriter(kept.bytes.size() + 1024).beginObject()
                        .name("content_type").string("text/event-stream")
                        .name("text").string(kept.bytes.toString(StandardCharsets.UTF_8)).endObject();
                return out.slice();
            }
            begun = true;
        }
        throw new HostFailure(Cause.PASSING, begun
                ? "the connection to " + host + " was lost in the middle of the answer (its end is missing)"
                : host + " sent no answer");
    }

    private void take(Slice event) throws HostFailure {
        checkError(event);
        ResultText more = ResultText.ofEvent(event);
        if (!more.thinking().isEmpty()) {
            says = true;
            pieces.thinking(more.thinking());
        }
        if (!more.text().isEmpty()) {
            says = true;
            pieces.text(more.text());
        }
    }

    /// Throws if the event is an error, or contains a response that an error ended.
    private void checkError(Slice event) throws HostFailure {
        try {
            Map<String, Slice> members = Members.of(event, "an event");
            ErrorObject.check(members, host, says);
            if (members.containsKey("response")) {
                ErrorObject.check(Members.of(members.get("response"), "response"), host, says);
            }
        } catch (JsonException | IllegalArgumentException strange) {
            // the caller receives it as it came
        }
    }

    /// Keeps the bytes that are read from a stream.
    private final class Kept extends FilterInputStream {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Kept(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] into, int from, int most) throws IOException {
            int count = super.read(into, from, most);
            if (count > 0) {
                bytes.write(into, from, count);
                if (bytes.size() > limits.answer()) {
                    throw new HostFailure(Cause.FINAL,
                            host + " sent an answer larger than " + Limits.shown(limits.answer()));
                }
                room.answer(bytes.size(), host);
            }
            return count;
        }
    }
}
