package server.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import shared.json.Slice;

final class TraceTest {

    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static Slice slice(String json) {
        return Slice.of(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void in_aSubmissionWithoutAHead_isTheHead() {
        Slice head = Trace.of("r-1", Map.of("traceparent", PARENT)).in(null);
        assertEquals("{\"headers\":{\"traceparent\":\"" + PARENT + "\"},\"request_id\":\"r-1\"}", head.text());
        assertEquals("r-1", Trace.of(head).requestId());
        assertEquals(PARENT, Trace.of(head).traceparent());
    }

    @Test
    void in_aHead_isAdded() {
        assertEquals("{\"stream\":true,\"request_id\":\"r\"}",
                Trace.of("r", Map.of()).in(slice("{\"stream\":true}")).text());
        assertEquals("{\"stream\":true,\"headers\":{\"traceparent\":\"" + PARENT + "\"},\"request_id\":\"r\"}",
                Trace.of("r", Map.of("traceparent", PARENT)).in(slice("{\"stream\":true}")).text());
    }

    @Test
    void of_aTracestate_goesWithItsTraceparent_andWithNothingElse() {
        Map<String, String> both = Map.of("traceparent", PARENT, "tracestate", "congo=t61rcWkgMzE, rojo=00f0");
        assertEquals(both, Trace.of(Trace.of("r", both).in(null)).headers());
        assertEquals(Map.of(), Trace.of("r", Map.of("tracestate", "congo=1")).headers());
        assertEquals(Map.of("traceparent", PARENT), Trace.of("r", Map.of("traceparent", PARENT, "tracestate",
                "a=\u00e9")).headers());
        assertEquals(Map.of("traceparent", PARENT), Trace.of("r", Map.of("traceparent", PARENT, "tracestate",
                "a=" + "x".repeat(1_023))).headers());
    }

    @Test
    void of_noHead_knowsNothing() {
        assertNull(Trace.of(null).requestId());
        assertNull(Trace.of(null).traceparent());
        assertNull(Trace.of(slice("{\"stream\":true}")).requestId());
    }

    @Test
    void of_aLaterVersion_isKeptWhole() {
        String later = "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like";
        assertEquals(later, Trace.of("r", Map.of("traceparent", later)).traceparent());
        assertNull(Trace.of("r", Map.of("traceparent", PARENT + "-" + "x".repeat(200))).traceparent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00-1-1-1", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX: y",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 \u001b"})
    void of_whatIsNoTraceparent_hasNone(String header) {
        assertNull(Trace.of("r", Map.of("traceparent", header)).traceparent());
    }
}
