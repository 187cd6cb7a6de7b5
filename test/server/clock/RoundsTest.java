package server.clock;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import support.Await;

final class RoundsTest {

    @Test
    void roundThatFails_isNotTheLast() {
        AtomicInteger done = new AtomicInteger();
        Rounds rounds = new Rounds("test-rounds", Duration.ofMillis(1), () -> {
            if (done.incrementAndGet() == 1) {
                throw new OutOfMemoryError("of the test");
            }
        }, () -> done.get() < 3);
        rounds.begin();
        Await.until("others followed", () -> done.get() == 3);
        // and when there is something to do again, they begin again
        done.set(0);
        rounds.begin();
        Await.until("others followed", () -> done.get() == 3);
    }
}
