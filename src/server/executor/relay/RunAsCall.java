package server.executor.relay;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import server.executor.Call;
import server.executor.HostAnswer;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.answer.AnswerWriter;
import server.executor.answer.Members;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Answers a call by running its task on a host that does not accept the call itself, and writes the answer in the form
/// of the caller's API.
public final class RunAsCall {

    /// The headers of W3C's Trace Context.
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate");

    private RunAsCall() {
    }

    /// Runs one attempt at a call, as specified in [TaskExecutor#relay]. The head is passed on with the first piece.
    ///
    /// @param host   runs it as a task in Ollama's form
    /// @param call   a call of Ollama's API, or of OpenAI's completions or embeddings if the host reads their bodies
    /// @param clock  gives the times of pieces
    /// @return if completed, Ollama's final object for a stream, otherwise the answer as it was sent
    public static Outcome run(TaskExecutor host, RelayCall call, Pieces pieces, RelaySink to, InstantSource clock)
            throws InterruptedException {
        Slice payload;
        AnswerWriter writer;
        try {
            payload = payload(call);
            writer = AnswerWriter.of(call.path(), call.model(), call.body(), clock);
        } catch (JsonException | IllegalArgumentException wrong) {
            return Outcome.Failed.ofRequest(wrong.getMessage());
        }
        boolean streams = call.streams() && call.type() != TaskType.EMBED;
        // nothing of a whole answer comes before its end, however long that takes
        Duration firstByte = streams ? call.firstByte() : call.timeout();
        Duration idle = streams ? call.idle() : call.timeout();
        WritingPieces written = new WritingPieces(writer, pieces, to);
        Map<String, String> trace = new TreeMap<>(call.headers());
        trace.keySet().retainAll(TRACE);
        Outcome outcome = host.run(new Call(call.type(), call.model(), payload, call.timeout(), firstByte, idle,
                call.room(), trace), streams ? written : pieces);
        if (!(outcome instanceof Outcome.Completed completed)) {
            return inAnotherForm((Outcome.Failed) outcome);
        }
        try {
            return new Outcome.Completed(streams ? written.end(completed.result())
                    : whole(writer, completed.result(), to));
        } catch (JsonException | IllegalArgumentException wrong) {
            return new Outcome.Failed(Cause.PASSING, host.name() + " gave a result that is not in Ollama's form: "
                    + wrong.getMessage(), null);
        }
    }

    /// Removes the host's words, which are in the form of another API; its status is still useful.
    private static Outcome.Failed inAnotherForm(Outcome.Failed failed) {
        return failed.answer() == null ? failed : new Outcome.Failed(failed.cause(), failed.message(),
                failed.retryAfter(), new HostAnswer(failed.answer().head(), null));
    }

    /// Returns the body as a task's payload, without the members `model` and `stream`.
    private static Slice payload(RelayCall call) {
        Map<String, Slice> members = Members.of(OllamaNames.documented(call.path(), call.body()), "the body");
        members.keySet().removeIf(name -> name.equalsIgnoreCase("model") || name.equalsIgnoreCase("stream"));
        JsonWriter out = new JsonWriter(call.body().length()).beginObject();
        members.forEach((name, value) -> out.name(
                call.path().equals("/api/embeddings") && name.equals("prompt") ? "input" : name).raw(value));
        return out.endObject().slice();
    }

    private static Slice whole(AnswerWriter writer, Slice result, RelaySink to) {
        byte[] answer = writer.whole(result);
        to.head(head(writer.contentType(false), answer.length));
        to.bytes(answer, 0, answer.length);
        to.end();
        return Slice.of(answer);
    }

    private static HostHead head(String contentType, long length) {
        return new HostHead(200, contentType, length, null, null);
    }

    /// Writes the pieces while they arrive.
    private static final class WritingPieces implements Pieces {

        private final AnswerWriter writer;
        private final Pieces pieces;
        private final RelaySink to;
        private boolean begun;
        private boolean thought;
        private boolean spoke;

        WritingPieces(AnswerWriter writer, Pieces pieces, RelaySink to) {
            this.writer = writer;
            this.pieces = pieces;
            this.to = to;
        }

        @Override
        public void text(String piece) {
            pieces.text(piece);
            send(writer.piece(piece, false));
            spoke = true;
        }

        @Override
        public void thinking(String piece) {
            pieces.thinking(piece);
            send(writer.piece(piece, true));
            thought = true;
        }

        Slice end(Slice result) {
            send(writer.end(result, thought, spoke));
            to.end();
            return result;
        }

        private void send(byte[] bytes) {
            if (bytes.length > 0) {
                if (!begun) {
                    begun = true;
                    to.head(head(writer.contentType(true), -1));
                }
                to.bytes(bytes, 0, bytes.length);
            }
        }
    }
}
