package fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Pieces;
import server.executor.answer.CompletionAnswer;
import server.executor.answer.KeptStream;
import server.executor.answer.StreamedAnswer;
import server.executor.wire.ErrorText;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonException;
import shared.json.Slice;
import support.Exchange;
import support.RelayedExchanges;

/// A host's answer: lines of Ollama's API, or events. A result is one line of JSON within its limits, and does not
/// depend on how the answer is cut into pieces.
final class HostSubject implements Subject {

    /// Small, so that inputs reach them.
    private static final Limits LIMITS = new Limits(8 << 10, 32 << 10, 40);
    private static final String HOST = "box";

    /// @return the result
    private interface Reading {
        Slice read(InputStream in, AnswerRoom.Portion room, Pieces pieces) throws IOException, InterruptedException;
    }

    private final String name;
    private final List<String> words;
    private final boolean events;
    private final Reading reading;

    private HostSubject(String name, boolean events, List<String> words, Reading reading) {
        this.name = name;
        this.events = events;
        this.words = new ArrayList<>(words);
        this.words.addAll(List.of("\n", "\r\n", "\n\n", "{", "}", "[", "]", ",", "\"", ":", "\\", "\\ud800", "null",
                "true", "{}", "[]", "\"\"", "\"error\":\"x\"", "\"error\":{\"message\":\"m\",\"code\":404}",
                "\"a\":1,"));
        this.reading = reading;
    }

    static HostSubject lines() {
        return new HostSubject("ndjson", false, List.of("\"done\":true", "\"done_reason\":\"load\"", "\"message\":{",
                "\"content\":\"x\"", "\"thinking\":\"x\"", "\"response\":\"x\"", "\"tool_calls\":[{}]",
                "\"logprobs\":[1]", "{\"done\":true}"),
                (in, room, pieces) -> new StreamedAnswer(TaskType.CHAT, HOST, LIMITS, room, pieces).read(in));
    }

    static HostSubject completions() {
        return new HostSubject("completion", true, List.of("data: ", "data:", ": ping\n\n", "data: [DONE]\n\n",
                "error: ",
                "event: x\n", "\"choices\":[", "\"delta\":{", "\"index\":1", "\"finish_reason\":\"stop\"",
                "\"reasoning_content\":\"x\"", "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\"}}]",
                "\"usage\":{\"prompt_tokens\":1}", "\"timings\":{\"prompt_ms\":1e400}",
                "\"logprobs\":{\"content\":[1]}"),
                (in, room, pieces) -> {
                    CompletionAnswer answer = new CompletionAnswer(HOST, LIMITS, room, System.nanoTime(), pieces);
                    answer.read(in);
                    return answer.result(TaskType.CHAT, "m", "2026-01-02T03:04:05Z", Set.of());
                });
    }

    static HostSubject events() {
        return new HostSubject("events", true, List.of("data: ", "event: response.completed\n", "\"response\":{",
                "\"type\":\"response.output_text.delta\"", "\"delta\":\"x\"", "\"type\":\"content_block_delta\"",
                "\"delta\":{\"type\":\"text_delta\",\"text\":\"x\"}", "\"status\":\"failed\""),
                (in, room, pieces) -> new KeptStream(HOST, LIMITS, room, pieces).read(in, InputStream::readAllBytes));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<byte[]> corpus() {
        List<byte[]> corpus = new ArrayList<>();
        for (Exchange exchange : RelayedExchanges.all()) {
            boolean isEvents = new String(exchange.body(), StandardCharsets.UTF_8).startsWith("data:");
            if (isEvents == events && exchange.body().length < LIMITS.line()) {
                corpus.add(exchange.body());
            }
        }
        if (events) {
            corpus.add(Mutator.utf8("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                    + "\"delta\":\"Hi\"}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\","
                    + "\"response\":{\"status\":\"completed\",\"error\":null}}\n\n"));
            corpus.add(Mutator.utf8("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                    + "\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Hm\"}}\n\nevent: error\ndata: {\"type\":"
                    + "\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"));
        }
        return corpus;
    }

    @Override
    public List<String> words() {
        return words;
    }

    @Override
    public String take(byte[] input) throws Exception {
        ErrorText.ofBody(input);
        List<String> saidAtOnce = new ArrayList<>();
        List<String> saidInPieces = new ArrayList<>();
        String atOnce = read(new ByteArrayInputStream(input), saidAtOnce);
        String inPieces = read(new Dribble(input), saidInPieces);
        // an error within the limit, and an excess over the limit: either may be noticed first
        if (!atOnce.contains("larger than") && !inPieces.contains("larger than")) {
            assertEquals(atOnce, inPieces);
            assertEquals(saidAtOnce, saidInPieces);
        }
        return atOnce.startsWith("{") ? "result" : atOnce.replaceAll("\"[^\"]*\"|'[^']*'|[0-9]+|U\\+[0-9A-F]+", "#");
    }

    /// @return the result without what depends on the time, or the failure
    private String read(InputStream in, List<String> said) throws IOException, InterruptedException {
        AnswerRoom room = new AnswerRoom(1 << 20);
        try (AnswerRoom.Portion share = room.share()) {
            Slice result = reading.read(in, share, new Pieces() {
                @Override
                public void text(String piece) {
                    said.add(piece);
                }

                @Override
                public void thinking(String piece) {
                    said.add("(" + piece + ")");
                }
            });
            String text = result.text();
            assertTrue(text.indexOf('\n') < 0 || name.equals("ndjson"), text);
            Json.parseOwn(result.toBytes());
            assertTrue(result.length() <= 8 * LIMITS.answer(), "the result has " + result.length() + " bytes");
            return text.replaceAll("_duration\":\\d+", "");
        } catch (HostFailure refused) {
            return refused.outcome().cause() + " " + refused.getMessage();
        } catch (JsonException notOne) {
            throw new AssertionError("the result is no JSON", notOne);
        }
    }

    @Override
    public long bytesMax(int length) {
        return (2 << 20) + 2_000L * length;
    }

    /// Comes in small pieces of many lengths.
    private static final class Dribble extends ByteArrayInputStream {

        private int turn;

        Dribble(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] into, int from, int most) {
            turn = turn * 31 + 7;
            return super.read(into, from, Math.min(most, 1 + (turn >>> 8 & 63)));
        }
    }
}
