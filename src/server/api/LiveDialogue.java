package server.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import server.api.HttpApi.Parts;
import server.http.Bodies;
import server.live.EventFilter;
import server.live.LiveEvent;
import server.live.Subscription;
import server.queue.QueueSnapshot;
import server.task.Task;
import server.task.TaskJson;
import server.websocket.Close;
import server.websocket.Dialogue;
import server.websocket.FrameWriter;
import server.websocket.Violation;
import shared.Problem;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The messages that the package tells of: a snapshot, then every event, and the pieces of the answers that the client
/// asked for. Nothing waits here but in the bounded outbox of the subscription.
final class LiveDialogue implements Dialogue {

    /// So many tasks a snapshot has.
    private static final int NEWEST = 100;
    /// So many answers a client may get at a time.
    static final int FOLLOWED_MAX = 100;

    private final Parts parts;
    private final QueueApi status;
    private final Bodies memory;
    private final EventFilter filter;
    private Subscription events;
    /// Events up to here are left out: the snapshot has them. -1: there is none.
    private long snapshotSeq = -1;
    private boolean greeted;
    /// The event whose turn it is, but for pieces that go before it.
    private LiveEvent next;
    private final Map<Long, Followed> followed = new LinkedHashMap<>();

    /// Begins for the calling thread.
    ///
    /// @param wanted without a place in the past the client gets the snapshot
    LiveDialogue(Parts parts, QueueApi status, Bodies memory, EventsWanted wanted) {
        this.parts = parts;
        this.status = status;
        this.memory = memory;
        filter = wanted.filter();
        greeted = wanted.after() != EventsWanted.NOW;
        events = greeted ? parts.events().subscribe(filter, wanted.after()) : parts.events().subscribe(filter);
    }

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
            resume(request.since());
        }
        for (String id : request.unsubscribe()) {
            orError(out, () -> unsubscribe(id, out));
        }
        for (LiveRequest.From from : request.subscribe()) {
            orError(out, () -> subscribe(from, out));
        }
        if (request.ping()) {
            say(out, event("pong").name("seq").number(events.seq()));
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

    @Override
    public boolean speak(FrameWriter out) throws IOException {
        if (!greeted) {
            greeted = true;
            greet(out);
            return true;
        }
        if (next == null) {
            next = poll();
        }
        if (next != null && ready(next)) {
            Slice json = next.json();
            out.text(json.bytes(), json.from(), json.to());
            next = null;
            return true;
        }
        boolean more = false;
        for (Followed one : List.copyOf(followed.values())) {
            more |= speak(one, out);
        }
        return more || next != null && ready(next);
    }

    private boolean ready(LiveEvent event) {
        Followed one = followed.get(event.task());
        return one == null || one.past(event.seq());
    }

    /// @return whether there may be more
    private boolean speak(Followed one, FrameWriter out) throws IOException {
        try {
            if (one.speak(out, told())) {
                return true;
            }
        } catch (Problem unreadable) {
            // a result that cannot be read, or that is too large for the moment's memory
            drop(one);
            say(out, event("error").name("task").string(one.name()).name("error").string(unreadable.getMessage()));
            return true;
        }
        // first its last event, where the client gets it, then the word that this was all
        if (one.over(told())) {
            end(one, out);
        }
        return false;
    }

    /// The client has got all events up to this one, or does not want them.
    private long told() {
        return !filter.equals(EventFilter.ALL) ? Long.MAX_VALUE : next != null ? next.seq() - 1 : events.seq();
    }

    private LiveEvent poll() {
        LiveEvent event;
        try {
            event = events.poll();
            while (event != null && event.seq() <= snapshotSeq && !event.kind().equals("dropped")) {
                event = events.poll();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new Violation(Close.GOING_AWAY, "the server stops");
        }
        if (event != null && event.kind().equals("dropped")) {
            Json.Obj json = (Json.Obj) Json.parseOwn(event.json().toBytes());
            throw new Violation(Close.TRY_AGAIN_LATER, json.text("reason"));
        }
        return event;
    }

    /// The subscription is older than the snapshot, so that together they have everything.
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

    /// Null if it cannot be read, or the task is gone by now: an event tells of that.
    private String preview(Task task) {
        try {
            return parts.queue().preview(task);
        } catch (Problem unreadable) {
            return null;
        }
    }

    private void resume(long since) {
        events.close();
        next = null;
        greeted = true;
        snapshotSeq = -1;
        events = parts.events().subscribe(filter, since);
    }

    private void subscribe(LiveRequest.From from, FrameWriter out) throws IOException {
        Followed one = new Followed(from, parts.queue(), parts.answers(), memory);
        Followed before = followed.get(one.id());
        if (before != null) {
            drop(before);
        }
        if (followed.size() == FOLLOWED_MAX) {
            one.close();
            throw new Problem(429, "already " + FOLLOWED_MAX + " answers are subscribed to, which is the limit; "
                    + "unsubscribe from some");
        }
        followed.put(one.id(), one);
        say(out, event("subscribed").name("task").string(one.name()).name("status").string(one.status()));
    }

    private void unsubscribe(String id, FrameWriter out) throws IOException {
        Followed one = followed.get(parts.queue().find(id).id());
        if (one != null) {
            end(one, out);
        }
    }

    private void drop(Followed one) {
        followed.remove(one.id());
        one.close();
    }

    private void end(Followed one, FrameWriter out) throws IOException {
        drop(one);
        say(out, event("unsubscribed").name("task").string(one.name()).name("status").string(one.status()));
    }

    private static void error(FrameWriter out, String message) throws IOException {
        say(out, event("error").name("error").string(message));
    }

    private static JsonWriter event(String kind) {
        return new JsonWriter().beginObject().name("event").string(kind);
    }

    /// @param json of which only the closing brace is missing
    private static void say(FrameWriter out, JsonWriter json) throws IOException {
        json.endObject();
        out.text(json.buffer(), 0, json.length());
    }

    @Override
    public void close() {
        events.close();
        List.copyOf(followed.values()).forEach(Followed::close);
    }
}
