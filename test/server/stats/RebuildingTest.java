package server.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.order.limits.OrderLimits;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.index.FailureCause;
import server.queue.state.Event;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.settings.Settings;
import server.task.SubmissionReader;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

final class RebuildingTest {

    private static final String MEMORY = "CUDA out of memory";

    private final FaultyStorage storage = new FaultyStorage();
    private final SubmissionReader submissions = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
            (name, remote) -> { });

    @Test
    void history_beginsWithWhatTheJournalHas() throws IOException {
        try (TaskQueue queue = open()) {
            submit(queue, "a");
            complete(queue, "{\"response\":\"x\",\"eval_count\":42,\"load_duration\":3000000000}");
            submit(queue, "b");
            Run failing = queue.runs().startNext(LoadedOffers.at("gpu"));
            queue.runs().fail(failing, MEMORY, null);
            queue.changeMode(QueueMode.PAUSED);
            queue.changeMode(QueueMode.RUNNING);
            submit(queue, "a");
        }
        try (TaskQueue queue = open()) {
            start(queue);
            queue.changeMode(QueueMode.DRAINING);
            start(queue);
        }
        try (TaskQueue queue = open()) {
            History history = History.of(queue, System.currentTimeMillis());
            Await.until("the journal is read", () -> sum(history).completed() == 1);
            Minute all = sum(history);
            assertEquals(List.of(3L, 1L, 1L, 42L), List.of(all.submitted(), all.completed(), all.failed(),
                    all.tokens()));
            assertEquals(1, history.last(60, System.currentTimeMillis()).getLast().pending());
            assertEquals(0, history.last(60, System.currentTimeMillis()).getLast().running());
            assertEquals(1, history.failures(System.currentTimeMillis()).size());
            History.WorkBy work = history.work(0);
            WorkOf a = work.model().stream().filter(one -> one.name().equals("a")).findFirst().orElseThrow();
            assertEquals(List.of(1L, 42L, 1L, 3_000L), List.of(a.tasks(), a.tokens(), a.loads(), a.loading()));
            assertEquals(2, work.priority().getFirst().tasks());
            assertEquals(List.of("paused", "restart", "draining", "restart"), history.marks(0).stream()
                    .map(History.Mark::kind).limit(4).toList());
            start(queue);
            Await.until("this start is known", () -> history.marks(0).getLast().kind().equals("restart"));
            assertEquals(List.of(0L, 0L), history.marks(0).stream().filter(mark -> mark.kind().equals("draining"))
                    .map(History.Mark::until).toList());
        }
    }

    @Test
    void before_pauseThatEndedMeanwhile_isOver() throws IOException {
        try (TaskQueue queue = open()) {
            queue.changeMode(QueueMode.PAUSED);
        }
        try (TaskQueue queue = open()) {
            long now = System.currentTimeMillis();
            long before = queue.stats().lastSeq();
            History history = History.of(queue, now);
            Await.until("the journal is read", () -> history.marks(0).size() == 2);
            queue.changeMode(QueueMode.RUNNING);
            Await.until("it is over", () -> history.marks(0).stream().allMatch(mark -> mark.until() != 0));
            // as if the journal had been read only now
            history.before(Rebuilding.until(queue, before, now));
            assertEquals(3, history.marks(0).size());
            assertEquals(1, history.marks(0).stream().map(History.Mark::until).distinct().count());
        }
    }

    @Test
    void failures_onlyTheRetriedOrDeletedTasksOwn_areRemoved() throws IOException {
        try (TaskQueue queue = open()) {
            History history = History.of(queue, System.currentTimeMillis());
            long failed = submit(queue, "a");
            queue.runs().fail(queue.runs().startNext(LoadedOffers.at("gpu")), MEMORY, null);
            long cancelled = submit(queue, "a");
            putBack(queue);
            queue.cancel(cancelled, null);
            long expired = submit(queue, "a");
            putBack(queue);
            queue.refuse(expired, "expired");
            Await.until("both are known", () -> errors(history).size() == 2);
            retry(queue, history, cancelled);
            assertEquals(List.of(MEMORY, "expired"), errors(history));
            retry(queue, history, expired);
            assertEquals(List.of(MEMORY), errors(history));
            queue.delete(failed);
            Await.until("it is removed", () -> errors(history).isEmpty());
        }
    }

    private static void putBack(TaskQueue queue) {
        queue.runs().putBack(queue.runs().startNext(LoadedOffers.at("gpu")), MEMORY, System.currentTimeMillis()
                + 60_000, true);
    }

    private static void retry(TaskQueue queue, History history, long task) {
        long before = history.last(60, System.currentTimeMillis()).getLast().pending();
        queue.retry(task, Integer.MAX_VALUE);
        Await.until("it is put back", () -> history.last(60, System.currentTimeMillis()).getLast().pending() > before);
    }

    private static List<String> errors(History history) {
        return history.failures(System.currentTimeMillis()).stream().map(FailureCause::error).toList();
    }

    private static void start(TaskQueue queue) {
        QueueMode mode = queue.stats().mode();
        queue.ledger().change(writer -> writer.append(new Event.ModeChange(mode, writer.now(), true))).durable();
        assertEquals(mode, queue.stats().mode());
    }

    private TaskQueue open() throws IOException {
        return TaskQueue.open(storage, new JournalOptions(1 << 20), QueueOptions.DEFAULT, InstantSource.system(),
                () -> 0, new Random(42));
    }

    private long submit(TaskQueue queue, String model) {
        return queue.submit(submissions.read(("{\"type\":\"generate\",\"model\":\"" + model + "\",\"prompt\":\"x\"}")
                .getBytes(StandardCharsets.UTF_8)), null, null).document().task().id();
    }

    private static void complete(TaskQueue queue, String result) {
        Run run = queue.runs().startNext(LoadedOffers.at("gpu"));
        queue.runs().awaitDurable(run);
        queue.runs().complete(run, Slice.of(result.getBytes(StandardCharsets.UTF_8)));
    }

    private static Minute sum(History history) {
        return history.last(60, System.currentTimeMillis()).stream().reduce((one, other) -> new Minute(0, 0, 0, 0,
                one.submitted() + other.submitted(), one.completed() + other.completed(), one.failed()
                + other.failed(), 0, one.tokens() + other.tokens(), one.waits(), one.runs())).orElseThrow();
    }
}
