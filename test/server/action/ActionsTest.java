package server.action;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import server.action.plan.ActionIndex;
import server.action.plan.ActionKind;
import server.action.plan.ActionPlan;
import server.action.plan.Changes;
import server.action.plan.TaskAction;
import server.action.plan.TaskAction.Status;
import server.journal.JournalOptions;
import server.journal.disk.Segment;
import server.order.LoadedOffers;
import server.order.limits.OrderLimits;
import server.queue.Run;
import server.queue.TaskQueue;
import server.queue.index.TaskFilter;
import server.queue.ledger.DurableEvent;
import server.queue.ledger.EventLog;
import server.queue.page.Matched;
import server.queue.state.Event;
import server.queue.state.LifeCycle;
import server.queue.state.QueueOptions;
import server.settings.Settings;
import server.task.CronOrigin;
import server.task.Submission;
import server.task.SubmissionReader;
import server.task.Task;
import server.task.TaskJson;
import server.task.Terms;
import shared.Problem;
import shared.TaskStatus;
import shared.TaskType;
import shared.json.Json;
import shared.json.JsonWriter;
import shared.json.Slice;
import support.Await;
import support.Effort;
import support.FaultyStorage;

/// Actions on a real queue, step by step; the disk is in memory and loses power at any moment.
class ActionsTest {

    private static final int RUNS = Effort.of(60, 3_000);
    private static final Changes CHANGES = new Changes("gpu-2", "c", 4_096, 7, true);

    @Test
    void action_throughPowerLosses_doesExactlyWhatMatched_eachOnce() {
        long first = Long.getLong("seed", System.nanoTime());
        for (long seed = first; seed < first + RUNS; seed++) {
            try {
                new Life(seed).go();
            } catch (Exception | Error failed) {
                throw new AssertionError("SEED=" + seed + ": " + failed, failed);
            }
        }
    }

    private static Submission submission(String model) {
        return new Submission(TaskType.GENERATE, model, 5, Terms.DEFAULT,
                Slice.of("{\"prompt\":\"p\"}".getBytes(StandardCharsets.UTF_8)), null, "p");
    }

    private static TaskFilter of(Set<TaskStatus> statuses, Set<String> models) {
        return TaskFilter.ALL.with(statuses, Set.of(), models);
    }

    /// A queue, its actions and its disk.
    private static final class Rig implements AutoCloseable {
        final Random random;
        FaultyStorage disk = new FaultyStorage();
        TaskQueue queue;
        Actions actions;
        final SubmissionReader submissions = new SubmissionReader(Settings.DEFAULT, OrderLimits::of,
                (name, remote) -> { });
        long now = 1_800_000_000_000L;
        int step = Actions.STEP;

        Rig(long seed, int pendingMax, int tasksMax) throws IOException {
            random = new Random(seed);
            open(pendingMax, tasksMax);
        }

        final void open(int pendingMax, int tasksMax) throws IOException {
            QueueOptions options = new QueueOptions(pendingMax, 1 << 20, Duration.ZERO, Duration.ZERO, 0,
                    Duration.ZERO, Duration.ofDays(1), 1 << 20, OrderLimits.NONE);
            queue = TaskQueue.open(disk, new JournalOptions(1 << 16), options, () -> Instant.ofEpochMilli(now++),
                    () -> 0, random);
            actions = new Actions(queue.ledger(), submissions::readAnew, tasksMax, step);
        }

        void reopen(int pendingMax, int tasksMax) throws IOException {
            queue.close();
            open(pendingMax, tasksMax);
        }

        List<Task> submit(int count, String model) {
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tasks.add(queue.submit(submission(model), null, null).document().task());
            }
            return tasks;
        }

        TaskAction accept(ActionKind kind, Integer priority, TaskFilter filter) {
            return accept(kind, priority, null, filter);
        }

        TaskAction retry(Changes changes, TaskFilter filter) {
            return accept(ActionKind.RETRY, null, changes, filter);
        }

