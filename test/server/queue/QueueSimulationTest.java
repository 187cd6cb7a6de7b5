package server.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import server.order.Ageing;
import server.order.Offers;
import server.order.OrderOptions;
import server.order.RandomOffers;
import server.order.limits.LimitsOf;
import server.order.limits.OrderLimits;
import server.queue.QueueModel.Entry;
import server.queue.index.TaskFilter;
import server.queue.index.TaskTimes;
import server.queue.line.EventCodec;
import server.queue.line.Pool;
import server.queue.page.PagesOf;
import server.queue.page.TaskPage;
import server.queue.page.TaskSort;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueMode;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Attempt;
import server.task.Caller;
import server.task.Submission;
import server.task.Task;
import server.task.TaskId;
import server.task.Terms;
import server.task.Times;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Slice;
import support.Effort;

/// The queue against [QueueModel]: random submits, cancels, priorities, starts, failures, retries, pauses, clock jumps
/// and crashes, compared after every step. `make sim SEED=n` runs one again.
class QueueSimulationTest {

    private static final int RUNS = Effort.of(250, 20_000);
    private static final int STEPS = 100;
    private static final QueueOptions OPTIONS = new QueueOptions(40, 6, Duration.ofDays(3), Duration.ofDays(5), 300,
            Duration.ZERO, Duration.ofDays(1), 5_000, OrderLimits.NONE);
    private static final List<OrderLimits> LIMITS = List.of(OrderLimits.NONE,
            LimitsOf.yaml("clients: {me: {weight: 3}, you: {max_running: 1}, default: {weight: 2}}\n"
                    + "models: {b: {max_running: 2}}"));
    private static final List<String> MODELS = List.of("a", "b", "c");
    private static final List<String> CLIENTS = List.of("me", "you", "another");
    private static final List<Integer> PRIORITIES = List.of(Integer.MIN_VALUE, 1, 5, 10, Integer.MAX_VALUE);

