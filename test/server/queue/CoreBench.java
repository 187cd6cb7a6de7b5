package server.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import server.order.Fit;
import server.order.Offer;
import server.order.Offers;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// The queue's state alone, without journal and threads, among so many pending tasks of 50 models and 100 clients, with
/// one place on a host that has one model loaded. Prints the processor time, in nanoseconds, of one operation (a third
/// of a submit, a start and a completion), and the time of a choice alone, the slowest hundredth left out, for the
/// machine is shared; a line a round. In the package of what it measures, for nobody else sees it.
public final class CoreBench {

    private static final QueueOptions OPTIONS = new QueueOptions(10_000_000, 100_000, Duration.ofDays(7),
            Duration.ofDays(30), 1 << 20);
    private static final Slice PAYLOAD = Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII));
    private static final long START = 1_800_000_000_000L;
    private static final long DAY = 86_400_000;
    private static final int CYCLES = 200_000;
    private static final int OPERATIONS = 3 * CYCLES;

    private final QueueState state = new QueueState(OPTIONS);
    private static final List<String> MODELS = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
    private static final List<Terms> TERMS = IntStream.range(0, 100).mapToObj(i -> Terms.DEFAULT.of(
            new Caller("c" + i, null, false, false, true), null, 0)).toList();

    private final long[] choices = new long[CYCLES];
    private final Random random = new Random(1);
    private OneModel host = new OneModel("m0");
    private long seq;

    private CoreBench() {
    }

    /// @param args two depths, and the number of rounds; a line has the two figures at each of the depths
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

    private String round() throws IOException {
        long begun = processorNanos();
        for (int i = 0; i < CYCLES; i++) {
            submit();
            long before = System.nanoTime();
            Event.Change start = state.start(host, now());
            choices[i] = System.nanoTime() - before;
            Task task = apply(start);
            host = new OneModel(task.model());
            apply(LifeCycle.completed(task, PAYLOAD, false, now()));
            Event.Change due = state.due(now() + DAY);
            if (due != null) {
                apply(due);
            }
        }
        double operation = (double) (processorNanos() - begun) / OPERATIONS;
        Arrays.sort(choices);
        return operation + " " + Arrays.stream(choices).limit(CYCLES / 100 * 99).average().orElseThrow();
    }

    /// A host with a place free that has one model loaded.
    private record OneModel(String model, Set<String> warm) implements Offers {

        private static final Offer LOADED = new Offer(Fit.LOADED, "host", null);
        private static final Offer LOADS = new Offer(Fit.LOADS, "host", null);

        OneModel(String model) {
            this(model, Set.of(model));
        }

        @Override
        public Offer to(Task task, Set<String> kept) {
            return task.model().equals(model) ? LOADED : LOADS;
        }

        @Override
        public boolean may(Task task, String host) {
            return true;
        }
    }

    /// What this thread had of a processor, for others want it too.
    private static long processorNanos() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
    }

    private void submit() {
        Submission asked = new Submission(TaskType.CHAT, MODELS.get(random.nextInt(MODELS.size())),
                1 + random.nextInt(4) * 5, TERMS.get(random.nextInt(TERMS.size())), PAYLOAD, null, "x");
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
