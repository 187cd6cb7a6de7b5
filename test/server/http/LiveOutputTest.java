package server.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.time.Duration;

import org.junit.jupiter.api.Test;

final class LiveOutputTest {

    @Test
    void untilPing_whileThePastIsRead_isShort() {
        LiveOutput out = new LiveOutput(OutputStream.nullOutputStream(), Duration.ofSeconds(15), () -> true);
        assertTrue(out.untilPing(true) <= Duration.ofSeconds(1).toNanos());
        assertTrue(out.untilPing(false) > Duration.ofSeconds(10).toNanos());
    }
}
