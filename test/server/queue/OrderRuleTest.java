package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.Ageing;
import server.order.OrderOptions;
import server.order.limits.LimitsOf;
import server.queue.OrderRig.Job;
import server.queue.OrderRig.Machine;
import server.queue.OrderRig.Ran;
import server.queue.state.QueueOptions;
import support.Effort;

/// The promises of the order, seen from outside, on simulated hosts: random runs from a seed.
class OrderRuleTest {

    private static final int RUNS = Effort.of(1_000, 50_000);
    private static final Machine ONE = new Machine(1, 1, 1_000);

    private static QueueOptions options(boolean affinity, long maxWait, int maxBatch, Ageing ageing) {
        return QueueOptions.DEFAULT.with(new OrderOptions(affinity, maxWait, maxBatch, ageing));
    }

    private static List<Job> mix(int count, String... models) {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            jobs.add(new Job(0, null, models[i % models.length], 5, 100));
        }
        return jobs;
    }

    private interface Check {
        void of(Random random);
    }

    private static void runs(Check check) {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int run = 0; run < RUNS; run++) {
            try {
                check.of(new Random(seed + run));
            } catch (Throwable failed) {
                throw new AssertionError("seed " + (seed + run) + ": " + failed.getMessage(), failed);
            }
        }
    }

    @Test
    void affinity_threeModelsByTurns_loadsOnceForEachBatch() {
        List<Job> jobs = mix(300, "a", "b", "c");
        assertEquals(300, OrderRig.loads(OrderRig.run(jobs, options(false, 60_000, 32, Ageing.NONE), ONE)));
        assertEquals(15, OrderRig.loads(OrderRig.run(jobs, options(true, 600_000, 32, Ageing.NONE), ONE)));
    }

    @Test
    void affinity_passesNobodyMoreOftenOrLongerThanItMay() {
        runs(random -> {
            int maxBatch = 1 + random.nextInt(6);
            long maxWait = 2_000 + random.nextInt(5_000);
            Machine machine = new Machine(1 + random.nextInt(2), 1, random.nextInt(500));
            List<Ran> ran = OrderRig.run(jobs(random, 60, 1, 1), options(true, maxWait, maxBatch, Ageing.NONE),
                    machine);
            for (Ran task : ran) {
                List<Ran> passes = ran.stream().filter(other -> other.order() > task.order()
                        && other.starts() < task.starts() && other.start() >= task.job().at()).toList();
                assertTrue(passes.size() <= maxBatch, () -> task + " was passed by " + passes);
                // from then on it is next, behind what is overdue too: nothing later passes it
                long first = passes.isEmpty() ? Long.MAX_VALUE : passes.getFirst().start();
                passes.forEach(pass -> assertTrue(pass.start() <= first + maxWait,
                        () -> task + " was first passed at " + first + ", and still by " + pass));
            }
        });
    }

    /// Where a host answers several tasks at once, it may have to drain for an overdue one, while others continue. They
    /// pass it, but only until a host has drained for it and for each task before it.
    @Test
    void affinity_severalAtOnceOnSeveralHosts_whatIsOverdueWaitsForOneThatDrains() {
        runs(random -> {
            int maxBatch = 1 + random.nextInt(6);
            int load = random.nextInt(500);
            Machine machine = new Machine(1 + random.nextInt(3), 2, load);
            List<Ran> ran = OrderRig.run(jobs(random, 80, 1, 1), options(true, 1_000_000, maxBatch, Ageing.NONE),
                    machine);
            for (Ran task : ran) {
                List<Ran> passes = ran.stream().filter(other -> other.order() > task.order()
                        && other.starts() < task.starts() && other.start() >= task.job().at()).toList();
                if (passes.size() > maxBatch) {
                    // once no other is before it, it is next on a host, whatever that costs: there nothing passes it
                    int next = ran.stream().filter(other -> other.order() < task.order()
                            && other.starts() < task.starts()).mapToInt(Ran::starts).max().orElse(-1);
                    int since = Math.max(next, passes.get(maxBatch - 1).starts());
                    assertTrue(passes.stream().filter(pass -> pass.starts() > since).map(Ran::host).distinct().count()
                            < machine.hosts(), () -> task + " was overdue, and passed on each host by " + passes);
                    long overdue = passes.get(maxBatch - 1).start();
                    long before = ran.stream().filter(other -> other.order() < task.order()
                            && other.starts() < task.starts() && other.start() >= overdue).count();
                    assertTrue(task.start() <= overdue + (before + 1) * (200 + load), () -> task
                            + " was overdue at " + overdue + ", with " + before + " before it");
                }
            }
        });
    }

    @Test
    void priority_higherGoesFirst_whateverIsLoaded() {
        runs(random -> {
            List<Ran> ran = OrderRig.run(jobs(random, 60, 3, 3), options(random.nextBoolean(), 5_000, 4, Ageing.NONE),
                    new Machine(1 + random.nextInt(2), 1, random.nextInt(500)));
            for (Ran task : ran) {
                for (Ran later : ran.subList(task.starts() + 1, ran.size())) {
                    assertTrue(later.job().at() > task.start()
                            || later.job().priority() <= task.job().priority(), () -> task + " went before " + later);
                }
            }
        });
    }

    /// While all clients have waiting tasks, none is ahead of another, by weight, by more than a task of each; with
    /// several keys, also by what affinity may cost.
    @Test
    void shares_nobodyIsAheadByMoreThanATaskOfEach_andAffinitysBound() {
        runs(random -> {
            int models = random.nextBoolean() ? 1 : 2 + random.nextInt(3);
            long maxWait = 1_000 + random.nextInt(5_000);
            long load = models == 1 ? 0 : random.nextInt(500);
            long longest = 10 + random.nextInt(1_000);
            Map<String, Integer> weights = Map.of("a", 1 + random.nextInt(3), "b", 1, "c", 1 + random.nextInt(2));
            List<String> clients = List.of("a", "b", "c").subList(0, 2 + random.nextInt(2));
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                jobs.add(new Job(0, clients.get(random.nextInt(clients.size())), "m" + random.nextInt(models), 5,
                        1 + random.nextLong(longest)));
            }
            QueueOptions options = options(true, maxWait, 1_000, Ageing.NONE).with(LimitsOf.yaml("clients: {a: "
                    + "{weight: " + weights.get("a") + "}, c: {weight: " + weights.get("c") + "}}"));
            Map<String, Double> had = new HashMap<>();
            Map<String, Long> left = new HashMap<>();
            jobs.forEach(job -> left.merge(job.client(), 1L, Long::sum));
            for (Ran task : OrderRig.run(jobs, options, new Machine(1, 1, load))) {
                had.merge(task.job().client(), (double) task.end() - task.start(), Double::sum);
                left.merge(task.job().client(), -1L, Long::sum);
                if (left.values().stream().anyMatch(count -> count == 0)) {
                    return;
                }
                for (String ahead : clients) {
                    for (String behind : clients) {
                        // each by one task; of two clients, neither is then beyond its share by more than one. That
                        // somebody is behind by too much is seen at a start only
                        double bound = (models == 1 ? 1.0 : 2.0) * (longest + load) / weights.get(ahead)
                                + (double) (longest + load) / weights.get(behind) + (models == 1 ? 0 : maxWait);
                        assertTrue(had.getOrDefault(ahead, 0.0) / weights.get(ahead)
                                - had.getOrDefault(behind, 0.0) / weights.get(behind) <= bound, () -> ahead
                                + " is ahead of " + behind + " by more than " + bound + ": " + had + " by " + weights);
                    }
                }
            }
        });
    }

    /// The virtual times follow from the events: after a replay the order continues as it would have.
    @Test
    void replay_goesOnAsTheLiveQueueDoes() {
        runs(random -> {
            QueueOptions options = options(random.nextBoolean(), 1_000 + random.nextInt(60_000),
                    1 + random.nextInt(8), random.nextBoolean() ? Ageing.NONE : new Ageing(1_000, 10))
                    .with(LimitsOf.yaml("clients: {c0: {weight: 2}, c1: {max_running: 1}}"));
            Machine machine = new Machine(1 + random.nextInt(2), 1 + random.nextInt(2), random.nextInt(500));
            List<Job> jobs = jobs(random, 60, 4, 3);
            long at = random.nextLong(OrderRig.end(OrderRig.run(jobs, options, machine)));
            assertEquals(OrderRig.runAgain(jobs, options, machine, at, false),
                    OrderRig.runAgain(jobs, options, machine, at, true));
        });
    }

    /// One client floods, another comes now and then: the latter waits only for the running tasks.
    @Test
    void shares_newcomer_waitsForOneTaskOnly() {
        runs(random -> {
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                jobs.add(new Job(0, "flood", "m", 5, 100));
            }
            for (int i = 0; i < 5; i++) {
                jobs.add(new Job(500 + i * 800 + random.nextInt(300), "light", "m", 5, 50));
            }
            for (Ran task : OrderRig.run(jobs, options(true, 60_000, 32, Ageing.NONE),
                    new Machine(1, 1, 0))) {
                assertTrue(!task.job().client().equals("light") || task.waited() <= 100, task::toString);
            }
        });
    }

    @Test
    void ageing_nobodyWaitsLongerThanTheHeadStartOfOthers() {
        runs(random -> {
            long every = 200 + random.nextInt(2_000);
            Ageing ageing = new Ageing(every, 10);
            List<Ran> ran = OrderRig.run(jobs(random, 60, 1, 8), options(false, 1_000_000, 1_000, ageing),
                    new Machine(1, 1, 0));
            for (Ran task : ran) {
                ran.stream().filter(other -> other.starts() < task.starts() && other.start() >= task.job().at())
                        .forEach(other -> assertTrue(other.job().at() - task.job().at()
                                <= ageing.headStart(task.job().priority(), other.job().priority()) + every,
                                () -> other + " went before " + task));
            }
        });
    }

    /// @param priorities how many, from 1
    private static List<Job> jobs(Random random, int count, int clients, int priorities) {
        List<Job> jobs = new ArrayList<>();
        long at = 0;
        int models = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            at += random.nextInt(3) == 0 ? random.nextLong(600) : 0;
            jobs.add(new Job(at, clients == 1 ? null : "c" + random.nextInt(clients), "m" + random.nextInt(models),
                    1 + random.nextInt(priorities), 1 + random.nextLong(200)));
        }
        return jobs;
    }
}
