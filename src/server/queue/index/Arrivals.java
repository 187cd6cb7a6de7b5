package server.queue.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import server.task.Task;
import shared.Problem;
import shared.TaskStatus;

/// All tasks in the order of their submits, each in a slot that it keeps as long as it exists. Slots are assigned in
/// chunks of 1024, ascending through the 31-bit integers and then from 0 again, so they never run out.
///
/// Invariants: the chunk of a slot is `chunks[(slot / 1024 - base) mod 2^21]`, null if it no longer contains a task;
/// the first chunk is never null unless it is the only one.
public final class Arrivals {

    public static final int CHUNK = 1024;

    private static final Set<TaskStatus> UNENDED = Set.of(TaskStatus.PENDING, TaskStatus.RUNNING);
    private static final int SHIFT = 10;
    private static final int CHUNKS_MAX = 1 << 31 - SHIFT;
    private static final int MASK = CHUNKS_MAX - 1;

    private ArrivalChunk[] chunks = new ArrivalChunk[4];
    private int count;
    private int base;
    /// How many slots of the last chunk have been assigned.
    private int used = CHUNK;
    private int size;
    private final List<Watcher> watchers = new ArrayList<>();

    /// Is told which tasks change.
    public interface Watcher {
        /// Called before a task is replaced or removed.
        void willChange(int slot, Task before);
    }

    public Arrivals() {
        this(0);
    }

    /// @param firstChunk the number of the first chunk, for tests of the wrap-around
    Arrivals(int firstChunk) {
        base = firstChunk & MASK;
    }

    /// Returns how many tasks there are.
    public int size() {
        return size;
    }

    /// Adds a task after all others.
    ///
    /// @return the task's slot
    public int add(Task task) {
        if (used == CHUNK) {
            addChunk();
        }
        int at = used++;
        chunks[count - 1].add(at, task);
        size++;
        return (base + count - 1 & MASK) << SHIFT | at;
    }

    /// Returns the task in a slot, which must contain one.
    public Task get(int slot) {
        return chunks[index(slot)].get(slot & CHUNK - 1);
    }

    /// Replaces a task by its changed version.
    public void replace(int slot, Task task) {
        tell(slot);
        chunks[index(slot)].replace(slot & CHUNK - 1, task);
    }

    /// Removes the task in a slot, which must contain one.
    public void remove(int slot) {
        tell(slot);
        int index = index(slot);
        chunks[index].remove(slot & CHUNK - 1);
        size--;
        if (index == count - 1) {
            return;
        }
        if (chunks[index].size() == 0) {
            chunks[index] = null;
            trim();
        } else {
            chunks[index].packIfSparse();
        }
    }

    /// Calls a watcher before each change, until [#unwatch].
    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /// Stops calling a watcher.
    public void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    private void tell(int slot) {
        for (int i = 0; i < watchers.size(); i++) {
            watchers.get(i).willChange(slot, get(slot));
        }
    }

    /// Returns how many chunks there are, oldest first; some may be null.
    public int chunkCount() {
        return count;
    }

    /// Returns a chunk by its index among the present ones, the oldest first; null if it no longer contains a task.
    public ArrivalChunk chunk(int index) {
        return chunks[index];
    }

    /// Returns the index of a slot's chunk among the present ones.
    public int index(int slot) {
        return (slot >>> SHIFT) - base & MASK;
    }

    /// Returns the number of a chunk, which it keeps while older chunks disappear, for [#indexOf].
    public int numberOf(int index) {
        return base + index & MASK;
    }

    /// Returns the current index of the chunk with this number; negative if the chunk has disappeared and was older
    /// than all that are present.
    public int indexOf(int number) {
        int index = number - base & MASK;
        return index < CHUNKS_MAX / 2 ? index : index - CHUNKS_MAX;
    }

    /// Returns the tasks that have not ended and match, oldest first.
    public List<Task> unended(Predicate<Task> wanted) {
        List<Task> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            for (int at = 0; chunks[i] != null && chunks[i].countOf(UNENDED) > 0 && at < CHUNK; at++) {
                Task task = chunks[i].get(at);
                if (task != null && !task.status().ended() && wanted.test(task)) {
                    found.add(task);
                }
            }
        }
        return found;
    }

    private void addChunk() {
        if (count == CHUNKS_MAX / 2) {
            throw new Problem(503, "a billion tasks were submitted since the oldest one: delete old tasks");
        }
        if (count == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * count);
        }
        if (count > 0 && chunks[count - 1].size() == 0) {
            chunks[count - 1] = null;
        } else if (count > 0) {
            chunks[count - 1].packIfSparse();
        }
        chunks[count++] = new ArrivalChunk();
        used = 0;
        trim();
    }

    private void trim() {
        int gone = 0;
        while (gone < count - 1 && chunks[gone] == null) {
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(chunks, gone, chunks, 0, count - gone);
            Arrays.fill(chunks, count - gone, count, null);
            count -= gone;
            base = base + gone & MASK;
        }
    }
}
