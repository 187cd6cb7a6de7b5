package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.TaskQueue.Submitted;
import server.queue.index.TaskFilter;
import server.queue.ledger.DurableEvent;
import server.queue.page.TaskSort;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.ApiPath;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskDocument;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;

/// The queue on its journal.
class TaskQueueTest {

    private static final long T0 = 1_800_000_000_000L;

    private final Random random = new Random(3);
    private FaultyStorage disk = new FaultyStorage();
    private volatile long now = T0;
    private TaskQueue queue;

    @BeforeEach
    void open() throws IOException {
        queue = open(QueueOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        disk.releaseSync();
        queue.close();
    }

    @Test
    void task_fromSubmitToAnswer_isShownWhole() throws IOException {
        Submitted submitted = queue.submit(submission("Hello", 5), null, null);
        assertFalse(submitted.replayed());
        Run run = queue.runs().startNext(LoadedOffers.at("h1"));
        assertEquals(1, run.attempt());
        assertEquals("{\"prompt\":\"Hello\"}", queue.runs().request(run.task()).payload().text());
        assertTrue(queue.runs().putBack(run, "lost", 0, true));
        now += 5;
        Run second = queue.runs().startNext(LoadedOffers.at("h2"));
        assertEquals(2, second.attempt());
        assertFalse(queue.runs().complete(run, json("{}")), "the first run is over");
        assertTrue(queue.runs().complete(second, json("{\"response\":\"Hi\"}")));

        TaskDocument document = queue.document(run.task().id());
        assertEquals(TaskStatus.COMPLETED, document.task().status());
        assertEquals("{\"prompt\":\"Hello\"}", document.payload().text());
        assertEquals("Hello", queue.preview(document.task()));
        assertEquals("{\"response\":\"Hi\"}", document.result().text());
        assertEquals(List.of(LoadedOffers.attempt(1, "h1", T0, T0, "lost", true, false),
                LoadedOffers.attempt(2, "h2", T0 + 5, T0 + 5, null, true, false)), document.attempts());
        assertEquals(List.of(), document.task().attempts());
    }

    @Test
    void heldBackSync_nothingTellsOfTheChange() throws Exception {
        Task known = queue.submit(submission("known", 5), null, null).document().task();
        Run run = queue.runs().startNext(LoadedOffers.at("h1"));
        queue.runs().awaitDurable(run);
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch published = new CountDownLatch(1);
        queue.onEvent(event -> {
            if (event.seq() > run.seq()) {
                events.add(event.json().text());
                published.countDown();
            }
        });
        FutureTask<?> waiter = begin(() -> awaitEnd(known, Duration.ofMinutes(1)));
        untilBlocked();

        disk.holdSync();
        queue.runs().complete(run, json("{\"response\":\"r\"}"));
        disk.awaitHeldSync();
        List<FutureTask<?>> tellers = List.of(waiter,
                begin(() -> queue.submit(submission("new", 5), null, null)),
                begin(() -> queue.submit(queue.newBatch().add(submission("b1", 5)).add(submission("b2", 5)))),
                begin(() -> queue.find(known.name())),
                begin(() -> queue.document(known.id())),
                begin(() -> awaitEnd(known, Duration.ofMinutes(1))),
                begin(() -> queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, false, 10, 0, null)),
                begin(() -> queue.list(TaskFilter.ALL, TaskSort.DURATION, false, 10, 0, null)),
                begin(() -> queue.stats()),
                begin(() -> queue.eventsOf(known.id())));
        untilBlocked();
        for (FutureTask<?> teller : tellers) {
            assertFalse(teller.isDone());
        }
        assertEquals(List.of(), events);

        disk.releaseSync();
        for (FutureTask<?> teller : tellers) {
            teller.get(60, TimeUnit.SECONDS);
        }
        assertTrue(published.await(60, TimeUnit.SECONDS));
        assertTrue(events.getFirst().contains("\"what\":\"completed\""), events.getFirst());
        assertEquals(TaskStatus.COMPLETED, ((TaskDocument) waiter.get()).task().status());
    }

