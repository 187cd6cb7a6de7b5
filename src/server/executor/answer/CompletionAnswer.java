package server.executor.answer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.wire.AnswerLines;
import server.executor.wire.Joined;
import shared.TaskType;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.JsonReader.Kind;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Joins the chunks of a completion into the result that Ollama would have given. A whole answer is handled as a stream
/// of one chunk.
public final class CompletionAnswer {

    /// The data of a stream's last event.
    private static final String DONE = "[DONE]";

    private final String host;
    private final Limits limits;
    private final AnswerRoom.Portion room;
    private final Pieces pieces;
    private final long began;

    private Joined content;
    private Joined thinking;
    private Joined logprobs;
    private final ToolCalls toolCalls = new ToolCalls();
    private final List<String> notes = new ArrayList<>();
    private String finishReason;
    private boolean says;
    private Slice usage;
    private Slice timings;
    private long size;
    /// When the first and the last piece of text came, by `System.nanoTime`; 0 before the first.
    private long firstAt;
    private long lastAt;

    /// @param host  the host's name in messages
    /// @param began when the request was sent, by `System.nanoTime`
    public CompletionAnswer(String host, Limits limits, AnswerRoom.Portion room, long began, Pieces pieces) {
        this.host = host;
        this.limits = limits;
        this.room = room;
        this.began = began;
        this.pieces = pieces;
    }

    /// Reads the chunks of a stream of events up to its last event, `[DONE]`. A host may omit that if it has said why
    /// the answer ends.
    ///
    /// @throws HostFailure if the stream ends in the middle of an answer
    public void read(InputStream body) throws IOException, InterruptedException {
        ServerSentEvents events = new ServerSentEvents(new AnswerLines(body, host, limits.line(), room), host,
                limits.line());
        for (Slice event = events.next(); event != null; event = events.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (event.length() == DONE.length() && event.text().equals(DONE)) {
                return;
            }
            add(event);
        }
        if (says && !finished()) {
            throw new HostFailure(Cause.PASSING,
                    "the connection to " + host + " was lost in the middle of the answer (its end is missing)");
        }
    }

    /// Adds the next chunk and passes on the text in it. The chunk may be overwritten afterwards.
    public void add(Slice chunk) throws HostFailure {
        try {
            JsonReader in = new JsonReader(chunk.bytes(), chunk.from(), chunk.to(), limits.depth());
            Map<String, Slice> members = Members.of(in.raw(), "a chunk");
            in.end();
            ErrorObject.check(members, host, says);
            if (members.containsKey("choices")) {
                choices(members.get("choices"));
            }
            usage = kept(members.get("usage"), usage);
            timings = kept(members.get("timings"), timings);
        } catch (JsonException | IllegalArgumentException wrong) {
            throw new HostFailure(Cause.PASSING, host + " sent an answer that is not valid in OpenAI's API: "
                    + wrong.getMessage());
        }
        if (size > limits.answer()) {
            throw new HostFailure(Cause.FINAL, host + " sent an answer larger than " + Limits.shown(limits.answer()));
        }
        room.answer(size, host);
    }

    /// Returns whether the host has said why the answer ends; after that only its counters can come.
    public boolean finished() {
        return finishReason != null;
    }

    /// Returns whether the answer has begun.
    public boolean says() {
        return says;
    }

    /// Returns the result that Ollama would have given.
    ///
    /// @param createdAt in Ollama's form
    /// @param leftOut   the fields of the task that were not sent to the host
    public Slice result(TaskType type, String model, String createdAt, Set<String> leftOut) {
        JsonWriter out = new JsonWriter((int) size + 1024).beginObject().name("model").string(model)
                .name("created_at").string(createdAt);
        if (type == TaskType.CHAT) {
            out.name("message").beginObject().name("role").string("assistant");
        }
        write(out.name(type == TaskType.CHAT ? "content" : "response"), content);
        if (thinking != null) {
            write(out.name("thinking"), thinking);
        }
        if (!toolCalls.isEmpty()) {
            toolCalls.writeTo(out.name("tool_calls"), notes);
        }
        if (type == TaskType.CHAT) {
            out.endObject();
        }
        out.name("done").bool(true).name("done_reason").string(doneReason());
        counters(out);
        if (logprobs != null) {
            logprobs.writeTo(out.name("logprobs"));
        }
        Notes.write(out, leftOut, notes);
        out.endObject();
        AnswerLines.joinLines(out.buffer(), 0, out.length());
        return new Slice(out.buffer(), 0, out.length());
    }

