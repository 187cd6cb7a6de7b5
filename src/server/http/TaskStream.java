package server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import server.http.Answer.Streamed;
import server.live.Answers;
import server.live.Watch;
import server.queue.TaskQueue;
import shared.Problem;

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

    private final HttpOptions options;
    private final TaskQueue queue;
    private final Answers answers;
    private final Set<TaskFollower> open = ConcurrentHashMap.newKeySet();

    TaskStream(HttpOptions options, TaskQueue queue, Answers answers) {
        this.options = options;
        this.queue = queue;
        this.answers = answers;
    }

    Answer open(WebRequest request) {
        long id = queue.find(request.id()).id();
        TaskFollower.Place place = TaskFollower.Place.parse(request.header("Last-event-id"));
        if (open.size() >= options.streamsMax()) {
            open.forEach(TaskFollower::endIfStuck);
            throw new Problem(503, "already " + options.streamsMax() + " event streams are open, which is the limit");
        }
        return new Streamed("text/event-stream", out -> {
            try (Watch watch = answers.watch(id)) {
                TaskFollower follower = new TaskFollower(id, queue, answers, watch, place, request::hold, out,
                        options.pingEvery());
                open.add(follower);
                try {
                    follower.run();
                } finally {
                    open.remove(follower);
                }
            }
        }, "Cache-Control", "no-cache", "X-Accel-Buffering", "no");
    }
}
