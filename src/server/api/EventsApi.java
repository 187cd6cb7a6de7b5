package server.api;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;

import server.api.LiveRequest.From;
import server.http.Answer;
import server.http.LiveOutput;
import server.http.LiveOutputs;
import server.http.WebRequest;
import server.live.AnswerPlace;
import server.live.EventHub;
import server.live.Item;
import server.live.Memory;
import server.live.Subscription;
import server.queue.TaskQueue;
import server.task.Task;
import shared.Problem;

/// Streams events as server-sent events. `/api/events` has every change:
///
/// ```
/// id: 12
/// event: task                                        or cron, queue; reset, dropped: see Item
/// data: {"seq":12,"event":"task","what":"started",…}
///
/// : ping                                             at the beginning, and when nothing else comes
/// id: 19                                             if the filter passed nothing up to here
/// ```
///
/// or, if NDJSON is accepted, one line of JSON per event and an empty line per ping. A reader that reconnects with the
/// last id, as `Last-Event-ID` or `since`, gets all events after it.
///
/// With `chunks=ID,ID@ATTEMPT.OFFSET` the stream also has the pieces of these tasks' answers, from the beginning or
/// from that place on, as on a WebSocket (see [LiveDialogue]) and without an id: `event: chunk`, and at the end
/// `unsubscribed` or `error`.
///
/// `/api/tasks/{id}/events` has the changes of one task and its answer, until the task has ended:
///
/// ```
/// event: task                                        its events so far, then live; no id
/// data: {"seq":7,"event":"task","what":"started",…}
///
/// event: chunk                                       the pieces of the running attempt's answer, all from its start
/// id: 1.5
/// data: {"attempt":1,"offset":0,"text":"Hello"}      or "thinking" for "text"
/// ```
///
/// A piece's id is its attempt and the offset at which it *ends*: a reader that reconnects with it as `Last-Event-ID`
/// gets the pieces that follow. The events are sent again then; a reader recognises them by their `seq`. How an answer
/// is cut into pieces is not defined. What a buffer did not keep, and the answer of an ended task, is taken from the
/// result.
final class EventsApi {

    private static final String SSE = "text/event-stream";

    static final String[] PARAMETERS = Stream.concat(Stream.of("chunks"), Stream.of(EventsWanted.PARAMETERS))
            .toArray(String[]::new);

    private final TaskQueue queue;
    private final EventHub hub;
    private final LiveOutputs streams;
    private final Memory memory;

    /// @param memory accounts for results until their readers have them
    EventsApi(TaskQueue queue, EventHub hub, LiveOutputs streams, Memory memory) {
        this.queue = queue;
        this.hub = hub;
        this.streams = streams;
        this.memory = memory;
    }

    /// Answers `GET /api/events`.
    Answer open(WebRequest request) {
        EventsWanted wanted = EventsWanted.of(request.query(), queue);
        long last = lastEventId(request.header("Last-event-id"));
        // a browser that reconnects requests the same URL again
        long after = last == EventsWanted.NOW ? wanted.after() : last;
        // the client may see the answer's head before the subscription begins: no event in between may be missed
        long from = after == EventsWanted.NOW ? queue.durableSeq() : after;
        Set<From> chunks = request.query().set("chunks", EventsApi::chunks);
        boolean lines = request.accepts(Answer.NDJSON);
        return streams.open(request, lines ? Answer.NDJSON : SSE, out -> {
            ItemEncoder encoder = lines ? new LineEncoder() : SseEncoder.ofEvents(after);
            try (Subscription items = hub.subscribe(wanted.filter(), from)) {
                encoder.ping(items.seq(), out);
                for (From chunk : chunks) {
                    follow(chunk, items, encoder, out);
                }
                encoder.run(items, out);
            }
        });
    }

    /// Follows an answer. If that is impossible, the stream reports it and continues.
    private void follow(From chunk, Subscription items, ItemEncoder encoder, LiveOutput out) throws IOException {
        try {
            items.follow(chunk.id(), chunk.place(), memory);
        } catch (Problem gone) {
            encoder.write(new Item.End(chunk.id(), null, gone.getMessage()), out);
        }
    }

    /// Answers `GET /api/tasks/{id}/events`.
    Answer openTask(WebRequest request) {
        Task task = queue.find(request.id());
        AnswerPlace place = place("Last-Event-ID", request.header("Last-event-id"));
        return streams.open(request, SSE, out -> {
            try (Subscription items = hub.subscribe(task, place, memory)) {
                SseEncoder.ofTask().run(items, out);
            }
        });
    }

    private static long lastEventId(String text) {
        if (text == null || text.isEmpty()) {
            return EventsWanted.NOW;
        }
        try {
            long id = Long.parseLong(text);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException notOurs) {
            // said below
        }
        throw Problem.badRequest("Last-Event-ID must be the id of an event, as in 42, not \"" + Problem.shown(text)
                + "\"");
    }

    private static From chunks(String text) {
        int at = text.indexOf('@');
        return at < 0 ? new From(text, AnswerPlace.START)
                : new From(text.substring(0, at), place("chunks", text.substring(at + 1)));
    }

    private static AnswerPlace place(String name, String id) {
        if (id == null || id.isEmpty()) {
            return AnswerPlace.START;
        }
        int dot = id.indexOf('.');
        try {
            int attempt = Integer.parseInt(id.substring(0, Math.max(dot, 0)));
            int offset = Integer.parseInt(id.substring(dot + 1));
            if (attempt >= 0 && offset >= 0) {
                return new AnswerPlace(attempt, offset);
            }
        } catch (NumberFormatException notOurs) {
            // said below
        }
        throw Problem.badRequest(name + " must be the id of a chunk, as in 1.42, not \"" + Problem.shown(id) + "\"");
    }
}