    @Test
    void restart_runningTaskIsPendingAgain_andTheRestIsAsItWas() throws IOException {
        Task running = queue.submit(submission("one", 10), "key", "print").document().task();
        Task waiting = queue.submit(submission("two", 5), null, null).document().task();
        Task cancelled = queue.submit(submission("three", 5), null, null).document().task();
        queue.cancel(cancelled.id(), null);
        queue.runs().startNext(LoadedOffers.at("h1"));
        queue.changeMode(QueueMode.PAUSED);
        now += 7;
        reopen();

        assertEquals(QueueMode.PAUSED, queue.mode());
        TaskDocument back = queue.document(running.id());
        assertEquals(TaskStatus.PENDING, back.task().status());
        assertEquals(List.of(LoadedOffers.attempt(1, "h1", T0, T0 + 7, LifeCycle.DIED, false, true)), back.attempts());
        assertEquals(0, back.task().retries());
        assertEquals(waiting, queue.find(waiting.name()));
        assertEquals(TaskStatus.CANCELLED, queue.find(cancelled.name()).status());
        Submitted again = queue.submit(submission("one", 10), "key", "print");
        assertTrue(again.replayed());
        assertEquals(running, again.document().task());
        assertThrows(Problem.class, () -> queue.submit(submission("x", 1), "key", "other"));
        queue.changeMode(QueueMode.RUNNING);
        assertEquals(running.id(), queue.runs().startNext(LoadedOffers.at("h1")).task().id());
    }

    @Test
    void restart_callsWhoseCallersAreGone_areCancelledWithThatReason_kept_and_submitted_goOn() throws IOException {
        Task running = call("one", false);
        Task kept = call("two", true);
        queue.runs().startNext(LoadedOffers.at("h1"));
        Task waiting = call("three", false);
        Task submitted = queue.submit(submission("four", 5), null, null).document().task();
        reopen();
        for (Task gone : List.of(running, waiting)) {
            TaskDocument document = queue.document(gone.id());
            assertEquals(TaskStatus.CANCELLED, document.task().status());
            assertEquals("its caller is gone: the server was restarted", document.error());
        }
        assertEquals(1, queue.document(running.id()).attempts().size());
        for (Task there : List.of(kept, submitted)) {
            assertEquals(TaskStatus.PENDING, queue.find(there.name()).status());
        }
        queue.retry(waiting.id(), Integer.MAX_VALUE);
        reopen();
        Task retried = queue.find(waiting.name());
        assertEquals(TaskStatus.PENDING, retried.status());
        assertEquals("me", retried.terms().caller().client());
    }

    @Test
    void cancel_withAReason_showsIt_alsoAfterARestart() throws IOException {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        queue.cancel(task.id(), "its caller left");
        reopen();
        assertEquals("its caller left", queue.document(task.id()).error());
    }

    @Test
    void idempotencyKey_knownOne_getsTheFirstAnswerAgain() {
        TaskDocument first = queue.submit(submission("one", 10), "key", "print").document();
        queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h1")), json("{}"));
        Submitted again = queue.submit(submission("one", 10), "key", "print");
        assertEquals(first.task(), again.document().task());
        assertEquals(first.payload().text(), again.document().payload().text());
        assertNull(again.document().result());
    }

    @Test
    void retry_keepsTheAttempts_alsoAfterARestart() throws IOException {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        queue.runs().fail(queue.runs().startNext(LoadedOffers.at("h1")), "bad", null);
        assertEquals("bad", queue.document(task.id()).error());
        reopen();
        assertEquals(1, queue.retry(task.id(), Integer.MAX_VALUE).attempts().size());
        reopen();
        Run second = queue.runs().startNext(LoadedOffers.at("h1"));
        assertEquals(2, second.attempt());
        queue.runs().complete(second, json("{}"));
        assertEquals(2, queue.document(task.id()).attempts().size());
    }

