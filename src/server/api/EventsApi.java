package server.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import server.http.Answer;
import server.http.LiveOutput;
import server.http.LiveOutputs;
import server.http.WebRequest;
import server.live.EventHub;
import server.live.LiveEvent;
import server.live.Subscription;
import server.queue.TaskQueue;
import shared.Problem;
import shared.json.Slice;

/// Streams every change, as server-sent events:
///
/// ```
/// id: 12
/// event: task                                        or cron, queue; reset, dropped: see LiveEvent
/// data: {"seq":12,"event":"task","what":"started",…}
///
/// : ping                                             at the beginning, and when nothing else comes
/// id: 19                                             if the filter passed nothing up to here
/// ```
///
/// or, where NDJSON is accepted, a line of JSON for each event and an empty one for a ping. A reader that comes back
/// with the last id, as `Last-Event-ID` or `since`, gets all that follows.
final class EventsApi {

    private final TaskQueue queue;
    private final EventHub hub;
    private final LiveOutputs streams;

    EventsApi(TaskQueue queue, EventHub hub, LiveOutputs streams) {
        this.queue = queue;
        this.hub = hub;
        this.streams = streams;
    }

    Answer open(WebRequest request) {
        EventsWanted wanted = EventsWanted.of(request.query(), queue);
        long last = lastEventId(request.header("Last-event-id"));
        // a browser that comes back asks for the same URL again
        long after = last == EventsWanted.NOW ? wanted.after() : last;
        // the answer's head may be seen before the subscription begins: what is done then is not to be missed
        long from = after == EventsWanted.NOW ? queue.durableSeq() : after;
        boolean lines = request.accepts(Answer.NDJSON);
        return streams.open(request, lines ? Answer.NDJSON : "text/event-stream", out -> {
            try (Subscription events = hub.subscribe(wanted.filter(), from)) {
                write(events, out, lines, after);
                // before the subscription is closed, for a server that stops waits for that only
                out.end();
            }
        });
    }

    private static void write(Subscription events, LiveOutput out, boolean lines, long after)
            throws IOException, InterruptedException {
        long told = events.seq();
        out.write(ping(lines, told, after));
        while (!events.ended()) {
            LiveEvent event = events.poll();
            if (event != null) {
                Slice bytes = lines ? event.line() : event.block();
                out.write(bytes.bytes(), bytes.from(), bytes.length());
                out.sent();
                told = event.seq();
            } else if (!out.flush()) {
                long left = out.untilPing();
                if (left > 0) {
                    events.await(left);
                } else {
                    long seq = events.seq();
                    out.write(ping(lines, seq, told));
                    told = seq;
                }
            }
        }
    }

    /// A block without data is no event to its reader, but its id counts.
    private static byte[] ping(boolean lines, long seq, long told) {
        String text = lines ? "\n" : seq == told ? ": ping\n\n" : ": ping\nid: " + seq + "\n\n";
        return text.getBytes(StandardCharsets.US_ASCII);
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
        throw Problem.badRequest("Last-Event-ID must be the id of an event, as in 42, not \"" + text + "\"");
    }
}
