package server.queue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// The queue's state alone, without journal and threads: prints the nanoseconds of a submit, a start and a completion
/// together, among so many pending tasks; a line a round. In the package of what it measures, for nobody else sees it.
public final class CoreBench {

    private static final QueueOptions OPTIONS = new QueueOptions(10_000_000, 100_000, Duration.ofDays(7),
            Duration.ofDays(30), 1 << 20);
    private static final Slice PAYLOAD = Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII));
    private static final long START = 1_800_000_000_000L;
    private static final long DAY = 86_400_000;
    private static final int CYCLES = 200_000;

    private final QueueState state = new QueueState(OPTIONS);
    private final Random random = new Random(1);
    private long seq;

    private CoreBench() {
    }

    /// @param args two depths, and the number of rounds; a line has the figure at each of the depths
    public static void main(String[] args) {
        CoreBench[] states = {filled(Integer.parseInt(args[0])), filled(Integer.parseInt(args[1]))};
        for (CoreBench warm : states) {
            warm.round();
            warm.round();
        }
        for (int round = 0; round < Integer.parseInt(args[2]); round++) {
            System.out.println(states[0].round() + " " + states[1].round());
        }
    }

    private static CoreBench filled(int depth) {
        CoreBench core = new CoreBench();
        for (int i = 0; i < depth; i++) {
            core.submit();
        }
        return core;
    }

    private double round() {
        long begun = System.nanoTime();
        for (int i = 0; i < CYCLES; i++) {
            submit();
            Task task = apply(state.start(candidate -> "host", now()));
            apply(LifeCycle.completed(task, PAYLOAD, now()));
            Event.Change due = state.due(now() + DAY);
            if (due != null) {
                apply(due);
            }
        }
        return (double) (System.nanoTime() - begun) / CYCLES;
    }

    private void submit() {
        Submission asked = new Submission(TaskType.CHAT, "qwen3", 1 + random.nextInt(4) * 5, Terms.DEFAULT, PAYLOAD,
                null, "x");
        apply(state.submit(asked, random.nextLong() >>> 4, null, null, now()));
    }

    private Task apply(Event event) {
        seq++;
        return state.apply(event, seq, seq * 500);
    }

    private long now() {
        return START + seq;
    }
}
