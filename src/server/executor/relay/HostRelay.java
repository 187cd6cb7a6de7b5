package server.executor.relay;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import server.executor.AnswerRoom;
import server.executor.HostAnswer;
import server.executor.HostFailure;
import server.executor.HostHead;
import server.executor.HostStream;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.Pieces;
import server.executor.RelayCall;
import server.executor.RelaySink;
import server.executor.Upload;
import server.executor.answer.CompletionAnswer;
import server.executor.answer.KeptStream;
import server.executor.answer.StreamedAnswer;
import server.executor.wire.AnswerLines;
import server.executor.wire.CallTimes;
import server.executor.wire.CallWatch;
import server.executor.wire.HostClient;
import server.executor.wire.Refusal;
import server.executor.wire.Sending;
import shared.json.JsonException;
import shared.json.JsonReader;
import shared.json.Slice;

/// Sends calls to one host unchanged, passes its answers on while they arrive, and makes from them the result for the
/// task's record.
public final class HostRelay {

    /// How much of an error's answer is read and passed on, in bytes.
    private static final int ERROR_MAX = 1 << 20;

    /// The time limit for questions that are not tasks.
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(30);

    /// The time limit for requests that are passed on: the largest models take hours, and silence means nothing.
    private static final Duration PASS_TIMEOUT = Duration.ofDays(1);

    /// A longer body is sent only after the host has agreed to take it, in bytes.
    private static final int UNASKED_MAX = 64 << 10;

    private final String host;
    private final HostClient client;
    private final Refusal refusal;
    private final Limits limits;
    private final InstantSource clock;

    /// @param host   the host's name in messages
    /// @param limits but for the depth: the caller gets what the host sends, however deep it is nested
    public HostRelay(String host, HostClient client, Refusal refusal, Limits limits, InstantSource clock) {
        this.host = host;
        this.client = client;
        this.refusal = refusal;
        this.limits = new Limits(limits.line(), limits.answer(), JsonReader.ANY_DEPTH);
        this.clock = clock;
    }

    /// Runs one attempt at a call, as specified in [server.executor.TaskExecutor#relay].
    ///
    /// @param request has the URL and the host's own headers
    /// @param own     the host's own limit for the whole attempt; null: none
    public Outcome run(HttpRequest.Builder request, RelayCall call, Duration own, Pieces pieces, RelaySink to)
            throws InterruptedException {
        call.headers().forEach(request::setHeader);
        request.POST(new Sending(call.body()));
        boolean shorter = own != null && own.compareTo(call.timeout()) < 0;
        Duration whole = shorter ? own : call.timeout();
        // nothing of a whole answer comes before its end, however long that takes
        CallTimes times = call.streams() ? new CallTimes(call.firstByte(), call.idle(), whole)
                : CallTimes.within(whole);
        long began = System.nanoTime();
        try {
            return client.exchange(request.build(), times, (response, body, watch) -> {
                HostHead head = Refusal.head(response);
                if (head.status() / 100 != 2) {
                    return refusal.of(response, body.readNBytes(ERROR_MAX), call.model());
                }
                Type told = Type.of(head, call, host);
                PushbackInputStream untold = told == null ? new PushbackInputStream(body) : null;
                Type type = told == null ? Type.guessed(untold, head, call, host) : told;
                HandedOn answer = new HandedOn(told == null ? untold : body, head, to);
                Outcome outcome;
                try {
                    outcome = new Outcome.Completed(result(type, call, answer, pieces, began, watch));
                } catch (HostFailure wrong) {
                    outcome = wrong.outcome();
                }
                // whatever a host says after the end of its answer, or after an error, reaches the caller, too
                if (!answer.ended) {
                    HostClient.passTrailer(answer, watch);
                }
                if (outcome instanceof Outcome.Completed) {
                    answer.begin();
                }
                return outcome;
            });
        } catch (HostFailure failure) {
            Outcome.Failed failed = failure.outcome();
            return shorter && failed.cause() == Cause.TIMEOUT
                    ? new Outcome.Failed(Cause.PASSING, failed.message() + ", the endpoint's timeout", null) : failed;
        }
    }

    /// Asks a question that is not a task, as specified in [server.executor.TaskExecutor#ask].
    public HostAnswer ask(String method, HttpRequest.Builder request, Map<String, String> headers, Slice body)
            throws HostFailure, InterruptedException {
        request.method(method, body == null ? BodyPublishers.noBody() : new Sending(body));
        if (body != null) {
            request.setHeader("Content-Type", "application/json");
        }
        headers.forEach(request::setHeader);
        return client.exchange(request.build(), CallTimes.within(ASK_TIMEOUT), (response, answer, watch) ->
                new HostAnswer(Refusal.head(response), AnswerLines.whole(answer, -1, host, limits.answer(),
                        AnswerRoom.UNBOUNDED.share())));
    }

