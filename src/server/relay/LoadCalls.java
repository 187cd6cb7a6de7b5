package server.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
import shared.Problem;
import shared.json.JsonWriter;
import shared.json.Slice;

/// The calls by which Ollama's clients load a model and unload it: a chat without messages, a generate without prompt.
/// They are no tasks and leave no record.
final class LoadCalls {

    /// Between two looks whether the server stops.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration NEVER = Duration.ofDays(10_000);
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

    /// What a call is answered with.
    ///
    /// @param problem why, in words; null: it has what it asked for
    private record Answered(Answer.Whole answer, Problem problem) {
    }

    /// Answers such a call; with signs of life, after a silence.
    ///
    /// @param on the only host that it may go to; null: any
    Answer answer(WebRequest request, ApiPath path, RelayBody read, String on, RelayOptions now)
            throws InterruptedException {
        Duration heartbeat = now.heartbeat();
        if (on != null) {
            parts.hosts().check(on, false);
        }
        FutureTask<Answered> asked = new FutureTask<>(() -> ask(request, path, read, on,
                now.maxWait().isZero() ? NEVER : now.maxWait()));
        Thread.ofVirtual().name("load").start(asked);
        request.atEnd(() -> asked.cancel(true));
        Answered said = within(asked, heartbeat.isZero() ? NEVER : heartbeat);
        AnswerForm form = new AnswerForm(path.path, read.streams(), false, read.model(), null, 0);
        return said != null ? said.answer
                : new Answer.Streamed(form.contentType(), out -> writeLate(out, asked, form, heartbeat));
    }

    /// Null if it is not said by then.
    private static Answered within(Future<Answered> asked, Duration time) throws InterruptedException {
        try {
            return asked.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException silent) {
            return null;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Problem problem) {
                return new Answered(ApiForm.OLLAMA.error(problem), problem);
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    private void writeLate(OutputStream out, Future<Answered> asked, AnswerForm form, Duration heartbeat)
            throws IOException, InterruptedException {
        Answered said = null;
        while (said == null) {
            out.write(form.signOfLife(0));
            out.flush();
            said = within(asked, heartbeat.dividedBy(RelayedCall.SIGNS));
        }
        if (said.problem == null) {
            out.write(said.answer.bytes(), 0, said.answer.length());
            return;
        }
        AnswerForm.Ending ending = form.failure(said.problem, parts.clock().millis(), false);
        out.write(ending.bytes());
        out.flush();
        if (ending.breaksOff()) {
            throw new IOException("the answer could not be finished");
        }
    }

    /// Asks for it: an unload goes to every host that has the model; a load to one that has it loaded with these
    /// options, at once, else to one that has a free place for it, as soon as there is one.
    ///
    /// @param maxWait how long it may wait for a place
    private Answered ask(WebRequest request, ApiPath path, RelayBody read, String on, Duration maxWait)
            throws InterruptedException {
        List<HostAccess> all = parts.hosts().accesses().stream().filter(host -> on == null || on.equals(host.name()))
                .toList();
        List<HostAccess> local = all.stream().filter(host -> !host.remote() && host.isUp()
                && host.executor().relays(path.path)).toList();
        List<HostAccess> having = local.stream().filter(host -> host.has(read.model())).toList();
        if (having.isEmpty()) {
            return ofAny(all, local, request, path, read, maxWait);
        }
        if (read.isUnload()) {
            Answered last = null;
            for (HostAccess host : having) {
                last = send(host, request, path, read);
                parts.dispatcher().askNow(host.name());
            }
            return last;
        }
        return inPlace(request, path, read, on, maxWait);
    }

    /// Asks a host as soon as it has a place for it.
    private Answered inPlace(WebRequest request, ApiPath path, RelayBody read, String on, Duration maxWait)
            throws InterruptedException {
        CompletableFuture<HostAccess> place = parts.dispatcher().take(read.model(), read.runner(), on);
        boolean isLoaded = false;
        long end = System.nanoTime() + maxWait.toNanos();
        try {
            while (!place.isDone()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new Problem(503, "no host had a free place for it within " + maxWait.toMillis() + " ms ("
                            + RelayOptions.MAX_WAIT.key() + ")");
                }
                if (parts.stopping().getAsBoolean()) {
                    throw new Problem(503, "the server is stopping");
                }
                try {
                    place.get(Math.min(LOOK_EVERY.toNanos(), left), TimeUnit.NANOSECONDS);
                } catch (TimeoutException none) {
                    // it waits on
                } catch (ExecutionException never) {
                    throw new IllegalStateException(never);
                }
            }
            Answered said = send(place.join(), request, path, read);
            isLoaded = said.problem == null && said.answer.status() == 200;
            return said;
        } finally {
            if (!place.cancel(false)) {
                parts.dispatcher().giveBack(place.join(), read.model(), isLoaded);
            }
        }
    }

    /// Asks the hosts one after another, for lists of models do not judge. One that has not listed its models yet may
    /// load it, and so has to have a place; one that has will most likely refuse it.
    private Answered ofAny(List<HostAccess> all, List<HostAccess> local, WebRequest request, ApiPath path,
            RelayBody read, Duration maxWait) throws InterruptedException {
        Answered last = null;
        for (HostAccess host : local) {
            last = !read.isUnload() && host.models().isEmpty()
                    ? inPlace(request, path, read, host.name(), maxWait) : send(host, request, path, read);
            if (last.answer.status() != 404) {
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
    private Answered loaded(ApiPath path, RelayBody read) {
        JsonWriter out = new JsonWriter().beginObject().name("model").string(read.model()).name("created_at")
                .string(parts.clock().instant().toString());
        if (path == ApiPath.CHAT) {
            out.name("message").beginObject().name("role").string("assistant").name("content").string("").endObject();
        } else {
            out.name("response").string("");
        }
        out.name("done").bool(true).name("done_reason").string(read.isUnload() ? "unload" : "load").endObject();
        return new Answered(Answer.json(200, out), null);
    }

    private static Answered send(HostAccess host, WebRequest request, ApiPath path, RelayBody read)
            throws InterruptedException {
        Slice body = new Slice(request.body().bytes(), 0, request.body().length());
        Collected to = new Collected();
        Outcome outcome = host.executor().relay(new RelayCall(path.type, path.path, request.rawQuery(), Map.of(),
                read.model(), body, read.streams(), TIMEOUT, TIMEOUT, TIMEOUT, AnswerRoom.UNBOUNDED.share()), UNHEARD,
                to);
        if (to.head != null) {
            return new Answered(new Answer.Whole(to.head.status(), to.head.contentType(), to.body.toByteArray(),
                    to.body.size()), null);
        }
        Outcome.Failed failed = (Outcome.Failed) outcome;
        if (failed.answer() == null) {
            throw new Problem(502, failed.message());
        }
        HostHead head = failed.answer().head();
        return new Answered(new Answer.Whole(head.status(), head.contentType(), failed.answer().body(),
                failed.answer().body().length), new Problem(head.status(), failed.message()));
    }
}
