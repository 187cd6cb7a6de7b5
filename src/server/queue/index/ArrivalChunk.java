package server.queue.index;

import server.task.Task;
import shared.TaskStatus;
import shared.TaskType;

/// 1024 places of the arrival order and what is true of the tasks there, so that a filtered listing can pass over
/// all of them at once.
///
/// Invariants: `statuses` and `types` count exactly the tasks that are there; `priorities` and `models` have the bit of
/// each of them (and may have more: a bit is cleared only when the chunk is packed). Packed, `tasks` holds only those
/// that are there, and the n-th bit of `present` tells whether place n is one of them.
public final class ArrivalChunk {

    private Task[] tasks = new Task[Arrivals.CHUNK];
    private long[] present;
    private int size;
    private final short[] statuses = new short[TaskStatus.values().length];
    private final short[] types = new short[TaskType.values().length];
    private long priorities;
    private long models;

    int size() {
        return size;
    }

    public int count(TaskStatus status) {
        return statuses[status.ordinal()];
    }

    /// The task at this place; null if there is none.
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

    /// Gives back the room of the places that are empty, once they are three quarters. Only for a chunk that gets no
    /// more tasks.
    void packIfSparse() {
        if (present != null || size > Arrivals.CHUNK / 4) {
            return;
        }
        long[] bits = new long[Arrivals.CHUNK / 64];
        Task[] rest = new Task[size];
        int next = 0;
        priorities = 0;
        models = 0;
        for (int i = 0; i < Arrivals.CHUNK; i++) {
            if (tasks[i] != null) {
                bits[i >> 6] |= 1L << i;
                mark(tasks[i]);
                rest[next++] = tasks[i];
            }
        }
        tasks = rest;
        present = bits;
    }

    /// False only if certainly none of the tasks here passes.
    public boolean mayHold(TaskFilter filter) {
        if (size == 0) {
            return false;
        }
        boolean status = filter.statuses().isEmpty();
        for (TaskStatus wanted : filter.statuses()) {
            status |= statuses[wanted.ordinal()] > 0;
        }
        boolean type = filter.types().isEmpty();
        for (TaskType wanted : filter.types()) {
            type |= types[wanted.ordinal()] > 0;
        }
        boolean priority = filter.priorities().isEmpty();
        for (int wanted : filter.priorities()) {
            priority |= (priorities & bit(wanted)) != 0;
        }
        boolean model = filter.models().isEmpty();
        for (String wanted : filter.models()) {
            model |= (models & bit(wanted.hashCode())) != 0;
        }
        return status && type && priority && model;
    }

    /// How many tasks here pass, if that can be told without looking at them; else -1.
    public int countOf(TaskFilter filter) {
        if (!filter.priorities().isEmpty() || !filter.models().isEmpty()
                || !filter.statuses().isEmpty() && !filter.types().isEmpty()) {
            return -1;
        }
        if (filter.statuses().isEmpty() && filter.types().isEmpty()) {
            return size;
        }
        int count = 0;
        for (TaskStatus wanted : filter.statuses()) {
            count += statuses[wanted.ordinal()];
        }
        for (TaskType wanted : filter.types()) {
            count += types[wanted.ordinal()];
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
        types[task.type().ordinal()] += (short) by;
        if (by > 0) {
            mark(task);
        }
    }

    private void mark(Task task) {
        priorities |= bit(task.priority());
        models |= bit(task.model().hashCode());
    }

    private static long bit(int value) {
        return 1L << ((value * 0x9E3779B9) >>> 26);
    }
}
