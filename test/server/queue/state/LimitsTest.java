package server.queue.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import server.order.LoadedOffers;
import server.order.limits.Gates;
import server.order.limits.LimitsOf;
import server.order.limits.OrderLimits;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.task.Caller;
import server.task.Placing;
import server.settings.Settings;
import server.task.Submission;
import server.task.Task;
import server.task.Terms;
import server.task.Times;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;

/// Limits of clients and models, and windows: one by one, and against a plain list under random operations.
class LimitsTest {

    private static final int RUNS = Effort.of(300, 20_000);
    private static final long NOON = Times.parse("now", "2026-01-02T12:00:00Z");
    private static final long HOUR = 3_600_000;
    private static final String NIGHT = "windows: {night: '22:00-06:00 UTC'}\n";

    private final EventCodec codec = new EventCodec(new Pool());
    private final List<Slice> lines = new ArrayList<>();
    private QueueState state;
    private long ids;

    private void begin(String yaml) {
        state = new QueueState(QueueOptions.DEFAULT.with(LimitsOf.yaml(yaml)));
    }

    private static Submission asked(String client, String model, int priority, Placing placing, long scheduled) {
        Terms terms = new Terms(scheduled, 0, 60_000, 3, 500, 700, 1.5, false, null, false)
                .of(new Caller(client, null, false, false, true), null, 0).with(placing);
        return new Submission(TaskType.GENERATE, model, priority, terms,
                Slice.of("{}".getBytes(StandardCharsets.UTF_8)), null, "");
    }

    private Task submit(String client, String model, String window) {
        return apply(state.submit(asked(client, model, 5, new Placing(window, null), 0), ids++, null, null, NOON));
    }

    private Task apply(Event event) {
        long seq = lines.size() + 1;
        String text = Arrays.stream(EventCodec.encode(event)).map(Slice::text).collect(Collectors.joining());
        Slice line = Slice.of(("{\"seq\":" + seq + ",\"synced\":\"0000000000000000\"," + text)
                .getBytes(StandardCharsets.UTF_8));
        lines.add(line);
        return state.apply(event, seq, 1000 * seq, line.length());
    }

    private Event.Change start(long now) {
        Event.Change event = state.start(LoadedOffers.at("h1"), now);
        if (event != null) {
            apply(event);
        }
        return event;
    }

    private void complete(Task task, long now) {
        apply(LifeCycle.completed(state.get(task.id()), Slice.of(new byte[] {'1'}), false, now));
    }

    private static void refused(String reason, Runnable change) {
        Problem problem = assertThrows(Problem.class, change::run);
        assertEquals(429, problem.status());
        assertEquals(reason, problem.getMessage());
    }

    @Test
    void maxPending_isOfEachClient_andOfThoseWithoutOne() {
        begin("clients: {default: {max_pending: 1}, me: {max_pending: 2}}");
        submit(null, "m", null);
        refused("tasks without a client: 1 are pending, and at most 1 may be; try again later",
                () -> submit(null, "m", null));
        submit("me", "m", null);
        Task second = submit("me", "m", null);
        refused("client me: 2 are pending, and at most 2 may be; try again later", () -> submit("me", "m", null));
        submit("you", "m", null);
        refused("client you: 1 are pending, and at most 1 may be, so there is no room for 2 more; submit fewer at once",
                () -> state.admitAgain(Map.of("you", 2), Integer.MAX_VALUE));
        apply(state.cancel(second.id(), null, NOON));
        submit("me", "m", null);
        refused("client me: 2 are pending, and at most 2 may be; try again later",
                () -> state.retry(second.id(), List.of(), Integer.MAX_VALUE, NOON));
    }

    @Test
    void unlikeTasks_beyondTheLimit_areRefused_andLikeOnesPass() {
        state = new QueueState(QueueOptions.of(Settings.DEFAULT.with(QueueOptions.UNLIKE_TASKS, 3)));
        Task first = submit("me", "m", null);
        submit("you", "m", null);
        submit("me", "n", null);
        submit("me", "m", null);
        String reason = "the queue would have 4 kinds of tasks, by client, model, priority and options; at most 3 "
                + "are allowed (limits.unlike_tasks): use fewer, or try again once tasks have been deleted";
        refused(reason, () -> submit("them", "m", null));
        refused(reason, () -> submit(null, "m", null));
        refused(reason, () -> submit("me", "o", null));
        refused(reason, () -> state.admit(wanted(asked("me", "m", 6, new Placing(null, null), 0))));
        Submission like = asked("you", "m", 5, new Placing(null, null), 0);
        Submission other = asked("you", "o", 5, new Placing(null, null), 0);
        state.admit(wanted(like, like, like));
        refused(reason, () -> state.admit(wanted(like, other, other)));
        // what has ended is still counted and listed, as another kind: of the like ones there may be more
        apply(state.cancel(first.id(), null, NOON));
        submit("me", "m", null);
        apply(state.delete(first.id(), NOON));
        refused(reason, () -> submit("them", "m", null));
    }

