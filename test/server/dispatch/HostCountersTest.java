package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import shared.json.Slice;

class HostCountersTest {

    private final HostCounters counters = new HostCounters(0);

    @Test
    void completed_answersOfEveryForm_countTheirTokens() {
        completed("{\"prompt_eval_count\":4,\"eval_count\":10,\"eval_duration\":500000000}");
        completed("{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}}");
        completed("{\"content\":[],\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}");
        completed("{\"content_type\":\"text/event-stream\",\"text\":\"data: {\\\"usage\\\":{\\\"output_tokens\\\":4}}"
                + "\\n\\n\"}");
        completed("{\"usage\":7,\"text\":7}");
        completed("[]");
        assertEquals(19, counters.tokens());
        assertEquals(14, counters.tokensRead());
        assertEquals(6, counters.completed());
        // only the first one says how long it took
        assertEquals(20, counters.tokensPerSecond());
    }

    private void completed(String result) {
        counters.completed(HostCounters.Speed.of(Slice.of(result.getBytes(StandardCharsets.UTF_8))), 0);
    }
}
