package server.api;

import server.http.Answer;
import server.http.LiveOutputs;
import server.http.WebRequest;
import server.live.Answers;
import server.live.Watch;
import server.queue.TaskQueue;

/// Streams what happens to one task, as server-sent events, until the task has ended:
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
/// A piece's id is its attempt and the offset where it *ends*: a reader that comes back with it as `Last-Event-ID` gets
/// the pieces that follow. The events are sent again then; they are known by their `seq`. How an answer is cut into
/// pieces is not fixed. What a buffer did not keep, and the answer of a task that has ended, is made from the result.
final class TaskStream {

    private final TaskQueue queue;
    private final Answers answers;
    private final LiveOutputs streams;

    TaskStream(TaskQueue queue, Answers answers, LiveOutputs streams) {
        this.queue = queue;
        this.answers = answers;
        this.streams = streams;
    }

    Answer open(WebRequest request) {
        long id = queue.find(request.id()).id();
        TaskFollower.Place place = TaskFollower.Place.parse(request.header("Last-event-id"));
        return streams.open(request, "text/event-stream", out -> {
            try (Watch watch = answers.watch(id)) {
                new TaskFollower(id, queue, answers, watch, place, request::hold, out).run();
            }
        });
    }
}
