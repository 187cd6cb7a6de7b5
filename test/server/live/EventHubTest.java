package server.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import server.journal.JournalOptions;
import server.order.LoadedOffers;
import server.queue.Compaction;
import server.queue.CompactionOptions;
import server.queue.TaskBatch;
import server.queue.TaskQueue;
import server.queue.ledger.DurableEvent;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Json;
import shared.json.Slice;
import support.Await;
import support.FaultyStorage;

final class EventHubTest {

    private static final CompactionOptions KEEP_NONE = new CompactionOptions(0.5, 0, Duration.ofMillis(1));

    private FaultyStorage disk = new FaultyStorage();
    private TaskQueue queue;
    private EventHub hub;

    @BeforeEach
    void open() throws IOException {
        queue = TaskQueue.open(disk, new JournalOptions(8192), QueueOptions.DEFAULT, InstantSource.system(), () -> 0,
                new Random(7));
        hub = EventHub.start(queue, new Answers(64 << 20), 64 << 20);
    }

    @AfterEach
    void close() {
        hub.close();
        queue.close();
    }

    @Test
    void handingOnThatFails_dropsAllThatHeard_andIsNotTheLast() {
        AtomicBoolean failed = new AtomicBoolean();
        Set<String> models = new AbstractSet<>() {
            @Override
            public boolean contains(Object model) {
                if (failed.compareAndSet(false, true)) {
                    throw new OutOfMemoryError("of the test");
                }
                return true;
            }

            @Override
            public Iterator<String> iterator() {
                return List.of("m").iterator();
            }

            @Override
            public int size() {
                return 1;
            }
        };
        try (Subscription all = hub.subscribe(EventFilter.ALL);
                Subscription one = hub.subscribe(new EventFilter(Set.of(), Set.of(), Set.of(), models, Set.of()))) {
            submit(1);
            Await.until("who had all is told that something may be missing", () -> all.poll() instanceof Item.Dropped);
            Await.until("so is who missed it", () -> one.poll() instanceof Item.Dropped);
        }
        try (Subscription next = hub.subscribe(EventFilter.ALL)) {
            submit(1);
            Await.until("what comes next is handed on", () -> next.poll() instanceof Item.Change);
        }
    }

