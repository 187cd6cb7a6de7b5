package server.order;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import shared.json.Slice;

class AnswerLimitTest {

    private static long of(String payload) {
        return AnswerLimit.of(Slice.of(payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void of_everyApi_findsItsName() {
        assertEquals(5, of("{'prompt':'x','options':{'seed':1,'num_predict':5}}"));
        assertEquals(5, of("{'Options':{'num_predict':5}}"));
        assertEquals(6, of("{'max_tokens':6}"));
        assertEquals(7, of("{'max_completion_tokens':7}"));
        assertEquals(8, of("{'max_output_tokens':8}"));
    }

    @Test
    void of_none_isZero() {
        for (String none : new String[] {"{}", "{'options':{}}", "{'options':{'num_predict':-1}}", "{'options':7}",
            "{'max_tokens':'many'}", "{'max_tokens':null}", "[1]", "{'max_tokens':-3}"}) {
            assertEquals(0, of(none), none);
        }
        assertEquals(Integer.MAX_VALUE, of("{'max_tokens':1e99}"));
    }
}
