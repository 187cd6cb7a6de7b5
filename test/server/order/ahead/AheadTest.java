package server.order.ahead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

import org.junit.jupiter.api.Test;

import server.order.Ageing;
import server.order.Fit;
import server.order.OrderOptions;
import server.order.Written;
import server.order.ahead.Explanation.Reason;
import server.order.ahead.Forecast.Before;
import server.order.ahead.Forecast.Why;
import server.order.limits.LimitsOf;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Caller;
import server.task.Placing;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import server.task.Times;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;

/// Predictions for waiting tasks, compared with what then happens to them.
class AheadTest {

    private static final long NOW = Times.parse("now", "2026-01-02T12:00:00Z");
    private static final int RUNS = Effort.of(300, 20_000);
    private static final Slice ONE = Slice.of(new byte[] {'1'});

    private QueueState state = new QueueState(QueueOptions.DEFAULT);
    private ToyHosts hosts = new ToyHosts().with("h1", 1);
    private long now = NOW;
    private long seq;
    private long ids = 1;
    private final Map<Long, Written> written = new HashMap<>();
    private final PriorityQueue<Task> running = new PriorityQueue<>(Comparator.comparingLong(AheadTest::endsAt)
            .thenComparingLong(Task::order));

    /// How long an attempt of a model takes.
    private static long takes(String model) {
        return 1_000 + 700 * (model.charAt(0) - 'a');
    }

    private static long endsAt(Task task) {
        return task.state().startedAt() + takes(task.model());
    }

    private Task submit(String model, int priority, String client, Terms terms) {
        Terms all = terms.of(new Caller(client, null, false, false, true), terms.on(), 0);
        return apply(state.submit(new Submission(TaskType.GENERATE, model, priority, all,
                Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, ""), ids++, null, null, now));
    }

    private Task submit(String model) {
        return submit(model, 5, null, Terms.DEFAULT);
    }

    private Task apply(Event event) {
        seq++;
        return state.apply(event, seq, 1000 * seq, 100);
    }

    /// Starts the next task; null if none can.
    private Task start() {
        for (Event.Change late = state.due(now); late != null; late = state.due(now)) {
            apply(late);
        }
        Event.Change event = state.start(hosts, now);
        if (event == null) {
            return null;
        }
        Task task = apply(event);
        hosts.started(task, task.state().host());
        running.add(task);
        return task;
    }

    /// Ends the attempt that ends next; false if none runs.
    private boolean end() {
        Task task = running.poll();
        if (task == null) {
            return false;
        }
        now = Math.max(now, endsAt(task));
        hosts.ended(task, task.state().host());
        apply(LifeCycle.completed(state.get(task.id()), ONE, false, now));
        return true;
    }

    /// Lets time pass until there is something to do by it; false if an attempt ends before.
    private boolean wake() {
        long next = state.nextLook();
        boolean wakes = next < Long.MAX_VALUE && (running.isEmpty() || next <= endsAt(running.peek()))
                && state.totals().of(TaskStatus.PENDING) > 0;
        if (wakes) {
            now = Math.max(now, next);
            state.wake(now);
        }
        return wakes;
    }

    private void runAll() {
        do {
            while (start() != null) {
                // and the next
            }
        } while (end());
    }

    /// Makes each model known.
    private void learn(String... models) {
        for (int i = 0; i < 3; i++) {
            for (String model : models) {
                submit(model);
            }
        }
        runAll();
    }

    private Forecast forecast(Task task) {
        return Ahead.of(task, state.standing(state.get(task.id()), now), hosts.copy(),
                each -> written.getOrDefault(each.id(), Written.NOTHING));
    }

    private static List<Before> before(Object... idsAndWhys) {
        List<Before> all = new ArrayList<>();
        for (int i = 0; i < idsAndWhys.length; i += 2) {
            all.add(new Before(((Task) idsAndWhys[i]).name(), (Why) idsAndWhys[i + 1]));
        }
        return all;
    }