    private static Wanted wanted(Submission... all) {
        Wanted wanted = new Wanted();
        Arrays.stream(all).forEach(wanted::add);
        return wanted;
    }

    @Test
    void maxRunning_ofClientOrModel_letsOthersPass() {
        begin("clients: {me: {max_running: 1}}\nmodels: {'big:latest': {max_running: 1}}");
        Task first = submit("me", "m", null);
        Task second = submit("me", "m", null);
        Task big = submit("you", "big", null);
        Task bigger = submit("him", "big:latest", null);
        Task other = submit("him", "m", null);
        for (Task next : List.of(first, big, other)) {
            assertEquals(next.id(), start(NOON).task().id());
        }
        assertNull(start(NOON));
        assertEquals("client me may have 1 running", state.standing(second, NOON).heldBy().text());
        assertEquals("model big:latest may have 1 running", state.standing(bigger, NOON).heldBy().text());
        complete(big, NOON);
        assertEquals(bigger.id(), start(NOON).task().id());
        complete(first, NOON);
        assertEquals(second.id(), start(NOON).task().id());
    }

    @Test
    void maxRunning_raisedByAReload_letsTasksStart() {
        begin("clients: {default: {max_running: 0}}");
        Task task = submit(null, "m", null);
        assertNull(start(NOON));
        state.reconfigure(QueueOptions.DEFAULT);
        assertEquals(task.id(), start(NOON).task().id());
    }

    @Test
    void priorityMax_lowersALaterChangeToo_andTheTaskSaysSo() {
        begin("clients: {me: {priority_max: 7}}");
        Task task = submit("me", "m", null);
        Task after = apply(state.changePriority(task.id(), 10, Integer.MAX_VALUE, NOON));
        assertEquals(7, after.priority());
        assertEquals(List.of("priority 10 is lowered to 7, the highest that client me may have"), after.lowered());
        after = apply(state.changePriority(task.id(), 6, Integer.MAX_VALUE, NOON));
        assertEquals(6, after.priority());
        assertEquals(List.of(), after.lowered());
    }

    @Test
    void window_shut_waitsForItsOpening_andIsNotReady() {
        begin(NIGHT);
        Task night = submit(null, "m", "night");
        Task day = submit(null, "m", null);
        assertEquals(day.id(), start(NOON).task().id());
        assertNull(start(NOON));
        assertEquals(0, state.readyCount());
        assertEquals(NOON + 10 * HOUR, state.nextDue());
        assertEquals("its window night (22:00-06:00 UTC), which opens at 2026-01-02T22:00:00.000Z",
                state.standing(night, NOON).heldBy().text());
        assertNull(start(NOON + 10 * HOUR - 1));
        assertEquals(night.id(), start(NOON + 10 * HOUR).task().id());
    }

    @Test
    void window_atItsEnd_whatHasNotBegunWaits_whatRunsGoesOn() {
        begin(NIGHT);
        Task first = submit(null, "m", "night");
        Task second = submit(null, "m", "night");
        long evening = NOON + 10 * HOUR;
        assertEquals(first.id(), start(evening).task().id());
        assertEquals(1, state.readyCount());
        long morning = evening + 8 * HOUR;
        assertEquals(morning, state.nextDue());
        assertFalse(state.wake(morning));
        assertEquals(0, state.readyCount());
        assertEquals(TaskStatus.RUNNING, state.get(first.id()).status());
        assertNull(start(morning));
        // a retry waits for the window too
        apply(LifeCycle.retrying(state.get(first.id()), "busy", morning + HOUR, true, false, morning));
        assertNull(start(morning + 2 * HOUR));
        assertEquals(first.id(), start(evening + 24 * HOUR).task().id());
        assertEquals(second.id(), start(evening + 24 * HOUR).task().id());
    }