    @Test
    void subscribe_fromAnyPlaceWhileMuchHappens_getsEachEventOnceInOrder() throws Exception {
        submit(50);
        List<FutureTask<List<Long>>> readers = new ArrayList<>();
        for (int after = 0; after < 60; after += 3) {
            int from = Math.min(after, 50);
            readers.add(begin(() -> seqs(hub.subscribe(EventFilter.ALL, from), 500)));
        }
        for (int i = 0; i < 45; i++) {
            submit(10);
        }
        for (int i = 0; i < readers.size(); i++) {
            assertEquals(LongStream.rangeClosed(Math.min(3 * i, 50) + 1, 500).boxed().toList(),
                    readers.get(i).get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void subscribe_withoutAPlace_getsWhatComesFromThenOn() throws Exception {
        submit(5);
        try (Subscription subscription = hub.subscribe(EventFilter.ALL)) {
            assertNull(subscription.poll());
            assertEquals(5, subscription.seq());
            submit(1);
            DurableEvent event = ((Item.Change) next(subscription)).event();
            assertEquals(6, event.seq());
            assertEquals("task", event.kind());
            assertEquals("submitted", ((Json.Obj) Json.parse(event.json().text())).text("what"));
        }
    }

    @Test
    void replayedEvents_lookAsTheyDidLive() throws Exception {
        List<String> live = new ArrayList<>();
        List<String> replayed = new ArrayList<>();
        try (Subscription subscription = hub.subscribe(EventFilter.ALL)) {
            Task task = submit(1).getFirst();
            queue.changePriority(task.id(), 9, Integer.MAX_VALUE);
            queue.runs().putBack(queue.runs().startNext(LoadedOffers.at("h1")), "busy", 0, true);
            queue.runs().complete(queue.runs().startNext(LoadedOffers.at("h2")), json("{\"response\":\"x\"}"));
            queue.changeMode(QueueMode.PAUSED);
            queue.delete(task.id());
            read(subscription, 8, live);
        }
        hub.close();
        queue.close();
        open();
        try (Subscription subscription = hub.subscribe(EventFilter.ALL, 0)) {
            read(subscription, 8, replayed);
        }
        assertEquals(live, replayed);
    }

    @Test
    void filter_eachKind_passesWhatItNames() throws Exception {
        Task one = submit(2).getFirst();
        queue.cancel(one.id(), null);
        queue.changeMode(QueueMode.PAUSED);
        assertEquals(List.of(1L, 3L), seqs(new EventFilter(Set.of(one.id()), Set.of(), Set.of(), Set.of(), Set.of())));
        assertEquals(List.of(3L),
                seqs(new EventFilter(Set.of(), Set.of(TaskStatus.CANCELLED), Set.of(), Set.of(), Set.of())));
        assertEquals(List.of(), seqs(new EventFilter(Set.of(), Set.of(), Set.of(TaskType.CHAT), Set.of(), Set.of())));
        assertEquals(List.of(1L, 2L, 3L),
                seqs(new EventFilter(Set.of(), Set.of(), Set.of(), Set.of("qwen3"), Set.of())));
        assertEquals(List.of(), seqs(new EventFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(7L))));
        assertEquals(List.of(1L, 2L, 3L, 4L),
                seqs(new EventFilter(Set.of(), Set.of(), Set.of(), Set.of(), Set.of())));
    }

    @Test
    void seq_whatTheFilterDoesNotPass_needsNoReplay() throws Exception {
        EventFilter none = new EventFilter(Set.of(), Set.of(), Set.of(), Set.of("other"), Set.of());
        try (Subscription subscription = hub.subscribe(none, 0)) {
            assertNull(subscription.poll());
            submit(7);
            while (subscription.seq() < 7) {
                subscription.await(TimeUnit.MILLISECONDS.toNanos(1));
                assertNull(subscription.poll());
            }
        }
    }

    @Test
    void slowReader_isDroppedWithAReason_andTakesUpWhereItWas() throws Exception {
        int many = Subscription.EVENTS_MAX + 10;
        long place;
        try (Subscription slow = hub.subscribe(EventFilter.ALL)) {
            submit(1);
            assertEquals(1, seq(next(slow)));
            submit(many);
            untilHandedOn(many + 1);
            Item last = next(slow);
            while (last instanceof Item.Change) {
                last = next(slow);
            }
            Item.Dropped dropped = (Item.Dropped) last;
            assertTrue(dropped.reason().startsWith("too slow: "), dropped.reason());
            assertNull(slow.poll());
            place = dropped.seq();
        }
        assertEquals(LongStream.rangeClosed(place + 1, many + 1).boxed().toList(),
                seqs(hub.subscribe(EventFilter.ALL, place), many + 1));
    }

    @Test
    void readerThatDoesNotAsk_isNotWoken() throws Exception {
        try (Subscription other = hub.subscribe(EventFilter.ALL); Subscription busy = hub.subscribe(EventFilter.ALL)) {
            submit(1);
            DurableEvent event = ((Item.Change) next(other)).event();
            List<Subscription.Handed> handed = List.of(new Subscription.Handed(event, 1));
            untilHandedOn(1);
            assertFalse(busy.add(handed));
            assertEquals(1, seq(busy.poll()));
            assertFalse(busy.add(handed));
            // what is there twice is passed over
            assertNull(busy.poll());
            assertTrue(busy.add(handed));
            assertFalse(busy.add(handed));
        }
    }

    @Test
    void readersThatReadNothing_holdNoMoreThanTheirRoom() throws Exception {
        hub.close();
        hub = EventHub.start(queue, new Answers(64 << 20), 10_000);
        try (Subscription slow = hub.subscribe(EventFilter.ALL)) {
            submit(20);
            untilHandedOn(20);
            assertTrue(next(slow) instanceof Item.Dropped);
        }
    }

    @Test
    void place_ofAnotherJournal_isReset() throws Exception {
        submit(3);
        try (Subscription subscription = hub.subscribe(EventFilter.ALL, 1_000)) {
            assertEquals(new Item.Reset(3, 1), next(subscription));
            submit(1);
            assertEquals(4, seq(next(subscription)));
        }
    }

    @Test
    void place_ofEventsNotKept_isReset() throws Exception {
        for (Task task : submit(100)) {
            queue.cancel(task.id(), null);
            queue.delete(task.id());
        }
        new Compaction(queue.ledger(), KEEP_NONE).now();
        submit(1);
        try (Subscription subscription = hub.subscribe(EventFilter.ALL, 5)) {
            assertEquals(new Item.Reset(301, 301), next(subscription));
        }
        assertEquals(List.of(301L), seqs(hub.subscribe(EventFilter.ALL, 300), 301));
    }

    @Test
    void replay_whileCompactionRuns_isExactOrReset() throws Exception {
        try (Compaction compaction = new Compaction(queue.ledger(),
                new CompactionOptions(0.1, 150, Duration.ofMillis(1)))) {
            compaction.start();
            FutureTask<Void> writer = begin(() -> {
                for (int i = 0; i < 60; i++) {
                    for (Task task : submit(10)) {
                        queue.cancel(task.id(), null);
                    }
                }
                return null;
            });
            while (!writer.isDone()) {
                long after = Math.max(0, queue.durableSeq() - 300);
                try (Subscription subscription = hub.subscribe(EventFilter.ALL, after)) {
                    for (int i = 0; i < 100; i++) {
                        Item item = subscription.poll();
                        if (item != null) {
                            assertTrue(seq(item) == after + 1 || item instanceof Item.Reset,
                                    after + " is followed by " + seq(item));
                            after = seq(item);
                        }
                    }
                }
            }
            writer.get();
        }
    }

    @Test
    void replays_atATime_getEachEvent() throws Exception {
        submit(200);
        List<FutureTask<List<Long>>> replays = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            replays.add(begin(() -> seqs(hub.subscribe(EventFilter.ALL, 0), 200)));
        }
        for (FutureTask<List<Long>> replay : replays) {
            assertEquals(LongStream.rangeClosed(1, 200).boxed().toList(), replay.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void replays_thatCannotRead_leaveTheirTurn() throws Exception {
        submit(1);
        disk.failRead("0000000001.journal", 0, 8192);
        for (int i = 0; i < 10; i++) {
            try (Subscription subscription = hub.subscribe(EventFilter.ALL, 0)) {
                assertTrue(next(subscription) instanceof Item.Dropped);
            }
        }
    }

    @Test
    void close_tellsReaders() throws Exception {
        FutureTask<Void> closing;
        try (Subscription subscription = hub.subscribe(EventFilter.ALL)) {
            closing = begin(() -> {
                hub.close();
                return null;
            });
            assertEquals(new Item.Dropped(0, "the server is stopping"), next(subscription));
        }
        closing.get(60, TimeUnit.SECONDS);
        try (Subscription late = hub.subscribe(EventFilter.ALL)) {
            assertTrue(next(late) instanceof Item.Dropped);
            assertNull(late.poll());
        }
    }

    private void untilHandedOn(long seq) {
        while (hub.handedOn() < seq) {
            Thread.onSpinWait();
        }
    }

    private List<Long> seqs(EventFilter filter) throws InterruptedException {
        List<Long> seqs = new ArrayList<>();
        try (Subscription subscription = hub.subscribe(filter, 0)) {
            for (Item item = subscription.poll(); item != null || subscription.reading(); item = subscription.poll()) {
                if (item != null) {
                    seqs.add(seq(item));
                }
            }
        }
        return seqs;
    }

    /// Reads until this event, and closes the subscription.
    private static List<Long> seqs(Subscription subscription, long last) throws InterruptedException {
        List<Long> seqs = new ArrayList<>();
        try (subscription) {
            while (seqs.isEmpty() || seqs.getLast() < last) {
                seqs.add(seq(next(subscription)));
            }
        }
        return seqs;
    }

    private static void read(Subscription subscription, int count, List<String> to) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            to.add(((Item.Change) next(subscription)).event().json().text());
        }
    }

    private static long seq(Item item) {
        return switch (item) {
            case Item.Change(DurableEvent event) -> event.seq();
            case Item.Reset reset -> reset.seq();
            default -> throw new AssertionError(item);
        };
    }

    private static Item next(Subscription subscription) throws InterruptedException {
        for (int i = 0; i < 20_000; i++) {
            Item item = subscription.poll();
            if (item != null) {
                return item;
            }
            subscription.await(TimeUnit.MILLISECONDS.toNanos(1));
        }
        throw new AssertionError("no event came");
    }

    private List<Task> submit(int count) {
        TaskBatch batch = queue.newBatch();
        while (batch.size() < count) {
            batch.add(new Submission(TaskType.GENERATE, "qwen3", 5, Terms.DEFAULT, json("{\"prompt\":\"Hello\"}"),
                    null, "Hello"));
        }
        return queue.submit(batch);
    }

    private static <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> future = new FutureTask<>(work);
        Thread.startVirtualThread(future);
        return future;
    }

    private static Slice json(String text) {
        return Slice.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
