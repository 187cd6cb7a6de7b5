package server.queue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds a task's slot by its id, or by the first bits of it. Ids are random, so their own high bits are the hash: that
/// keeps the table in the order of the ids but for collisions, and a prefix is one short run of it.
///
/// 64 tables by the first 6 bits grow one by one, so no growth takes long. Open addressing, linear probing, at most
/// three quarters full; an entry is the slot, and the id is read from the task. About 7 bytes a task.
///
/// Invariant: between an id's home (its high bits) and its place there is no empty entry.
final class IdTable {

    private static final int TABLES_BITS = 6;
    private static final int ID_BITS = 60;
    private static final int EMPTY = -1;

    private final Arrivals tasks;
    private final int[][] tables = new int[1 << TABLES_BITS][];
    private final int[] sizes = new int[1 << TABLES_BITS];

    IdTable(Arrivals tasks) {
        this.tasks = tasks;
    }

    /// The id's slot; -1 if there is none.
    int find(long id) {
        int[] table = tables[tableOf(id)];
        if (table == null) {
            return EMPTY;
        }
        int at = home(id, table.length);
        while (table[at] != EMPTY && idAt(table, at) != id) {
            at = at + 1 & table.length - 1;
        }
        return table[at];
    }

    /// The slots of at most so many ids from low to high, both included, which agree in their first bits.
    List<Integer> range(long low, long high, int limit) {
        List<Integer> found = new ArrayList<>();
        for (int t = tableOf(low); t <= tableOf(high); t++) {
            int[] table = tables[t];
            if (table == null) {
                continue;
            }
            int first = t == tableOf(low) ? home(low, table.length) : 0;
            int last = t == tableOf(high) ? home(high, table.length) : table.length - 1;
            // an id stands at its home or later, with no empty entry between
            for (int i = 0; i < table.length && (first + i <= last || table[first + i & table.length - 1] != EMPTY);
                    i++) {
                int slot = table[first + i & table.length - 1];
                if (slot != EMPTY && tasks.get(slot).id() >= low && tasks.get(slot).id() <= high) {
                    found.add(slot);
                    if (found.size() == limit) {
                        return found;
                    }
                }
            }
        }
        return found;
    }

    /// The id must not be there yet, its task must be at the slot.
    void add(long id, int slot) {
        int t = tableOf(id);
        if (tables[t] == null) {
            tables[t] = empty(8);
        }
        if (++sizes[t] > tables[t].length / 4 * 3) {
            int[] old = tables[t];
            tables[t] = empty(2 * old.length);
            for (int entry : old) {
                if (entry != EMPTY) {
                    put(tables[t], tasks.get(entry).id(), entry);
                }
            }
        }
        put(tables[t], id, slot);
    }

    /// The id must be there, with its task still at the slot.
    void remove(long id) {
        int t = tableOf(id);
        int[] table = tables[t];
        int mask = table.length - 1;
        int at = home(id, table.length);
        while (idAt(table, at) != id) {
            at = at + 1 & mask;
        }
        sizes[t]--;
        // close the gap: an entry moves into it unless its home lies behind the gap
        for (int next = at + 1 & mask; table[next] != EMPTY; next = next + 1 & mask) {
            int home = home(idAt(table, next), table.length);
            if ((next - home & mask) >= (next - at & mask)) {
                table[at] = table[next];
                at = next;
            }
        }
        table[at] = EMPTY;
    }

    private long idAt(int[] table, int at) {
        return tasks.get(table[at]).id();
    }

    private static void put(int[] table, long id, int slot) {
        int at = home(id, table.length);
        while (table[at] != EMPTY) {
            at = at + 1 & table.length - 1;
        }
        table[at] = slot;
    }

    private static int tableOf(long id) {
        return (int) (id >>> ID_BITS - TABLES_BITS);
    }

    /// The bits after those that chose the table.
    private static int home(long id, int length) {
        return (int) (id >>> ID_BITS - TABLES_BITS - Integer.numberOfTrailingZeros(length)) & length - 1;
    }

    private static int[] empty(int length) {
        int[] table = new int[length];
        Arrays.fill(table, EMPTY);
        return table;
    }
}
