package server.queue.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import server.order.Ageing;
import server.order.Fit;
import server.order.LoadedOffers;
import server.order.Offer;
import server.order.Offers;
import server.order.OrderOptions;
import server.order.Written;
import server.order.ahead.Span;
import server.order.limits.LimitsOf;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.task.Placing;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import server.task.Times;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;

/// Tasks with a `finish_by`.
class FinishTimesTest {

    private static final long NOW = Times.parse("now", "2026-01-02T12:00:00Z");
    private static final long MINUTE = 60_000;

    private final EventCodec codec = new EventCodec(new Pool());
    private QueueState state = new QueueState(QueueOptions.DEFAULT);
    private long seq;
    private long ids;

    private Task submit(String model, Placing placing, long scheduled, long now) {
        Terms terms = new Terms(scheduled, 0, 60_000, 3, 500, 700, 1.5, false, null, false).with(placing);
        return apply(state.submit(new Submission(TaskType.GENERATE, model, 5, terms,
                Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, ""), ids++, null, null, now));
    }

    private Task submit(long finishBy) {
        return submit("m", new Placing(null, finishBy, false, null), 0, NOW);
    }

    /// Through the journal's line, as a replay does it.
    private Task apply(Event event) {
        seq++;
        String text = Arrays.stream(EventCodec.encode(event)).map(Slice::text).collect(Collectors.joining());
        Slice line = Slice.of(("{\"seq\":" + seq + ",\"synced\":\"0000000000000000\"," + text)
                .getBytes(StandardCharsets.UTF_8));
        return state.apply(codec.decodeForReplay(seq, line), seq, 1000 * seq, line.length());
    }

