package server.queue.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

class SortedSlotsTest {

    private record Entry(long key, int slot) {
    }

    private final TreeSet<Entry> model = new TreeSet<>(Comparator.comparingLong(Entry::key)
            .thenComparingInt(Entry::slot));
    private final SortedSlots slots = new SortedSlots();

    @Test
    void randomAddsAndRemoves_keepTheOrder() {
        Random random = new Random(1);
        for (int round = 0; round < 20; round++) {
            int keys = 1 << random.nextInt(16);
            boolean growing = random.nextBoolean();
            for (int i = 0; i < 2_000; i++) {
                Entry entry = new Entry(random.nextInt(keys), random.nextInt(8));
                if (random.nextInt(3) > 0 == growing) {
                    add(entry);
                } else {
                    Entry near = model.isEmpty() ? entry : random.nextBoolean() ? model.first() : model.ceiling(entry);
                    remove(near == null ? entry : near);
                }
            }
            compare();
        }
    }

    @Test
    void filledAtTheEndAndEmptiedAtTheFront_isAQueue() {
        for (int i = 0; i < 5_000; i++) {
            add(new Entry(i, 0));
            if (i >= 200) {
                remove(model.first());
                assertEquals(i - 199, slots.firstKey());
            }
        }
        compare();
    }

    @Test
    void empty_hasNoFirst() {
        assertEquals(Long.MAX_VALUE, slots.firstKey());
        assertEquals(false, slots.remove(1, 1));
    }

    private void add(Entry entry) {
        if (model.add(entry)) {
            slots.add(entry.key, entry.slot);
        }
    }

    private void remove(Entry entry) {
        assertEquals(model.remove(entry), slots.remove(entry.key, entry.slot));
    }

    private void compare() {
        assertEquals(model.size(), slots.size());
        List<Entry> found = new ArrayList<>();
        if (!slots.isEmpty()) {
            SortedSlots.Cursor cursor = slots.cursor();
            do {
                found.add(new Entry(cursor.key(), cursor.slot()));
            } while (cursor.next());
        }
        assertEquals(List.copyOf(model), found);
        long key = model.isEmpty() ? 0 : (model.first().key + model.last().key) / 2;
        for (int most : new int[] {1, 300, 10_000}) {
            assertEquals(model.stream().filter(entry -> entry.key > key).limit(most).map(Entry::slot).toList(),
                    slots.after(key, most));
            assertEquals(model.descendingSet().stream().filter(entry -> entry.key <= key).limit(most)
                    .map(Entry::slot).toList(), slots.before(key, most));
        }
        assertEquals(model.size(), slots.after(Long.MIN_VALUE, Integer.MAX_VALUE).size());
        assertEquals(model.size(), slots.before(Long.MAX_VALUE, Integer.MAX_VALUE).size());
    }
}
