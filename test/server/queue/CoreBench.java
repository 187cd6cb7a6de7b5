package server.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

import server.order.LoadedOffers;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// The queue's state alone, without journal and threads: prints the processor time, in nanoseconds, of one operation
/// (a third of a submit, a start and a completion) among so many pending tasks; a line a round. In the package of what
/// it measures, for nobody else sees it.
public final class CoreBench {

    private static final QueueOptions OPTIONS = new QueueOptions(10_000_000, 100_000, Duration.ofDays(7),
            Duration.ofDays(30), 1 << 20);
    private static final Slice PAYLOAD = Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII));
    private static final long START = 1_800_000_000_000L;
    private static final long DAY = 86_400_000;
    private static final int CYCLES = 200_000;
    private static final int OPERATIONS = 3 * CYCLES;

    private final QueueState state = new QueueState(OPTIONS);
    private final Random random = new Random(1);
    private long seq;

    private CoreBench() {
    }

    /// @param args two depths, and the number of rounds; a line has the figure at each of the depths
    public static void main(String[] args) throws IOException {
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

    private double round() throws IOException {
        long begun = processorNanos();
        for (int i = 0; i < CYCLES; i++) {
            submit();
            Task task = apply(state.start(LoadedOffers.at("host"), now()));
            apply(LifeCycle.completed(task, PAYLOAD, false, now()));
            Event.Change due = state.due(now() + DAY);
            if (due != null) {
                apply(due);
            }
        }
        return (double) (processorNanos() - begun) / OPERATIONS;
    }

    /// What this thread had of a processor, for others want it too.
    private static long processorNanos() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
    }

    private void submit() {
        Submission asked = new Submission(TaskType.CHAT, "qwen3", 1 + random.nextInt(4) * 5, Terms.DEFAULT, PAYLOAD,
                null, "x");
        apply(state.submit(asked, random.nextLong() >>> 4, null, null, now()));
    }

    private Task apply(Event event) {
        seq++;
        return state.apply(event, seq, seq * 500, 500);
    }

    private long now() {
        return START + seq;
    }
}
