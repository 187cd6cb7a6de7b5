package server.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import server.journal.disk.Segment;
import server.journal.disk.Storage;
import shared.json.Slice;
import support.FaultyStorage;

/// A running journal on a disk that is slow, full or broken.
class JournalFaultTest {

    private static final JournalOptions SMALL = new JournalOptions(4096);

    private final FaultyStorage storage = new FaultyStorage();

    private static Slice rest(String text) {
        return Slice.of(("\"event\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static Journal open(Storage storage) throws IOException {
        return Journal.open(storage, SMALL, (seq, position, json) -> { });
    }

    private static Map<Long, String> replayed(Storage storage) throws IOException {
        Map<Long, String> found = new TreeMap<>();
        Journal.open(storage, SMALL, (seq, position, json) -> found.put(seq, json.text())).close();
        return found;
    }

    @Test
    void awaitDurable_syncHeldBack_waitsAndNothingIsPublished() throws Exception {
        try (Journal journal = open(storage)) {
            List<Long> published = new ArrayList<>();
            journal.onDurable(published::add);
            storage.holdSync();
            long position = JournalRig.append(journal, rest("held"));
            CompletableFuture<Void> waiter = new CompletableFuture<>();
            Thread thread = Thread.ofVirtual().start(() -> {
                journal.awaitDurable(1);
                waiter.complete(null);
            });
            storage.awaitHeldSync();
            assertEquals(0, journal.durableSeq());
            assertEquals(1, journal.appendedSeq());
            assertFalse(waiter.isDone());
            assertTrue(published.isEmpty());
            assertTrue(journal.read(position).text().contains("held"));
            journal.scan(0).next(Long.MAX_VALUE, (seq, at, json) -> assertEquals(0, seq, "nothing is durable"));
            storage.releaseSync();
            waiter.get();
            thread.join();
            assertEquals(1, journal.durableSeq());
        }
    }

    @Test
    void append_whileASyncIsHeld_sharesTheNextOne() throws Exception {
        try (Journal journal = open(storage)) {
            AtomicInteger published = new AtomicInteger();
            journal.onDurable(seq -> published.incrementAndGet());
            storage.holdSync();
            JournalRig.append(journal, rest("first"));
            storage.awaitHeldSync();
            for (int i = 0; i < 20; i++) {
                JournalRig.append(journal, rest("later"));
            }
            storage.releaseSync();
            journal.awaitDurable(21);
        }
        assertEquals(2, storageLines(storage), "two batches: two values of synced");
    }

    private static int storageLines(FaultyStorage storage) throws IOException {
        return (int) replayed(storage).values().stream()
                .map(json -> json.replaceAll(".*\"synced\":\"([0-9a-f]{16})\".*", "$1")).distinct().count();
    }

    @Test
    void awaitDurable_syncFails_tellsEveryWaiterAndEveryLaterCaller() throws Exception {
        Journal journal = open(storage);
        JournalRig.append(journal, rest("kept"));
        journal.awaitDurable(1);
        while (!storage.list().contains(Segment.name(2))) {
            Thread.onSpinWait(); // until the next segment is made, whose sync is not the one meant here
        }
        CountDownLatch failed = new CountDownLatch(1);
        journal.onFailure(failed::countDown);
        storage.holdSync();
        storage.failSync(1);
        long position = JournalRig.append(journal, rest("lost"));
        storage.awaitHeldSync();
        JournalRig.append(journal, rest("behind it"));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JournalFailure>> waiters = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                long seq = 2 + i % 2;
                waiters.add(threads.submit(() -> assertThrows(JournalFailure.class, () -> journal.awaitDurable(seq))));
            }
            byte[] written = storage.bytes(Segment.name(1));
            storage.releaseSync();
            for (Future<JournalFailure> waiter : waiters) {
                assertTrue(waiter.get().getMessage().contains("sync failed"), waiter.get().getMessage());
            }
            failed.await();
            assertArrayEquals(written, storage.bytes(Segment.name(1)), "nothing is written again");
        }
        assertThrows(JournalFailure.class, () -> JournalRig.append(journal, rest("later")));
        assertThrows(JournalFailure.class, journal::awaitRoom);
        journal.awaitDurable(1);
        assertEquals(1, journal.durableSeq());
        assertTrue(journal.read(position).text().contains("lost"), "still in memory");
        journal.close();
        journal.close();
        assertTrue(replayed(storage).get(1L).contains("kept"));
    }

