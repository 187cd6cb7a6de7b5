package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import server.executor.Call;
import server.executor.HostAddress;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
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

/// Reasons for which hosts, or models on them, are not asked: `requests_per_minute`, and being busy. The clock stands
/// still.
final class HostPausesTest {

    private final SettableClock clock = new SettableClock("2026-01-01T00:00:00Z");
    private final SimulatedHost a = new SimulatedHost("a");
    private final SimulatedHost b = new SimulatedHost("b");
    private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
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
        return submit("m");
    }

    private Task submit(String model) {
        Slice payload = Slice.of("{\"prompt\":\"Hi\"}".getBytes(StandardCharsets.US_ASCII));
        return queue.submit(new Submission(TaskType.GENERATE, model, 5, Terms.DEFAULT, payload, null, "x"), null, null)
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
        // waiting used up no attempt
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

    // ---- busy

    private void startBusyFor(Set<String> models) throws IOException {
        a.models("m:latest", "x:latest", "y:latest").answer(call -> {
            if (models.contains(call.model())) {
                refusals.merge(call.model(), 1, Integer::sum);
                return SimulatedHost.failed(Cause.BUSY, "a is busy for " + call.model(), null);
            }
            return new Outcome.Completed(SimulatedHost.ANSWER);
        });
        start(host(a, 0));
    }

    private void awaitBusy(Task task, int times) {
        Await.until(task.model() + " was refused", () -> refusals.getOrDefault(task.model(), 0) == times
                && queue.find(task.name()).status() == TaskStatus.PENDING && hosts.running() == 0);
    }

    @Test
    void aModelForWhichItsHostIsBusyEachTime_keepsNoOtherWaiting() throws IOException {
        startBusyFor(Set.of("x"));
        Task stuck = submit("x");
        for (int i = 1; i <= 7; i++) {
            awaitBusy(stuck, i);
            int ran = i;
            submit("m");
            Await.until("another model's task ran", () -> completed() == ran && hosts.running() == 0);
            clock.pass(Duration.ofSeconds(31));
            dispatcher.wake();
        }
        Backend shown = hosts.backends().getFirst();
        assertEquals(0, shown.leftAloneUntil());
        assertEquals("a is busy for x", shown.error());
        assertEquals("[x]", shown.refused().stream().map(Backend.Refused::model).toList().toString());
        assertEquals(0, queue.find(stuck.name()).retries());
    }

    @Test
    void aHostThatIsBusyForASecondModel_isLeftAloneUntilItsPauseIsOver() throws IOException {
        startBusyFor(Set.of("x", "y"));
        awaitBusy(submit("x"), 1);
        awaitBusy(submit("y"), 1);
        Await.until("the host is left alone", () -> hosts.backends().getFirst().leftAloneUntil() > 0);
        Task waits = submit("m");
        assertEquals("no host can take it now: a is busy for y", dispatcher.explain(waits).trouble());
        clock.pass(Duration.ofSeconds(1));
        dispatcher.wake();
        Await.until("the other model's task is the try", () -> completed() == 1 && hosts.running() == 0);
        assertEquals(0, hosts.backends().getFirst().leftAloneUntil());
    }

    /// The try at the end of a pause may be an answer of an hour: once it has begun the host is busy no more.
    @Test
    void aPause_isOverOnceItsTryBeginsToAnswer() throws Exception {
        Set<String> busy = ConcurrentHashMap.newKeySet();
        busy.addAll(Set.of("x", "y"));
        CountDownLatch rest = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        startBusyFor(busy);
        awaitBusy(submit("x"), 1);
        awaitBusy(submit("y"), 1);
        busy.clear();
        a.says("it begins").answer(call -> {
            if (begun.getAndIncrement() == 0) {
                awaitQuietly(rest);
            }
            return new Outcome.Completed(SimulatedHost.ANSWER);
        });
        for (int i = 0; i < 3; i++) {
            submit("m");
        }
        clock.pass(Duration.ofSeconds(61));
        try {
            Await.until("the try answers", () -> {
                dispatcher.wake();
                return begun.get() > 0;
            });
            Await.until("all others ran", () -> {
                dispatcher.wake();
                return completed() == 4;
            });
        } finally {
            rest.countDown();
        }
        Await.until("it ended, too", () -> completed() == 5);
    }

    /// As while this server lacks descriptors: the try must not hold up all hosts for as long as it lasts.
    @Test
    void thisServersTrouble_isOverOnceItsTryBeginsToAnswer() throws Exception {
        CountDownLatch rest = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        a.answer(call -> SimulatedHost.failed(Cause.OWN, "Too many open files", null));
        b.answer(call -> SimulatedHost.failed(Cause.OWN, "Too many open files", null));
        start(host(a, 0), host(b, 0));
        for (int i = 0; i < 4; i++) {
            submit("m");
        }
        Await.until("it is told", () -> "Too many open files".equals(dispatcher.held()) && hosts.running() == 0);
        Function<Call, Outcome> answer = call -> {
            if (begun.getAndIncrement() == 0) {
                awaitQuietly(rest);
            }
            return new Outcome.Completed(SimulatedHost.ANSWER);
        };
        a.says("it begins").answer(answer);
        b.says("it begins").answer(answer);
        clock.pass(Duration.ofSeconds(31));
        try {
            Await.until("the others ran", () -> {
                dispatcher.wake();
                return completed() == 3;
            });
            assertNull(dispatcher.held());
        } finally {
            rest.countDown();
        }
        Await.until("the try, too", () -> completed() == 4);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aHostThatIsBusyForASecondModel_butCompletedATaskSince_goesOn() throws IOException {
        startBusyFor(Set.of("x", "y"));
        awaitBusy(submit("x"), 1);
        clock.pass(Duration.ofMillis(1));
        submit("m");
        Await.until("it completed", () -> completed() == 1 && hosts.running() == 0);
        awaitBusy(submit("y"), 1);
        assertEquals(0, hosts.backends().getFirst().leftAloneUntil());
        submit("m");
        Await.until("it completes more", () -> completed() == 2);
    }
}
