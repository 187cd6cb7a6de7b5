package server.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.queue.state.Event;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;
import support.FaultyStorage;

/// The order of events and pieces, and what a reader that comes late or looks seldom gets.
final class SubscriptionTest {

    private static final EventFilter NOTHING =
            new EventFilter(Set.of(), Set.of(), Set.of(), Set.of("no such model"), Set.of());

    private final Answers answers = new Answers(64 << 20);
    private final Memory memory = new Memory(bytes -> { }, bytes -> { });
    private TaskQueue queue;
    private EventHub hub;

    @BeforeEach
    void open() throws IOException {
        queue = TaskQueue.open(new FaultyStorage(), new JournalOptions(1 << 20), QueueOptions.DEFAULT,
                InstantSource.system(), () -> 0, new Random(7));
        hub = EventHub.start(queue, answers);
    }

    @AfterEach
    void close() {
        hub.close();
        queue.close();
    }

    @Test
    void task_attemptThatEndedBeforeItsReaderLooked_isWholeBetweenItsEvents() throws Exception {
        Task task = submit();
        try (Subscription items = hub.subscribe(task, AnswerPlace.START, memory)) {
            Run run = start();
            AnswerBuffer answer = answers.begin(task.id(), run.attempt(), run.seq());
            answer.thinking("Hm");
            answer.text("Hel");
            answers.end(task.id(), run.attempt());
            queue.runs().fail(run, "broken", null);
            assertEquals(List.of("SUBMITTED", "STARTED", "1.0 Hm", "1.2 Hel", "FAILED", "end FAILED"),
                    untilEnd(items));
        }
    }

    @Test
    void task_secondAttempt_isReadFromItsOwnStart() throws Exception {
        Task task = submit();
        try (Subscription items = hub.subscribe(task, AnswerPlace.START, memory)) {
            Run first = start();
            answers.begin(task.id(), first.attempt(), first.seq()).text("one");
            assertEquals(List.of("SUBMITTED", "STARTED", "1.0 one"), next(items, 3));
            answers.end(task.id(), first.attempt());
            queue.runs().putBack(first, "busy", 0, true);
            Run second = start();
            AnswerBuffer answer = answers.begin(task.id(), second.attempt(), second.seq());
            answer.text("two");
            answers.end(task.id(), second.attempt());
            queue.runs().complete(second, json("{\"response\":\"two\"}"));
            assertEquals(List.of("RETRYING", "STARTED", "2.0 two", "COMPLETED", "end COMPLETED"), untilEnd(items));
        }
    }

    @Test
    void task_attemptAfterOneThatDidNotCount_isReadFromItsOwnStart() throws Exception {
        Task task = submit();
        try (Subscription items = hub.subscribe(task, AnswerPlace.START, memory)) {
            Run first = start();
            answers.begin(task.id(), first.attempt(), first.seq()).text("one");
            assertEquals(List.of("SUBMITTED", "STARTED", "1.0 one"), next(items, 3));
            answers.end(task.id(), first.attempt());
            // as after an answer that broke off because its account had no credit left
            queue.runs().putBack(first.withAnswer(), "no credit", 0, false);
            Run second = start();
            answers.begin(task.id(), second.attempt(), second.seq()).text("another");
            answers.end(task.id(), second.attempt());
            queue.runs().complete(second, json("{\"response\":\"another\"}"));
            assertEquals(List.of("RETRYING", "STARTED", "2.0 another", "COMPLETED", "end COMPLETED"),
                    untilEnd(items));
        }
        assertEquals(0, queue.find(task.name()).retries());
    }

    @Test
    void task_textAndThinkingThatAlternated_areReadFromAnyPlaceAsTheyCame() throws Exception {
        Task task = submit();
        Run run = start();
        queue.runs().complete(run, json("{\"response\":\"bbdd\",\"thinking\":\"AAAACCCC\",\"runs\":[4,2,4,2]}"));
        assertEquals(List.of("SUBMITTED", "STARTED", "1.0 AAAA", "1.4 bb", "1.6 CCCC", "1.10 dd", "COMPLETED",
                "end COMPLETED"), read(task, AnswerPlace.START));
        assertEquals(List.of("SUBMITTED", "STARTED", "1.6 CCCC", "1.10 dd", "COMPLETED", "end COMPLETED"),
                read(task, new AnswerPlace(1, 6)));
        assertEquals(List.of("SUBMITTED", "STARTED", "1.8 CC", "1.10 dd", "COMPLETED", "end COMPLETED"),
                read(task, new AnswerPlace(1, 8)));
    }

    @Test
    void task_runsThatDoNotFitTheResult_areAHostsOwn_andDoNotCount() throws Exception {
        Task task = submit();
        queue.runs().complete(start(), json("{\"response\":\"bb\",\"thinking\":\"AA\",\"runs\":[0,1,7]}"));
        assertEquals(List.of("SUBMITTED", "STARTED", "1.0 AA", "1.2 bb", "COMPLETED", "end COMPLETED"),
                read(task, AnswerPlace.START));
    }

    private List<String> read(Task task, AnswerPlace place) throws InterruptedException {
        try (Subscription items = hub.subscribe(task, place, memory)) {
            return untilEnd(items);
        }
    }

