package server.queue.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;

/// The tasks by arrival, and by id.
class ArrivalsTest {


    private final Random random = new Random(2);

    /// Slots by id, in the order of the ids; and by arrival.
    private final TreeMap<Long, Integer> slots = new TreeMap<>();
    private final TreeMap<Long, Task> byArrival = new TreeMap<>();
    private long arrival;

    @Test
    void slots_aroundTheEndOfTheirNumbers_stayThoseOfTheirTasks() {
        Arrivals arrivals = new Arrivals((1 << 21) - 3);
        IdTable ids = new IdTable(arrivals);
        for (int round = 0; round < 12; round++) {
            for (int i = 0; i < 1_000; i++) {
                add(arrivals, ids, random.nextLong() >>> 4);
            }
            int keep = random.nextInt(900);
            while (slots.size() > keep) {
                Long id = slots.ceilingKey(random.nextLong() >>> 4);
                remove(arrivals, ids, id == null ? slots.firstKey() : id);
            }
            compare(arrivals, ids);
        }
        assertTrue(arrivals.chunkCount() <= 12);
    }

    @Test
    void ids_thatBeginAlike_areAllFound() {
        Arrivals arrivals = new Arrivals();
        IdTable ids = new IdTable(arrivals);
        for (int i = 0; i < 3_000; i++) {
            long id = switch (random.nextInt(3)) {
                case 0 -> random.nextInt(4_000);
                case 1 -> (1L << 60) - 1 - random.nextInt(4_000);
                default -> random.nextLong() >>> 4;
            };
            if (!slots.containsKey(id)) {
                add(arrivals, ids, id);
            } else if (random.nextBoolean()) {
                remove(arrivals, ids, id);
            }
        }
        compare(arrivals, ids);
        for (int i = 0; i < 300; i++) {
            int open = random.nextInt(55);
            long near = slots.lastKey() - (random.nextLong() >>> 4 + random.nextInt(50));
            long low = slots.ceilingKey(near) >>> open << open;
            long high = low + (1L << open) - 1;
            assertEquals(Set.copyOf(slots.subMap(low, true, high, true).values()),
                    Set.copyOf(ids.range(low, high, Integer.MAX_VALUE)));
        }
    }

    @Test
    void chunk_thatIsSparse_isPacked() {
        ArrivalChunk chunk = new ArrivalChunk();
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < Arrivals.CHUNK; i++) {
            chunk.add(i, task(i, i % 7, TaskStatus.PENDING));
            if (i % 50 == 49) {
                left.add(i);
            }
        }
        for (int i = 0; i < Arrivals.CHUNK; i++) {
            if (i % 50 != 49) {
                chunk.remove(i);
                chunk.packIfSparse();
            }
        }
        for (int i = 0; i < Arrivals.CHUNK; i++) {
            assertEquals(left.contains(i), chunk.get(i) != null);
            assertTrue(chunk.get(i) == null || chunk.get(i).id() == i);
        }
        chunk.replace(99, task(99, 3, TaskStatus.RUNNING));
        assertEquals(1, chunk.countOf(Set.of(TaskStatus.RUNNING)));
        assertEquals(left.size(), chunk.countOf(TaskFilter.ALL));
        TaskFilter running = TaskFilter.ALL.with(Set.of(TaskStatus.RUNNING), Set.of(3), Set.of());
        assertTrue(chunk.mayHold(running));
        chunk.remove(99);
        assertTrue(!chunk.mayHold(running));
    }

    private void add(Arrivals arrivals, IdTable ids, long id) {
        Task task = task(id, 5, TaskStatus.PENDING);
        int slot = arrivals.add(task);
        ids.add(id, slot);
        slots.put(id, slot);
        byArrival.put(task.arrival(), task);
    }

    private void remove(Arrivals arrivals, IdTable ids, long id) {
        byArrival.remove(arrivals.get(slots.get(id)).arrival());
        ids.remove(id, slots.get(id));
        arrivals.remove(slots.remove(id));
    }

    private void compare(Arrivals arrivals, IdTable ids) {
        assertEquals(slots.size(), arrivals.size());
        for (Map.Entry<Long, Integer> entry : slots.entrySet()) {
            assertEquals(entry.getValue(), ids.find(entry.getKey()));
            assertEquals(entry.getKey(), arrivals.get(entry.getValue()).id());
        }
        for (int i = 0; i < 500; i++) {
            long id = random.nextLong() >>> 4;
            assertEquals(slots.getOrDefault(id, -1), ids.find(id));
        }
        List<Task> walked = new ArrayList<>();
        for (int i = 0; i < arrivals.chunkCount(); i++) {
            assertEquals(i, arrivals.indexOf(arrivals.numberOf(i)));
            for (int at = 0; arrivals.chunk(i) != null && at < Arrivals.CHUNK; at++) {
                if (arrivals.chunk(i).get(at) != null) {
                    walked.add(arrivals.chunk(i).get(at));
                }
            }
        }
        assertEquals(List.copyOf(byArrival.values()), walked);
    }

    private Task task(long id, int priority, TaskStatus status) {
        arrival++;
        return new Task(id, TaskType.CHAT, "m", priority, status == TaskStatus.PENDING ? TaskState.Pending.READY
                : new TaskState.Running(1, "h"), 0, arrival, arrival, Terms.DEFAULT, null, 0, List.of(), 1, 1, null);
    }
}