    @Test
    void window_ofMany_opensAndShutsInSteps_andNothingStartsMeanwhile() {
        begin(NIGHT);
        int count = 2 * Gates.STEP + 10;
        Task first = submit(null, "m", "night");
        for (int i = 1; i < count; i++) {
            submit(null, "m", "night");
        }
        long evening = NOON + 10 * HOUR;
        for (int step = 1; step <= 2; step++) {
            assertFalse(state.wake(evening));
            assertEquals(step * Gates.STEP, state.readyCount());
            assertEquals(0, state.nextDue());
        }
        // half-way back and forth again
        state.clockSet(-1);
        assertNull(start(NOON));
        assertEquals(Gates.STEP, state.readyCount());
        state.clockSet(1);
        assertNull(start(evening));
        assertEquals(first.id(), start(evening).task().id());
        assertEquals(count - 1, state.readyCount());
        assertEquals(evening + 8 * HOUR, state.nextDue());
        // as soon as it shuts nothing starts, also of what is not taken back yet
        assertNull(start(evening + 8 * HOUR));
        assertEquals(count - 1 - Gates.STEP, state.readyCount());
        assertNull(start(evening + 8 * HOUR));
        assertNull(start(evening + 8 * HOUR));
        assertEquals(0, state.readyCount());
        assertEquals(evening + 24 * HOUR, state.nextDue());
    }

    @Test
    void window_withATimeOfItsOwn_waitsForBoth() {
        begin(NIGHT);
        Task task = apply(state.submit(asked(null, "m", 5, new Placing("night", null), NOON + 11 * HOUR), 1, null, null,
                NOON));
        assertNull(start(NOON + 10 * HOUR));
        assertEquals(NOON + 11 * HOUR, state.nextDue());
        assertEquals(task.id(), start(NOON + 11 * HOUR).task().id());
    }

    @Test
    void window_changedOrRemovedByAReload_isSeenAnew() {
        begin(NIGHT);
        Task task = submit(null, "m", "night");
        assertNull(start(NOON));
        state.reconfigure(QueueOptions.DEFAULT);
        assertEquals(Map.of("night", 1), state.lostWindows());
        assertNull(start(NOON + 10 * HOUR));
        assertEquals("its window night, which is not in the settings", state.standing(task, NOON).heldBy().text());
        assertTrue(state.nextDue() > NOON + 100 * HOUR);
        state.reconfigure(QueueOptions.DEFAULT.with(LimitsOf.yaml("windows: {night: '12:00-13:00 UTC'}")));
        assertEquals(Map.of(), state.lostWindows());
        assertEquals(task.id(), start(NOON).task().id());
    }

    @Test
    void window_clockSetBack_isSeenAnew() {
        begin(NIGHT);
        submit(null, "m", "night");
        submit(null, "m", "night");
        assertNotNull(start(NOON + 10 * HOUR));
        state.clockSet(-10 * HOUR);
        assertNull(start(NOON));
    }

    // ---- random operations

    private static final List<String> YAMLS = List.of("", NIGHT,
            NIGHT + "clients: {a: {max_running: 1}, default: {max_running: 3}}\nmodels: {m: {max_running: 2}}",
            "windows: {night: '01:00-02:00 UTC', day: 'mon-thu 08:00-17:00 Europe/Berlin'}\n"
            + "models: {m: {max_running: 1}, n: {max_running: 0}}\n"
            + "clients: {b: {max_pending: 3}, a: {max_running: 2}}");

    @Test
    void limits_underRandomOperations_areKept_andNothingElseWaits() {
        long seed = Long.getLong("seed", System.nanoTime());
        for (int run = 0; run < RUNS; run++) {
            try {
                new LimitsTest().simulate(new Random(seed + run));
            } catch (Throwable failed) {
                throw new AssertionError("seed " + (seed + run) + ": " + failed.getMessage(), failed);
            }
        }
    }