    @Test
    void forecast_plainQueue_tellsPositionTimeAndWho() {
        learn("a");
        Task first = submit("a");
        start();
        Task high = submit("a", 9, null, Terms.DEFAULT);
        Task second = submit("a");
        Task third = submit("a");
        Forecast forecast = forecast(third);
        assertEquals(3, forecast.position());
        assertEquals(before(high, Why.PRIORITY, second, Why.EARLIER), forecast.before());
        assertEquals(Fit.LOADED, forecast.offer().fit());
        assertEquals("h1", forecast.offer().host());
        assertTrue(forecast.startsIn().low() <= 3_000 && forecast.startsIn().high() >= 3_000, forecast::toString);
        assertTrue(forecast.startsIn().low() > 2_500 && forecast.startsIn().high() < 3_500, forecast::toString);
        assertEquals(1, forecast(high).position());
        assertEquals(List.of(), forecast(high).before());
        now += 400;
        Span left = state.left(state.get(first.id()), Written.NOTHING, now);
        assertEquals(new Span(600, 600), left);
    }

    @Test
    void forecast_withoutGround_hasNoTime() {
        Task first = submit("a");
        assertEquals(new Span(0, 200), forecast(first).startsIn());
        start();
        Task second = submit("a");
        assertEquals(1, forecast(second).position());
        assertNull(forecast(second).startsIn());
        assertNull(state.left(state.get(first.id()), Written.NOTHING, now));
    }

    /// As long as too little was measured, priorities do not grow in a game whose times are made up.
    @Test
    void forecast_withoutGround_doesNotLetPrioritiesGrow() {
        state.reconfigure(QueueOptions.DEFAULT.with(new OrderOptions(true, 60_000, 32, new Ageing(2_000, 8))));
        submit("a");
        submit("a");
        runAll();
        for (int i = 0; i < 16; i++) {
            submit("a", 5, i % 2 == 0 ? "heavy" : "light", Terms.DEFAULT);
        }
        Task low = submit("a", 1, null, Terms.DEFAULT);
        start();
        assertEquals(16, forecast(low).position());
    }

    @Test
    void forecast_whatIsLoaded_goesBeforeAndIsSaidTo() {
        learn("b", "a");
        Task other = submit("b");
        Task warm = submit("a");
        hosts = new ToyHosts().with("h1", 1);
        hosts.started(warm, "h1");
        hosts.ended(warm, "h1");
        Forecast forecast = forecast(other);
        assertEquals(before(warm, Why.LOADED), forecast.before());
        assertEquals(Fit.LOADS, forecast.offer().fit());
    }

    @Test
    void forecast_ofAnotherClient_isItsTurn() {
        learn("a");
        Task mine = submit("a", 5, "me", Terms.DEFAULT);
        Task mineToo = submit("a", 5, "me", Terms.DEFAULT);
        Task yours = submit("a", 5, "you", Terms.DEFAULT);
        assertEquals(before(mine, Why.EARLIER, yours, Why.FAIR_SHARE), forecast(mineToo).before());
    }

    @Test
    void forecast_atItsOwnTime_hasNoPosition_butStartsThen() {
        learn("a");
        Task later = submit("a", 5, null, new Terms(now + 5_000, 0, 60_000, 3, 1, 5, 2, false, null, false));
        submit("a");
        Forecast forecast = forecast(later);
        assertEquals(0, forecast.position());
        assertTrue(forecast.startsIn().low() <= 5_000 && forecast.startsIn().high() >= 5_000, forecast::toString);
        assertTrue(forecast.startsIn().low() > 4_000, forecast::toString);
    }

    @Test
    void forecast_limitOrPause_hasNoTime() {
        learn("a");
        state.reconfigure(QueueOptions.DEFAULT.with(LimitsOf.yaml("clients: {me: {max_running: 0}}")));
        Task mine = submit("a", 5, "me", Terms.DEFAULT);
        assertNull(forecast(mine).startsIn());
        assertEquals(Reason.LIMIT, state.standing(mine, now).heldBy().kind());
        Task other = submit("a");
        assertNotNull(forecast(other).startsIn());
        apply(new Event.ModeChange(QueueMode.PAUSED, now));
        assertNull(forecast(other).startsIn());
        assertEquals(1, forecast(other).position());
    }

