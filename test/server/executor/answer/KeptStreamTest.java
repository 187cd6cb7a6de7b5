package server.executor.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.executor.AnswerRoom;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome.Cause;
import shared.json.Json;
import shared.json.Slice;
import support.Collected;

class KeptStreamTest {

    private static final String STREAM = """
            : a comment
            event: content_block_delta\r
            data: {"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"Hm"}}\r
            \r
            data: {"type":"content_block_delta","delta":{"type":"text_delta","text":"a é"}}

            data: {"type":"of the future"}

            data: [DONE]

            : what comes behind it is kept too

            """;

    private final Collected pieces = new Collected();

    @Test
    void read_handsOnTheTextAndKeepsEveryByte() throws Exception {
        Json.Obj result = read(STREAM, Limits.DEFAULT);
        assertEquals("text/event-stream", result.text("content_type"));
        assertEquals(STREAM, result.text("text"));
        assertEquals(List.of("a é"), pieces.texts);
        assertEquals(List.of("Hm"), pieces.thoughts);
    }

    @Test
    void read_errorInTheStream_isTheHosts() {
        for (String error : List.of("{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"it broke\"}}",
                "{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"it broke\"}",
                "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"x\",\"message\":\"it broke\"}}}")) {
            HostFailure failure = assertThrows(HostFailure.class,
                    () -> read("data: " + error + "\n\n", Limits.DEFAULT));
            assertEquals(Cause.PASSING, failure.outcome().cause());
            assertTrue(failure.getMessage().endsWith("it broke"), failure.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', quoteCharacter = '`', value = {"true [DONE]", "true {\"type\":\"message_stop\"}",
            "true {\"type\":\"response\\u002ecompleted\"}", "false {\"type\":\"r\u00e9sponse\u3000.completed\"}",
            "false {\"type\":\"\"}", "false {\"type\":1}", "false {\"type\":null}", "false [1]", "false {\"type"})
    void isLast_ofAnEvent_isItsTypes(boolean is, String event) {
        assertEquals(is, KeptStream.isLast(Slice.of(event.getBytes(StandardCharsets.UTF_8))));
    }

    @ParameterizedTest
    @CsvSource({"'', host sent no answer", "': ping\n\n', host sent no answer",
            "'data: {\"type\":\"message_start\"}\n\n', "
                    + "the connection to host was lost in the middle of the answer (its end is missing)"})
    void read_withoutTheLastEvent_isNoWholeAnswer(String stream, String message) {
        HostFailure failure = assertThrows(HostFailure.class, () -> read(stream, Limits.DEFAULT));
        assertEquals(Cause.PASSING, failure.outcome().cause());
        assertEquals(message, failure.getMessage());
    }

    @Test
    void read_tooLarge_isFinal() {
        int length = STREAM.getBytes(StandardCharsets.UTF_8).length;
        assertEquals(Cause.FINAL, assertThrows(HostFailure.class,
                () -> read(STREAM, new Limits(100, length - 1, 10))).outcome().cause());
    }

    private Json.Obj read(String stream, Limits limits) throws Exception {
        return (Json.Obj) Json.parse(new KeptStream("host", limits, AnswerRoom.UNBOUNDED.share(), pieces)
                .read(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)), InputStream::readAllBytes)
                .toBytes());
    }
}