    /// Passes on a request that is not a task, as specified in [server.executor.TaskExecutor#pass].
    public HostStream pass(String method, HttpRequest.Builder request, Upload body)
            throws HostFailure, InterruptedException {
        request.method(method, body == null ? BodyPublishers.noBody() : new Sending(body.bytes(), body.length()));
        if (body != null && body.contentType() != null) {
            request.setHeader("Content-Type", body.contentType());
        }
        // a host that refuses such a large body says so before it is sent, and would not be heard afterwards
        request.expectContinue(body != null && (body.length() < 0 || body.length() > UNASKED_MAX));
        HostClient.Opened opened = client.open(request.build(), PASS_TIMEOUT);
        return new HostStream(Refusal.head(opened.response()), opened.body());
    }

    private Slice result(Type type, RelayCall call, HandedOn body, Pieces pieces, long began, CallWatch watch)
            throws IOException, InterruptedException {
        if (type == Type.JSON) {
            return whole(call, body, body.head.length());
        }
        if (type == Type.LINES) {
            return new StreamedAnswer(call.type(), host, limits, call.room(), pieces).read(body);
        }
        if (call.path().endsWith("/completions")) {
            CompletionAnswer answer = new CompletionAnswer(host, limits, call.room(), began, pieces);
            answer.read(body);
            if (!answer.finished() && !answer.says()) {
                throw new HostFailure(Cause.PASSING, host + " sent no answer");
            }
            return answer.result(call.type(), call.model(), clock.instant().toString(), Set.of());
        }
        return new KeptStream(host, limits, call.room(), pieces)
                .read(body, rest -> HostClient.passTrailer(rest, watch));
    }

    /// Reads an answer that is one JSON value; returns its bytes unchanged.
    private Slice whole(RelayCall call, InputStream body, long announced) throws IOException {
        byte[] bytes = AnswerLines.whole(body, announced, host, limits.answer(), call.room());
        try {
            JsonReader in = new JsonReader(bytes, 0, bytes.length, limits.depth());
            in.skip();
            in.end();
        } catch (JsonException notJson) {
            throw new HostFailure(Cause.PASSING, host + " sent something that is not JSON: " + notJson.getMessage());
        }
        return Slice.of(bytes);
    }

    /// The forms in which an answer comes.
    private enum Type {
        JSON, LINES, EVENTS;

        /// The first characters of the fields `data`, `event`, `id` and `retry`, and of comments.
        private static final String FIELDS_BEGIN = "deir:";

        /// @return null if it is not known: Go's servers call JSON `text/plain` unless they are told otherwise
        /// @throws HostFailure for a type that no API answers with, such as a login page
        static Type of(HostHead head, RelayCall call, String host) throws HostFailure {
            String type = head.contentType() == null ? "" : head.contentType().toLowerCase(Locale.ROOT);
            if (type.contains("ndjson") || type.contains("jsonl")) {
                return LINES;
            }
            if (type.startsWith("text/event-stream")) {
                return EVENTS;
            }
            if (type.contains("json")) {
                return json(call);
            }
            if (type.isEmpty() || type.startsWith("text/plain")) {
                return null;
            }
            throw noAnswer(type, host);
        }

        /// Determines the type from the first byte, which is put back.
        ///
        /// @throws HostFailure if no API's answer begins with it
        static Type guessed(PushbackInputStream body, HostHead head, RelayCall call, String host) throws IOException {
            int first = body.read();
            if (first >= 0) {
                body.unread(first);
            }
            if (first == '{') {
                return json(call);
            }
            if (call.streams() && call.path().startsWith("/v1/") && FIELDS_BEGIN.indexOf(first) >= 0) {
                return EVENTS;
            }
            throw noAnswer(head.contentType() == null ? "no type" : head.contentType(), host);
        }

        /// Hosts that imitate Ollama often use this type for lines.
        private static Type json(RelayCall call) {
            return call.streams() && call.path().startsWith("/api/") ? LINES : JSON;
        }

        private static HostFailure noAnswer(String type, String host) {
            return new HostFailure(Cause.PASSING, host + " sent no answer, but " + type);
        }
    }

    /// A host's answer that passes on every byte that is read from it.
    private static final class HandedOn extends FilterInputStream {

        private final HostHead head;
        private final RelaySink to;
        private boolean begun;
        private boolean ended;

        HandedOn(InputStream in, HostHead head, RelaySink to) {
            super(in);
            this.head = head;
            this.to = to;
        }

        /// Passes on the head with the first byte: until then the call may be repeated on another host.
        private void begin() {
            if (!begun) {
                begun = true;
                to.head(head);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            int count = super.read(bytes, from, most);
            if (count > 0) {
                begin();
                to.bytes(bytes, from, count);
            } else if (count < 0 && begun && !ended) {
                ended = true;
                to.end();
            }
            return count;
        }
    }
}
