package server.queue.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Slots of tasks, ordered by a key: a sequence number or a time. The usual operations, adding at the end and removing
/// from the front, need no search; anywhere else, they take two binary searches and move half a chunk. 12 bytes per
/// entry.
///
/// Invariants: pairs of (key, slot) ascend strictly through all chunks; no chunk is empty.
public final class SortedSlots {

    private static final int CHUNK = 256;
    private static final int CHUNK_FIRST = 8;

    private Chunk[] chunks = new Chunk[1];
    private int count;
    private int size;
    /// A copy of the first entry: reading it from the first chunk would take three more fetches from memory.
    private long firstKey = Long.MAX_VALUE;
    private int firstSlot;

    /// Returns how many entries have a smaller key.
    public int countBefore(long key) {
        int before = 0;
        for (int i = 0; i < count; i++) {
            Chunk chunk = chunks[i];
            int found = chunk.find(key, Integer.MIN_VALUE);
            before += found - chunk.from;
            if (found < chunk.to) {
                return before;
            }
        }
        return before;
    }

    private static final class Chunk {
        long[] keys;
        int[] slots;
        /// The entries are at [from, to).
        int from;
        int to;

        Chunk(int capacity) {
            keys = new long[capacity];
            slots = new int[capacity];
        }

        /// Returns the index of the first entry that is not before (key, slot).
        int find(long key, int slot) {
            int low = from;
            int high = to;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (before(keys[middle], slots[middle], key, slot)) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        boolean has(long key, int slot) {
            int at = find(key, slot);
            return at < to && keys[at] == key && slots[at] == slot;
        }

        int size() {
            return to - from;
        }

        void insert(int at, long key, int slot) {
            if (to == keys.length) {
                at -= from;
                toFront(from > 0 ? keys.length : 2 * keys.length);
            }
            System.arraycopy(keys, at, keys, at + 1, to - at);
            System.arraycopy(slots, at, slots, at + 1, to - at);
            keys[at] = key;
            slots[at] = slot;
            to++;
        }

        void remove(int at) {
            if (at == from) {
                from++;
                return;
            }
            to--;
            System.arraycopy(keys, at + 1, keys, at, to - at);
            System.arraycopy(slots, at + 1, slots, at, to - at);
        }

        private void toFront(int capacity) {
            long[] oldKeys = keys;
            int[] oldSlots = slots;
            if (capacity > keys.length) {
                keys = new long[capacity];
                slots = new int[capacity];
            }
            System.arraycopy(oldKeys, from, keys, 0, size());
            System.arraycopy(oldSlots, from, slots, 0, size());
            to = size();
            from = 0;
        }

        /// Appends all entries of the chunk that follows. Together they must fit into one chunk.
        void append(Chunk next) {
            toFront(CHUNK);
            System.arraycopy(next.keys, next.from, keys, to, next.size());
            System.arraycopy(next.slots, next.from, slots, to, next.size());
            to += next.size();
        }

        Chunk splitOff() {
            Chunk upper = new Chunk(CHUNK);
            int middle = (from + to) >>> 1;
            upper.to = to - middle;
            System.arraycopy(keys, middle, upper.keys, 0, upper.to);
            System.arraycopy(slots, middle, upper.slots, 0, upper.to);
            to = middle;
            return upper;
        }
    }

    /// A position in the order, for walking. Valid until the next change.
    public final class Cursor {
        private int chunk;
        private int at = chunks[0].from;

        /// Returns the key of the entry at this position.
        public long key() {
            return chunks[chunk].keys[at];
        }

        /// Returns the slot of the entry at this position.
        public int slot() {
            return chunks[chunk].slots[at];
        }

        /// Moves to the next entry; returns false at the end.
        public boolean next() {
            if (++at < chunks[chunk].to) {
                return true;
            }
            if (++chunk < count) {
                at = chunks[chunk].from;
                return true;
            }
            return false;
        }
    }

    /// Returns how many entries there are.
    public int size() {
        return size;
    }

    /// Returns whether there is no entry.
    public boolean isEmpty() {
        return size == 0;
    }

    /// Returns the first key; Long.MAX_VALUE if there is none.
    public long firstKey() {
        return firstKey;
    }

    /// Returns the slot of the first entry; there must be one.
    public int firstSlot() {
        return firstSlot;
    }

    /// Returns a cursor at the first entry; there must be one.
    public Cursor cursor() {
        return new Cursor();
    }

    /// Returns the slots with keys up to and including this one.
    public List<Integer> upTo(long key) {
        if (firstKey() > key) {
            return List.of();
        }
        List<Integer> found = new ArrayList<>();
        Cursor cursor = cursor();
        do {
            found.add(cursor.slot());
        } while (cursor.next() && cursor.key() <= key);
        return found;
    }

