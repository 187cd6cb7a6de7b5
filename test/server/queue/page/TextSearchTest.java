package server.queue.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.task.Terms;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskState;
import server.task.Trace;
import shared.TaskType;
import shared.json.JsonWriter;
import shared.json.Slice;
import support.Effort;

class TextSearchTest {

    private static Slice slice(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "fox|{\"prompt\":\"A Fox\"}|true", "fox|{\"prompt\":\"A F\\u006fx\"}|true", "fox|{\"prompt\":\"A dog\"}|false",
        "prompt|{\"prompt\":\"A dog\"}|false", "a/b|{\"prompt\":\"a\\/b\"}|true", "Ä|{\"prompt\":\"ä\"}|true",
        "fox|{\"other\":\"fox\"}|false", "fox|{\"messages\":[{\"content\":[{\"text\":\"foxes\"}]}]}|true"})
    void payload_isSearchedInItsTexts_inAnyCase(String wanted, String payload, boolean found) {
        TextSearch search = new TextSearch(wanted);
        assertEquals(found, search.inPayload(slice(payload)));
        assertTrue(!found || search.mayBeIn(slice(payload)));
    }

    @Test
    void payloadOfAnyDepth_isSearchedBesideItsDeepest() {
        String deep = "[".repeat(100_000) + "\"fox\"" + "]".repeat(100_000);
        Slice payload = slice("{\"content\":" + deep + ",\"prompt\":\"A dog\"}");
        assertFalse(new TextSearch("fox").inPayload(payload));
        assertTrue(new TextSearch("dog").inPayload(payload));
    }

    @Test
    void answerKeptAsAStream_isSearchedAlsoWhereAWordWasCutInTwo() {
        Slice result = slice("{\"content_type\":\"text/event-stream\",\"text\":\"data: {\\\"type\\\":"
                + "\\\"response.output_text.delta\\\",\\\"delta\\\":\\\"A Fo\\\"}\\n\\ndata: {\\\"type\\\":"
                + "\\\"response.output_text.delta\\\",\\\"delta\\\":\\\"x\\\"}\\n\\n\"}");
        TextSearch search = new TextSearch("a fox");
        assertTrue(search.mayBeIn(result));
        Task task = new Task(1, TaskType.CHAT, "m", 5, new TaskState.Completed(1, 2, "h"), 0, Terms.DEFAULT, null, 0,
                null);
        assertTrue(search.inEnd(new TaskDocument(task, slice("{}"), null, List.of(), result, Trace.of(null))));
    }

    @Test
    void whatIsPassedOverUnread_hasItInNoText() {
        Random random = new Random(Long.getLong("seed", System.nanoTime()));
        int passedOver = 0;
        for (int i = 0; i < Effort.of(20_000, 1_000_000); i++) {
            String wanted = text(random, 1 + random.nextInt(2));
            Slice payload = slice("{\"prompt\":" + json(text(random, random.nextInt(12)), random) + "}");
            TextSearch search = new TextSearch(wanted);
            if (!search.mayBeIn(payload)) {
                passedOver++;
                assertFalse(search.inPayload(payload), () -> wanted + " in " + payload.text());
            }
        }
        assertTrue(passedOver > 1_000, passedOver + " were passed over");
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("aAbB/\\\"\n\u00e4\u00c4<x ".charAt(random.nextInt(13)));
        }
        return text.toString();
    }

    private static String json(String text, Random random) {
        String json = new JsonWriter().string(text).toString();
        return random.nextInt(3) > 0 ? json : json.replace("a", "\\u0061").replace("/", "\\/");
    }
}
