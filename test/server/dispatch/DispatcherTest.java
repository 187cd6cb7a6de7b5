package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import server.executor.HostAddress;
import server.executor.Limits;
import server.executor.Outcome;
import server.executor.Outcome.Cause;
import server.journal.JournalOptions;
import server.live.Answers;
import server.live.RelayedAnswers;
import server.queue.TaskQueue;
import server.queue.state.QueueOptions;
import server.task.Attempt;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.TaskState;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;
import support.SettableClock;

/// The dispatcher over a real queue, whose disk is in memory, and simulated hosts.
final class DispatcherTest {

    private static final InstantSource CLOCK = InstantSource.system();
    private static final Terms QUICK = new Terms(0, 0, 60_000, 3, 1, 5, 2, false, null, false);

    private final SimulatedHost a = new SimulatedHost("a");
    private final SimulatedHost b = new SimulatedHost("b");
    private final SimulatedHost c = new SimulatedHost("c");
    private InstantSource clock = CLOCK;
    private TaskQueue queue;
    private Hosts hosts;
    private Dispatcher dispatcher;

    @AfterEach
    void close() {
        dispatcher.close();
        queue.close();
    }

    @Test
    void attempts_neverMoreAtOnceThanAHostTakes_norLocallyThanThereAreWorkers() throws Exception {
        start(3, local(a, 2), local(b, 0), remote(c, 4));
        Semaphore gateA = a.hold();
        Semaphore gateB = b.hold();
        Semaphore gateC = c.hold();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            tasks.add(submit(i % 2 == 0 ? QUICK : terms(true, null, false), "m", 5));
        }
        Await.until("all places are taken", () -> a.running() + b.running() == 3 && c.running() == 4);
        assertEquals(7, hosts.running());
        assertEquals(0, hosts.idle());
        gateA.release(100);
        gateB.release(100);
        gateC.release(100);
        tasks.forEach(task -> assertEquals(TaskStatus.COMPLETED, ended(task).task().status()));
        assertTrue(a.mostRunning() <= 2, "at once on a: " + a.mostRunning());
        assertEquals(4, c.mostRunning());
        // a place is given back after its task's end is on record
        Await.until("all places are free", () -> hosts.idle() == 7);
    }

    @Test
    void hosts_thatDieInTurnUnderLoad_everyTaskCompletesAndNoneTwice() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        start(6, local(a, 2), local(b, 2), local(c, 2));
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            // such a host dies again and again: each death may cost its tasks a retry
            tasks.add(submit(new Terms(0, 0, 60_000, 100, 1, 5, 2, false, null, false), "m", 5));
            if (i % 40 == 0) {
                List.of(a, b).forEach(host -> host.down(false));
                List.of(a, b).get(random.nextInt(2)).down(true);
            }
        }
        tasks.forEach(task -> assertEquals(TaskStatus.COMPLETED, ended(task).task().status(), "seed " + seed));
        int answers = 0;
        for (SimulatedHost host : List.of(a, b, c)) {
            assertTrue(host.mostRunning() <= 2);
            answers += host.answered.values().stream().mapToInt(Integer::intValue).sum();
        }
        assertEquals(tasks.size(), answers, "seed " + seed);
        // a host's counters follow its task's end
        Await.until("all are counted", () -> tasks.size()
                == hosts.backends().stream().mapToLong(Backend::completed).sum());
    }

    @Test
    void allHostsDown_tasksWaitAndSaySo_andNoneFailsForIt() throws Exception {
        a.down(true);
        b.down(true);
        start(4, local(a, 0), local(b, 0));
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tasks.add(submit(new Terms(0, 0, 60_000, 0, 1, 5, 2, false, null, false), "m", 5));
        }
        Await.until("both are known to be down", () -> hosts.backends().stream().allMatch(host -> host.health()
                .equals("down")));
        Task waits = queue.find(tasks.getLast().name());
        Await.until("it says so", () -> "no host can take it now: cannot connect to a; cannot connect to b"
                .equals(dispatcher.explain(waits).trouble()));
        a.down(false);
        for (Task task : tasks) {
            TaskDocument done = ended(task);
            assertEquals(TaskStatus.COMPLETED, done.task().status());
            assertEquals(1, done.attempts().size(), "no attempt was used up");
        }
        assertNull(dispatcher.explain(waits).trouble());
    }

    @Test
    void hostThatDropsEveryConnection_isLeftAlone_andDrainsNoQueue() throws Exception {
        start(1, local(a, 0));
        Await.until("it is up", () -> hosts.backends().getFirst().health().equals("up"));
        a.down(true);
        a.answer(call -> SimulatedHost.failed(Cause.PASSING, "lost", null));
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tasks.add(submit(QUICK, "m", 5));
        }
        Await.until("it is left alone", () -> hosts.backends().getFirst().health().equals("down"));
        a.answer(call -> new Outcome.Completed(SimulatedHost.ANSWER));
        a.down(false);
        tasks.forEach(task -> assertEquals(TaskStatus.COMPLETED, ended(task).task().status()));
    }

    @Test
    void hostThatFailsEachTask_besideAFullOne_getsEachOnceAndDrainsNoQueue() throws Exception {
        a.answer(call -> SimulatedHost.failed(Cause.PASSING, "out of memory", null));
        Semaphore gate = b.hold();
        start(2, local(a, 1), local(b, 1));
        Await.until("both are up", () -> hosts.backends().stream().allMatch(host -> host.health().equals("up")));
        List<Task> tasks = new ArrayList<>();
        tasks.add(submit(terms(false, "b", false), "m", 5));
        Await.until("b is full", () -> b.running() == 1);
        for (int i = 0; i < 6; i++) {
            tasks.add(submit(QUICK, "m", 5));
        }
        Await.until("the others have failed", () -> a.asked.get() == 6 && a.running() == 0);
        gate.release(100);
        tasks.forEach(task -> assertEquals(TaskStatus.COMPLETED, ended(task).task().status()));
        assertEquals(6, a.asked.get());
    }

    @Test
    void tooManyRequests_leavesTheModelAloneForAsLongAsTheHostAsks_andUsesUpNothing() throws Exception {
        a.models("m:latest", "other:latest").answer(call -> call.model().equals("m") && a.asked.get() == 1
                ? SimulatedHost.failed(Cause.ACCOUNT, "a answered 429: slow down", Duration.ofSeconds(3))
                : new Outcome.Completed(SimulatedHost.ANSWER));
        SettableClock still = new SettableClock(CLOCK.instant().toString());
        clock = still;
        start(1, local(a, 0));
        Terms once = new Terms(0, 0, 60_000, 0, 1, 5, 2, false, null, false);
        Task first = submit(once, "m", 5);
        Task second = submit(once, "m", 5);
        Await.until("it is shown", () -> hosts.backends().getFirst().refused().size() == 1);
        assertEquals("a answered 429: slow down", hosts.backends().getFirst().error());
        Await.until("it has told how it is", () -> hosts.backends().getFirst().health().equals("up"));
        assertEquals("no host can take it now: a answered 429: slow down", dispatcher.explain(queue.find(
                second.name())).trouble());
        assertEquals(TaskStatus.COMPLETED, ended(submit(once, "other", 5)).task().status());
        still.pass(Duration.ofMillis(2_999));
        assertEquals(TaskStatus.COMPLETED, ended(submit(once, "other", 5)).task().status());
        assertEquals(3, a.asked.get(), "another model goes on alone");
        still.pass(Duration.ofMillis(1));
        assertEquals(1, ended(second).attempts().size());
        // which was put back
        still.pass(Duration.ofMillis(AttemptRunner.MODEL_PAUSE_MS));
        assertEquals(1, ended(first).attempts().size(), "no attempt was used up");
        assertEquals(List.of(), hosts.backends().getFirst().refused());
        assertNull(hosts.backends().getFirst().error());
    }

    @Test
    void tooManyRequests_aFreeHostTakesTheTaskAtOnce() throws Exception {
        a.answer(call -> SimulatedHost.failed(Cause.ACCOUNT, "a answered 429: slow down", Duration.ofHours(5)));
        start(2, local(a, 0), local(b, 0));
        Await.until("both are up", () -> hosts.backends().stream().allMatch(host -> host.health().equals("up")));
        TaskDocument done = ended(submit(QUICK, "m", 5));
        assertEquals(List.of("b"), done.attempts().stream().map(Attempt::host).toList());
        assertTrue(hosts.backends().getFirst().refused().getFirst().until() > CLOCK.millis() + 4 * 3_600_000);
    }

    @Test
    void expiredKey_tasksFallBackToTheLocalHosts() throws Exception {
        c.answer(call -> SimulatedHost.failed(Cause.ACCOUNT, "c answered 401: expired", null));
        start(2, local(a, 0), remote(c, 4));
        listed();
        for (int i = 0; i < 5; i++) {
            TaskDocument done = ended(submit(terms(true, null, false), "m", 5));
            assertEquals(List.of("a fallback_to_local"),
                    done.attempts().stream().map(attempt -> attempt.host() + " " + attempt.rule()).toList());
        }
        assertTrue(c.asked.get() <= 3, "asked " + c.asked.get() + " times");
    }

    @Test
    void secondModelRefused_setsTheWholeHostAside_unlessAnotherWorks() throws Exception {
        a.models("m:latest", "cloud:latest", "cloud2:latest").answer(call -> call.model().startsWith("cloud")
                ? SimulatedHost.failed(Cause.ACCOUNT, "a answered 401", null)
                : new Outcome.Completed(SimulatedHost.ANSWER));
        start(1, local(a, 0));
        listed();
        List<Task> refused = new ArrayList<>(List.of(submit(QUICK, "cloud", 5)));
        Await.until("the first is", () -> hosts.backends().getFirst().refused().size() == 1);
        assertEquals(0, hosts.backends().getFirst().leftAloneUntil());
        refused.add(submit(QUICK, "cloud2", 5));
        Await.until("the second is", () -> hosts.backends().getFirst().refused().size() == 2);
        Await.until("the host is", () -> hosts.backends().getFirst().leftAloneUntil() > 0);
        ended(submit(QUICK, "m", 5));
        int asked = a.asked.get();
        Await.until("they are asked again", () -> a.asked.get() > asked);
        assertEquals(0, hosts.backends().getFirst().leftAloneUntil(), "m works, so it is not the host");
        refused.forEach(task -> queue.cancel(task.id(), null));
    }

    @Test
    void taskThatAloneIsRefused_doesNotHoldUpTheOthersOfItsModel() throws Exception {
        a.answer(call -> call.payload().text().contains("poison")
                ? SimulatedHost.failed(Cause.ACCOUNT, "a answered 403", null)
                : new Outcome.Completed(SimulatedHost.ANSWER));
        start(1, local(a, 0));
        Task alone = submit(QUICK, "m", 5, "poison");
        Await.until("it is refused", () -> a.asked.get() > 0);
        ended(submit(QUICK, "m", 5));
        Await.until("it is refused again", () -> queue.find(alone.name()).state() instanceof TaskState.Pending pending
                && pending.retryAt() > CLOCK.millis() + 40_000);
        assertEquals(List.of(), hosts.backends().getFirst().refused());
        assertEquals(TaskStatus.PENDING, queue.find(alone.name()).status());
    }

    @Test
    void frontThatTakesNoSuchRequest_anotherHostIsAskedFirst() throws Exception {
        a.answer(call -> SimulatedHost.failed(Cause.FRONT, "a answered 413", null));
        start(2, local(a, 0), local(b, 0));
        listed();
        for (int i = 0; i < 4; i++) {
            TaskDocument done = ended(submit(QUICK, "m", 5));
            assertEquals(List.of("b"), done.attempts().stream().map(Attempt::host).toList());
        }
        b.answer(call -> SimulatedHost.failed(Cause.FRONT, "b answered 413", null));
        TaskDocument failed = ended(submit(QUICK, "m", 5));
        assertEquals(TaskStatus.FAILED, failed.task().status());
        assertTrue(failed.error().contains("a answered 413") && failed.error().contains("b answered 413"),
                failed.error());
    }

    @Test
    void proxyThatLostItsBackend_taskWaitsAndTheHostIsDown() throws Exception {
        start(1, local(a, 0));
        listed();
        a.answer(call -> {
            a.silent("a answered 404");
            return SimulatedHost.failed(Cause.FRONT, "a answered 404", null);
        });
        Task task = submit(QUICK, "m", 5);
        Await.until("the host is down", () -> hosts.backends().getFirst().health().equals("down"));
        Await.until("the task waits", () -> "no host can take it now: a answered 404".equals(dispatcher.explain(
                queue.find(task.name())).trouble()));
        a.answer(call -> new Outcome.Completed(SimulatedHost.ANSWER));
        a.silent((String) null);
        assertEquals(1, ended(task).attempts().size());
    }

    @Test
    void busyHost_tasksGoElsewhereAndUseUpNothing() throws Exception {
        a.answer(call -> SimulatedHost.failed(Cause.BUSY, "a is busy", Duration.ofSeconds(60)));
        start(2, local(a, 0), local(b, 0));
        listed();
        for (int i = 0; i < 5; i++) {
            TaskDocument done = ended(submit(QUICK, "m", 5));
            assertEquals("b", done.task().state().host());
            assertEquals(1, done.attempts().size());
        }
        assertEquals(1, a.asked.get());
        assertTrue(hosts.backends().getFirst().refused().getFirst().until() > CLOCK.millis() + 50_000);
        assertEquals("a is busy", hosts.backends().getFirst().error());
    }

    @Test
    void taskThatIsRefusedAsBusyEachTime_doesNotHoldUpTheOthers() throws Exception {
        a.models("m:latest", "stuck:latest").answer(call -> call.model().equals("stuck")
                ? SimulatedHost.failed(Cause.BUSY, "a is busy", null)
                : new Outcome.Completed(SimulatedHost.ANSWER));
        start(1, local(a, 0));
        Task stuck = submit(QUICK, "stuck", 5);
        Await.until("it was refused", () -> a.asked.get() > 0);
        for (int i = 0; i < 3; i++) {
            assertEquals(TaskStatus.COMPLETED, ended(submit(QUICK, "m", 5)).task().status());
        }
        assertTrue(a.asked.get() < 10, "asked " + a.asked.get() + " times");
        queue.cancel(stuck.id(), null);
    }

    @Test
    void modelThatNoHostHas_eachIsAskedAfreshAndTheTaskFails() throws Exception {
        start(2, local(a, 0), local(b, 0));
        listed();
        TaskDocument done = ended(submit(QUICK, "nosuch", 5));
        assertEquals("model 'nosuch' not found on any host (asked: a, b)", done.error());
        a.models("m:latest", "late:latest");
        assertEquals(TaskStatus.COMPLETED, ended(submit(QUICK, "late", 5)).task().status(), "its list was older");
    }

    @Test
    void modelThatABusyHostMayHave_isWaitedFor() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        b.answer(call -> refusals.getAndIncrement() == 0 ? SimulatedHost.failed(Cause.BUSY, "b is busy", null)
                : new Outcome.Completed(SimulatedHost.ANSWER));
        start(2, local(b, 0), local(a, 0));
        listed();
        // since b reported its models, it got another one
        b.models("m:latest", "new:latest");
        TaskDocument done = ended(submit(QUICK, "new", 5));
        assertEquals(TaskStatus.COMPLETED, done.task().status(), done.task().state().toString());
        assertEquals(1, a.asked.get());
        assertEquals(2, refusals.get());
    }

    @Test
    void remoteAndOnALocalHost_contradictEachOther() throws Exception {
        start(1, local(a, 0), remote(c, 1));
        hosts.check("a", false);
        hosts.check("c", true);
        assertEquals("on: \"a\" is a local host, but remote_execution asks for an endpoint; leave one of the two out",
                assertThrows(Problem.class, () -> hosts.check("a", true)).getMessage());
    }

    @Test
    void modelThatOnlyAHostHasWhichIsDown_isWaitedFor() throws Exception {
        a.models("m:latest", "big:latest");
        start(2, local(a, 0), local(b, 0));
        listed();
        a.down(true);
        Task task = submit(QUICK, "big", 5);
        Await.until("it waits for a", () -> ("no host can take it now: cannot connect to a; b does not have the model "
                + "big").equals(dispatcher.explain(queue.find(task.name())).trouble()));
        assertEquals(0, b.asked.get());
        a.down(false);
        assertEquals("a", ended(task).task().state().host());
    }

    @Test
    void waitForModel_doesNotFail() throws Exception {
        start(2, local(a, 0));
        Task task = submit(terms(false, null, true), "nosuch", 5);
        Await.until("it waits", () -> queue.find(task.name()).state().error() != null);
        assertEquals("model 'nosuch' not found on any host (asked: a)", queue.find(task.name()).state().error());
        assertEquals(TaskStatus.PENDING, queue.find(task.name()).status());
    }

    @Test
    void disabledHost_endsWhatItHasAndGetsNothingNew() throws Exception {
        start(1, local(a, 0));
        Semaphore gate = a.hold();
        Task first = submit(QUICK, "m", 5);
        Await.until("it runs", () -> a.running() == 1);
        assertFalse(hosts.enable("a", false).enabled());
        Task second = submit(QUICK, "m", 5);
        gate.release(10);
        assertEquals(TaskStatus.COMPLETED, ended(first).task().status());
        assertEquals("no host can take it now: a is disabled", dispatcher.explain(queue.find(second.name())).trouble());
        assertEquals(1, a.asked.get());
        hosts.enable("a", true);
        assertEquals(TaskStatus.COMPLETED, ended(second).task().status());
    }

    @Test
    void serversOwnTrouble_usesUpNothing_andHoldsTheOthersUntilItIsOver() throws Exception {
        a.answer(call -> SimulatedHost.failed(Cause.OWN, "Too many open files", null));
        start(4, local(a, 0));
        listed();
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tasks.add(submit(new Terms(0, 0, 60_000, 0, 1, 5, 2, false, null, false), "m", 5));
        }
        Await.until("it is told", () -> "Too many open files".equals(dispatcher.held()));
        int asked = a.asked.get();
        assertTrue(asked <= 8, "asked " + asked + " times");
        a.answer(call -> new Outcome.Completed(SimulatedHost.ANSWER));
        tasks.forEach(task -> assertEquals(1, ended(task).attempts().size()));
        assertNull(dispatcher.held());
    }

    @Test
    void attemptWhoseThreadDies_isEnded() throws Exception {
        start(1, local(a, 0));
        // of a plug-in, say
        a.answer(call -> a.asked.get() == 1 ? null : new Outcome.Completed(SimulatedHost.ANSWER));
        assertEquals("internal error: java.lang.NullPointerException: the kind of host gave no outcome",
                ended(submit(QUICK, "m", 5)).attempts().getFirst().error());
        // nobody catches what is thrown there
        AtomicInteger deaths = new AtomicInteger();
        hosts.onNews((task, tokens, counted, loadMillis, now) -> {
            if (deaths.getAndIncrement() == 0) {
                throw new NoClassDefFoundError("gone");
            }
        });
        Task task = submit(QUICK, "m", 5);
        assertEquals(TaskStatus.COMPLETED, ended(task).task().status());
        Await.until("its place is free", () -> hosts.running() == 0);
        assertEquals(TaskStatus.COMPLETED, ended(submit(QUICK, "m", 5)).task().status());
    }

    @Test
    void attempt_tellsItsHostAndRule() throws Exception {
        start(1, local(a, 0), remote(c, 1));
        listed();
        a.answer(call -> SimulatedHost.failed(Cause.PASSING, "out of memory", null));
        TaskDocument done = ended(submit(QUICK, "m", 5));
        assertEquals(List.of("a local_first_policy", "c after_failure"),
                done.attempts().stream().map(attempt -> attempt.host() + " " + attempt.rule()).toList());
        // a host's counters follow its task's end
        Await.until("its tokens are counted", () -> hosts.backends().getLast().tokens() == 50);
        assertEquals(25, hosts.backends().getLast().tokensPerSecond());
    }

    // ---- help

    private void start(int workers, Host... all) throws IOException {
        hosts = new Hosts(List.of(all), workers, clock);
        JournalOptions journal = new JournalOptions(1 << 20);
        queue = TaskQueue.open(new FaultyStorage(), journal, QueueOptions.DEFAULT, clock, () -> 0, new Random(7));
        dispatcher = new Dispatcher(queue, hosts, new Answers(), new RelayedAnswers(),
                DispatchOptions.DEFAULT.workers(workers), clock, new Random(7));
        dispatcher.start();
    }

    private void listed() {
        Await.until("every host has listed its models", () -> hosts.backends().stream().allMatch(host ->
                host.installed() != null));
    }

    private static Host local(SimulatedHost host, int max) {
        return host(host, false, max);
    }

    private static Host remote(SimulatedHost host, int max) {
        return host(host, true, max);
    }

    private static Host host(SimulatedHost host, boolean remote, int max) {
        HostAddress address = new HostAddress(host.name(), host.url(), null, Map.of(), Map.of(), null,
                Limits.DEFAULT);
        return new Host(new HostOptions(address, "sim", remote, 1, max, 0, 1), "sim", host, CLOCK.millis());
    }

    private static Terms terms(boolean remote, String on, boolean waitForModel) {
        return new Terms(0, 0, 60_000, 3, 1, 5, 2, remote, on, waitForModel);
    }

    private Task submit(Terms terms, String model, int priority) {
        return submit(terms, model, priority, "" + System.nanoTime());
    }

    private Task submit(Terms terms, String model, int priority, String prompt) {
        Slice payload = Slice.of(("{\"prompt\":\"" + prompt + "\"}").getBytes(StandardCharsets.US_ASCII));
        Submission asked = new Submission(TaskType.GENERATE, model, priority, terms, payload, null, "x");
        return queue.submit(asked, null, null).document().task();
    }

    private TaskDocument ended(Task task) {
        try {
            TaskDocument document = queue.awaitEnd(task.id(), Duration.ofSeconds(60), new CountDownLatch(1));
            assertTrue(document.task().status().ended(), () -> document.task() + " waits: "
                    + dispatcher.explain(document.task()).trouble() + " " + hosts.backends());
            return document;
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
