package server.queue.ledger;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.queue.state.QueueOptions;
import support.Await;
import support.FaultyStorage;

final class LedgerTest {

    /// Through this, systemd learns that the server is stuck.
    @Test
    void answers_doesNotReturnWhileSomebodyKeepsTheLock() throws Exception {
        CountDownLatch kept = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (Ledger ledger = Ledger.open(new FaultyStorage(), new JournalOptions(1 << 16), QueueOptions.DEFAULT,
                InstantSource.system(), () -> 0, new Random(7))) {
            assertTrue(ledger.answers());
            Thread keeper = Thread.ofPlatform().start(() -> ledger.look(state -> {
                kept.countDown();
                Await.until("the test lets go", () -> end.getCount() == 0);
                return null;
            }));
            kept.await();
            FutureTask<Boolean> asked = new FutureTask<>(ledger::answers);
            Thread asker = Thread.ofPlatform().start(asked);
            Await.until("who asks waits, or has an answer",
                    () -> asker.getState() == Thread.State.WAITING || asked.isDone());
            assertFalse(asked.isDone());
            end.countDown();
            assertTrue(asked.get());
            keeper.join();
            asker.join();
        }
    }
}
