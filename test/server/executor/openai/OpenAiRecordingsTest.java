package server.executor.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import server.executor.AnswerRoom;
import server.executor.Call;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.answer.CompletionAnswer;
import server.executor.answer.ServerSentEvents;
import server.executor.wire.AnswerLines;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;
import support.Cuts;
import support.Exchange;
import support.FakeOpenAi;

/// Every exchange with real servers again (llama.cpp's and Ollama's `/v1`), whole and in two parts, whatever the place
/// of the cut.
class OpenAiRecordingsTest {

    private static final Path FOLDER = Path.of("test/server/executor/openai/recordings");
    private static final long SEED = Long.getLong("seed", 4711);

    /// What comes out: of an answer its text, reason and counters, of a failure its cause and the end of its message.
    private static final Map<String, String> EXPECTED = Map.ofEntries(
            Map.entry("llama-chat-schema", "{\n    \"ok\": false\n}|stop|26|14"),
            Map.entry("llama-chat-stream", "<|im_|length|26|4"),
            Map.entry("llama-chat-stream-without-usage", "<|im_|length|-1|-1"),
            Map.entry("llama-chat-whole", "<|im_|length|26|4"),
            Map.entry("llama-completions", " four five six seven|length|4|4"),
            Map.entry("ollama-chat-stream", "Say hi mendatang|length|11|3"),
            Map.entry("ollama-chat-whole", "Say hi mendatanguser|length|11|4"),
            Map.entry("ollama-embeddings", "384|null|3|-1"),
            Map.entry("llama-error-bad-json", "FINAL: answered 400: [json.exception.parse_error.101] parse error at "
                    + "line 1, column 10: syntax error while parsing value - unexpected end of input; expected '[', "
                    + "'{', or a literal"),
            Map.entry("llama-error-context", "FINAL: answered 400: request (5024 tokens) exceeds the available context "
                    + "size (2048 tokens), try increasing it"),
            Map.entry("llama-error-embeddings", "FRONT: answered 501: This server does not support embeddings. "
                    + "Start it with `--embeddings` (this host cannot do it)"),
            Map.entry("llama-error-no-key", "ACCOUNT: answered 401: Invalid API Key (the key or sign-in is missing, "
                    + "wrong or expired: check its api_key)"),
            Map.entry("llama-error-no-messages", "FINAL: answered 400: 'messages' is required"),
            Map.entry("ollama-error-missing-model", "MODEL_MISSING: model 'q' not found on cloud"));

    private FakeOpenAi fake;
    private OpenAiExecutor openAi;