        private TaskAction accept(ActionKind kind, Integer priority, Changes changes, TaskFilter filter) {
            Matched matched = actions.matched(filter);
            return actions.accept(new ActionPlan(kind, priority, "{}", null, Integer.MAX_VALUE,
                    matched.asOf(), matched.byStatus(), now, changes), matched);
        }

        TaskAction done(TaskAction action) {
            while (actions.step(action.id())) {
                // on
            }
            return actions.get(action.id());
        }

        @Override
        public void close() {
            queue.close();
        }
    }

    private static final class Life {
        private final Random random;
        private final Rig rig;
        private final List<Run> runs = new ArrayList<>();

        Life(long seed) throws IOException {
            random = new Random(seed);
            rig = new Rig(seed, 100_000, 100_000);
            rig.step = 1 + random.nextInt(5);
            rig.reopen(100_000, 100_000);
        }

        void go() throws IOException {
            live(30 + random.nextInt(300), ActionKind.values());
            ActionKind kind = ActionKind.values()[random.nextInt(4)];
            Changes changes = kind == ActionKind.RETRY && random.nextBoolean() ? CHANGES : null;
            Set<TaskStatus> statuses = random.nextBoolean() ? Set.of() : Set.of(TaskStatus.values()[random.nextInt(5)]);
            TaskFilter filter = of(statuses, random.nextBoolean() ? Set.of() : Set.of("a"));
            Matched matched = rig.actions.matched(filter);
            Set<Long> ids = matched.tasks().stream().map(Task::id).collect(Collectors.toSet());
            TaskAction action = rig.actions.accept(new ActionPlan(kind, kind == ActionKind.PRIORITY ? 77 : null, "{}",
                    "me", Integer.MAX_VALUE, matched.asOf(), matched.byStatus(), rig.now, changes), matched);
            boolean more = true;
            while (more) {
                rig.disk.stopAfter(random.nextInt(3) > 0 ? Integer.MAX_VALUE : random.nextInt(4));
                try {
                    // whatever is like the action itself is left to it
                    live(random.nextInt(random.nextBoolean() ? 2 : 10), others(kind));
                    more = rig.actions.step(action.id());
                } catch (Problem | IllegalStateException stopped) {
                    assertTrue(rig.queue.failure() != null, stopped.toString());
                }
                if (rig.queue.failure() != null || random.nextInt(4) == 0) {
                    FaultyStorage left = rig.disk.afterPowerLoss(random);
                    rig.close();
                    runs.clear();
                    rig.disk = left;
                    rig.open(100_000, 100_000);
                    if (random.nextBoolean()) {
                        rig.queue.ledger().compaction(100_000).run(true, () -> false);
                    }
                    more = true;
                }
            }
            if (changes == null) {
                check(rig.actions.get(action.id()), kind, ids, matched.asOf());
            } else {
                checkAnew(rig.actions.get(action.id()), ids, matched.asOf());
            }
            rig.close();
        }

        private void check(TaskAction action, ActionKind kind, Set<Long> ids, long asOf) throws IOException {
            assertEquals(Status.COMPLETED, action.status());
            assertEquals(ids.size(), action.done());
            assertNull(action.tasks());
            int refused = action.refused().values().stream().mapToInt(Integer::intValue).sum();
            assertEquals(action.done(), action.changed() + refused, action.refused().toString());
            Map<Long, Integer> changes = new HashMap<>();
            events(rig.queue, asOf, event -> {
                if (event.event() instanceof Event.Change change && change.what() == what(kind)
                        && (kind != ActionKind.PRIORITY || change.task().priority() == 77)) {
                    changes.merge(change.task().id(), 1, Integer::sum);
                }
            });
            assertEquals(action.changed(), changes.size());
            assertTrue(ids.containsAll(changes.keySet()), "a task was touched that had not matched");
            assertTrue(changes.values().stream().allMatch(times -> times == 1), "a task was done twice");
        }

        /// Each that was changed is gone, and there is one new task for it, otherwise.
        private void checkAnew(TaskAction action, Set<Long> ids, long asOf) throws IOException {
            assertEquals(List.of(Status.COMPLETED, ids.size(), CHANGES), List.of(action.status(), action.done(),
                    action.plan().changes()));
            List<Long> anew = new ArrayList<>();
            events(rig.queue, asOf, event -> {
                if (event.event() instanceof Event.Change change && change.what() == Event.What.SUBMITTED
                        && change.task().model().equals("c")) {
                    anew.add(change.task().id());
                }
            });
            assertEquals(action.changed(), anew.size());
            Set<Long> there = rig.actions.matched(TaskFilter.ALL).tasks().stream().map(Task::id)
                    .collect(Collectors.toSet());
            assertTrue(ids.stream().filter(there::contains).count() <= ids.size() - action.changed(), "one is left");
        }

        private static Event.What what(ActionKind kind) {
            return switch (kind) {
                case CANCEL -> Event.What.CANCELLED;
                case RETRY -> Event.What.RETRIED;
                case PRIORITY -> Event.What.PRIORITY;
                case DELETE -> Event.What.DELETED;
            };
        }

        private static ActionKind[] others(ActionKind kind) {
            return List.of(ActionKind.values()).stream().filter(other -> other != kind).toArray(ActionKind[]::new);
        }

        private void live(int steps, ActionKind[] kinds) {
            for (int i = 0; i < steps; i++) {
                try {
                    step(kinds);
                } catch (Problem refused) {
                    if (refused.status() == 503 || refused.status() == 507) {
                        throw refused;
                    }
                }
            }
        }

        private void step(ActionKind[] kinds) {
            switch (random.nextInt(8)) {
                case 0, 1 -> rig.queue.submit(submission(random.nextBoolean() ? "a" : "b"), null, null);
                case 2 -> cronTask();
                case 3, 4 -> {
                    Run run = rig.queue.runs().startNext(LoadedOffers.at("h"));
                    if (run != null) {
                        runs.add(run);
                    }
                }
                case 5, 6 -> {
                    if (!runs.isEmpty()) {
                        Run run = runs.remove(random.nextInt(runs.size()));
                        if (random.nextBoolean()) {
                            rig.queue.runs().fail(run, "bad", null);
                        } else {
                            rig.queue.runs().complete(run, Slice.of("{}".getBytes(StandardCharsets.UTF_8)));
                        }
                    }
                }
                default -> change(kinds[random.nextInt(kinds.length)]);
            }
        }

        private void cronTask() {
            rig.queue.ledger().change(writer -> writer.append(LifeCycle.submitted(submission("a"), writer.unusedId(),
                    new CronOrigin(1 + random.nextInt(3), "cron", 1, writer.now()), null, null, writer.now())))
                    .durable();
        }

        private void change(ActionKind kind) {
            List<Task> tasks = rig.actions.matched(TaskFilter.ALL).tasks();
            if (!tasks.isEmpty()) {
                long id = tasks.get(random.nextInt(tasks.size())).id();
                switch (kind) {
                    case CANCEL -> rig.queue.cancel(id, null);
                    case RETRY -> rig.queue.retry(id, Integer.MAX_VALUE);
                    case PRIORITY -> rig.queue.changePriority(id, random.nextInt(5), Integer.MAX_VALUE);
                    case DELETE -> rig.queue.delete(id);
                }
            }
        }
    }

    private static void events(TaskQueue queue, long after, Consumer<DurableEvent> to) throws IOException {
        EventLog log = queue.eventsAfter(after);
        while (log.next(to)) {
            // on
        }
    }

    @Test
    void retry_withRoomForSome_refusesTheOthersByTheReason() throws IOException {
        try (Rig rig = new Rig(1, 3, 100)) {
            for (int i = 0; i < 5; i++) {
                rig.submit(1, "a");
                rig.queue.runs().fail(rig.queue.runs().startNext(LoadedOffers.at("h")), "bad", null);
            }
            TaskAction action = rig.done(rig.accept(ActionKind.RETRY, null, TaskFilter.ALL));
            assertEquals(3, action.changed());
            assertEquals(List.of(2), List.copyOf(action.refused().values()));
            assertEquals(Actions.NO_ROOM, action.refused().firstKey());
        }
    }

    @Test
    void retryWithChanges_ofACallOfAnyDepth_submitsItAnew() throws IOException {
        String deep = "[".repeat(20_000) + "]".repeat(20_000);
        try (Rig rig = new Rig(1, 100, 100)) {
            rig.queue.submit(rig.submissions.readAnew(("{\"endpoint\":\"/api/generate\",\"payload\":{\"x\":" + deep
                    + ",\"model\":\"a\",\"prompt\":\"p\",\"prompt\":\"q\"}}").getBytes(StandardCharsets.UTF_8)),
                    null, null);
            rig.queue.runs().fail(rig.queue.runs().startNext(LoadedOffers.at("h")), "bad", null);
            TaskAction action = rig.done(rig.retry(new Changes(null, null, 4_096, null, false), TaskFilter.ALL));
            assertEquals(Map.of(), action.refused());
            Task anew = rig.actions.matched(TaskFilter.ALL).tasks().getLast();
            assertEquals(4_096L, anew.terms().runner().numCtx());
            assertTrue(rig.queue.document(anew).payload().text().contains(deep));
        }
    }

    @Test
    void retry_withChanges_submitsAnew_withAllElseAsItWas() throws IOException {
        try (Rig rig = new Rig(1, 100, 100)) {
            Submission asked = rig.submissions.read(("{\"type\":\"generate\",\"model\":\"a\",\"priority\":9,"
                    + "\"prompt\":\"p\",\"options\":{\"seed\":12345678901234567890,\"num_ctx\":131072},"
                    + "\"client\":\"me\",\"timeout\":\"7m\"}").getBytes(StandardCharsets.UTF_8));
            rig.queue.submit(asked, null, null);
            rig.queue.runs().fail(rig.queue.runs().startNext(LoadedOffers.at("h")), "CUDA out of memory", null);
            rig.submit(1, "a");
            TaskAction action = rig.done(rig.retry(new Changes("gpu-2", null, 4_096, 0, false),
                    TaskFilter.ALL));
            assertEquals(Map.of("is pending and cannot be retried; only a failed or cancelled task can", 1),
                    action.refused());
            List<Task> all = rig.actions.matched(TaskFilter.ALL).tasks();
            assertEquals(List.of(TaskStatus.FAILED, TaskStatus.PENDING, TaskStatus.PENDING),
                    all.stream().map(Task::status).toList());
            JsonWriter shown = new JsonWriter();
            TaskJson.write(shown, rig.queue.document(all.getLast()), more -> { }, List.of());
            Json.Obj anew = (Json.Obj) Json.parse(shown.toBytes());
            assertEquals("{\"prompt\":\"p\",\"options\":{\"seed\":12345678901234567890,\"num_ctx\":4096}}",
                    new JsonWriter().value(anew.get("payload")).toString());
            assertEquals(List.of("a", "gpu-2", "me", "7m"), List.of(anew.text("model"), anew.text("on"),
                    anew.text("client"), anew.text("timeout")));
            assertEquals(List.of(9L, 0L), List.of(anew.integer("priority", -1), anew.integer("max_retries", -1)));
            assertEquals(4_096L, all.getLast().terms().runner().numCtx());
        }
    }

    @Test
    void retry_ofAnUnreadableRecord_isRefused_andTheOthersAreDone() throws IOException {
        try (Rig rig = new Rig(1, 100, 100)) {
            for (int i = 0; i < 3; i++) {
                rig.submit(1, "a");
                rig.queue.runs().fail(rig.queue.runs().startNext(LoadedOffers.at("h")), "bad", null);
            }
            // a line is read with what follows it, so those behind the damage are whole
            Task damaged = rig.actions.matched(TaskFilter.ALL).tasks().getFirst();
            int from = Segment.offset(damaged.lastAt());
            rig.disk.failRead(Segment.name(Segment.number(damaged.lastAt())), from, from + 4);
            TaskAction action = rig.accept(ActionKind.RETRY, null, TaskFilter.ALL);
            for (int i = 0; i < 10; i++) {
                rig.actions.step(action.id());
            }
            assertEquals(Status.COMPLETED, rig.actions.get(action.id()).status());
            assertEquals(2, rig.actions.get(action.id()).changed());
            assertEquals(Map.of(Actions.UNREADABLE, 1), rig.actions.get(action.id()).refused());
        }
    }

    @Test
    void fullDisk_letsItWait_andNothingIsRefused() throws IOException {
        try (Rig rig = new Rig(1, 10_000, 10_000)) {
            rig.submit(1_000, "a");
            TaskAction action = rig.accept(ActionKind.PRIORITY, 7, TaskFilter.ALL);
            rig.disk.capacity(1 << 16);
            Problem full = assertThrows(Problem.class, () -> rig.done(action));
            assertEquals(507, full.status());
            int done = rig.actions.get(action.id()).done();
            assertTrue(done < 1_000, done + " fitted");
            rig.disk.capacity(Long.MAX_VALUE);
            Await.until("there is room", () -> rig.queue.full() == null);
            TaskAction ended = rig.done(action);
            assertEquals(1_000, ended.changed());
            assertTrue(ended.refused().isEmpty(), ended.refused().toString());
        }
    }

    @Test
    void stop_inTheMiddle_leavesTheRest_alsoAfterARestart() throws IOException {
        try (Rig rig = new Rig(1, 1_000, 1_000)) {
            rig.submit(Actions.STEP + 10, "a");
            TaskAction action = rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL);
            assertTrue(rig.actions.step(action.id()));
            assertEquals(Status.STOPPED, rig.actions.stop(action.id()).status());
            assertEquals(409, assertThrows(Problem.class, () -> rig.actions.stop(action.id())).status());
            rig.reopen(1_000, 1_000);
            assertEquals(Actions.STEP, rig.done(action).changed());
            assertEquals(10L, rig.queue.stats().byStatus().get(TaskStatus.PENDING));
        }
    }

    @Test
    void size_atTheLimit_isTaken_andOneMoreIsNot() throws IOException {
        try (Rig rig = new Rig(1, 1_000, 4)) {
            rig.submit(4, "a");
            TaskAction four = rig.accept(ActionKind.PRIORITY, 7, TaskFilter.ALL);
            rig.submit(1, "b");
            Problem together = assertThrows(Problem.class,
                    () -> rig.accept(ActionKind.PRIORITY, 8, of(Set.of(), Set.of("b"))));
            assertEquals(429, together.status());
            rig.done(four);
            rig.accept(ActionKind.PRIORITY, 8, of(Set.of(), Set.of("b")));
            assertEquals(413, assertThrows(Problem.class,
                    () -> rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL)).status());
        }
    }

    @Test
    void numbers_atTheLimit() throws IOException {
        try (Rig rig = new Rig(1, 1_000, 100)) {
            TaskAction first = rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL);
            List<TaskAction> running = new ArrayList<>(List.of(first));
            while (running.size() < ActionIndex.RUNNING_MAX) {
                running.add(rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL));
            }
            assertEquals(429, assertThrows(Problem.class,
                    () -> rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL)).status());
            running.forEach(rig::done);
            assertEquals(first.id(), rig.actions.get(first.id()).id());
            TaskAction last = rig.done(rig.accept(ActionKind.CANCEL, null, TaskFilter.ALL));
            assertEquals(404, assertThrows(Problem.class, () -> rig.actions.get(first.id())).status());
            rig.reopen(1_000, 100);
            rig.queue.ledger().compaction(0).run(true, () -> false);
            rig.reopen(1_000, 100);
            assertEquals(ActionIndex.ENDED_MAX, rig.actions.all().size());
            assertEquals(last.name(), rig.actions.all().getFirst().name());
        }
    }
}