    /// Returns the first slots, in order.
    ///
    /// @param most how many at most
    public List<Integer> first(int most) {
        return after(Long.MIN_VALUE, most);
    }

    /// Returns the first slots with keys greater than this one, in order.
    ///
    /// @param most how many at most
    public List<Integer> after(long key, int most) {
        List<Integer> found = new ArrayList<>();
        int index = count == 0 ? 0 : chunkOf(key, Integer.MAX_VALUE);
        for (int at = count == 0 ? 0 : chunks[index].find(key, Integer.MAX_VALUE); index < count; index++) {
            for (; at < chunks[index].to && found.size() < most; at++) {
                found.add(chunks[index].slots[at]);
            }
            at = index + 1 < count ? chunks[index + 1].from : 0;
        }
        return found;
    }

    /// Returns the last slots with keys up to and including this one, the last first.
    ///
    /// @param most how many at most
    public List<Integer> before(long key, int most) {
        List<Integer> found = new ArrayList<>();
        int index = count == 0 ? -1 : chunkOf(key, Integer.MAX_VALUE);
        for (int at = count == 0 ? 0 : chunks[index].find(key, Integer.MAX_VALUE); index >= 0; index--) {
            while (at > chunks[index].from && found.size() < most) {
                found.add(chunks[index].slots[--at]);
            }
            at = index > 0 ? chunks[index - 1].to : 0;
        }
        return found;
    }

    /// Adds an entry, which must not be present yet.
    public void add(long key, int slot) {
        size++;
        if (count == 0) {
            insertChunk(0, new Chunk(CHUNK_FIRST));
            chunks[0].insert(0, key, slot);
            look();
            return;
        }
        int index = chunkOf(key, slot);
        Chunk chunk = chunks[index];
        int at = chunk.find(key, slot);
        // a queue that is filled at its end and emptied at its front must not move its entries to the front again and
        // again
        boolean atEnd = index == count - 1 && at == CHUNK && chunk.size() > CHUNK / 2;
        if (atEnd || chunk.size() == CHUNK) {
            Chunk upper = atEnd ? new Chunk(CHUNK) : chunk.splitOff();
            insertChunk(index + 1, upper);
            if (atEnd || at > chunk.to) {
                chunk = upper;
                at = chunk.find(key, slot);
            }
        }
        chunk.insert(at, key, slot);
        if (before(key, slot, firstKey, firstSlot)) {
            look();
        }
    }

    private void look() {
        firstKey = size == 0 ? Long.MAX_VALUE : chunks[0].keys[chunks[0].from];
        firstSlot = size == 0 ? 0 : chunks[0].slots[chunks[0].from];
    }

    /// Adds all entries of another instance, none of which may be present yet.
    public void addAll(SortedSlots others) {
        if (!others.isEmpty()) {
            Cursor cursor = others.cursor();
            do {
                add(cursor.key(), cursor.slot());
            } while (cursor.next());
        }
    }

    /// Returns whether this entry is present.
    public boolean contains(long key, int slot) {
        return count > 0 && chunks[chunkOf(key, slot)].has(key, slot);
    }

    /// Removes an entry; returns whether it was present.
    public boolean remove(long key, int slot) {
        if (!contains(key, slot)) {
            return false;
        }
        int index = chunkOf(key, slot);
        Chunk chunk = chunks[index];
        int at = chunk.find(key, slot);
        chunk.remove(at);
        size--;
        if (chunk.size() == 0) {
            removeChunk(index);
        } else if (index + 1 < count && chunk.size() + chunks[index + 1].size() <= CHUNK / 2) {
            chunk.append(chunks[index + 1]);
            removeChunk(index + 1);
        }
        if (key == firstKey && slot == firstSlot) {
            look();
        }
        return true;
    }

    /// Returns the index of the last chunk that begins at or before (key, slot); 0 if none does.
    private int chunkOf(long key, int slot) {
        int low = 0;
        int high = count - 1;
        if (high > 0 && !beginsAfter(high, key, slot)) {
            return high;
        }
        if (high > 0 && beginsAfter(1, key, slot)) {
            return 0;
        }
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (beginsAfter(middle, key, slot)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
    }

    private boolean beginsAfter(int index, long key, int slot) {
        Chunk chunk = chunks[index];
        return before(key, slot, chunk.keys[chunk.from], chunk.slots[chunk.from]);
    }

    private void insertChunk(int index, Chunk chunk) {
        if (count == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * count);
        }
        System.arraycopy(chunks, index, chunks, index + 1, count - index);
        chunks[index] = chunk;
        count++;
    }

    private void removeChunk(int index) {
        System.arraycopy(chunks, index + 1, chunks, index, --count - index);
        chunks[count] = null;
    }

    private static boolean before(long key, int slot, long otherKey, int otherSlot) {
        return key != otherKey ? key < otherKey : slot < otherSlot;
    }
}
