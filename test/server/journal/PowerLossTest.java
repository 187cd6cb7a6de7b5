package server.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;

import server.journal.disk.JournalDamage;
import server.journal.recovery.Recovery;
import shared.json.Slice;
import support.Effort;
import support.FaultyStorage;

/// Journals that are written, lose their power or are killed at any moment, also during recovery, and go on: the rule
/// holds whichever unsynced sectors survive, in life after life.
class PowerLossTest {

    private static final int RUNS = Effort.of(30, 1_000);
    private static final int LIVES = 6;

    /// A line as it was appended, and the unit that it belongs to.
    private record Appended(String rest, long unitFirst, long unitLast) {
    }

    private final Map<Long, Appended> appended = new HashMap<>();
    /// What every later life must have.
    private final TreeMap<Long, String> certain = new TreeMap<>();

    @Test
    void open_afterAnyCrash_keepsWhatWasDurableAndNoPartOfAUnit() throws Exception {
        long first = Long.getLong("seed", 1);
        for (long seed = first; seed < first + RUNS; seed++) {
            try {
                appended.clear();
                certain.clear();
                live(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
            } catch (Exception | Error e) {
                throw new AssertionError("seed " + seed + " (SEED=" + seed + "): " + e, e);
            }
        }
    }

    private void live(RandomGenerator random) throws Exception {
        FaultyStorage storage = new FaultyStorage();
        for (int life = 0; life < LIVES; life++) {
            storage = crashInRecovery(storage, random);
            TreeMap<Long, String> found = new TreeMap<>();
            JournalOptions options = new JournalOptions(random.nextInt(5) == 0 ? 8192 : 4096);
            try (Journal journal = Journal.open(storage, options, (seq, position, json) -> found.put(seq,
                    json.text()))) {
                check(found, journal.nextSeq());
                certain.clear();
                certain.putAll(found);
                storage = write(journal, storage, random);
            }
        }
    }

    private void check(TreeMap<Long, String> found, long nextSeq) {
        certain.forEach((seq, json) -> assertEquals(json, found.get(seq), "durable line " + seq));
        found.forEach((seq, json) -> {
            Appended line = appended.get(seq);
            if (line == null || !json.endsWith(line.rest)) {
                fail("line " + seq + " was never appended: " + json);
            }
            assertTrue(found.containsKey(line.unitFirst) && found.containsKey(line.unitLast),
                    () -> "part of the unit " + line.unitFirst + "-" + line.unitLast + ": "
                            + found.tailMap(line.unitFirst - 3).keySet());
        });
        assertTrue(found.isEmpty() || nextSeq > found.lastKey());
        // nothing lost in the middle: from the first line that is missing on, none of this life is there
        appended.keySet().removeIf(seq -> !found.containsKey(seq));
    }

    /// Appends, waits now and then, and ends at some moment.
    private FaultyStorage write(Journal journal, FaultyStorage storage, RandomGenerator random) throws Exception {
        int steps = random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            append(journal, random);
            if (random.nextInt(4) == 0) {
                journal.awaitDurable(journal.appendedSeq());
            }
        }
        if (random.nextInt(4) > 0) {
            journal.awaitDurable(journal.appendedSeq());
            storage.holdSync();
            append(journal, random);
            storage.awaitHeldSync();
            for (int i = random.nextInt(6); i > 0; i--) {
                append(journal, random);
            }
            // let this batch through, so that the others are written as one
            storage.releaseSync();
            if (random.nextBoolean()) {
                storage.holdSync();
            }
        }
        long durable = journal.durableSeq();
        journal.scan(0).next(Long.MAX_VALUE, (seq, position, json) -> {
            if (seq <= durable) {
                certain.put(seq, json.text());
            }
        });
        FaultyStorage after = random.nextInt(3) == 0 ? storage.afterKill() : storage.afterPowerLoss(random);
        storage.releaseSync();
        return after;
    }

    private void append(Journal journal, RandomGenerator random) {
        long seq = journal.nextSeq();
        int count = random.nextInt(3) == 0 ? 1 + random.nextInt(12) : 1;
        List<Slice[]> unit = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String rest = "\"event\":\"" + random.nextLong() + "u".repeat(random.nextInt(
                    random.nextInt(20) == 0 ? 6000 : 300)) + "\"}";
            appended.put(seq + i, new Appended(rest, seq, seq + count - 1));
            unit.add(new Slice[] {Slice.of(rest.getBytes(StandardCharsets.US_ASCII))});
        }
        if (count == 1 && random.nextBoolean()) {
            JournalRig.append(journal, unit.getFirst());
        } else {
            JournalRig.appendAll(journal, Unit.of(unit));
        }
    }

    /// Lets recovery itself be cut off, some times.
    private static FaultyStorage crashInRecovery(FaultyStorage storage, RandomGenerator random) {
        FaultyStorage now = storage;
        for (int i = random.nextInt(4); i > 0; i--) {
            now.stopAfter(random.nextInt(12));
            try {
                new Recovery(now).run();
            } catch (IOException e) {
                if (e instanceof JournalDamage) {
                    throw new AssertionError(e);
                }
            }
            now = random.nextBoolean() ? now.afterKill() : now.afterPowerLoss(random);
        }
        return now;
    }
}
