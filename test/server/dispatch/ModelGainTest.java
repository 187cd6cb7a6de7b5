package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.executor.HostAddress;
import server.executor.Limits;
import server.journal.JournalOptions;
import server.live.Answers;
import server.live.RelayedAnswers;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

/// A host's list gains a model that tasks wait for.
final class ModelGainTest {

    private static final InstantSource CLOCK = InstantSource.system();

    @Test
    void waitForModel_goesOnAtOnce_whereAHostThatItMayGoToListsTheModel() throws Exception {
        SimulatedHost a = new SimulatedHost("a");
        SimulatedHost b = new SimulatedHost("b");
        Hosts hosts = new Hosts(List.of(local(a), local(b)), 2, CLOCK);
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                CLOCK, () -> 0, new Random(7));
                Dispatcher dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                        DispatchOptions.DEFAULT, CLOCK, new Random(7))) {
            dispatcher.start();
            Task any = submit(queue, null);
            Task onB = submit(queue, "b");
            Await.until("both wait", () -> queue.find(any.name()).retryAt() > 0
                    && queue.find(onB.name()).retryAt() > 0);
            TaskState waiting = queue.find(any.name()).state();
            a.models("m:latest", "other:latest");
            dispatcher.askNow("a");
            Await.until("it is listed", () -> hosts.backends().getFirst().installed().contains("other:latest"));
            assertEquals(waiting, queue.find(any.name()).state());
            a.models("m:latest", "new:latest");
            dispatcher.askNow("a");
            assertEquals("a", queue.awaitEnd(any.id(), Duration.ofSeconds(60)).task().state().host());
            assertTrue(CLOCK.millis() < ((TaskState.Pending) waiting).retryAt(), "it was the time's doing");
            assertEquals(TaskStatus.PENDING, queue.find(onB.name()).status());
        }
    }

    private static Host local(SimulatedHost host) {
        return new Host(new HostOptions(new HostAddress(host.name(), host.url(), null, Map.of(), Map.of(), null,
                Limits.DEFAULT), "sim", false, 1, 0, 0), "sim", host, CLOCK.millis());
    }

    private static Task submit(TaskQueue queue, String on) {
        return queue.submit(new Submission(TaskType.GENERATE, "new", 5,
                new Terms(0, 0, 60_000, 3, 1, 5, 2, false, on, true),
                Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII)), null, "x"), null, null)
                .document().task();
    }
}
