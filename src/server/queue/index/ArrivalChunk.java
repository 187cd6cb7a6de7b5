package server.queue.index;

import java.util.Set;

import server.task.Task;
import shared.TaskStatus;

/// 1024 positions of the arrival order, with counts of the tasks in them, so that a filtered listing can skip all of
/// them at once.
///
/// Invariants: `statuses` counts exactly the tasks that are present. When packed, `tasks` contains only those, and the
/// n-th bit of `present` says whether position n has one.
public final class ArrivalChunk {

    private Task[] tasks = new Task[Arrivals.CHUNK];
    private long[] present;
    private int size;
    private final short[] statuses = new short[TaskStatus.values().length];

    int size() {
        return size;
    }

    /// Returns the task at this position; null if there is none.
    public Task get(int at) {
        if (present == null) {
            return tasks[at];
        }
        return (present[at >> 6] >>> at & 1) == 0 ? null : tasks[rank(at)];
    }

    void add(int at, Task task) {
        tasks[at] = task;
        size++;
        count(task, 1);
    }

    void replace(int at, Task task) {
        int index = present == null ? at : rank(at);
        count(tasks[index], -1);
        tasks[index] = task;
        count(task, 1);
    }

    void remove(int at) {
        int index = present == null ? at : rank(at);
        count(tasks[index], -1);
        size--;
        if (present == null) {
            tasks[at] = null;
            return;
        }
        present[at >> 6] &= ~(1L << at);
        Task[] rest = new Task[size];
        System.arraycopy(tasks, 0, rest, 0, index);
        System.arraycopy(tasks, index + 1, rest, index, size - index);
        tasks = rest;
    }

    /// Frees the memory of empty positions once they are three quarters. Only for a chunk to which no more tasks are
    /// added.
    void packIfSparse() {
        if (present != null || size > Arrivals.CHUNK / 4) {
            return;
        }
        long[] bits = new long[Arrivals.CHUNK / 64];
        Task[] rest = new Task[size];
        int next = 0;
        for (int i = 0; i < Arrivals.CHUNK; i++) {
            if (tasks[i] != null) {
                bits[i >> 6] |= 1L << i;
                rest[next++] = tasks[i];
            }
        }
        tasks = rest;
        present = bits;
    }

    /// Returns false only if certainly none of the tasks here matches.
    public boolean mayHold(TaskFilter filter) {
        return size > 0 && (filter.statuses().isEmpty() || countOf(filter.statuses()) > 0);
    }

    /// Returns how many tasks here match, if the counts tell; else -1.
    public int countOf(TaskFilter filter) {
        if (!filter.isOfStatuses()) {
            return -1;
        }
        return filter.statuses().isEmpty() ? size : countOf(filter.statuses());
    }

    /// Returns how many tasks here have one of these statuses.
    int countOf(Set<TaskStatus> wanted) {
        int count = 0;
        for (TaskStatus status : wanted) {
            count += statuses[status.ordinal()];
        }
        return count;
    }

    private int rank(int at) {
        int rank = Long.bitCount(present[at >> 6] & (1L << at) - 1);
        for (int word = 0; word < at >> 6; word++) {
            rank += Long.bitCount(present[word]);
        }
        return rank;
    }

    private void count(Task task, int by) {
        statuses[task.status().ordinal()] += (short) by;
    }
}
