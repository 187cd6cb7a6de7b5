package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
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
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;
import support.SettableClock;

/// `requests_per_minute` of a host, with a clock that stands.
final class HostBudgetTest {

    private final SettableClock clock = new SettableClock("2026-01-01T00:00:00Z");
    private final SimulatedHost a = new SimulatedHost("a");
    private final SimulatedHost b = new SimulatedHost("b");
    private Hosts hosts;
    private TaskQueue queue;
    private Dispatcher dispatcher;

    @AfterEach
    void close() {
        dispatcher.close();
        queue.close();
    }

    private void start(Host... all) throws IOException {
        hosts = new Hosts(List.of(all), 4, clock);
        queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT, clock,
                () -> 0, new Random(7));
        dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                DispatchOptions.DEFAULT.workers(4), clock, new Random(7));
        dispatcher.start();
    }

    private Host host(SimulatedHost host, int requestsPerMinute) {
        HostAddress address = new HostAddress(host.name(), host.url(), null, Map.of(), Map.of(), null, Limits.DEFAULT);
        return new Host(new HostOptions(address, "sim", false, 1, 0, 0, 1, requestsPerMinute), "sim", host,
                clock.millis());
    }

    private Task submit() {
        Slice payload = Slice.of("{\"prompt\":\"Hi\"}".getBytes(StandardCharsets.US_ASCII));
        return queue.submit(new Submission(TaskType.GENERATE, "m", 5, Terms.DEFAULT, payload, null, "x"), null, null)
                .document().task();
    }

    private long completed() {
        return queue.stats().byStatus().get(TaskStatus.COMPLETED);
    }

    @Test
    void aBudgetThatIsUsedUp_letsTasksWait_saysSo_andGoesOnInTime() throws IOException {
        start(host(a, 2));
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(submit());
        }
        Await.until("two ran", () -> completed() == 2 && hosts.running() == 0);
        assertEquals(2, a.asked.get());
        Task waits = queue.find(tasks.getLast().name());
        assertEquals("no host can take it now: a was sent the 2 requests that it may be sent in a minute; the next at "
                + "2026-01-01T00:01:02.000Z", dispatcher.explain(waits).trouble());
        Backend shown = hosts.backends().getFirst();
        assertEquals(clock.millis() + 62_000, shown.leftAloneUntil());
        assertEquals("up", shown.health());
        clock.pass(Duration.ofMillis(61_999));
        assertEquals(clock.millis() + 1, hosts.nextTry());
        assertTrue(hosts.views().stream().noneMatch(HostView::sendable));
        clock.pass(Duration.ofMillis(1));
        dispatcher.wake();
        Await.until("two more ran", () -> completed() == 4 && hosts.running() == 0);
        assertEquals(4, a.asked.get());
        clock.pass(Duration.ofSeconds(62));
        dispatcher.wake();
        Await.until("all ran", () -> completed() == 5);
        // none used an attempt up for having waited
        tasks.forEach(task -> assertEquals(1, queue.document(task.id()).attempts().size()));
    }

    @Test
    void aBudgetThatIsUsedUp_leavesTasksToAnotherHost() throws IOException {
        start(host(a, 1), host(b, 0));
        for (int i = 0; i < 8; i++) {
            submit();
        }
        Await.until("all ran", () -> completed() == 8);
        assertTrue(a.asked.get() <= 1, () -> a.asked + " on a");
        assertEquals(8, a.asked.get() + b.asked.get());
    }
}