    @Test
    void follow_taskThatTheFilterLeavesOut_getsItsAnswerAndNoEvents() throws Exception {
        Task task = submit();
        try (Subscription items = hub.subscribe(NOTHING)) {
            items.follow(task.name(), AnswerPlace.START, memory);
            Run run = start();
            answers.begin(task.id(), run.attempt(), run.seq()).text("Hello");
            assertEquals(List.of("1.0 Hello"), next(items, 1));
            answers.end(task.id(), run.attempt());
            queue.runs().complete(run, json("{\"response\":\"Hello\"}"));
            assertEquals(List.of("end COMPLETED"), untilEnd(items));
        }
    }

    @Test
    void follow_besideTheEventsOfAnotherTask_getsItsAnswer() throws Exception {
        Task one = submit();
        Task task = submit();
        Task third = submit();
        try (Subscription items = hub.subscribe(EventFilter.ofTask(third.id()))) {
            items.follow(one.name(), AnswerPlace.START, memory);
            items.follow(task.name(), AnswerPlace.START, memory);
            items.unfollow(one.id());
            // one that joins the hub again still follows it
            items.resume(queue.durableSeq());
            start();
            Run run = start();
            answers.begin(task.id(), run.attempt(), run.seq()).text("Hello");
            assertEquals(List.of("1.0 Hello"), next(items, 1));
            queue.cancel(third.id(), null);
            assertEquals(List.of("CANCELLED"), next(items, 1));
            answers.end(task.id(), run.attempt());
            queue.runs().complete(run, json("{\"response\":\"Hello\"}"));
            assertEquals(List.of("end COMPLETED"), untilEnd(items));
        }
    }

    @Test
    void resume_keepsTheAnswersThatAreFollowed() throws Exception {
        Task task = submit();
        try (Subscription items = hub.subscribe(EventFilter.ALL)) {
            items.follow(task.name(), AnswerPlace.START, memory);
            Run run = start();
            AnswerBuffer answer = answers.begin(task.id(), run.attempt(), run.seq());
            answer.text("one");
            assertEquals(List.of("STARTED", "1.0 one"), next(items, 2));
            answer.text("two");
            items.resume(0);
            assertEquals(List.of("SUBMITTED", "STARTED", "1.3 two"), next(items, 3));
            answers.end(task.id(), run.attempt());
            queue.runs().complete(run, json("{\"response\":\"onetwo\"}"));
            assertEquals(List.of("COMPLETED", "end COMPLETED"), untilEnd(items));
        }
    }

    @Test
    void task_manyReadersAtAnyMoment_allReadTheSame() throws Exception {
        Task task = submit();
        Run run = start();
        AnswerBuffer answer = answers.begin(task.id(), run.attempt(), run.seq());
        StringBuilder written = new StringBuilder();
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<String> reader = () -> {
                StringBuilder text = new StringBuilder();
                try (Subscription items = hub.subscribe(task, AnswerPlace.START, memory)) {
                    for (Item item = next(items); !(item instanceof Item.End); item = next(items)) {
                        text.append(item instanceof Item.Piece piece ? piece.chunk().text() : "");
                    }
                }
                return text.toString();
            };
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                if (i % 100 == 0) {
                    all.add(readers.submit(reader));
                }
                answer.text(i + " ");
                written.append(i).append(' ');
            }
            answers.end(task.id(), run.attempt());
            queue.runs().complete(run, json("{\"response\":\"" + written + "\"}"));
            for (Future<String> text : all) {
                assertEquals(written.toString(), text.get(60, TimeUnit.SECONDS));
            }
        }
    }

    private Task submit() {
        return queue.submit(new Submission(TaskType.GENERATE, "qwen3", 5, Terms.DEFAULT,
                json("{\"prompt\":\"Hello\"}"), null, "Hello"), null, null).document().task();
    }

    private Run start() {
        Run run = queue.runs().startNext(LoadedOffers.at("box"));
        assertNotNull(run);
        queue.runs().awaitDurable(run);
        return run;
    }

    private static List<String> untilEnd(Subscription items) throws InterruptedException {
        List<String> shown = new ArrayList<>();
        while (shown.isEmpty() || !shown.getLast().startsWith("end ")) {
            shown.add(shown(next(items)));
        }
        return shown;
    }

    private static List<String> next(Subscription items, int count) throws InterruptedException {
        List<String> shown = new ArrayList<>();
        while (shown.size() < count) {
            shown.add(shown(next(items)));
        }
        return shown;
    }

    private static Item next(Subscription items) throws InterruptedException {
        Item item = items.poll();
        while (item == null) {
            items.await(TimeUnit.SECONDS.toNanos(30));
            item = items.poll();
        }
        return item;
    }

    private static String shown(Item item) {
        return switch (item) {
            case Item.Change(DurableEvent event) -> ((Event.Change) event.event()).what().name();
            case Item.Piece(String task, int attempt, AnswerBuffer.Chunk chunk) ->
                attempt + "." + chunk.offset() + " " + chunk.text();
            case Item.End end -> "end " + end.status();
            case Item.Reset reset -> "reset";
            case Item.Dropped dropped -> "dropped " + dropped.reason();
        };
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
