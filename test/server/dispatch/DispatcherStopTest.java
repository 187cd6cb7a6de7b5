package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import server.executor.HostAddress;
import server.executor.Limits;
import server.executor.Outcome;
import server.journal.JournalOptions;
import server.live.Answers;
import server.live.RelayedAnswers;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

/// How the dispatcher stops.
final class DispatcherStopTest {

    @Test
    void stop_whateverIgnoresItsInterrupt_isPutBackSoon() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        SimulatedHost deaf = new SimulatedHost("deaf").answer(call -> {
            while (over.getCount() > 0) {
                try {
                    over.await();
                } catch (InterruptedException ignored) {
                    // as a plug-in may
                }
            }
            return new Outcome.Completed(SimulatedHost.ANSWER);
        });
        InstantSource clock = InstantSource.system();
        Hosts hosts = new Hosts(List.of(new Host(new HostOptions(new HostAddress("deaf", deaf.url(), null, Map.of(),
                Map.of(), null, Limits.DEFAULT), "sim", false, 1, 0, 0, 1), "sim", deaf, clock.millis())), 1, clock);
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                clock, () -> 0, new Random(7))) {
            try (Dispatcher dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                    DispatchOptions.DEFAULT, clock, new Random(7))) {
                dispatcher.start();
                Task task = queue.submit(new Submission(TaskType.GENERATE, "m", 5,
                        new Terms(0, 0, 60_000, 3, 1, 5, 2, false, null, false),
                        Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII)), null, "x"), null, null)
                        .document().task();
                Await.until("it runs", () -> deaf.running() == 1);
                long begun = System.nanoTime();
                dispatcher.stop(Duration.ZERO);
                assertTrue(System.nanoTime() - begun < Duration.ofSeconds(10).toNanos());
                TaskDocument after = queue.document(queue.find(task.name()));
                assertEquals(TaskStatus.PENDING, after.task().status());
                assertEquals("the server stopped while it ran", after.attempts().getFirst().error());
                over.countDown();
                Await.until("it has ended", () -> deaf.running() == 0);
                assertEquals(TaskStatus.PENDING, queue.find(task.name()).status(), "its end comes too late");
            }
        }
    }
}
