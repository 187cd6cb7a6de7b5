package server.queue.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds a task's slot by its id, or by the id's first bits. Ids are random, so their own high bits are the hash: this
/// keeps the table in the order of the ids except for collisions, and a prefix is one short run in it.
///
/// 64 tables, chosen by the first 6 bits, grow one at a time, so that no growth takes long. Open addressing, linear
/// probing, at most three quarters full. About 14 bytes per task.
///
/// An entry consists of the slot and the 32 bits of the id that follow those that chose the table. So entries are
/// compared and
/// moved without dereferencing their tasks: among a million tasks that is a cache miss, which costs several times the
/// rest of the lookup.
///
/// Invariant: between an entry's home (its high bits) and its position there is no empty entry.
public final class IdTable {

    private static final int TABLES_BITS = 6;
    private static final int ID_BITS = 60;
    private static final int NONE = -1;
    /// No slot is negative.
    private static final long EMPTY = -1;

    private final Arrivals tasks;
    private final long[][] tables = new long[1 << TABLES_BITS][];
    private final int[] sizes = new int[1 << TABLES_BITS];

    /// @param tasks the tasks by slot, for the bits of an id that an entry lacks
    public IdTable(Arrivals tasks) {
        this.tasks = tasks;
    }

    /// Returns the id's slot; -1 if there is none.
    public int find(long id) {
        long[] table = tables[tableOf(id)];
        if (table == null) {
            return NONE;
        }
        long wanted = entry(id, 0);
        for (int at = home(wanted, table.length); table[at] != EMPTY; at = at + 1 & table.length - 1) {
            int slot = (int) table[at];
            if ((table[at] ^ wanted) >>> Integer.SIZE == 0 && tasks.get(slot).id() == id) {
                return slot;
            }
        }
        return NONE;
    }

    /// Returns the slots of the ids from low to high, both included; at most `limit` of them. The two must agree in
    /// their first bits.
    public List<Integer> range(long low, long high, int limit) {
        List<Integer> found = new ArrayList<>();
        for (int t = tableOf(low); t <= tableOf(high); t++) {
            long[] table = tables[t];
            if (table == null) {
                continue;
            }
            int first = t == tableOf(low) ? home(entry(low, 0), table.length) : 0;
            int last = t == tableOf(high) ? home(entry(high, 0), table.length) : table.length - 1;
            // an id is at its home or later, with no empty entry between
            for (int i = 0; i < table.length && (first + i <= last || table[first + i & table.length - 1] != EMPTY);
                    i++) {
                long entry = table[first + i & table.length - 1];
                int slot = (int) entry;
                if (entry != EMPTY && tasks.get(slot).id() >= low && tasks.get(slot).id() <= high) {
                    found.add(slot);
                    if (found.size() == limit) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    /// Adds an id, which must not be present yet.
    public void add(long id, int slot) {
        int t = tableOf(id);
        if (tables[t] == null) {
            tables[t] = empty(8);
        }
        if (++sizes[t] > tables[t].length / 4 * 3) {
            long[] old = tables[t];
            tables[t] = empty(2 * old.length);
            for (long entry : old) {
                if (entry != EMPTY) {
                    put(tables[t], entry);
                }
            }
        }
        put(tables[t], entry(id, slot));
    }

    /// Removes an id, which must be present with this slot.
    public void remove(long id, int slot) {
        int t = tableOf(id);
        long[] table = tables[t];
        int mask = table.length - 1;
        long gone = entry(id, slot);
        int at = home(gone, table.length);
        while (table[at] != gone) {
            at = at + 1 & mask;
        }
        sizes[t]--;
        // close the gap: an entry moves into it unless its home is after the gap
        for (int next = at + 1 & mask; table[next] != EMPTY; next = next + 1 & mask) {
            int home = home(table[next], table.length);
            if ((next - home & mask) >= (next - at & mask)) {
                table[at] = table[next];
                at = next;
            }
        }
        table[at] = EMPTY;
    }

    private static void put(long[] table, long entry) {
        int at = home(entry, table.length);
        while (table[at] != EMPTY) {
            at = at + 1 & table.length - 1;
        }
        table[at] = entry;
    }

    private static int tableOf(long id) {
        return (int) (id >>> ID_BITS - TABLES_BITS);
    }

    private static long entry(long id, int slot) {
        return id << Long.SIZE - ID_BITS + TABLES_BITS >>> Integer.SIZE << Integer.SIZE | slot;
    }

    /// Returns the entry's home: its first bits, as many as an index into the table has.
    private static int home(long entry, int length) {
        return (int) (entry >>> Long.numberOfLeadingZeros(length) + 1);
    }

    private static long[] empty(int length) {
        long[] table = new long[length];
        Arrays.fill(table, EMPTY);
        return table;
    }
}
