package server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;

import shared.Problem;
import support.Await;

final class SearchesTest {

    @Test
    void run_beyondTheNumber_waitsAndIsRefused() throws Exception {
        Searches searches = new Searches(2, Duration.ofMillis(50), null);
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch over = new CountDownLatch(1);
        List<FutureTask<String>> running = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            FutureTask<String> search = new FutureTask<>(() -> searches.run(() -> {
                begun.countDown();
                Await.until("it is over", () -> over.getCount() == 0);
                return "found";
            }));
            running.add(search);
            Thread.ofVirtual().start(search);
        }
        begun.await();
        Problem refused = assertThrows(Problem.class, () -> searches.run(() -> "found"));
        assertEquals(503, refused.status());
        over.countDown();
        for (FutureTask<String> search : running) {
            assertEquals("found", search.get());
        }
        assertEquals("found", searches.run(() -> "found"));
        assertThrows(IllegalStateException.class, () -> searches.run(() -> {
            throw new IllegalStateException();
        }));
        assertEquals("found", searches.run(() -> "found"), "one that failed leaves its place");
    }
}