    @BeforeEach
    void open() throws IOException {
        fake = FakeOpenAi.start();
        openAi = new OpenAiExecutor(Endpoint.of("cloud", fake.url(), "", Map.of(), Map.of(), null),
                InstantSource.system(), Limits.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        openAi.close();
        fake.close();
    }

    @Test
    void run_everyRecordingWhole_rightOutcome() throws Exception {
        List<Exchange> tasks = tasks();
        assertEquals(EXPECTED.size(), tasks.size());
        for (Exchange recording : tasks) {
            fake.otherwise((request, reply) -> reply.raw(recording.wire()));
            check(recording, "whole");
        }
    }

    @Test
    void run_everyRecordingByteByByte_rightOutcome() throws Exception {
        for (Exchange recording : tasks()) {
            fake.otherwise(Cuts.everywhere(recording.wire()));
            check(recording, "byte by byte");
        }
    }

    @Test
    void run_everyRecordingCutInTwo_rightOutcome() throws Exception {
        for (Exchange recording : tasks()) {
            byte[] wire = recording.wire();
            for (int cut : Cuts.of(wire.length, SEED)) {
                fake.next(Cuts.at(cut, wire));
                check(recording, "cut in two at byte " + cut + ", seed " + SEED);
            }
        }
    }

    /// The splitter alone, without a socket: cheap enough for every byte of every stream.
    @Test
    void answer_everyStreamCutInTwoAtEveryByte_joinedRight() throws Exception {
        for (Exchange recording : tasks()) {
            if (!recording.name().contains("stream")) {
                continue;
            }
            byte[] body = recording.body();
            for (int cut = 0; cut <= body.length; cut++) {
                ServerSentEvents events = new ServerSentEvents(new AnswerLines(new SequenceInputStream(
                        new ByteArrayInputStream(body, 0, cut), new ByteArrayInputStream(body, cut, body.length - cut)),
                        "cloud", 1 << 20, AnswerRoom.UNBOUNDED.share()), "cloud", 1 << 20);
                CompletionAnswer answer = new CompletionAnswer("cloud", Limits.DEFAULT,
                        AnswerRoom.UNBOUNDED.share(), 0, new Collected());
                for (Slice event = events.next(); !event.text().equals("[DONE]"); event = events.next()) {
                    answer.add(event);
                }
                assertEquals(EXPECTED.get(recording.name()),
                        summary(answer.result(TaskType.CHAT, "q", "now", Set.of()).text()),
                        recording.name() + ", cut at byte " + cut);
            }
        }
    }

    @Test
    void run_streamBrokenOff_lostUnlessWhole() throws Exception {
        Exchange recording = Exchange.of(FOLDER.resolve("ollama-chat-stream.http"));
        byte[] wire = recording.wire();
        // from here on the last event is there; whether it counts depends on who sees the end first
        int whole = new String(wire, StandardCharsets.UTF_8).indexOf("[DONE]") + "[DONE]".length();
        for (int cut : Cuts.of(wire.length, SEED)) {
            fake.next(Cuts.brokenOffAt(cut, wire));
            String what = "broken off at byte " + cut;
            switch (openAi.run(call(recording), new Collected())) {
                case Outcome.Failed failed -> assertEquals(Outcome.Cause.PASSING, failed.cause(), what);
                case Outcome.Completed completed -> {
                    assertTrue(cut >= whole, what);
                    assertEquals(EXPECTED.get(recording.name()), summary(completed.result().text()), what);
                }
            }
        }
    }

    @Test
    void models_recordings_areRead() throws Exception {
        for (String name : List.of("llama-models", "ollama-models")) {
            byte[] wire = Exchange.of(FOLDER.resolve(name + ".http")).wire();
            fake.info("/v1/models", (request, reply) -> reply.raw(wire));
            assertEquals(name.startsWith("llama") ? List.of("gemma.gguf") : List.of("minilm:latest", "gemma:latest"),
                    openAi.models());
        }
    }

    private static List<Exchange> tasks() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(Exchange::of).filter(recording -> !recording.name().matches(".*-(models|health)"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A task that is answered by this recording.
    private static Call call(Exchange recording) {
        TaskType type = recording.path().endsWith("embeddings") ? TaskType.EMBED
                : recording.path().endsWith("chat/completions") ? TaskType.CHAT : TaskType.GENERATE;
        String payload = switch (type) {
            case CHAT -> "{\"messages\":[{\"role\":\"user\",\"content\":\"Say hi\"}]}";
            case GENERATE -> "{\"prompt\":\"One two three\",\"raw\":true}";
            case EMBED -> "{\"input\":[\"abc\"]}";
        };
        return new Call(type, "q", Slice.of(payload.getBytes(StandardCharsets.UTF_8)), Duration.ofSeconds(20),
                Duration.ofSeconds(10));
    }

    private void check(Exchange recording, String how) throws InterruptedException {
        Collected pieces = new Collected();
        String what = recording.name() + ", " + how;
        String outcome = switch (openAi.run(call(recording), pieces)) {
            case Outcome.Completed completed -> summary(completed.result().text());
            case Outcome.Failed failed -> failed.cause() + ": " + failed.message().replaceFirst("^cloud ", "");
        };
        assertEquals(EXPECTED.get(recording.name()), outcome, what);
        if (!outcome.startsWith("384") && !outcome.matches("[A-Z_]+: .*")) {
            assertTrue(outcome.startsWith(pieces.text() + "|"), what);
        }
    }

    /// Text, or the length of the first vector, reason and counters.
    private static String summary(String json) {
        Json.Obj result = assertInstanceOf(Json.Obj.class, Json.parse(json));
        String text = result.get("embeddings") instanceof Json.Arr vectors
                ? "" + ((Json.Arr) vectors.values().getFirst()).values().size()
                : result.get("message") instanceof Json.Obj message ? message.text("content") : result.text("response");
        return text + "|" + result.text("done_reason") + "|" + result.integer("prompt_eval_count", -1) + "|"
                + result.integer("eval_count", -1);
    }
}
