package server.relay;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import server.dispatch.HostAccess;
import server.executor.AnswerRoom;
import server.executor.HostHead;
import server.executor.Outcome;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.http.Answer;
import server.http.WebRequest;
import server.task.ApiPath;
import server.task.RelayBody;
import server.task.RunnerOptions;
import shared.Problem;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The calls by which Ollama's clients load a model and unload it: a chat without messages, a generate without prompt.
/// They are no tasks and leave no record.
final class LoadCalls {

    /// Between two looks for a free place.
    private static final long LOOK_EVERY_MS = 50;
    /// The longest that loading may take.
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private static final Pieces UNHEARD = new Pieces() {
        @Override
        public void text(String piece) {
            // a load says nothing
        }

        @Override
        public void thinking(String piece) {
            // a load says nothing
        }
    };

    private final RelayApi.Parts parts;

    LoadCalls(RelayApi.Parts parts) {
        this.parts = parts;
    }

    /// A host's whole answer.
    private static final class Collected implements RelaySink {
        HostHead head;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        @Override
        public void head(HostHead newHead) {
            head = newHead;
        }

        @Override
        public void bytes(byte[] bytes, int from, int length) {
            body.write(bytes, from, length);
        }

        @Override
        public void end() {
            // what has come is what there is
        }
    }

    /// Answers such a call: an unload goes to every host that has the model; a load to one that has it loaded, at once,
    /// else, or where its options may be others than those it is loaded with, to one that has a free place, as soon as
    /// there is one.
    ///
    /// @param on the only host that it may go to; null: any
    Answer answer(WebRequest request, ApiPath path, RelayBody read, String on) throws InterruptedException {
        if (on != null) {
            parts.hosts().check(on, false);
        }
        List<HostAccess> all = parts.hosts().accesses().stream().filter(host -> on == null || on.equals(host.name()))
                .toList();
        List<HostAccess> local = all.stream().filter(host -> !host.remote() && host.isUp()
                && host.executor().relays(path.path)).toList();
        List<HostAccess> having = local.stream().filter(host -> host.has(read.model())).toList();
        if (having.isEmpty()) {
            return ofAny(all, local, request, path, read);
        }
        if (read.isUnload()) {
            Answer last = null;
            for (HostAccess host : having) {
                last = send(host, request, path, read);
            }
            return last;
        }
        for (HostAccess host : having) {
            if ((read.runner() == null || read.runner().equals(RunnerOptions.NONE)) && host.hasLoaded(read.model())) {
                return send(host, request, path, read);
            }
        }
        HostAccess taken = parts.dispatcher().take(read.model(), on);
        while (taken == null) {
            if (parts.stopping().getAsBoolean()) {
                throw new Problem(503, "the server is stopping");
            }
            Thread.sleep(LOOK_EVERY_MS);
            taken = parts.dispatcher().take(read.model(), on);
        }
        try {
            return send(taken, request, path, read);
        } finally {
            parts.dispatcher().giveBack(taken, read.model());
        }
    }

    /// Asks the hosts one after another, for lists of models do not judge.
    private Answer ofAny(List<HostAccess> all, List<HostAccess> local, WebRequest request, ApiPath path,
            RelayBody read) throws InterruptedException {
        Answer.Whole last = null;
        for (HostAccess host : local) {
            last = send(host, request, path, read);
            if (last.status() != 404) {
                return last;
            }
        }
        for (HostAccess host : all) {
            if (host.has(read.model()) && !host.executor().relays(path.path)) {
                return loaded(path, read);
            }
        }
        if (last == null) {
            throw Problem.notFound("model '" + read.model() + "' not found");
        }
        return last;
    }

    /// What Ollama answers; a host of another kind has its models always loaded.
    private Answer.Whole loaded(ApiPath path, RelayBody read) {
        JsonWriter out = new JsonWriter().beginObject().name("model").string(read.model()).name("created_at")
                .string(parts.clock().instant().toString());
        if (path == ApiPath.CHAT) {
            out.name("message").beginObject().name("role").string("assistant").name("content").string("").endObject();
        } else {
            out.name("response").string("");
        }
        out.name("done").bool(true).name("done_reason").string(read.isUnload() ? "unload" : "load").endObject();
        return Answer.json(200, out);
    }

    private static Answer.Whole send(HostAccess host, WebRequest request, ApiPath path, RelayBody read)
            throws InterruptedException {
        Slice body = new Slice(request.body().bytes(), 0, request.body().length());
        Collected to = new Collected();
        Outcome outcome = host.executor().relay(new RelayCall(path.type, path.path, request.rawQuery(), Map.of(),
                read.model(), body, read.streams(), TIMEOUT, TIMEOUT, TIMEOUT, AnswerRoom.UNBOUNDED.share()), UNHEARD,
                to);
        if (to.head != null) {
            return new Answer.Whole(to.head.status(), to.head.contentType(), to.body.toByteArray(), to.body.size());
        }
        Outcome.Failed failed = (Outcome.Failed) outcome;
        if (failed.answer() == null) {
            throw new Problem(502, failed.message());
        }
        HostHead head = failed.answer().head();
        return new Answer.Whole(head.status(), head.contentType(), failed.answer().body(),
                failed.answer().body().length);
    }
}