    @Test
    void cancel_ofARunningTask_endsItsRun() {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        List<Long> cancelled = new ArrayList<>();
        queue.runs().onRunCancelled(t -> cancelled.add(t.id()));
        Run run = queue.runs().startNext(LoadedOffers.at("h1"));
        assertTrue(queue.runs().current(run));
        queue.changePriority(task.id(), 7, Integer.MAX_VALUE);
        assertTrue(queue.runs().current(run));
        queue.cancel(task.id(), null);
        assertFalse(queue.runs().current(run));
        assertFalse(queue.runs().complete(run, json("{}")));
        assertFalse(queue.runs().fail(run, "x", null));
        assertFalse(queue.runs().putBack(run, "x", 0, true));
        assertEquals(List.of(task.id()), cancelled);
        assertEquals(TaskStatus.CANCELLED, queue.document(task.id()).task().status());
    }

    @Test
    void submit_batchOverTheLimit_takesNone() throws IOException {
        queue.close();
        queue = open(new QueueOptions(3, 0, Duration.ZERO, Duration.ZERO, 1 << 20));
        TaskBatch three = queue.newBatch().add(submission("1", 1)).add(submission("2", 2)).add(submission("3", 3));
        TaskBatch four = queue.newBatch().add(submission("1", 1)).add(submission("2", 2)).add(submission("3", 3))
                .add(submission("4", 4));
        Problem problem = assertThrows(Problem.class, () -> queue.submit(four));
        assertEquals(429, problem.status());
        assertEquals(0, queue.stats().total());
        List<Task> tasks = queue.submit(three);
        assertEquals(tasks, List.copyOf(queue.list(TaskFilter.ALL, TaskSort.CREATED_AT, true, 10, 0, null).tasks()));
    }

    @Test
    void awaitEnd_timeIsOver_answersTheTaskAsItIs() throws InterruptedException {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        assertEquals(TaskStatus.PENDING, awaitEnd(task, Duration.ZERO).task().status());
    }

    @Test
    void awaitEnd_taskDeletedMeanwhile_isNotFound() throws Exception {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        FutureTask<?> waiter = begin(() -> awaitEnd(task, Duration.ofMinutes(1)));
        untilBlocked();
        queue.cancel(task.id(), null);
        assertEquals(TaskStatus.CANCELLED, ((TaskDocument) waiter.get(60, TimeUnit.SECONDS)).task().status());
        queue.delete(task.id());
        assertEquals(404, assertThrows(Problem.class, () -> queue.document(task.id())).status());
    }

    @Test
    void list_query_findsPromptsModelsAndIds() {
        Task first = queue.submit(submission("The quick Brown fox", 5), null, null).document().task();
        Task second = queue.submit(submission("lazy dog", 5), null, null).document().task();
        assertEquals(List.of(first), search("BROWN"));
        assertEquals(List.of(second), search(second.name().substring(8)));
        assertEquals(List.of(second, first), search("QWEN"));
        assertEquals(List.of(), search("prompt"));
    }

    @Test
    void eventsOf_recentTask_areAllOfThem_ofAnOldOneTheFirstAndTheLast() throws IOException {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        Run run = queue.runs().startNext(LoadedOffers.at("h1"));
        queue.runs().complete(run, json("{}"));
        assertEquals(List.of("submitted", "started", "completed"), whats(queue.eventsOf(task.id())));
        reopen();
        List<DurableEvent> events = queue.eventsOf(task.id());
        assertEquals(List.of("submitted", "completed"), whats(events));
        assertEquals(List.of(1L, 3L), events.stream().map(DurableEvent::seq).toList());
        assertTrue(events.getFirst().json().text().contains("\"preview\":\"one\""));
        assertFalse(events.getFirst().json().text().contains("payload"));
        assertTrue(events.getLast().after().status().ended());
    }