    private void simulate(Random random) {
        String yaml = YAMLS.get(random.nextInt(YAMLS.size()));
        begin(yaml);
        OrderLimits limits = LimitsOf.yaml(yaml);
        long now = NOON;
        for (int step = 0; step < 120; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> submitAny(random, limits, now);
                case 3 -> now += random.nextInt(4) == 0 ? random.nextLong(12 * HOUR) : random.nextLong(HOUR);
                case 4 -> {
                    yaml = YAMLS.get(random.nextInt(YAMLS.size()));
                    limits = LimitsOf.yaml(yaml);
                    state.reconfigure(QueueOptions.DEFAULT.with(limits));
                }
                case 5, 6 -> end(random, now);
                case 7 -> state = replayed(limits);
                default -> startAny(limits, now);
            }
        }
        QueueState live = state;
        QueueState again = replayed(limits);
        for (QueueState each : List.of(live, again)) {
            each.wake(now);
        }
        assertEquals(live.readyCount(), again.readyCount());
        assertEquals(live.nextDue(), again.nextDue());
        assertEquals(live.stats(0), again.stats(0));
    }

    private void submitAny(Random random, OrderLimits limits, long now) {
        String client = Arrays.asList(null, "a", "b", "c").get(random.nextInt(4));
        String window = Arrays.asList(null, null, "night", "day").get(random.nextInt(4));
        long scheduled = random.nextInt(4) > 0 ? 0 : now + random.nextLong(10 * HOUR);
        Submission asked = asked(client, random.nextBoolean() ? "m" : "n", random.nextInt(3),
                new Placing(window, null), scheduled);
        int most = limits.client(client).maxPending();
        long pending = tasks().stream().filter(t -> t.status() == TaskStatus.PENDING
                && String.valueOf(t.terms().caller().client()).equals(String.valueOf(client))).count();
        if (pending >= most) {
            assertThrows(Problem.class, () -> state.submit(asked, ids, null, null, now));
        } else {
            apply(state.submit(asked, ids++, null, null, now));
        }
    }

    private void startAny(OrderLimits limits, long now) {
        List<Task> may = tasks().stream().filter(t -> t.status() == TaskStatus.PENDING && t.wakeAt() <= now
                && allowed(t, limits, now)).toList();
        Event.Change event = start(now);
        assertEquals(may.isEmpty(), event == null, () -> may + " but " + event);
        if (event != null) {
            assertTrue(may.stream().anyMatch(t -> t.id() == event.task().id()), () -> event.task() + " must not start");
            assertEquals(may.stream().mapToInt(Task::priority).max().getAsInt(), event.task().priority());
        } else {
            tasks().stream().filter(t -> t.status() == TaskStatus.PENDING && t.wakeAt() <= now)
                    .forEach(t -> assertNotNull(state.standing(t, now).heldBy()));
        }
    }

    private boolean allowed(Task task, OrderLimits limits, long now) {
        Map<String, Integer> running = new HashMap<>();
        tasks().stream().filter(t -> t.status() == TaskStatus.RUNNING).forEach(t -> {
            running.merge("client " + t.terms().caller().client(), 1, Integer::sum);
            running.merge("model " + t.model(), 1, Integer::sum);
        });
        String window = task.terms().placing().window();
        return running.getOrDefault("client " + task.terms().caller().client(), 0)
                < limits.client(task.terms().caller().client()).maxRunning()
                && running.getOrDefault("model " + task.model(), 0) < limits.modelMax(task.model())
                && (window == null || limits.windows().containsKey(window) && limits.windows().get(window).isOpen(now));
    }

    private void end(Random random, long now) {
        List<Task> running = tasks().stream().filter(t -> t.status() == TaskStatus.RUNNING).toList();
        if (!running.isEmpty()) {
            Task task = running.get(random.nextInt(running.size()));
            switch (random.nextInt(3)) {
                case 0 -> apply(LifeCycle.retrying(task, "busy", random.nextBoolean() ? 0 : now + HOUR, false, false,
                        now));
                case 1 -> apply(state.cancel(task.id(), null, now));
                default -> complete(task, now);
            }
        }
    }

    private List<Task> tasks() {
        List<Task> tasks = new ArrayList<>();
        for (long id = 0; id < ids; id++) {
            tasks.add(state.get(id));
        }
        return tasks;
    }

    private QueueState replayed(OrderLimits limits) {
        QueueState fresh = new QueueState(QueueOptions.DEFAULT.with(limits));
        for (int i = 0; i < lines.size(); i++) {
            fresh.apply(codec.decodeForReplay(i + 1, lines.get(i)), i + 1, 1000 * (i + 1), lines.get(i).length());
        }
        return fresh;
    }
}
