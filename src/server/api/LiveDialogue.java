package server.api;

import java.io.IOException;

import server.api.HttpApi.Parts;
import server.live.EventFilter;
import server.live.Item;
import server.live.Memory;
import server.live.Subscription;
import server.queue.QueueSnapshot;
import server.task.Task;
import server.task.TaskJson;
import server.websocket.Close;
import server.websocket.Dialogue;
import server.websocket.FrameWriter;
import server.websocket.Violation;
import shared.Problem;
import shared.TaskStatus;
import shared.json.JsonException;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The protocol of a WebSocket: the server sends items as messages, and a client sends requests. Every message is text
/// and contains one JSON object. The server sends:
///
/// ```
/// {"seq":N,"event":"snapshot","stats":{…},"tasks":[…]}    the first: stats as /api/status, the newest 100 tasks as
///                                                         /api/tasks lists them, both as of sequence number N
/// {"seq":N,"event":"task","what":"started","at":…,"task":{…}}        then each event after N, as on /api/events;
/// {"seq":N,"event":"cron",…}   {"seq":N,"event":"queue",…}           a client drops what its seq says it has
/// {"seq":N,"event":"reset","oldest":M}                    to a `since` older than what is kept: reload the list
/// {"event":"subscribed","task":"task_…","status":"running"}          before the first piece of its answer
/// {"event":"chunk","task":"task_…","attempt":1,"offset":0,"end":5,"text":"Hello"}     or "thinking" for "text"
/// {"event":"unsubscribed","task":"task_…","status":"completed"}      its answer is whole (or: the client asked)
/// {"event":"error","error":"what is wrong and what would be right"}  to a message that is not understood
/// {"event":"pong","seq":N}                                to {"ping":true}, for pages, which see no ping frames
/// ```
///
/// A client may send each of these alone, or several in one message:
///
/// ```
/// {"since":N}                                send the events after N (again), then continue live
/// {"subscribe":["task_…"]}                   the pieces of these tasks' answers, from their beginnings; or from where
/// {"subscribe":[{"id":"task_…","attempt":1,"offset":5}]}             the client is: a chunk's attempt and end
/// {"unsubscribe":["task_…"]}
/// {"ping":true}
/// ```
///
/// Offsets count UTF-8 bytes of text and thinking together, in order of arrival. A new attempt begins at offset 0 with
/// a higher number: drop what was shown of the one before. All pieces of an attempt come before the event of its end;
/// the pieces of an ended task come from its result. A subscription ends with its task. With `/ws?since=N`, the events
/// after N replace the snapshot.
///
/// Nothing accumulates except in the subscription's bounded outbox: a client that reads events too slowly is closed
/// with 1013, and may reconnect and resume.
final class LiveDialogue implements Dialogue {

    /// The number of tasks in a snapshot.
    private static final int NEWEST = 100;

    private final Parts parts;
    private final QueueApi status;
    private final Memory memory;
    private final Subscription items;
    /// Events up to here are omitted because the snapshot includes them; -1 if there is no snapshot.
    private long snapshotSeq = -1;
    private boolean greeted;

    /// Begins the dialogue, for the calling thread.
    ///
    /// @param memory accounts for results until the client has them
    /// @param wanted if it requests no past events, the client gets the snapshot
    LiveDialogue(Parts parts, QueueApi status, Memory memory, EventsWanted wanted) {
        this.parts = parts;
        this.status = status;
        this.memory = memory;
        EventFilter filter = wanted.filter();
        greeted = wanted.after() != EventsWanted.NOW;
        items = greeted ? parts.events().subscribe(filter, wanted.after()) : parts.events().subscribe(filter);
    }

    // ---- from the client

