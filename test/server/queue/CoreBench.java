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
import server.order.limits.LimitsOf;
import server.order.limits.OrderLimits;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Caller;
import server.task.Placing;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// The queue's state alone, without journal and threads, with many pending tasks of 50 models and 100 clients, and one
/// place on a host that has one model loaded. Prints a line for each round: the processor time, in nanoseconds, of one
/// operation (a third of a submit, a start and a completion), and the time of a choice alone (`QueueState.start`,
/// without applying its event). The slowest hundredth is left out, because the machine is shared. The choice is
/// measured as it is; with a hundred more tasks that have a `finish_by` in the far future; with a thousand that would
/// miss theirs if they waited, together with the time of `QueueState.nextDue`; and with 99 of the clients full. The
/// last figures are the time of a window that opens for all of them: the longest step under the lock, and all steps. It
/// is in the package of what it measures, because that is visible only there.
public final class CoreBench {

    private static final QueueOptions OPTIONS = new QueueOptions(10_000_000, 100_000, Duration.ofDays(7),
            Duration.ofDays(30), 1 << 20);
    private static final Slice PAYLOAD = Slice.of("{\"prompt\":\"x\"}".getBytes(StandardCharsets.US_ASCII));
    private static final long START = 1_800_000_000_000L;
    private static final long DAY = 86_400_000;
    private static final int CLIENTS = 100;
    private static final int MOST = 16;
    private static final long SOON = 30_000;
    /// The last client has no limit.
    private static final OrderLimits FULL = LimitsOf.yaml("clients: {default: {max_running: 1}, c" + (CLIENTS - 1)
            + ": {weight: 1}}\n");

    private final QueueState state = new QueueState(OPTIONS);
    private static final List<String> MODELS = IntStream.range(0, 50).mapToObj(i -> "m" + i).toList();
    private static final List<Terms> TERMS = IntStream.range(0, CLIENTS).mapToObj(i -> Terms.DEFAULT.of(
            new Caller("c" + i, null, false, false, true), null, 0)).toList();

    private final long[] choices;
    private final Random random = new Random(1);
    private List<Terms> clients = TERMS;
    private OneModel host = new OneModel("m0");
    /// The priority of what started last: what comes is like what has gone, so that no level runs empty.
    private int last = MOST;
    /// Whether all that comes is to be finished soon.
    private boolean pressing;
    private long seq;

    /// @param cycles how many tasks a round submits, starts and completes
    private CoreBench(int cycles) {
        choices = new long[cycles];
    }

    /// @param args two depths, the number of rounds, and of the tasks in each; a line has the two figures at each depth
    public static void main(String[] args) throws IOException {
        CoreBench[] states = {filled(args[0], args[3]), filled(args[1], args[3])};
        for (CoreBench warm : states) {
            warm.round();
            warm.round();
        }
        int rounds = Integer.parseInt(args[2]);
        print(states, rounds);
        for (CoreBench late : states) {
            late.addDeadlines();
            late.round();
        }
        print(states, rounds);
        for (CoreBench late : states) {
            late.pressing = true;
            late.addDeadlines();
            late.round();
        }
        print(states, rounds);
        System.out.println(states[0].nextDue() + " " + states[1].nextDue());
        for (CoreBench full : states) {
            full.pressing = false;
            full.fill();
            full.round();
        }
        print(states, rounds);
        Arrays.fill(states, null);
        System.out.println(opened(Integer.parseInt(args[1])));
    }

    private static void print(CoreBench[] states, int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            System.out.println(states[0].round() + " " + states[1].round());
        }
    }

    /// Tasks that are to be finished by a time: behind all others, and by one that is far; or before them, and soon.
    private void addDeadlines() {
        for (int i = 0; i < (pressing ? 1_000 : 100); i++) {
            submit(pressing ? MOST : 0, by(now() + (pressing ? SOON : 30 * DAY)));
        }
    }

    /// How long it takes to find when the next of the thousand is late, which every search for the next task needs.
    private double nextDue() throws IOException {
        long begun = processorNanos();
        long due = 0;
        for (int i = 0; i < choices.length; i++) {
            due += state.nextDue();
        }
        if (due <= 0) {
            throw new IllegalStateException("nothing is due, ever");
        }
        return (double) (processorNanos() - begun) / choices.length;
    }

    private Terms by(long finishBy) {
        return clients.get(random.nextInt(clients.size())).with(new Placing(null, finishBy, false, null));
    }

    /// All clients but the last have as many running as they may; from now on tasks are the last one's.
    private void fill() {
        state.reconfigure(OPTIONS.with(FULL));
        for (int running = 0; running < CLIENTS - 1;) {
            submit();
            Event.Change start = state.start(host, now());
            Task task = start == null ? null : apply(start);
            if (task == null) {
                continue;
            }
            if (task.terms().caller().client().equals("c" + (CLIENTS - 1))) {
                apply(LifeCycle.completed(task, PAYLOAD, false, now()));
            } else {
                running++;
            }
        }
        clients = List.of(TERMS.getLast());
        for (int i = 0; i < 10; i++) {
            submit();
        }
    }

    private static String opened(int depth) throws IOException {
        CoreBench core = new CoreBench(0);
        core.state.reconfigure(OPTIONS.with(LimitsOf.yaml("windows: {w: \"10:00-11:00 UTC\"}\n")));
        core.clients = TERMS.stream().map(terms -> terms.with(new Placing("w", null))).toList();
        for (int i = 0; i < depth; i++) {
            core.submit();
        }
        long open = Math.floorDiv(core.now(), DAY) * DAY + DAY * 34 / 24;
        long longest = 0;
        long all = 0;
        while (core.state.readyCount() < depth) {
            long before = processorNanos();
            core.state.wake(open);
            long took = processorNanos() - before;
            longest = Math.max(longest, took);
            all += took;
        }
        return longest / 1e6 + " " + all / 1e6;
    }

    private static CoreBench filled(String depth, String cycles) {
        CoreBench core = new CoreBench(Integer.parseInt(cycles));
        for (int i = 0; i < Integer.parseInt(depth); i++) {
            core.submit();
        }
        return core;
    }

    private String round() throws IOException {
        long begun = processorNanos();
        for (int i = 0; i < choices.length; i++) {
            if (pressing) {
                submit(MOST, by(now() + SOON));
            } else {
                submit(last, clients.get(random.nextInt(clients.size())));
            }
            long before = System.nanoTime();
            Event.Change start = state.start(host, now());
            choices[i] = System.nanoTime() - before;
            Task task = apply(start);
            host = new OneModel(task.model());
            last = task.priority();
            // of attempts that take 10 s none of the thousand is late yet, and each presses
            apply(LifeCycle.completed(task, PAYLOAD, false, now() + (pressing ? SOON / 3 : 0)));
            // that many are forgotten as come
            Event.Change due = pressing ? state.delete(task.id(), now()) : state.due(now() + DAY);
            if (due != null) {
                apply(due);
            }
        }
        double operation = (double) (processorNanos() - begun) / (3 * choices.length);
        Arrays.sort(choices);
        return operation + " " + Arrays.stream(choices).limit(choices.length / 100 * 99).average().orElseThrow();
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

    /// This thread's processor time, because others use the processor, too.
    private static long processorNanos() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
    }

    private void submit() {
        submit(1 + random.nextInt(4) * 5, clients.get(random.nextInt(clients.size())));
    }

    private void submit(int priority, Terms terms) {
        Submission asked = new Submission(TaskType.CHAT, MODELS.get(random.nextInt(MODELS.size())), priority, terms,
                PAYLOAD, null, "x");
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