    @Test
    void forecast_ofScheduled_isNotBeforeItsTime() {
        learn("a");
        Task task = submit("a", 5, null, new Terms(now + 3_600_000, 0, 1_000, 0, 0, 0, 1, false, null, false));
        Span startsIn = forecast(task).startsIn();
        assertEquals(3_600_000, startsIn.low());
        assertTrue(startsIn.high() > 3_600_000, startsIn::toString);
    }

    @Test
    void forecast_ofAWindowThatIsNotInTheSettings_isThatItDoesNotStart() {
        learn("a");
        Task task = submit("a", 5, null, Terms.DEFAULT.with(new Placing("gone", null)));
        assertNull(start());
        assertEquals(new Forecast(0, null, null, null, List.of()), forecast(task));
    }

    @Test
    void forecast_behindOneWindow_isOfAllTogether() {
        learn("a");
        state.reconfigure(QueueOptions.DEFAULT.with(LimitsOf.yaml("windows: {w: '12:30-13:00 UTC'}")));
        long opens = Times.parse("opens", "2026-01-02T12:30:00Z") - now;
        Terms inWindow = Terms.DEFAULT.with(new Placing("w", null));
        List<Task> waiting = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            waiting.add(submit("a", 5, null, inWindow));
        }
        for (int before : new int[] {0, 1, 10, 400}) {
            Forecast forecast = forecast(waiting.get(before));
            assertEquals(0, forecast.position());
            assertEquals(Math.min(before, Ahead.TOLD_MAX), forecast.before().size());
            assertStarts(opens + 1_000L * before, before * 100 + 500, forecast);
        }
        // farther than is played: 1 s each, as long as the window lets them
        assertStarts(opens + 1_500_000, 200_000, forecast(waiting.get(1_500)));
        // one that comes before its time is between them
        Task first = submit("a", 9, null, new Terms(now + opens, 0, 60_000, 3, 1, 5, 2, false, null, false));
        assertStarts(opens, 500, forecast(first));
        assertStarts(opens + 2_000, 500, forecast(waiting.get(1)));
    }

    @Test
    void forecast_windowThatShutsMeanwhile_waitsForItAgain() {
        learn("a");
        state.reconfigure(QueueOptions.DEFAULT.with(LimitsOf.yaml("windows: {w: '11:00-12:01 UTC'}")));
        Terms inWindow = Terms.DEFAULT.with(new Placing("w", null));
        List<Task> waiting = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiting.add(submit("a", 5, null, inWindow));
        }
        long shuts = Times.parse("shuts", "2026-01-02T12:01:00Z");
        long mayStart = (shuts - now) / 1_000;
        assertStarts(40_000, 3_000, forecast(waiting.get(40)));
        assertStarts(23 * 3_600_000L - 60_000 + shuts - now + 10_000, 5_000,
                forecast(waiting.get((int) mayStart + 10)));
    }

    private static void assertStarts(long in, long within, Forecast forecast) {
        Span span = forecast.startsIn();
        assertTrue(span.low() <= in && in <= span.high() && in - span.low() <= within && span.high() - in <= within,
                () -> in + ", not " + span);
    }

    @Test
    void forecast_ofWhatRuns_goesByTheTokensThatItHas() {
        learn("a");
        Task first = submit("a");
        start();
        Task second = submit("a");
        assertStarts(1_000, 300, forecast(second));
        // 91 of 100 at 100 ms each
        written.put(first.id(), new Written(91, 9_000, 100));
        assertEquals(new Span(0, 900), state.left(state.get(first.id()), written.get(first.id()), now));
        assertStarts(450, 1_000, forecast(second));
    }

    @Test
    void forecast_deepQueue_isCounted_andItsTimeIsThatOfTheFirst() {
        learn("a");
        Task last = null;
        for (int i = 0; i < 3_000; i++) {
            last = submit("a");
        }
        Forecast forecast = forecast(last);
        assertEquals(3_000, forecast.position());
        assertEquals(Ahead.TOLD_MAX, forecast.before().size());
        assertTrue(forecast.startsIn().low() <= 2_999_000 && forecast.startsIn().high() >= 2_999_000,
                forecast::toString);
    }

    @Test
    void longestWait_followsFromAgeing() {
        Task task = submit("a");
        assertEquals(Long.MAX_VALUE, state.standing(task, now).longest());
        state.reconfigure(QueueOptions.DEFAULT.with(new OrderOptions(true, 60_000, 32, new Ageing(60_000, 10))));
        assertEquals(5 * 60_000, state.standing(task, now).longest());
    }

    /// Position, time, place and the tasks that go before are exact as long as no other task arrives, attempts take
    /// what such attempts took, no two end at once, and no host fails.
    @Test
    void forecast_whateverWaits_isWhatThenHappens() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int run = 0; run < RUNS; run++) {
            new AheadTest().isWhatHappens(new Random(seed + run), "seed " + (seed + run));
        }
    }

    /// The last task of a priority grew out of it in the moment in which another one came: the game forgot who had had
    /// how much at it, the queue did not.
    @Test
    void forecast_ofWhatComesAsTheLastOneGrows_isWhatThenHappens() {
        new AheadTest().isWhatHappens(new Random(58271535034429L), "seed 58271535034429");
    }

    private void isWhatHappens(Random random, String told) {
        String[] models = random.nextBoolean() ? new String[] {"a", "b", "c"} : new String[] {"a"};
        learn(models);
        state.reconfigure(QueueOptions.DEFAULT.with(new OrderOptions(random.nextInt(4) > 0, 5_000,
                1 + random.nextInt(6), random.nextInt(3) > 0 ? Ageing.NONE : new Ageing(4_000, 9))).with(
                        LimitsOf.yaml("windows: {w: '12:01-13:00 UTC'}" + (random.nextBoolean() ? ""
                        : "\nclients: {x: {max_running: 1, weight: 3}}"))));
        boolean times = random.nextBoolean();
        hosts = new ToyHosts().with("h1", 1 + random.nextInt(3));
        if (random.nextBoolean()) {
            hosts.with("h2", 1 + random.nextInt(2));
        }
        int count = 1 + random.nextInt(40);
        List<Task> waiting = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long next = now + 1 + random.nextInt(300);
            while (!running.isEmpty() && endsAt(running.peek()) <= next) {
                end();
            }
            now = next;
            long finishBy = random.nextInt(8) > 0 ? 0 : now + 1_000 + random.nextInt(30_000);
            String window = times && random.nextInt(5) == 0 ? "w" : null;
            long at = times && random.nextInt(5) == 0 ? now + random.nextInt(30_000) : 0;
            Terms terms = new Terms(at, 0, 60_000, 3, 1, 5, 2, false, null, false)
                    .with(new Placing(window, finishBy, false, null)).of(Caller.NONE,
                            random.nextInt(6) > 0 ? null : "h1", 0);
            waiting.add(submit(models[random.nextInt(models.length)], 5 + random.nextInt(2) * random.nextInt(3),
                    random.nextBoolean() ? null : random.nextBoolean() ? "x" : "y", terms));
            if (random.nextInt(3) > 0) {
                start();
            }
        }
        Map<Long, Forecast> forecasts = new HashMap<>();
        long at = now;
        waiting.stream().map(task -> state.get(task.id())).filter(task -> task.status() == TaskStatus.PENDING)
                .forEach(task -> forecasts.put(task.id(), forecast(task)));
        List<String> started = new ArrayList<>();
        do {
            for (Task task = start(); task != null; task = start()) {
                Forecast forecast = forecasts.get(task.id());
                long in = now - at;
                boolean later = task.terms().scheduledAt() > at || task.terms().placing().window() != null;
                assertEquals(later ? 0 : started.size() + 1, forecast.position(), () -> told + ": " + forecast);
                assertEquals(started.stream().limit(Ahead.TOLD_MAX).toList(),
                        forecast.before().stream().map(Before::id).toList(), told);
                assertEquals(task.state().host(), forecast.offer().host(), told);
                assertTrue(forecast.startsIn().low() <= in && in <= forecast.startsIn().high(),
                        () -> told + ": in " + in + " ms, not " + forecast);
                started.add(task.name());
            }
        } while (wake() || end());
        assertEquals(forecasts.size(), started.size(), told);
    }
}
