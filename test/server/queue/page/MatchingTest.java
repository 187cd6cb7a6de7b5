package server.queue.page;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import server.queue.index.Arrivals;
import server.queue.index.TaskFilter;
import server.queue.index.Totals;
import server.queue.state.Event;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;

/// What matched at one moment, while tasks come, change and go between the steps of the walk.
class MatchingTest {

    private static final int RUNS = Effort.of(20, 2_000);
    private static final long T = 1_800_000_000_000L;

    @Test
    void matched_whileTasksChange_isWhatItWasAtTheBeginning() {
        long first = Long.getLong("seed", System.nanoTime());
        for (long seed = first; seed < first + RUNS; seed++) {
            Walked walked = new Walked(seed);
            walked.go();
        }
    }

    private static final class Walked {
        private final long seed;
        private final Random random;
        private final QueueState state = new QueueState(QueueOptions.DEFAULT);
        private final List<Long> ids = new ArrayList<>();
        private long seq;

        Walked(long seed) {
            this.seed = seed;
            random = new Random(seed);
        }

        void go() {
            for (int i = 0; i < 3 * Arrivals.CHUNK + random.nextInt(2 * Arrivals.CHUNK); i++) {
                submit();
            }
            change(random.nextInt(4_000));
            TaskFilter filter = TaskFilter.ALL.with(random.nextBoolean() ? Set.of() : Set.of(TaskStatus.PENDING),
                    Set.of(), random.nextBoolean() ? Set.of() : Set.of("a"));
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < state.arrivals().chunkCount(); i++) {
                for (int at = 0; state.arrivals().chunk(i) != null && at < Arrivals.CHUNK; at++) {
                    Task task = state.arrivals().chunk(i).get(at);
                    if (task != null && Totals.passes(task, filter)) {
                        expected.add(task.id());
                    }
                }
            }
            Matching matching = Matching.begin(state, filter, seq, 1);
            do {
                change(random.nextInt(2_000));
            } while (matching.step());
            matching.end();
            change(100);
            List<Long> found = matching.matched().tasks().stream().map(Task::id).toList();
            assertTrue(expected.equals(found), () -> "SEED=" + seed + ": " + found.size() + " found, "
                    + expected.size() + " were there");
        }

        private void change(int times) {
            for (int i = 0; i < times; i++) {
                int at = random.nextInt(ids.size());
                Task task = state.get(ids.get(at));
                switch (random.nextInt(4)) {
                    case 0 -> submit();
                    case 1 -> {
                        if (task.status() == TaskStatus.PENDING) {
                            apply(state.cancel(task.id(), null, T));
                        } else {
                            apply(state.retry(task.id(), List.of(), Integer.MAX_VALUE, T));
                        }
                    }
                    case 2 -> {
                        if (task.status().ended()) {
                            apply(state.delete(task.id(), T));
                            ids.set(at, ids.getLast());
                            ids.removeLast();
                        }
                    }
                    default -> {
                        if (!task.status().ended()) {
                            apply(state.changePriority(task.id(), random.nextInt(9), Integer.MAX_VALUE, T));
                        }
                    }
                }
            }
        }

        private void submit() {
            Submission asked = new Submission(TaskType.GENERATE, random.nextBoolean() ? "a" : "b", 5, Terms.DEFAULT,
                    Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, "");
            long id = random.nextLong() >>> 4;
            apply(state.submit(asked, id, null, null, T));
            ids.add(id);
        }

        private void apply(Event.Change event) {
            seq++;
            state.apply(event, seq, seq, 1);
        }
    }
}
