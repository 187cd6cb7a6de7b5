package server.queue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

import server.order.Fit;
import server.order.Offer;
import server.order.Offers;
import server.order.VirtualTimes;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskState;
import server.task.Terms;
import shared.TaskType;
import shared.json.Slice;

/// The queue's state with simulated hosts and a simulated clock: what the rule does, without a server. A host has room
/// for one model, and a number of places for it. Throws an AssertionError if a host is given more, or a reload while it
/// answers.
public final class OrderRig {

    private static final long START = 1_800_000_000_000L;
    private static final Slice PAYLOAD = Slice.of("{}".getBytes(StandardCharsets.US_ASCII));

    /// What is submitted, and how long it runs. Times are milliseconds.
    public record Job(long at, String client, String model, int priority, long millis) {
    }

    /// What became of it; times as in the job.
    ///
    /// @param order the number of its submit, from 0
    /// @param starts the number of its start, from 0
    public record Ran(Job job, int order, int starts, String host, long start, long end, boolean loaded) {

        public long waited() {
            return start - job.at;
        }
    }

    /// @param hosts  how many
    /// @param places how many tasks of a model one answers at once
    /// @param load   how long a load takes
    public record Machine(int hosts, int places, long load) {
    }

    private static final class Host {
        final String name;
        String model;
        int running;
        long loadedAt;

        Host(String name) {
            this.name = name;
        }
    }

    private record End(long at, long number, Task task, Host host) {
    }

    private final QueueOptions options;
    private final List<Event> events = new ArrayList<>();
    private QueueState state;
    private final Machine machine;
    private final List<Host> hosts = new ArrayList<>();
    private final PriorityQueue<End> ends = new PriorityQueue<>(
            Comparator.comparingLong(End::at).thenComparing(End::number));
    private final Map<Long, Integer> orders = new HashMap<>();
    private final List<Ran> ran = new ArrayList<>();
    private long beginsAt = Long.MAX_VALUE;
    private boolean replayed;
    private long seq;
    private long now;

    private OrderRig(QueueOptions options, Machine machine) {
        this.options = options;
        state = new QueueState(options);
        this.machine = machine;
        for (int i = 0; i < machine.hosts; i++) {
            hosts.add(new Host("h" + i));
        }
    }

    /// Runs all jobs, which come in the order of their times; returns what became of them, in the order of their
    /// starts.
    public static List<Ran> run(List<Job> jobs, QueueOptions options, Machine machine) {
        return new OrderRig(options, machine).run(jobs);
    }

    public static long loads(List<Ran> ran) {
        return ran.stream().filter(Ran::loaded).count();
    }

    /// When the last one ended.
    public static long end(List<Ran> ran) {
        return ran.stream().mapToLong(Ran::end).max().orElse(0);
    }

    /// The same, but from a time on it goes on as after a replay: what was passed over is forgotten.
    ///
    /// @param replayed whether its state is made anew from the events so far
    public static List<Ran> runAgain(List<Job> jobs, QueueOptions options, Machine machine, long at,
            boolean replayed) {
        OrderRig rig = new OrderRig(options, machine);
        rig.beginsAt = at;
        rig.replayed = replayed;
        return rig.run(jobs);
    }

    private void begin() {
        beginsAt = Long.MAX_VALUE;
        if (replayed) {
            Map<String, String> times = times();
            List<Event> all = List.copyOf(events);
            events.clear();
            seq = 0;
            state = new QueueState(options);
            all.forEach(this::apply);
            if (!times().equals(times)) {
                throw new AssertionError("live " + times + ", replayed " + times());
            }
        }
        state.begin(START + now);
    }

    private Map<String, String> times() {
        return VirtualTimes.of(state.backlog(true, START + now).standing().copy().order);
    }

    private List<Ran> run(List<Job> jobs) {
        int next = 0;
        while (ran.size() < jobs.size() || !ends.isEmpty()) {
            if (now >= beginsAt) {
                begin();
            }
            long arrival = next < jobs.size() ? jobs.get(next).at : Long.MAX_VALUE;
            now = Math.min(arrival, ends.isEmpty() ? Long.MAX_VALUE : ends.peek().at);
            if (now == Long.MAX_VALUE) {
                throw new AssertionError("nothing can start, but " + (jobs.size() - ran.size()) + " tasks wait");
            }
            while (!ends.isEmpty() && ends.peek().at <= now) {
                End end = ends.poll();
                end.host.running--;
                apply(LifeCycle.completed(state.get(end.task.id()), PAYLOAD, false, START + now));
            }
            while (next < jobs.size() && jobs.get(next).at <= now) {
                submit(jobs.get(next), next++);
            }
            for (Event.Change event = start(); event != null; event = start()) {
                began(apply(event), jobs);
            }
        }
        return ran;
    }

    private void submit(Job job, int number) {
        Submission asked = new Submission(TaskType.GENERATE, job.model, job.priority, Terms.DEFAULT.of(
                new Caller(job.client, null, false, false, true), null, 0), PAYLOAD, null, "");
        orders.put((long) number, number);
        apply(state.submit(asked, number, null, null, START + now));
    }

    private Event.Change start() {
        return hosts.stream().allMatch(host -> host.running == machine.places) ? null
                : state.start(new Live(), START + now);
    }

    private void began(Task task, List<Job> jobs) {
        Host host = hosts.stream().filter(one -> one.name.equals(task.state().host())).findFirst().orElseThrow();
        boolean load = !task.model().equals(host.model);
        if (((TaskState.Running) task.state()).chosen().loads() != load) {
            throw new AssertionError(task + " does not tell whether it loads");
        }
        if (host.running == machine.places || load && host.running > 0) {
            throw new AssertionError(host.name + " answers " + host.running + " of " + host.model + " and got "
                    + task.model());
        }
        host.model = task.model();
        host.running++;
        host.loadedAt = load ? now + machine.load : host.loadedAt;
        int number = orders.get(task.id());
        long end = Math.max(now, host.loadedAt) + jobs.get(number).millis;
        ends.add(new End(end, ran.size(), task, host));
        ran.add(new Ran(jobs.get(number), number, ran.size(), host.name, now, end, load));
    }

    private Task apply(Event event) {
        seq++;
        events.add(event);
        return state.apply(event, seq, seq * 500, 500);
    }

    private final class Live implements Offers {

        @Override
        public Offer to(Task task, Set<String> kept) {
            Offer best = Offer.NONE;
            for (Host host : hosts) {
                Fit fit = host.running == machine.places ? Fit.NONE : task.model().equals(host.model) ? Fit.LOADED
                        : host.running == 0 ? Fit.LOADS : Fit.DRAINS;
                if (!kept.contains(host.name) && fit.compareTo(best.fit()) < 0) {
                    best = new Offer(fit, host.name, null);
                }
            }
            return best;
        }

        @Override
        public boolean may(Task task, String host) {
            return true;
        }

        @Override
        public Set<String> warm() {
            Set<String> warm = new TreeSet<>();
            for (Host host : hosts) {
                if (host.model != null && host.running < machine.places) {
                    warm.add(host.model);
                }
            }
            return warm;
        }
    }
}
