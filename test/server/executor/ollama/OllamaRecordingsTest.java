package server.executor.ollama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import server.executor.AnswerRoom;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.executor.answer.StreamedAnswer;
import server.executor.wire.AnswerLines;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;
import support.Cuts;
import support.FakeOllama;

/// Every exchange with a real Ollama again, whole and in two parts, whatever the place of the cut.
class OllamaRecordingsTest {

    private static final long SEED = Long.getLong("seed", 4711);

    private static final Map<String, Cause> FAILURES = Map.ofEntries(
            Map.entry("chat-no-messages-loads", Cause.FINAL),
            Map.entry("unload", Cause.FINAL),
            Map.entry("embed-too-long", Cause.FINAL),
            Map.entry("error-bad-json", Cause.FINAL),
            Map.entry("error-busy", Cause.BUSY),
            Map.entry("error-chat-with-embed-model", Cause.FINAL),
            Map.entry("error-embed-with-chat-model", Cause.FRONT),
            Map.entry("error-format", Cause.FINAL),
            Map.entry("error-image", Cause.FINAL),
            Map.entry("error-inside-stream", Cause.PASSING),
            Map.entry("error-keep-alive", Cause.FINAL),
            Map.entry("error-method", Cause.FRONT),
            Map.entry("error-missing-model-chat", Cause.MODEL_MISSING),
            Map.entry("error-missing-model-embed", Cause.MODEL_MISSING),
            Map.entry("error-missing-model-generate", Cause.MODEL_MISSING),
            Map.entry("error-no-model", Cause.MODEL_MISSING),
            Map.entry("error-no-thinking", Cause.FINAL),
            Map.entry("error-option-type", Cause.FINAL),
            Map.entry("error-unknown-path", Cause.FRONT));

    private FakeOllama fake;
    private OllamaExecutor ollama;

    @BeforeEach
    void open() throws IOException {
        fake = FakeOllama.start();
        ollama = new OllamaExecutor(OllamaAddress.parse(fake.url()), InstantSource.system(), Limits.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        ollama.close();
        fake.close();
    }

    @Test
    void run_everyRecordingWhole_rightOutcome() throws Exception {
        List<Recording> recordings = tasks();
        assertTrue(recordings.size() >= 26, "recordings: " + recordings.size());
        for (Recording recording : recordings) {
            fake.otherwise((request, reply) -> reply.raw(recording.wire()));
            check(recording, "whole");
        }
    }

    @Test
    void run_everyRecordingByteByByte_rightOutcome() throws Exception {
        for (Recording recording : tasks()) {
            fake.otherwise(Cuts.everywhere(recording.wire()));
            check(recording, "byte by byte");
        }
    }

    @Test
    void run_everyRecordingCutInTwo_rightOutcome() throws Exception {
        for (Recording recording : tasks()) {
            byte[] wire = recording.wire();
            for (int cut : Cuts.of(wire.length, SEED)) {
                fake.next(Cuts.at(cut, wire));
                check(recording, "cut in two at byte " + cut + ", seed " + SEED);
            }
        }
    }

    /// The splitter alone, without a socket: cheap enough for every byte of everything.
    @Test
    void answer_everyStreamCutInTwoAtEveryByte_joinedRight() throws Exception {
        for (Recording recording : tasks()) {
            if (recording.call().type() == TaskType.EMBED || FAILURES.containsKey(recording.name())) {
                continue;
            }
            byte[] body = recording.body();
            for (int cut = 0; cut <= body.length; cut++) {
                AnswerLines lines = new AnswerLines(new SequenceInputStream(new ByteArrayInputStream(body, 0, cut),
                        new ByteArrayInputStream(body, cut, body.length - cut)), "gpu:1", 1 << 20,
                        AnswerRoom.UNBOUNDED.share());
                StreamedAnswer answer = new StreamedAnswer(recording.call().type(), "gpu:1", Limits.DEFAULT,
                        AnswerRoom.UNBOUNDED.share(), new Collected());
                for (Slice line = lines.next(); line != null; line = lines.next()) {
                    answer.add(line);
                }
                assertEquals(expected(recording), Json.parse(answer.result().text()),
                        recording.name() + ", cut at byte " + cut);
            }
        }
    }

    @Test
    void run_streamBrokenOff_lostUnlessWhole() throws Exception {
        Recording recording = Recording.of("chat-stream");
        byte[] wire = recording.wire();
        // the last line is here then; whether it counts depends on who sees the end first, the JDK or the reader
        int whole = wire.length - "\n\r\n0\r\n\r\n".length();
        for (int cut : Cuts.of(wire.length, SEED)) {
            fake.next(Cuts.brokenOffAt(cut, wire));
            String what = "broken off at byte " + cut;
            switch (ollama.run(recording.call(), new Collected())) {
                case Outcome.Failed failed -> assertEquals(Cause.PASSING, failed.cause(), what);
                case Outcome.Completed completed -> {
                    assertTrue(cut >= whole, what);
                    assertEquals(expected(recording), Json.parse(completed.result().text()), what);
                }
            }
        }
    }

    private static List<Recording> tasks() {
        return Recording.all().stream().filter(recording -> !recording.name().matches("tags|version|ps-.*")).toList();
    }

    private void check(Recording recording, String how) throws InterruptedException {
        Collected pieces = new Collected();
        Outcome outcome = ollama.run(recording.call(), pieces);
        String what = recording.name() + ", " + how + ": " + outcome;
        Cause cause = FAILURES.get(recording.name());
        if (cause != null) {
            Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, outcome, what);
            assertEquals(cause, failed.cause(), what);
            assertTrue(failed.message().contains(ollama.name()), what);
            return;
        }
        String result = assertInstanceOf(Outcome.Completed.class, outcome, what).result().text();
        assertEquals(expected(recording).text(), Json.parse(result).text(), what);
        if (recording.call().type() != TaskType.EMBED) {
            assertEquals(textOf((Json.Obj) Json.parse(result)), pieces.text(), what);
        }
    }

    /// The same rule once more, too simple to be wrong: these recordings have texts to join and nothing else.
    private static Json expected(Recording recording) {
        Map<String, Json> joined = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        for (String line : new String(recording.body(), StandardCharsets.UTF_8).split("\n")) {
            Json.Obj object = (Json.Obj) Json.parse(line);
            text.append(textOf(object));
            joined.putAll(object.members());
        }
        if (joined.containsKey("response")) {
            joined.put("response", new Json.Str(text.toString()));
        } else if (joined.containsKey("message")) {
            Map<String, Json> message = new LinkedHashMap<>(((Json.Obj) joined.get("message")).members());
            message.put("content", new Json.Str(text.toString()));
            joined.put("message", new Json.Obj(message));
        }
        return new Json.Obj(joined);
    }

    private static String textOf(Json.Obj object) {
        String text = object.get("message") instanceof Json.Obj message ? message.text("content")
                : object.text("response");
        return text == null ? "" : text;
    }
}
