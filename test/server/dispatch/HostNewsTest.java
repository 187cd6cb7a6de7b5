package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import server.executor.HostAddress;
import server.executor.HostFailure;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.journal.JournalOptions;
import server.live.Answers;
import server.live.RelayedAnswers;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.ApiPath;
import server.task.Attempt;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;
import support.SettableClock;

/// How reports of hosts and attempts are used.
final class HostNewsTest {

    private static final InstantSource CLOCK = InstantSource.system();

    @Test
    void waitForModel_goesOnAtOnce_whereAHostThatItMayGoToListsTheModel() throws Exception {
        SimulatedHost a = new SimulatedHost("a");
        SimulatedHost b = new SimulatedHost("b");
        // it stands still, so nothing goes on because its time has come
        InstantSource clock = new SettableClock("2027-01-01T00:00:00Z");
        Hosts hosts = new Hosts(List.of(local(a), local(b)), 2, clock);
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                clock, () -> 0, new Random(7));
                Dispatcher dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                        DispatchOptions.DEFAULT, clock, new Random(7))) {
            dispatcher.start();
            Task any = submit(queue, terms(null));
            Task onB = submit(queue, terms("b"));
            Await.until("both wait", () -> queue.find(any.name()).retryAt() > 0
                    && queue.find(onB.name()).retryAt() > 0);
            TaskState waiting = queue.find(any.name()).state();
            a.models("m:latest", "other:latest");
            dispatcher.askNow("a");
            Await.until("it is listed", () -> hosts.backends().getFirst().installed().contains("other:latest"));
            assertEquals(waiting, queue.find(any.name()).state());
            a.models("m:latest", "new:latest");
            dispatcher.askNow("a");
            assertEquals("a", ended(queue, any).task().state().host());
            assertTrue(clock.millis() < ((TaskState.Pending) waiting).retryAt(), "it waited for a later time");
            assertEquals(TaskStatus.PENDING, queue.find(onB.name()).status());
        }
    }

    @Test
    void serversOwnTrouble_afterAnAnswerBegan_isNotTheHosts() throws Exception {
        SimulatedHost a = new SimulatedHost("a").models("new:latest");
        // the clock stands still: the trouble is reported for a second
        InstantSource clock = new SettableClock(CLOCK.instant().toString());
        Hosts hosts = new Hosts(List.of(local(a)), 2, clock);
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                clock, () -> 0, new Random(7));
                Dispatcher dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                        DispatchOptions.DEFAULT, clock, new Random(7))) {
            dispatcher.start();
            Terms call = terms(null).of(new Caller(null, ApiPath.CHAT, true, true, true), null, 0);
            a.answer(ignored -> SimulatedHost.failed(Cause.PASSING, "it broke", null));
            assertEquals("it broke", ended(queue, submit(queue, call)).error());
            Await.until("it counts", () -> hosts.backends().getFirst().failed() == 1);
            a.answer(ignored -> SimulatedHost.failed(Cause.OWN, "no memory", null));
            assertEquals("no memory", ended(queue, submit(queue, call)).error());
            assertEquals("no memory", dispatcher.held());
            assertEquals(1, hosts.backends().getFirst().failed());
        }
    }

    @Test
    void attemptThatDoesNotCount_isOnRecordOnceItsAnswerHasBegun() throws Exception {
        AtomicInteger left = new AtomicInteger(2);
        SimulatedHost a = new SimulatedHost("a").models("new:latest").says("Hel").answer(call -> left.decrementAndGet()
                >= 0 ? SimulatedHost.failed(Cause.OWN, "no memory is left", null) : new Outcome.Completed(
                        SimulatedHost.ANSWER));
        Hosts hosts = new Hosts(List.of(local(a)), 2, CLOCK);
        try (TaskQueue queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                CLOCK, () -> 0, new Random(7));
                Dispatcher dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                        DispatchOptions.DEFAULT, CLOCK, new Random(7))) {
            dispatcher.start();
            TaskDocument ended = ended(queue, submit(queue, terms(null)));
            assertEquals(TaskStatus.COMPLETED, ended.task().status());
            assertEquals(0, ended.task().retries());
            assertEquals(List.of(1, 2, 3), ended.attempts().stream().map(Attempt::number).toList());
            assertEquals(List.of(false, false, true), ended.attempts().stream().map(Attempt::counted).toList());
        }
    }

    @Test
    void hostThatIsToBeAskedWhileItIsAsked_isAskedAgain() throws Exception {
        SimulatedHost a = new SimulatedHost("a");
        Semaphore answers = a.holdReports();
        // by itself it asks only after a day, except for the first time
        InstantSource clock = new SettableClock("2027-01-01T00:00:00Z");
        Hosts hosts = new Hosts(List.of(local(a)), 2, clock);
        HealthCheck health = new HealthCheck(hosts, Duration.ofDays(1), clock);
        try {
            health.start();
            Await.until("it is asked, and waited for", () -> a.reports.get() == 1 && answers.hasQueuedThreads());
            health.askNow(hosts.named("a"));
            answers.release(2);
            // the semaphore may wake it once more, which makes it ask once more
            Await.until("it was asked for the second time", () -> a.reports.get() >= 2
                    && answers.availablePermits() == 0);
        } finally {
            health.close();
        }
    }

    /// As a proxy that is in maintenance answers `Retry-After: 3600`: a host that is back before that is found.
    @Test
    void hostThatIsAway_isAskedAsOftenAsAnyOther_whateverPauseItAsksFor() throws Exception {
        SimulatedHost a = new SimulatedHost("a");
        a.silent(new HostFailure(new Outcome.Failed(Cause.BUSY, "a is busy", Duration.ofHours(1))));
        Hosts hosts = new Hosts(List.of(local(a)), 2, CLOCK);
        HealthCheck health = new HealthCheck(hosts, Duration.ofMillis(100), CLOCK);
        try {
            health.start();
            Await.until("it is down", () -> hosts.backends().getFirst().health().equals("down"));
            a.silent((IOException) null);
            Await.until("it is back", () -> hosts.backends().getFirst().health().equals("up"));
        } finally {
            health.close();
        }
    }

    /// As often as a provider's account allows.
    @Test
    void hostWhoseAccountIsUsedUp_isNotAskedBeforeItsTime() throws Exception {
        SimulatedHost a = new SimulatedHost("a");
        a.silent(new HostFailure(new Outcome.Failed(Cause.ACCOUNT, "its limit is used up", Duration.ofHours(1))));
        SimulatedHost b = new SimulatedHost("b");
        Hosts hosts = new Hosts(List.of(local(a), local(b)), 2, CLOCK);
        HealthCheck health = new HealthCheck(hosts, Duration.ofMillis(10), CLOCK);
        try {
            health.start();
            Await.until("the other one was asked often", () -> b.reports.get() > 20);
            assertEquals(1, a.reports.get());
        } finally {
            health.close();
        }
    }

    private static Host local(SimulatedHost host) {
        return new Host(new HostOptions(new HostAddress(host.name(), host.url(), null, Map.of(), Map.of(), null,
                Limits.DEFAULT), "sim", false, 1, 0, 0, 1), "sim", host, CLOCK.millis());
    }

    private static Terms terms(String on) {
        return new Terms(0, 0, 60_000, 3, 1, 5, 2, false, on, true);
    }

    private static TaskDocument ended(TaskQueue queue, Task task) throws InterruptedException {
        return queue.awaitEnd(task.id(), Duration.ofSeconds(60), new CountDownLatch(1));
    }

    private static Task submit(TaskQueue queue, Terms terms) {
        return queue.submit(new Submission(TaskType.GENERATE, "new", 5, terms,
                Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII)), null, "x"), null, null)
                .document().task();
    }
}