    @Test
    void append_writeFailsTorn_keepsWhatWasDurable() throws Exception {
        Journal journal = open(storage);
        JournalRig.append(journal, rest("kept"));
        journal.awaitDurable(1);
        storage.failWrite(1, true);
        JournalRig.append(journal, rest("x".repeat(2000)));
        assertThrows(JournalFailure.class, () -> journal.awaitDurable(2));
        journal.close();
        try (Journal again = open(storage.afterKill())) {
            assertTrue(again.nextSeq() > 2, "the number was given out");
        }
        assertEquals(1, replayed(storage.afterKill()).size());
    }

    @Test
    void read_damagedLine_namesThePlaceAndNothingElseBreaks() throws Exception {
        try (Journal journal = open(storage)) {
            long good = JournalRig.append(journal, rest("good"));
            long bad = JournalRig.append(journal, rest("bad"));
            journal.awaitDurable(2);
            String file = Segment.name(Segment.number(bad));
            byte[] bytes = storage.bytes(file);
            bytes[Segment.offset(bad) + 12] ^= 4;
            storage.bytes(file, bytes);
            IOException failure = assertThrows(IOException.class, () -> journal.read(bad));
            assertTrue(failure.getMessage().contains(file + ", offset " + Segment.offset(bad)), failure.getMessage());
            assertTrue(journal.read(good).text().contains("good"));
            assertThrows(IOException.class, () -> journal.scan(0).next(Long.MAX_VALUE, (seq, position, json) -> { }));
        }
    }

    @Test
    void awaitDurable_interrupted_stillWaitsAndKeepsTheFlag() throws Exception {
        try (Journal journal = open(storage)) {
            storage.holdSync();
            JournalRig.append(journal, rest("a"));
            storage.awaitHeldSync();
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread waiter = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                journal.awaitDurable(1);
                flag.complete(Thread.currentThread().isInterrupted());
            });
            assertFalse(flag.isDone());
            storage.releaseSync();
            assertTrue(flag.get());
            waiter.join();
        }
    }

    @Test
    void appendAll_overManyBatches_isPublishedWhole() throws Exception {
        try (Journal journal = open(storage)) {
            List<Long> published = new ArrayList<>();
            journal.onDurable(published::add);
            List<Slice[]> unit = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                unit.add(new Slice[] {rest("part" + i + "p".repeat(200))});
            }
            JournalRig.appendAll(journal, Unit.of(unit));
            journal.awaitDurable(3);
            assertEquals(100, journal.durableSeq());
            JournalRig.append(journal, rest("after"));
            journal.awaitDurable(101);
        }
    }

    @Test
    void append_fromManyThreads_everyLineIsThereOnce() throws Exception {
        Object queueLock = new Object();
        try (Journal journal = open(storage); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                int id = i;
                threads.submit(() -> {
                    for (int j = 0; j < 20; j++) {
                        long seq;
                        long position;
                        synchronized (queueLock) {
                            seq = journal.nextSeq();
                            position = JournalRig.append(journal, rest(id + "/" + j));
                        }
                        journal.awaitDurable(seq);
                        assertTrue(journal.read(position).text().contains("\"" + id + "/" + j + "\""));
                    }
                    return null;
                });
            }
        }
        assertEquals(64 * 20, replayed(storage).size());
        long[] seqs = replayed(storage).keySet().stream().mapToLong(Long::longValue).toArray();
        assertArrayEquals(LongStream.rangeClosed(1, 64 * 20).toArray(), seqs);
    }
}
