package server.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
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
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.http.Answer;
import server.http.WebRequest;
import server.task.ApiPath;
import server.task.RelayBody;
import shared.Problem;
import shared.json.JsonWriter;

/// The calls by which Ollama's clients load and unload a model: a chat without messages, a generate without a prompt.
/// They are not tasks and leave no record.
final class LoadCalls {

    /// Between two checks whether the server is stopping.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration NEVER = Duration.ofDays(10_000);
    /// The longest that a load may take.
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private static final Pieces UNHEARD = new Pieces() {
        @Override
        public void text(String piece) {
            // a load produces no output
        }

        @Override
        public void thinking(String piece) {
            // a load produces no output
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
            // what has arrived is the whole answer
        }
    }

    /// The answer to a call.
    ///
    /// @param problem      why it failed; null if it did not
    /// @param isAwayOrBusy whether the host could not be reached, or was busy
    private record Answered(Answer.Whole answer, Problem problem, boolean isAwayOrBusy) {
    }

    /// What a call asks for.
    ///
    /// @param on       the only host that it may go to; null: any
    /// @param maxWait  how long it may wait
    /// @param endNanos when that wait ends, by System.nanoTime
    private record LoadRequest(WebRequest request, ApiPath path, RelayBody read, String on, Duration maxWait,
            long endNanos) {

        long left() {
            return endNanos - System.nanoTime();
        }

        void checkTime() {
            if (left() <= 0) {
                throw new Problem(503, "no host had a free place for it within " + maxWait.toMillis() + " ms ("
                        + RelayOptions.MAX_WAIT.key() + ")");
            }
        }
    }

    /// Answers such a call; with signs of life after a silence.
    ///
    /// @param on the only host that it may go to; null: any
    Answer answer(WebRequest request, ApiPath path, RelayBody read, String on, RelayOptions now)
            throws InterruptedException {
        Duration heartbeat = now.heartbeat();
        if (on != null) {
            parts.hosts().check(on, false);
        }
        Duration maxWait = now.maxWait().isZero() ? NEVER : now.maxWait();
        FutureTask<Answered> asked = new FutureTask<>(() -> ask(new LoadRequest(request, path, read, on, maxWait,
                System.nanoTime() + maxWait.toNanos())));
        Thread.ofVirtual().name("load").start(asked);
        request.atEnd(() -> asked.cancel(true));
        Answered said = within(asked, heartbeat.isZero() ? NEVER : heartbeat);
        AnswerForm form = new AnswerForm(path.path, read.streams(), false, read.model(), null, 0);
        return said != null ? said.answer
                : new Answer.Streamed(form.contentType(), out -> writeLate(out, asked, form, heartbeat));
    }