    @Test
    void state_underRandomOperations_doesWhatTheModelDoes() {
        String seed = System.getProperty("seed", "");
        if (!seed.isEmpty()) {
            new Run(Long.parseLong(seed)).go();
            return;
        }
        long first = System.nanoTime();
        for (int i = 0; i < RUNS; i++) {
            new Run(first + i).go();
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final QueueOptions options;
        private final QueueModel model;
        private final EventCodec codec = new EventCodec(new Pool());
        private final List<Slice> lines = new ArrayList<>();
        private final Set<Long> everUsed = new HashSet<>();
        private QueueState state;
        private long now = 1_800_000_000_000L;
        private long seq;
        private Offers hosts = RandomOffers.loaded(MODELS);

        Run(long seed) {
            this.seed = seed;
            random = new Random(seed);
            Ageing ageing = random.nextInt(3) > 0 ? Ageing.NONE : new Ageing(1 + random.nextInt(3_000), 9);
            options = OPTIONS.with(new OrderOptions(random.nextInt(4) > 0, 1_000 + random.nextInt(20_000),
                    1 + random.nextInt(5), ageing)).with(pick(LIMITS));
            model = new QueueModel(options);
            state = new QueueState(options);
        }

        void go() {
            int step = 0;
            try {
                for (; step < STEPS; step++) {
                    step();
                    compareCounts();
                    if (step % 10 == 0) {
                        compareTasks();
                        compareListing();
                    }
                }
                crash();
                drain();
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed + ", step " + step + ": " + failed.getMessage(), failed);
            }
        }

        private void step() {
            switch (random.nextInt(24)) {
                case 0, 1, 2, 3, 4 -> submit();
                case 5, 6, 7, 8 -> start();
                case 9, 10 -> complete();
                case 11 -> fail();
                case 12, 13 -> putBack();
                case 14 -> cancel();
                case 15 -> changePriority();
                case 16 -> retry();
                case 17 -> delete();
                case 18 -> tick();
                case 19 -> now += random.nextInt(5) == 0 ? random.nextLong(2 * QueueModel.DAY) : random.nextLong(5_000);
                case 20 -> now -= random.nextInt(5) == 0 ? random.nextLong(QueueModel.DAY) : random.nextLong(5_000);
                case 21 -> changeMode();
                case 22 -> hosts = new RandomOffers(MODELS, random);
                default -> {
                    for (int dies = random.nextInt(8); dies == 0; dies = random.nextInt(3) / 2) {
                        crash();
                        start();
                    }
                    compareFind();
                }
            }
        }

        // ---- operations

        private void submit() {
            long id = random.nextLong() >>> 4;
            if (random.nextInt(4) == 0 && !model.tasks.isEmpty()) {
                // one that begins like another
                id = any().id ^ 1L + random.nextInt(1 << 20);
            }
            if (!everUsed.add(id)) {
                return;
            }
            long scheduled = random.nextInt(4) > 0 ? 0 : now + random.nextInt(20_000) - 5_000;
            long expires = random.nextInt(4) > 0 ? 0 : now + random.nextInt(20_000) - 2_000;
            Terms terms = random.nextBoolean() ? Terms.DEFAULT : new Terms(scheduled, expires, 60_000,
                    random.nextInt(4), 500, 700, 1.5, false, random.nextInt(3) == 0 ? "h1" : null, false);
            if (random.nextInt(3) == 0) {
                terms = terms.of(new Caller(pick(CLIENTS), null, random.nextBoolean(), random.nextBoolean(), true),
                        terms.on(), terms.expiresAt());
            }
            byte[] metadata = random.nextInt(6) > 0 ? null : "{\"k\":\"é\"}".getBytes(StandardCharsets.UTF_8);
            String key = random.nextInt(5) > 0 ? null : "key" + random.nextInt(10);
            String fingerprint = "f" + random.nextInt(2);
            Submission asked = new Submission(TaskType.values()[random.nextInt(3)], pick(MODELS), pick(PRIORITIES),
                    terms,
                    Slice.of(("{\"prompt\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8)), metadata, "p" + id);
            Entry known = model.tasks.stream().filter(t -> key != null && key.equals(t.key)).findFirst().orElse(null);
            if (known != null) {
                String usual = "f" + known.id % 2;
                assertEquals(known.id, state.known(key, usual));
                refused(409, () -> state.known(key, "other"));
                return;
            }
            assertEquals(-1, state.known(key, fingerprint));
            int status = model.mode == QueueMode.DRAINING ? 503
                    : model.count(TaskStatus.PENDING) >= OPTIONS.pendingMax() ? 429
                    : metadata != null && (model.tasks.stream().filter(t -> withMetadata.contains(t.id)).count() + 1)
                            * metadata.length > OPTIONS.metadataBytesMax() ? 429 : 0;
            long submitted = id;
            Event.Change event = decide(status,
                    () -> state.submit(asked, submitted, key, key == null ? null : "f" + submitted % 2, now));
            if (event != null) {
                apply(event);
                model.submit(asked, id, key, seq, now);
                if (metadata != null) {
                    withMetadata.add(id);
                }
            }
        }

        private final Set<Long> withMetadata = new HashSet<>();

        private void start() {
            Entry expected = model.next(hosts, now);
            Event.Change event = state.start(hosts, now);
            if (expected == null) {
                assertNull(event);
                return;
            }
            assertEquals(TaskId.format(expected.id), event == null ? null : event.task().name());
            assertEquals(model.expired(expected, now) ? Event.What.FAILED : Event.What.STARTED, event.what());
            apply(event);
            if (event.what() == Event.What.FAILED) {
                model.expire(expected, now);
            } else {
                model.start(expected, model.chosen.offer().host(), now);
            }
        }

        private void complete() {
            Entry run = running();
            if (run != null) {
                run.cut = random.nextInt(4) == 0;
                apply(LifeCycle.completed(state.get(run.id),
                        Slice.of("{\"response\":\"r\"}".getBytes(StandardCharsets.UTF_8)), run.cut, now));
                model.endRun(run, TaskStatus.COMPLETED, null, true, now);
            }
        }

        private void fail() {
            Entry run = running();
            if (run != null) {
                apply(LifeCycle.failed(state.get(run.id), "it \"broke\"\n", null, now));
                model.endRun(run, TaskStatus.FAILED, "it \"broke\"\n", true, now);
            }
        }

        private void putBack() {
            Entry run = running();
            if (run != null) {
                boolean counted = random.nextBoolean();
                long retryAt = random.nextBoolean() ? 0 : now + random.nextInt(5_000);
                String error = random.nextInt(3) == 0 ? null : "busy";
                boolean begun = random.nextBoolean();
                apply(LifeCycle.retrying(state.get(run.id), error, retryAt, counted, begun, now));
                model.putBack(run, error, retryAt, counted || begun, counted, now);
            }
        }

        private void cancel() {
            Entry task = any();
            long id = task == null ? 7 : task.id;
            Event.Change event = decide(task == null ? 404 : task.status.ended() ? 409 : 0,
                    () -> state.cancel(id, null, now));
            if (event != null) {
                apply(event);
                if (task.status == TaskStatus.RUNNING) {
                    model.endRun(task, TaskStatus.CANCELLED, null, false, now);
                } else {
                    model.endPending(task, TaskStatus.CANCELLED, null, now);
                }
            }
        }

        private void changePriority() {
            Entry task = any();
            if (task != null) {
                int priority = pick(PRIORITIES);
                Event.Change event = decide(task.status.ended() ? 409 : 0,
                        () -> state.changePriority(task.id, priority, Integer.MAX_VALUE, now));
                if (event != null) {
                    apply(event);
                    task.priority = priority;
                }
            }
        }

        private void retry() {
            Entry task = any();
            if (task != null) {
                boolean may = task.status == TaskStatus.FAILED || task.status == TaskStatus.CANCELLED;
                int status = !may ? 409 : model.count(TaskStatus.PENDING) >= OPTIONS.pendingMax() ? 429 : 0;
                Event.Change event = decide(status,
                        () -> state.retry(task.id, attempts(task.id), Integer.MAX_VALUE, now));
                if (event != null) {
                    apply(event);
                    model.retry(task, seq, now);
                }
            }
        }

        private void delete() {
            Entry task = any();
            if (task != null) {
                Event.Change event = decide(task.status.ended() ? 0 : 409, () -> state.delete(task.id, now));
                if (event != null) {
                    apply(event);
                    model.tasks.remove(task);
                }
            }
        }

        private void tick() {
            model.order.wake(now);
            model.order.age(now);
            state.wake(now);
            for (Event.Change due = state.due(now); due != null; due = state.due(now)) {
                apply(due);
            }
            model.due(now);
        }

        private void changeMode() {
            QueueMode mode = random.nextInt(3) > 0 ? QueueMode.RUNNING : QueueMode.values()[random.nextInt(3)];
            apply(new Event.ModeChange(mode, now));
            model.mode = mode;
        }

        private void crash() {
            QueueState live = state;
            state = replayed();
            QueueState compared = replayed();
            // as of one moment: the priorities of both have grown as far as they do
            live.wake(Long.MAX_VALUE - 1);
            compared.wake(Long.MAX_VALUE - 1);
            assertEquals(live.stats(seq), compared.stats(seq));
            assertEquals(live.nextDue(), compared.nextDue());
            model.order = OrderModel.replayed(options, lines, codec, Run::position);
            for (Task task : state.leftBehind()) {
                apply(LifeCycle.leftBehind(task, now));
            }
            model.tasks.forEach(task -> model.restart(task, now));
            assertEquals(0, model.count(TaskStatus.RUNNING));
        }

        private QueueState replayed() {
            QueueState fresh = new QueueState(options);
            for (int i = 0; i < lines.size(); i++) {
                fresh.apply(codec.decodeForReplay(i + 1, lines.get(i)), i + 1, position(i + 1),
                        lines.get(i).length());
            }
            return fresh;
        }

        /// Starts all that is there: each comes once, in order.
        private void drain() {
            apply(new Event.ModeChange(QueueMode.RUNNING, now));
            model.mode = QueueMode.RUNNING;
            hosts = RandomOffers.loaded(MODELS);
            now += 100 * QueueModel.DAY;
            for (; model.count(TaskStatus.PENDING) > 0; complete()) {
                start();
            }
            start();
            compareTasks();
            assertEquals(0, model.count(TaskStatus.PENDING));
        }

        // ---- the journal

        private void apply(Event event) {
            seq++;
            Slice line = line(event);
            Event read = codec.decode(line);
            assertEquals(line.text(), line(read).text());
            lines.add(line);
            Task before = event instanceof Event.Change change ? state.get(change.task().id()) : null;
            Task after = state.apply(event, seq, position(seq), line.length());
            model.order.follow(event, before, after);
            if (event instanceof Event.Change change && change.what() != Event.What.DELETED) {
                model.wrote(change.task().id(), line.length());
                assertEquals(position(seq), after.lastAt());
                assertEquals(position(after.arrival()), after.requestAt());
            }
        }

        private Slice line(Event event) {
            String text = Arrays.stream(EventCodec.encode(event)).map(Slice::text).collect(Collectors.joining());
            return Slice.of(("{\"seq\":" + seq + ",\"synced\":\"0000000000000000\"," + text)
                    .getBytes(StandardCharsets.UTF_8));
        }

        private static long position(long seq) {
            return 1000 * seq;
        }

        private List<Attempt> attempts(long id) {
            Task task = state.get(id);
            return ((Event.Change) codec.decode(lines.get((int) (task.lastAt() / 1000) - 1))).attempts();
        }

        // ---- comparisons

        private void compareTasks() {
            for (Entry expected : model.tasks) {
                Task task = state.get(expected.id);
                assertEquals(expected.toString(), task == null ? null : QueueModel.text(task));
                if (expected.status.ended()) {
                    assertEquals(expected.attempts, QueueModel.texts(attempts(expected.id)));
                }
            }
            withMetadata.removeIf(id -> model.get(id) == null);
        }

        private void compareCounts() {
            assertEquals(model.tasks.size(), state.arrivals().size());
            for (TaskStatus status : TaskStatus.values()) {
                assertEquals(model.count(status), state.totals().of(status));
            }
            assertEquals(model.tasks.stream().filter(t -> t.status == TaskStatus.PENDING && t.relayed).count(),
                    state.totals().callersWaiting());
            assertEquals(model.mode, state.mode());
        }

        private void compareListing() {
            TaskFilter filter = new TaskFilter(some(List.of(TaskStatus.values())), some(List.of(TaskType.values())),
                    some(PRIORITIES), some(MODELS), some(List.of("me", "you")),
                    random.nextInt(3) > 0 ? null : random.nextBoolean(),
                    random.nextInt(3) > 0 ? null : random.nextBoolean(), Set.of(), TaskTimes.ALL, Set.of(),
                    Set.of(), null);
            TaskSort sort = TaskSort.values()[random.nextInt(4)];
            boolean ascending = random.nextBoolean();
            Comparator<Entry> newest = Comparator.<Entry>comparingLong(t -> t.arrival).reversed();
            Comparator<Entry> value = switch (sort) {
                case PRIORITY -> Comparator.comparingInt(t -> t.priority);
                case STATUS -> Comparator.comparing(t -> t.status);
                case MODEL -> Comparator.comparing(t -> t.model);
                default -> newest.reversed();
            };
            List<Entry> all = model.select(t -> t.passes(filter), (ascending ? value : value.reversed())
                    .thenComparing(newest));
            int limit = 1 + random.nextInt(8);
            int offset = random.nextInt(3) > 0 ? 0 : random.nextInt(10);
            Entry after = all.isEmpty() || random.nextBoolean() ? null : pick(all);
            List<Entry> rest = after == null ? all : all.subList(all.indexOf(after) + 1, all.size());
            List<Entry> expected = rest.stream().skip(offset).limit(limit).toList();

            Task place = after == null ? null : state.get(after.id);
            TaskPage page = PagesOf.selected(state, filter, sort, ascending, limit, offset, place);
            String asked = filter + " " + sort + " " + ascending + " " + limit + " " + offset;
            assertEquals(expected.stream().map(Entry::toString).toList(),
                    page.tasks().stream().map(QueueModel::text).toList(), asked);
            assertEquals(all.size(), page.total(), asked);
            assertEquals(rest.size() > offset + limit, page.more(), asked);
            if (after == null && sort != TaskSort.CREATED_AT) {
                assertEquals(page, PagesOf.byValue(state, filter, sort, ascending, limit, offset), asked);
            }
            if (sort == TaskSort.CREATED_AT) {
                assertEquals(page, PagesOf.walked(state, filter, ascending, limit, offset, place), asked);
            }
        }

        private void compareFind() {
            Entry task = any();
            if (task != null) {
                String prefix = TaskId.format(task.id).substring(0, 6 + random.nextInt(12));
                long candidates = model.tasks.stream().filter(t -> TaskId.format(t.id).startsWith(prefix)).count();
                if (candidates == 1) {
                    assertEquals(task.id, state.find(prefix).id());
                    assertEquals(task.id, state.find(prefix.substring(5)).id());
                } else {
                    refused(409, () -> state.find(prefix));
                }
            }
            refused(404, () -> state.find("task_00000000000u"));
        }

        private Event.Change decide(int status, Supplier<Event.Change> decision) {
            if (status == 0) {
                return decision.get();
            }
            refused(status, decision);
            return null;
        }

        private static void refused(int status, Supplier<?> decision) {
            int found = 0;
            try {
                decision.get();
            } catch (Problem problem) {
                found = problem.status();
            }
            assertEquals(status, found);
        }

        private Entry any() {
            return model.tasks.isEmpty() ? null : pick(model.tasks);
        }

        private Entry running() {
            List<Entry> running = model.tasks.stream().filter(t -> t.status == TaskStatus.RUNNING).toList();
            return running.isEmpty() ? null : pick(running);
        }

        private <T> T pick(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private <T> Set<T> some(List<T> all) {
            return random.nextInt(3) > 0 ? Set.of()
                    : all.stream().filter(value -> random.nextBoolean()).collect(Collectors.toSet());
        }
    }
}