    @Test
    void tick_wakesExpiresAndTellsWhenNext() {
        AtomicBoolean ready = new AtomicBoolean();
        queue.runs().onReady(() -> ready.set(true));
        Terms later = new Terms(T0 + 50, T0 + 90, 1000, 3, 10, 20, 2, false, null, false);
        Task task = queue.submit(new Submission(TaskType.CHAT, "m", 5, later, json("{}"), null, ""), null, null)
                .document().task();
        assertNull(queue.runs().startNext(LoadedOffers.at("h1")));
        assertEquals(T0 + 50, queue.runs().tick());
        now = T0 + 50;
        ready.set(false);
        assertEquals(T0 + 90, queue.runs().tick());
        assertTrue(ready.get());
        now = T0 + 90;
        assertNotEquals(T0 + 90, queue.runs().tick());
        assertEquals("expired in the queue at 2027-01-15T08:00:00.090Z", queue.document(task.id()).error());
    }

    @Test
    void failedSync_isTheEndOfTakingChanges() throws Exception {
        Task task = queue.submit(submission("one", 5), null, null).document().task();
        CountDownLatch told = new CountDownLatch(1);
        queue.onFailure(() -> told.countDown());
        FutureTask<?> waiter = begin(() -> awaitEnd(task, Duration.ofMinutes(1)));
        untilBlocked();
        disk.failSync(1);
        assertEquals(503, assertThrows(Problem.class, () -> queue.submit(submission("x", 5), null, null)).status());
        assertThrows(Exception.class, () -> waiter.get(60, TimeUnit.SECONDS));
        assertTrue(told.await(60, TimeUnit.SECONDS));
        assertTrue(queue.failure() != null);
        assertNull(queue.runs().startNext(LoadedOffers.at("h1")));
    }

    // ---- helpers

    private final List<Thread> begun = new ArrayList<>();

    private TaskDocument awaitEnd(Task task, Duration atMost) throws InterruptedException {
        return queue.awaitEnd(task.id(), atMost, new CountDownLatch(1));
    }

    private <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> future = new FutureTask<>(work);
        begun.add(Thread.startVirtualThread(future));
        return future;
    }

    /// Until each thread that was begun waits for something, or is done.
    private void untilBlocked() {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        for (Thread thread : begun) {
            while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING
                    && thread.isAlive() && System.nanoTime() < giveUp) {
                Thread.onSpinWait();
            }
        }
    }

    private List<Task> search(String query) {
        return queue.list(TaskFilter.ALL.searching(query),
                TaskSort.CREATED_AT, false, 10, 0, null).tasks();
    }

    private static List<String> whats(List<DurableEvent> events) {
        return events.stream().map(event -> event.json().text().replaceAll(".*\"what\":\"(\\w+)\".*", "$1")).toList();
    }

    private Task call(String prompt, boolean keep) {
        Submission asked = submission(prompt, 5);
        return queue.submit(new Submission(asked.type(), asked.model(), 5,
                Terms.DEFAULT.of(new Caller("me", ApiPath.GENERATE, true, keep, true), null, 0), asked.payload(), null,
                prompt), null, null).document().task();
    }

    private static Submission submission(String prompt, int priority) {
        return new Submission(TaskType.GENERATE, "qwen3", priority, Terms.DEFAULT,
                json("{\"prompt\":\"" + prompt + "\"}"), null, prompt);
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private TaskQueue open(QueueOptions options) throws IOException {
        return TaskQueue.open(disk, new JournalOptions(1 << 20), options, () -> Instant.ofEpochMilli(now),
                () -> 0, random);
    }

    /// As after a kill.
    private void reopen() throws IOException {
        queue.stats();
        disk = disk.afterKill();
        queue.close();
        queue = open(QueueOptions.DEFAULT);
    }
}