    private void choices(Slice choices) throws HostFailure {
        JsonReader in = Members.reader(choices);
        in.beginArray();
        while (in.nextElement()) {
            Map<String, Slice> choice = Members.of(in.raw(), "choices[]");
            if (!choice.containsKey("index") || choice.get("index").text().equals("0")) {
                choice(choice);
            }
        }
    }

    private void choice(Map<String, Slice> choice) throws HostFailure {
        // routers for many hosts put errors from behind them into the choice
        ErrorObject.check(choice, host, says);
        Slice message = choice.containsKey("delta") ? choice.get("delta") : choice.get("message");
        if (message != null) {
            message(Members.of(message, "choices[].message"));
        }
        content = text(content, choice.get("text"), true);
        if (Members.isText(choice.get("finish_reason"))) {
            finishReason = Members.text(choice.get("finish_reason"), "finish_reason");
            if (finishReason.equals("error")) {
                throw new HostFailure(Cause.PASSING, host + " broke off: finish_reason is error");
            }
        }
        Slice probabilities = choice.get("logprobs");
        if (probabilities != null && Members.kind(probabilities) == Kind.OBJECT) {
            Slice items = Members.of(probabilities, "logprobs").get("content");
            if (items != null && Members.kind(items) == Kind.ARRAY) {
                size += items.length();
                if (logprobs == null) {
                    logprobs = new Joined(items);
                } else {
                    logprobs.addItems(items);
                }
            }
        }
    }

    private void message(Map<String, Slice> message) {
        Slice thoughts = message.get("reasoning_content");
        thinking = text(thinking, thoughts == null ? message.get("reasoning") : thoughts, false);
        content = text(content, message.get("content"), true);
        Slice refusal = message.get("refusal");
        if (Members.isText(refusal)) {
            content = text(content, refusal, true);
            if (notes.isEmpty()) {
                notes.add("the host marks its answer as a refusal");
            }
        }
        Slice calls = message.get("tool_calls");
        if (calls != null) {
            JsonReader in = Members.reader(calls);
            in.beginArray();
            while (in.nextElement()) {
                Slice call = in.raw();
                size += call.length();
                toolCalls.add(call);
                says = true;
            }
        }
    }

    private Joined text(Joined before, Slice piece, boolean spoken) {
        if (!Members.isText(piece)) {
            return before;
        }
        size += piece.length();
        String text = Members.text(piece, "");
        if (!text.isEmpty()) {
            says = true;
            lastAt = System.nanoTime();
            firstAt = firstAt == 0 ? lastAt : firstAt;
            if (spoken) {
                pieces.text(text);
            } else {
                pieces.thinking(text);
            }
        }
        if (before == null) {
            return new Joined(piece);
        }
        before.addText(piece);
        return before;
    }

    /// Returns Ollama's reason: for Ollama, a model that calls tools has stopped.
    private String doneReason() {
        return finishReason == null || finishReason.equals("tool_calls") || finishReason.equals("function_call")
                ? "stop" : finishReason;
    }

    /// Writes Ollama's counters, with durations in nanoseconds. If the host gives no times, those measured here are
    /// used.
    private void counters(JsonWriter out) {
        long now = System.nanoTime();
        out.name("total_duration").number(now - began);
        Map<String, Slice> tokens = usage == null ? Map.of() : Members.of(usage, "usage");
        Map<String, Slice> times = timings == null ? Map.of() : Members.of(timings, "timings");
        boolean streamed = lastAt > firstAt;
        number(out, "prompt_eval_count", tokens.get("prompt_tokens"));
        duration(out, "prompt_eval_duration", times.get("prompt_ms"), streamed ? firstAt - began : 0);
        number(out, "eval_count", tokens.get("completion_tokens"));
        duration(out, "eval_duration", times.get("predicted_ms"), streamed ? lastAt - firstAt : 0);
    }

    private static void number(JsonWriter out, String name, Slice digits) {
        if (digits != null && Members.kind(digits) == Kind.NUMBER) {
            out.name(name).number(digits.text());
        }
    }

    private static void duration(JsonWriter out, String name, Slice milliseconds, long seen) {
        if (milliseconds != null && Members.kind(milliseconds) == Kind.NUMBER) {
            out.name(name).number((long) (Double.parseDouble(milliseconds.text()) * 1_000_000));
        } else if (seen > 0) {
            out.name(name).number(seen);
        }
    }

    private static Slice kept(Slice value, Slice before) {
        return value != null && Members.kind(value) == Kind.OBJECT ? Slice.of(value.toBytes()) : before;
    }

    private static void write(JsonWriter out, Joined text) {
        if (text == null) {
            out.string("");
        } else {
            text.writeTo(out);
        }
    }
}