    /// Returns null if there is no answer by then.
    private static Answered within(Future<Answered> asked, Duration time) throws InterruptedException {
        try {
            return asked.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException silent) {
            return null;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Problem problem) {
                return new Answered(ApiForm.OLLAMA.error(problem), problem, false);
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

    /// Asks for it repeatedly while the hosts that may have the model are unreachable or busy: tasks wait for them,
    /// too.
    private Answered ask(LoadRequest load) throws InterruptedException {
        Answered said = askNow(load);
        while (said == null) {
            load.checkTime();
            if (parts.stopping().getAsBoolean()) {
                throw stopping();
            }
            Thread.sleep(LOOK_EVERY);
            said = askNow(load);
        }
        return said;
    }

    /// Sends an unload to every host that has the model; sends a load at once to a host that has the model loaded with
    /// these options, otherwise to the first host with a free place for it.
    ///
    /// @return null if a host that may have it is unreachable or busy
    private Answered askNow(LoadRequest load) throws InterruptedException {
        String model = load.read.model();
        List<HostAccess> all = parts.hosts().accesses().stream()
                .filter(host -> load.on == null || load.on.equals(host.name())).toList();
        List<HostAccess> local = all.stream().filter(host -> !host.remote()
                && host.executor().relays(load.path.path)).toList();
        List<HostAccess> up = local.stream().filter(HostAccess::isUp).toList();
        List<HostAccess> having = up.stream().filter(host -> host.has(model)).toList();
        if (!having.isEmpty()) {
            return load.read.isUnload() ? unload(having, load) : inPlace(load, load.on);
        }
        boolean isElsewhere = all.stream().anyMatch(host -> isAlwaysLoaded(host, load));
        boolean mayComeBack = local.stream().anyMatch(host -> !host.isUp()
                && (host.has(model) || up.isEmpty() && host.models().isEmpty()));
        if (isElsewhere || !mayComeBack) {
            return ofAny(all, up, load);
        }
        if (load.read.isUnload()) {
            throw new Problem(503, "no host that has the model '" + model + "' can be reached");
        }
        return null;
    }

    /// @return the first failure, if there is one
    private Answered unload(List<HostAccess> having, LoadRequest load) throws InterruptedException {
        Answered told = null;
        for (HostAccess host : having) {
            Answered said = send(host, load);
            told = told == null || told.problem == null ? said : told;
            parts.dispatcher().askNow(host.name());
        }
        return told;
    }

    /// Sends the call to a host as soon as that has a place for it.
    ///
    /// @param on the only host that it may go to, whatever its list of models says; null: any that has the model
    private Answered inPlace(LoadRequest load, String on) throws InterruptedException {
        String model = load.read.model();
        CompletableFuture<HostAccess> place = parts.dispatcher().take(model, load.read.runner(), on);
        boolean isLoaded = false;
        try {
            while (!place.isDone()) {
                load.checkTime();
                if (parts.stopping().getAsBoolean()) {
                    throw stopping();
                }
                try {
                    place.get(Math.min(LOOK_EVERY.toNanos(), load.left()), TimeUnit.NANOSECONDS);
                } catch (TimeoutException none) {
                    // keep waiting
                } catch (ExecutionException never) {
                    throw new IllegalStateException(never);
                }
            }
            Answered said = send(place.join(), load);
            isLoaded = said.problem == null && said.answer.status() == 200;
            return said.isAwayOrBusy ? null : said;
        } finally {
            if (!place.cancel(false)) {
                parts.dispatcher().giveBack(place.join(), model, isLoaded);
            }
        }
    }

    private static Problem stopping() {
        return new Problem(503, "the server is stopping");
    }

    /// Asks the hosts one after another, because lists of models are not decisive. A host that has not listed its
    /// models yet may load it, so it needs a place; one that has will most likely refuse it.
    ///
    /// @return null if one of them is unreachable or busy, and the others lack the model
    private Answered ofAny(List<HostAccess> all, List<HostAccess> up, LoadRequest load) throws InterruptedException {
        String model = load.read.model();
        Answered last = null;
        boolean oneMayHave = false;
        for (HostAccess host : up) {
            Answered said = !load.read.isUnload() && host.models().isEmpty() ? inPlace(load, host.name())
                    : send(host, load);
            if (said == null || said.isAwayOrBusy) {
                oneMayHave = true;
            } else if (said.answer.status() != 404) {
                return said;
            }
            last = said;
        }
        if (all.stream().anyMatch(host -> isAlwaysLoaded(host, load))) {
            return loaded(load.path, load.read);
        }
        if (up.isEmpty()) {
            throw Problem.notFound("model '" + model + "' not found");
        }
        return oneMayHave && !load.read.isUnload() ? null : last;
    }

    private static boolean isAlwaysLoaded(HostAccess host, LoadRequest load) {
        return host.has(load.read.model()) && !host.executor().relays(load.path.path);
    }

    /// Returns Ollama's answer for a host of another kind, whose models are always loaded.
    private Answered loaded(ApiPath path, RelayBody read) {
        JsonWriter out = new JsonWriter().beginObject().name("model").string(read.model()).name("created_at")
                .string(parts.clock().instant().toString());
        if (path == ApiPath.CHAT) {
            out.name("message").beginObject().name("role").string("assistant").name("content").string("").endObject();
        } else {
            out.name("response").string("");
        }
        out.name("done").bool(true).name("done_reason").string(read.isUnload() ? "unload" : "load").endObject();
        return new Answered(Answer.json(200, out), null, false);
    }

    private static Answered send(HostAccess host, LoadRequest load) throws InterruptedException {
        RelayBody read = load.read;
        Collected to = new Collected();
        Outcome outcome = host.executor().relay(new RelayCall(load.path.type, load.path.path,
                load.request.rawQuery(), RelayApi.sentOn(load.request), read.model(), load.request.body().slice(),
                read.streams(), TIMEOUT, TIMEOUT, TIMEOUT, AnswerRoom.UNBOUNDED.share()), UNHEARD, to);
        if (to.head != null) {
            return new Answered(new Answer.Whole(to.head.status(), to.head.contentType(), to.body.toByteArray(),
                    to.body.size()), null, false);
        }
        Outcome.Failed failed = (Outcome.Failed) outcome;
        boolean isAwayOrBusy = failed.cause() == Cause.UNREACHABLE || failed.cause() == Cause.BUSY;
        Problem problem = new Problem(failed.callStatus(), failed.message());
        // a login page is no answer
        if (failed.answer() == null || failed.answer().head().status() != problem.status()) {
            return new Answered(ApiForm.OLLAMA.error(problem), problem, isAwayOrBusy);
        }
        HostHead head = failed.answer().head();
        return new Answered(new Answer.Whole(head.status(), head.contentType(), failed.answer().body(),
                failed.answer().body().length), problem, isAwayOrBusy);
    }
}