    @Override
    public void hear(byte[] message, boolean binary, FrameWriter out) throws IOException {
        if (binary) {
            throw new Violation(Close.UNSUPPORTED_DATA, "messages are text, not binary");
        }
        LiveRequest request;
        try {
            request = LiveRequest.parse(message);
        } catch (Problem | JsonException wrong) {
            error(out, wrong.getMessage());
            return;
        }
        if (request.since() >= 0) {
            greeted = true;
            snapshotSeq = -1;
            items.resume(request.since());
        }
        for (String id : request.unsubscribe()) {
            orError(out, () -> unsubscribe(id, out));
        }
        for (LiveRequest.From from : request.subscribe()) {
            orError(out, () -> subscribe(from, out));
        }
        if (request.ping()) {
            say(out, event("pong").name("seq").number(items.seq()));
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void orError(FrameWriter out, Step step) throws IOException {
        try {
            step.run();
        } catch (Problem wrong) {
            error(out, wrong.getMessage());
        }
    }

    private void subscribe(LiveRequest.From from, FrameWriter out) throws IOException {
        Task task = items.follow(from.id(), from.place(), memory);
        say(out, event("subscribed").name("task").string(task.name()).name("status").string(task.status().text));
    }

    private void unsubscribe(String id, FrameWriter out) throws IOException {
        Task task = parts.queue().find(id);
        TaskStatus then = items.unfollow(task.id());
        if (then != null) {
            text(ItemEncoder.json(new Item.End(task.name(), then, null)), out);
        }
    }

    // ---- to the client

    @Override
    public boolean speak(FrameWriter out) throws IOException {
        if (!greeted) {
            greeted = true;
            greet(out);
            return true;
        }
        Item item = items.poll();
        if (item != null) {
            write(item, out);
        } else if (items.reading()) {
            // reading a long past of which the filter passes little takes a while
            out.flush();
        }
        return item != null || items.reading();
    }

    private void write(Item item, FrameWriter out) throws IOException {
        switch (item) {
            case Item.Change(var event) -> {
                if (event.seq() > snapshotSeq) {
                    text(event.json(), out);
                }
            }
            case Item.Reset reset -> text(ItemEncoder.json(reset), out);
            case Item.Piece piece -> text(ItemEncoder.json(piece), out);
            case Item.End end -> text(ItemEncoder.json(end), out);
            case Item.Dropped dropped -> throw new Violation(Close.TRY_AGAIN_LATER, dropped.reason());
        }
    }

    /// Sends the snapshot. The subscription began before it, so that together they have everything.
    private void greet(FrameWriter out) throws IOException {
        QueueSnapshot snapshot;
        try {
            snapshot = parts.queue().snapshot(NEWEST);
        } catch (Problem failed) {
            throw new Violation(Close.TRY_AGAIN_LATER, failed.getMessage());
        }
        snapshotSeq = snapshot.stats().lastSeq();
        JsonWriter json = new JsonWriter(32 << 10).beginObject().name("seq").number(snapshotSeq);
        json.name("event").string("snapshot");
        status.write(json.name("stats"), snapshot.stats());
        json.name("tasks").beginArray();
        for (Task task : snapshot.newest()) {
            TaskJson.writeSummary(json, task, preview(task));
        }
        say(out, json.endArray());
    }

    /// Returns null if it cannot be read or the task was deleted, which an event reports.
    private String preview(Task task) {
        try {
            return parts.queue().preview(task);
        } catch (Problem unreadable) {
            return null;
        }
    }

    private static void error(FrameWriter out, String message) throws IOException {
        say(out, event("error").name("error").string(message));
    }

    private static JsonWriter event(String kind) {
        return new JsonWriter().beginObject().name("event").string(kind);
    }

    /// Sends a message.
    ///
    /// @param json complete except for its closing brace
    private static void say(FrameWriter out, JsonWriter json) throws IOException {
        text(json.endObject().slice(), out);
    }

    private static void text(Slice json, FrameWriter out) throws IOException {
        out.text(json.bytes(), json.from(), json.to());
    }

    @Override
    public void close() {
        items.close();
    }
}