    private void run(Task task, long now, long takes) {
        apply(state.start(new LoadedOffers(candidate -> candidate.id() == task.id() ? "h" : null), now));
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, now + takes));
    }

    @Test
    void duration_countsFromTheSubmit() {
        assertEquals(NOW + 2 * MINUTE, submit(-2 * MINUTE).terms().placing().finishBy());
    }

    /// What the host reported about its load is in the journal's line, so that a replay knows the same.
    @Test
    void left_ofOneWhoseHostLoads_isTheRestOfTheLoad_andWhatAttemptsTakeWithoutIt() {
        for (int i = 0; i < 3; i++) {
            Task task = load(NOW);
            apply(LifeCycle.completed(task, Slice.of(new byte[] {'1'}), false, 30_000, -1, NOW + 31_000));
        }
        Task loads = load(NOW);
        assertEquals(new Span(31_000, 31_000), state.left(loads, Written.NOTHING, NOW));
        assertEquals(new Span(11_000, 11_000), state.left(loads, Written.NOTHING, NOW + 20_000));
        assertEquals(new Span(600, 600), state.left(loads, Written.NOTHING, NOW + 30_400));
        // it has begun to answer: however long the load was, it is over
        assertEquals(new Span(1_000, 1_000), state.left(loads, new Written(1, 0, 0), NOW + 2_000));
        apply(LifeCycle.completed(loads, Slice.of(new byte[] {'1'}), false, 30_000, -1, NOW + 31_000));
        Task loaded = submit(0);
        apply(state.start(new LoadedOffers(candidate -> "h"), NOW));
        assertEquals(new Span(1_000, 1_000), state.left(state.get(loaded.id()), Written.NOTHING, NOW));
    }

    /// A task whose host loads for it.
    private Task load(long now) {
        Task task = submit(0);
        apply(state.start(new Offers() {
            @Override
            public Offer to(Task asked, Set<String> kept) {
                return new Offer(Fit.LOADS, "h", null);
            }

            @Override
            public boolean may(Task asked, String host) {
                return true;
            }

            @Override
            public Set<String> warm() {
                return Set.of();
            }
        }, now));
        return state.get(task.id());
    }

    @Test
    void late_withoutEstimates_isWhatHasNotEndedInTime() {
        Task task = submit(NOW + MINUTE);
        assertNull(state.lateness(task, NOW));
        assertNull(state.due(NOW + MINUTE));
        assertEquals(NOW + MINUTE + 1, state.nextDue());
        Event.Change late = state.due(NOW + MINUTE + 1);
        assertEquals(Event.What.LATE, late.what());
        Task after = apply(late);
        assertTrue(after.terms().placing().late());
        assertEquals(TaskStatus.PENDING, after.status());
        assertNull(state.due(NOW + MINUTE + 1));
        assertEquals(Long.MAX_VALUE, state.nextDue());
        run(after, NOW + 2 * MINUTE, 1);
    }

    @Test
    void late_whileNobodyKnowsWhetherTheClockIsRight_isWhatCameSince() {
        submit(NOW + MINUTE);
        state.hold(NOW + 1);
        assertNull(state.due(NOW + 2 * MINUTE));
        Task since = submit("m", new Placing(null, NOW + MINUTE, false, null), 0, NOW + 1);
        assertEquals(since.id(), apply(state.due(NOW + 2 * MINUTE)).id());
        assertNull(state.due(NOW + 2 * MINUTE));
        state.hold(0);
        assertEquals(Event.What.LATE, state.due(NOW + 2 * MINUTE).what());
    }

    @Test
    void late_byEstimates_isToldWhenItCannotBeMetAnyMore() {
        for (int i = 0; i < 3; i++) {
            run(submit(0), NOW, 5 * MINUTE);
        }
        Task task = submit(NOW + 8 * MINUTE);
        assertNull(state.due(NOW + 3 * MINUTE));
        assertEquals(Event.What.LATE, state.due(NOW + 3 * MINUTE + 1).what());
        assertEquals("finish_by 2026-01-02T12:08:00.000Z cannot be met: the task can begin now at the earliest, and "
                + "those of model m usually take 5m", state.lateness(task, NOW + 4 * MINUTE));
        assertNull(state.lateness(submit("other", task.terms().placing(), 0, NOW), NOW + 4 * MINUTE));
        // once it runs, it is late when its time is over
        apply(state.start(new LoadedOffers(candidate -> candidate.id() == task.id() ? "h" : null), NOW + 3 * MINUTE));
        apply(state.cancel(3 + 1, null, NOW));
        assertNull(state.due(NOW + 8 * MINUTE));
        Event.Change late = state.due(NOW + 8 * MINUTE + 1);
        assertEquals(task.id(), late.task().id());
        assertEquals(TaskStatus.RUNNING, apply(late).status());
    }

    @Test
    void late_byItsOwnTimeOrItsWindow_isToldAtOnce() {
        Task scheduled = submit("m", new Placing(null, NOW + MINUTE, false, null), NOW + 2 * MINUTE, NOW);
        assertEquals("finish_by 2026-01-02T12:01:00.000Z cannot be met: the task can begin at "
                + "2026-01-02T12:02:00.000Z at the earliest", state.lateness(scheduled, NOW));
        assertEquals(scheduled.id(), apply(state.due(NOW)).id());
        state.reconfigure(QueueOptions.DEFAULT.with(LimitsOf.yaml("windows: {night: '22:00-06:00 UTC'}")));
        Task night = submit("m", new Placing("night", NOW + MINUTE, false, null), 0, NOW);
        assertTrue(state.lateness(night, NOW).contains("can begin at 2026-01-02T22:00:00.000Z"));
        assertNull(state.lateness(submit("m", new Placing("night", NOW + 11 * 60 * MINUTE, false, null), 0, NOW), NOW));
    }

    @Test
    void late_ofARunningTask_mayBeAllThatACompactionKeptOfTheRun() {
        Task task = submit(NOW + MINUTE);
        Event.Change started = state.start(LoadedOffers.at("h"), NOW);
        Task running = started.task();
        apply(LifeCycle.late(running, NOW + 2 * MINUTE));
        assertEquals(TaskStatus.RUNNING, state.get(task.id()).status());
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, NOW + 3 * MINUTE));
        assertEquals(TaskStatus.COMPLETED, state.get(task.id()).status());
    }

    /// Losing its time does not reset a task: the tasks that have passed it over still count.
    @Test
    void late_keepsItsTurn() {
        state.reconfigure(QueueOptions.DEFAULT.with(new OrderOptions(true, 60_000, 2, Ageing.NONE)));
        Task first = submit("cold", new Placing(null, NOW + MINUTE, false, null), 0, NOW);
        for (int i = 0; i < 4; i++) {
            submit("warm", Placing.NONE, 0, NOW);
        }
        Offers loaded = new Offers() {
            @Override
            public Offer to(Task task, Set<String> kept) {
                return new Offer(task.model().equals("warm") ? Fit.LOADED : Fit.LOADS, "h", null);
            }

            @Override
            public boolean may(Task task, String host) {
                return true;
            }

            @Override
            public Set<String> warm() {
                return Set.of("warm");
            }
        };
        List<String> started = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            started.add(apply(state.start(loaded, NOW)).model());
            if (i == 0) {
                apply(LifeCycle.late(state.get(first.id()), NOW));
            }
        }
        assertEquals(List.of("warm", "warm", "cold"), started);
    }

    @Test
    void ended_isNotLate() {
        Task task = submit(NOW + MINUTE);
        run(task, NOW, 1);
        assertNull(state.due(NOW + 2 * MINUTE));
    }

    // ---- the order

    private static final int RUNS = Effort.of(200, 10_000);

    /// How long an attempt of a model takes.
    private static long takes(String model) {
        return model.equals("m") ? MINUTE : 2 * MINUTE;
    }

    private void learn() {
        for (int i = 0; i < 3; i++) {
            run(submit("m", Placing.NONE, 0, NOW), NOW, takes("m"));
            run(submit("n", Placing.NONE, 0, NOW), NOW, takes("n"));
        }
    }

    /// Runs all that is there, on so many places.
    ///
    /// @return the tasks in the order of their starts, each as it ended
    private List<Task> runAll(int places, long begin) {
        Map<Long, Long> ends = new LinkedHashMap<>();
        List<Long> started = new ArrayList<>();
        long now = begin;
        while (true) {
            Event.Change event = ends.size() < places ? state.start(LoadedOffers.at("h"), now) : null;
            if (event != null) {
                Task task = apply(event);
                started.add(task.id());
                ends.put(task.id(), now + takes(task.model()));
            } else if (ends.isEmpty()) {
                return started.stream().map(state::get).toList();
            } else {
                long id = ends.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
                now = ends.remove(id);
                apply(LifeCycle.completed(state.get(id), Slice.of(new byte[] {'1'}), false, now));
            }
        }
    }

    @Test
    void order_whileThereIsTime_isThatOfArrival() {
        learn();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(submit("m", new Placing(null, i % 2 == 0 ? 0 : NOW + (100 - i) * 60 * MINUTE, false, null), 0, NOW)
                    .id());
        }
        assertEquals(ids, runAll(1, NOW).stream().map(Task::id).toList());
    }

    @Test
    void order_whereOneWouldBeMissed_isByTimeWithinOnePriority() {
        learn();
        Task plain = submit("m", Placing.NONE, 0, NOW);
        Task second = submit("m", new Placing(null, NOW + 4 * MINUTE, false, null), 0, NOW);
        Task first = submit("m", new Placing(null, NOW + 3 * MINUTE, false, null), 0, NOW);
        Task hopeless = submit("m", new Placing(null, NOW + MINUTE / 2, false, null), 0, NOW);
        Task high = apply(state.changePriority(submit("m", Placing.NONE, 0, NOW).id(), 6, Integer.MAX_VALUE, NOW));
        apply(state.due(NOW));
        assertEquals(List.of(high.id(), first.id(), second.id(), plain.id(), hopeless.id()),
                runAll(1, NOW).stream().map(Task::id).toList());
    }

    /// If all times can be met with one attempt's length to spare, they are, whatever else waits.
    @Test
    void order_withTimesThatCanBeMet_meetsAll() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int run = 0; run < RUNS; run++) {
            String told = "seed " + (seed + run);
            new FinishTimesTest().meetsAll(new Random(seed + run), told);
        }
    }

    private void meetsAll(Random random, String told) {
        learn();
        int places = 1 + random.nextInt(3);
        List<Placing> timed = new ArrayList<>();
        List<String> models = new ArrayList<>();
        long work = 0;
        for (int i = random.nextInt(12); i >= 0; i--) {
            String model = random.nextBoolean() ? "m" : "n";
            long finishBy = NOW + 2 * takes("n") + work / places + takes(model) + random.nextLong(20) * MINUTE;
            timed.add(new Placing(null, finishBy, false, null));
            models.add(model);
            work += takes(model);
        }
        for (int i = 0; i < 40; i++) {
            submit(random.nextBoolean() ? "m" : "n", Placing.NONE, 0, NOW);
        }
        while (!timed.isEmpty()) {
            int next = random.nextInt(timed.size());
            submit(models.remove(next), timed.remove(next), 0, NOW);
        }
        for (Task task : runAll(places, NOW)) {
            long finishBy = task.terms().placing().finishBy();
            assertTrue(finishBy == 0 || task.state().endedAt() <= finishBy, () -> told + ", " + places + " places: "
                    + task + " late by " + (task.state().endedAt() - finishBy));
        }
    }
}
