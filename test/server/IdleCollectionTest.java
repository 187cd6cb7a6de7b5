package server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class IdleCollectionTest {

    private static final long MB = 1 << 20;
    private static final long LIVE = 80 * MB;
    private static final long GARBAGE = 128 * MB;

    private long used;
    private int collections;
    private final IdleCollection collection = new IdleCollection(() -> used, () -> {
        collections++;
        used = LIVE;
    }, GARBAGE);

    @Test
    void look_collectsOnceEnoughMayBeGarbageAndNothingIsDone() {
        look(300 * MB, 0);
        look(300 * MB, 1);
        look(LIVE + GARBAGE, 1);
        look(LIVE + GARBAGE, 1);
        look(LIVE + GARBAGE + 1, 2);
    }

    @Test
    void look_waitsWhileMuchIsAllocated() {
        long at = LIVE;
        for (int i = 0; i < 60; i++) {
            at += IdleCollection.IDLE_BYTES;
            look(at, 0);
        }
        // a young collection is no quiet moment
        look(at - MB, 0);
        look(at - MB + IdleCollection.IDLE_BYTES - 1, 1);
    }

    @Test
    void look_takesWhatACollectionOfTheJvmLeavesForLive() {
        look(300 * MB, 0);
        look(300 * MB, 1);
        look(50 * MB, 1);
        look(50 * MB + GARBAGE, 1);
        look(50 * MB + GARBAGE, 1);
        look(50 * MB + GARBAGE + 1, 2);
    }

    private void look(long now, int expected) {
        used = now;
        collection.look();
        assertEquals(expected, collections);
    }
}
