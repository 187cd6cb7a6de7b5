package client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import shared.json.Json;

class TaskTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"message":{"content":"a"}}                                              | a
            {"message":{"content":"","tool_calls":[{"f":1},{"f":2}]}}                | {"f":1};{"f":2};
            {"message":{"content":""}}                                               | ''
            {"response":""}                                                          | ''
            {"embeddings":[[1],[2]]}                                                 | [1];[2];
            {"embedding":[1]}                                                        | [1];
            {"data":[{"embedding":[1]},{"embedding":"AA"}]}                          | [1];"AA";
            {"choices":[{"message":{"content":"a"}}]}                                | a
            {"choices":[{"message":{"content":null,"tool_calls":[{"f":1}]}}]}        | {"f":1};
            {"choices":[{"text":""}]}                                                | ''
            {"output":[{"content":[{"type":"output_text","text":"a"}]}]}             | a
            {"output":[{"type":"function_call"}]}                         | {"output":[{"type":"function_call"}]};
            {"content_type":"text/event-stream","text":"data: x"}                    | data: x
            """)
    void answer_ofEveryForm_isItsText(String result, String expected) {
        assertEquals(expected, TaskText.answer(task("completed", result)).replace('\n', ';'));
    }

    @Test
    void answer_ofAFailedCall_isNone() {
        Json.Obj task = task("failed", "{\"status\":400,\"content_type\":null,\"text\":\"bad\"}");
        assertEquals("", TaskText.answer(task));
    }

    private static Json.Obj task(String status, String result) {
        return (Json.Obj) Json.parse("{\"status\":\"" + status + "\",\"result\":" + result + "}");
    }
}
