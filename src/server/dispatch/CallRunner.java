package server.dispatch;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import server.executor.AnswerRoom;
import server.executor.HostAnswer;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.TaskExecutor;
import server.executor.relay.RunAsCall;
import server.queue.state.Event;
import server.task.Caller;
import server.task.Task;
import shared.json.Json;
import shared.json.JsonReader;
import shared.json.JsonWriter;
import shared.json.Slice;

/// Runs one attempt at a task whose payload is a complete body for a path of a host's API.
final class CallRunner {

    private CallRunner() {
    }

    /// @param request as it is in the journal
    /// @param times   the task's limits on silence
    static Outcome run(TaskExecutor executor, Task task, Event.Request request, Duration firstByte, Duration idle,
            AnswerRoom.Portion room, Pieces pieces, RelaySink to, InstantSource clock) throws InterruptedException {
        Caller caller = task.terms().caller();
        Json.Obj head = request.head() == null ? null : (Json.Obj) Json.read(JsonReader.ofOwn(request.head()));
        boolean streams = head != null && head.get("stream") instanceof Json.Bool stream && stream.value();
        RelayCall call = new RelayCall(task.type(), caller.endpoint().path, head == null ? null : head.text("query"),
                headers(head), task.model(), request.payload(), streams, Duration.ofMillis(task.terms().timeout()),
                firstByte, idle, room);
        return executor.relays(call.path()) ? executor.relay(call, pieces, to)
                : RunAsCall.run(executor, call, pieces, to, clock);
    }

    private static Map<String, String> headers(Json.Obj head) {
        Map<String, String> headers = new HashMap<>();
        if (head != null && head.get("headers") instanceof Json.Obj given) {
            given.members().keySet().forEach(name -> headers.put(name, given.text(name)));
        }
        return headers;
    }

    /// Returns the failure in the form in which it is kept: for an unrecorded call without the host's words, which may
    /// quote the call.
    static Outcome.Failed forRecord(Task task, String host, Outcome.Failed failure) {
        if (task.terms().caller().record()) {
            return failure;
        }
        return new Outcome.Failed(failure.cause(), host + " " + failure.inShort(),
                failure.retryAfter(), failure.answer());
    }

    /// Returns what the caller of a failed call was told, for its record; null if the task is not a call.
    static Slice recorded(Task task, Outcome.Failed failure) {
        if (task.terms().caller().endpoint() == null) {
            return null;
        }
        HostAnswer answer = failure.answer();
        JsonWriter out = new JsonWriter().beginObject().name("status").number(failure.callStatus());
        if (task.terms().caller().record() && answer != null && answer.body() != null
                && answer.head().status() == failure.callStatus()) {
            out.name("content_type").string(answer.head().contentType());
            out.name("text").string(Slice.of(answer.body()).text());
        }
        return out.endObject().slice();
    }
}
