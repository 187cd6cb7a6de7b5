package server.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

import server.order.Fit;
import server.order.Offer;
import server.order.Offers;
import server.order.OrderOptions;
import server.order.RandomOffers;
import server.order.RunnerKey;
import server.order.limits.OrderLimits;
import server.queue.line.EventCodec;
import server.queue.state.Event;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.task.Task;
import shared.TaskStatus;
import shared.json.Slice;

/// Which task starts next, in the simplest form: lists that are searched and sorted again each time. Every waiting task
/// counts how often it was passed over.
final class OrderModel {

    /// A pending task.
    static final class Item {
        final Task task;
        boolean ready;
        int level;
        int passed;
        /// The step in which it was first passed over.
        long firstPassed = Long.MAX_VALUE;

        Item(Task task) {
            this.task = task;
        }

        String client() {
            return task.terms().caller().client();
        }

        boolean tried() {
            return !task.attempts().isEmpty() || task.state().error() != null;
        }

        List<Object> demand() {
            List<Object> demand = new ArrayList<>();
            demand.add(task.priority());
            demand.add(task.model());
            demand.add(task.terms().on());
            demand.add(task.terms().runner());
            demand.add(tried() ? task.id() : 0L);
            return demand;
        }
    }

    private static final class Share {
        double time;
        int running;
    }

    private record Charge(int level, String client, String model, double charge) {
    }

    /// @param offer null: none
    record Chosen(Task task, Offer offer) {
    }

    private final OrderOptions options;
    private final OrderLimits limits;
    private final List<Item> items = new ArrayList<>();
    private final Map<Integer, Map<String, Share>> shares = new HashMap<>();
    private final Map<Integer, Double> present = new HashMap<>();
    private final Map<Long, Charge> charges = new HashMap<>();
    private final Map<String, Double> usual = new HashMap<>();
    private long aged;
    private long step = Long.MIN_VALUE;
    private Item wouldBeFirst;
    private Offers offers;

    OrderModel(QueueOptions options) {
        this.options = options.order();
        limits = options.limits();
    }

    /// Of a journal's lines.
    ///
    /// @param position where the line of a sequence number lies
    static OrderModel replayed(QueueOptions options, List<Slice> lines, EventCodec codec, LongUnaryOperator position) {
        OrderModel order = new OrderModel(options);
        QueueState state = new QueueState(options);
        for (int i = 0; i < lines.size(); i++) {
            Event event = codec.decodeForReplay(i + 1, lines.get(i));
            Task before = event instanceof Event.Change change ? state.get(change.task().id()) : null;
            order.follow(event, before,
                    state.apply(event, i + 1, position.applyAsLong(i + 1), lines.get(i).length()));
        }
        return order;
    }

    List<Item> ready() {
        return items.stream().filter(item -> item.ready).toList();
    }

    void wake(long now) {
        items.stream().filter(item -> !item.ready && item.task.wakeAt() <= now).sorted(
                Comparator.comparingLong((Item item) -> item.task.wakeAt())
                        .thenComparing(item -> item.task.arrival())).forEach(item -> {
                            item.level = options.ageing().priority(item.task, aged);
                            join(item);
                        });
    }

    void age(long now) {
        if (options.ageing().every() > 0 && now < aged - options.ageing().every()) {
            List<Item> all = sorted(ready(), item -> true, Comparator.comparingLong(item -> item.task.order()));
            all.forEach(this::leave);
            aged = now;
            for (Item item : all) {
                item.level = options.ageing().priority(item.task, now);
                join(item);
            }
        }
        while (true) {
            Item grows = ready().stream().filter(item -> options.ageing().every() > 0
                    && item.level < options.ageing().upTo() && growsAt(item) <= now).min(
                            Comparator.comparingLong(this::growsAt).thenComparing(item -> item.task.arrival()))
                    .orElse(null);
            if (grows == null) {
                break;
            }
            leave(grows);
            grows.level = options.ageing().priority(grows.task, now);
            join(grows);
        }
        aged = Math.max(aged, now);
    }

    private long growsAt(Item item) {
        long since = Math.max(item.task.createdAt(), item.task.terms().scheduledAt());
        if (item.task.order() != item.task.arrival() && !item.task.attempts().isEmpty()) {
            since = Math.max(since, item.task.attempts().getLast().endedAt());
        }
        return since + (item.level + 1L - item.task.priority()) * options.ageing().every();
    }

    /// Follows an event.
    ///
    /// @param before the task that it is about; null if it was not there
    /// @param after  null if it is gone
    void follow(Event event, Task before, Task after) {
        wake(event.at());
        age(event.at());
        if (event instanceof Event.Change change) {
            follow(change, before, after);
        }
        wouldBeFirst = null;
    }

    private void follow(Event.Change change, Task before, Task after) {
        if (before != null && before.status() == TaskStatus.RUNNING && (after == null
                || after.status() != TaskStatus.RUNNING)) {
            ended(before, after, change);
        }
        Item item = items.stream().filter(one -> before != null && one.task.id() == before.id()).findFirst()
                .orElse(null);
        if (item != null) {
            if (change.what() == Event.What.STARTED) {
                if (!item.ready) {
                    item.level = options.ageing().priority(item.task, aged);
                    join(item);
                }
                started(item, after.state().host(), change.at());
            }
            items.remove(item);
            if (item.ready) {
                leave(item);
            }
        }
        if (after != null && after.status() == TaskStatus.PENDING) {
            add(after);
        }
    }

    private void add(Task task) {
        Item item = new Item(task);
        if (task.wakeAt() == 0) {
            item.level = options.ageing().priority(task, aged);
            join(item);
        }
        items.add(item);
    }

    /// The server is started again: nobody has been passed over yet.
    void forgetPassed() {
        items.forEach(item -> {
            item.passed = 0;
            item.firstPassed = Long.MAX_VALUE;
        });
    }

    private List<Item> waiting(int level, String client) {
        return items.stream().filter(item -> item.ready && item.level == level
                && Objects.equals(item.client(), client)).toList();
    }

    private List<Item> waiting(int level) {
        return items.stream().filter(item -> item.ready && item.level == level).toList();
    }

    private Share share(int level, String client) {
        return shares.computeIfAbsent(level, absent -> new HashMap<>())
                .computeIfAbsent(client, absent -> new Share());
    }

    private void join(Item item) {
        item.ready = false;
        item.passed = 0;
        item.firstPassed = Long.MAX_VALUE;
        Share share = share(item.level, item.client());
        double now = present.getOrDefault(item.level, 0.0);
        if (waiting(item.level, item.client()).isEmpty()) {
            double least = waiting(item.level).stream().mapToDouble(one -> share(one.level, one.client()).time).min()
                    .orElse(Double.NaN);
            share.time = Math.max(share.time,
                    Double.isNaN(least) ? now : Math.max(Math.min(least, now), now - options.maxWait()));
        }
        item.ready = true;
    }

    private void leave(Item item) {
        item.ready = false;
        forgetIfOver(item.level);
    }

    private void forgetIfOver(int level) {
        if (waiting(level).isEmpty() && shares.get(level).values().stream().allMatch(share -> share.running == 0)) {
            shares.remove(level);
            present.remove(level);
        }
    }

    private void started(Item item, String host, long now) {
        Share share = share(item.level, item.client());
        double at = present.getOrDefault(item.level, 0.0);
        share.time = Math.max(share.time, at - 2 * options.maxWait());
        present.put(item.level, Math.max(at, share.time));
        double charge = usual.getOrDefault(RunnerKey.plain(item.task.model()), 0.0)
                / limits.client(item.client()).weight();
        share.time += charge;
        share.running++;
        // also where nobody is passed: after a replay the clock may be behind it
        stepAt(now);
        charges.put(item.task.id(), new Charge(item.level, item.client(), item.task.model(), charge));
        pass(waiting(item.level, item.client()), item.task.order() - 1, host, now);
        if (wouldBeFirst != null) {
            pass(waiting(item.level, wouldBeFirst.client()), wouldBeFirst.task.order(), host, now);
        }
    }

    private void pass(List<Item> waiting, long upTo, String host, long now) {
        for (Item item : waiting) {
            if (item.task.order() <= upTo && RandomOffers.mayUse(item.task, host)) {
                item.passed++;
                item.firstPassed = Math.min(item.firstPassed, stepAt(now));
            }
        }
    }

    private long stepAt(long now) {
        step = Math.max(step, Math.floorDiv(now, Math.max(1, options.maxWait() / 64)));
        return step;
    }

    private void ended(Task before, Task after, Event.Change change) {
        Charge charge = charges.remove(before.id());
        Share share = share(charge.level, charge.client);
        boolean died = !change.attempts().isEmpty() && change.attempts().getLast().died();
        long millis = after.status().ended() ? after.state().endedAt() - after.state().startedAt()
                : Math.max(0, change.at() - before.state().startedAt());
        if (after.status() == TaskStatus.COMPLETED) {
            Double mean = usual.get(RunnerKey.plain(before.model()));
            usual.put(RunnerKey.plain(before.model()), mean == null ? (double) millis : mean + 0.125 * (millis - mean));
        }
        if (!died) {
            share.time += millis / limits.client(charge.client).weight() - charge.charge;
        }
        share.running--;
        forgetIfOver(charge.level);
    }

    /// The task that starts next; null for none.
    Chosen choose(Offers now, long millis) {
        offers = now;
        wouldBeFirst = null;
        age(millis);
        stepAt(millis);
        Set<String> kept = new HashSet<>();
        for (int level : items.stream().filter(item -> item.ready).map(item -> item.level).distinct()
                .sorted(Comparator.reverseOrder()).toList()) {
            Chosen chosen = choose(level, kept);
            if (chosen != null) {
                return chosen;
            }
        }
        return null;
    }

    private Chosen choose(int level, Set<String> kept) {
        List<Item> all = waiting(level).stream().filter(item -> hasRoom(item))
                .toList();
        Map<List<Object>, Offer> asked = new HashMap<>();
        Item chosen = null;
        Comparator<Item> byOrder = Comparator.comparingLong(item -> item.task.order());
        double present = this.present.getOrDefault(level, 0.0);
        Comparator<Item> byShare = Comparator.<Item>comparingDouble(item -> share(level, item.client()).time)
                .thenComparing(item -> share(level, item.client()).running)
                .thenComparing(item -> waiting(level, item.client()).stream().mapToLong(one -> one.task.order())
                        .min().getAsLong())
                .thenComparing(byOrder);
        List<Item> urgent = new ArrayList<>(sorted(all,
                item -> share(level, item.client()).time < present - options.maxWait(), byShare));
        urgent.addAll(sorted(all, this::isOverdue, byOrder));
        for (Item item : urgent) {
            if (chosen == null) {
                Offer offer = asked.computeIfAbsent(item.demand(), demand -> offers.to(item.task, kept));
                chosen = canStart(offer) ? item : null;
                if (offer.fit() == Fit.DRAINS) {
                    kept.add(offer.host());
                }
            }
        }
        List<Item> inOrder = sorted(all, item -> true, byShare);
        Item first = null;
        for (Item item : inOrder) {
            Offer offer = asked.computeIfAbsent(item.demand(), demand -> offers.to(item.task, kept));
            first = first == null && offer.fit() != Fit.NONE ? item : first;
        }
        for (Item item : inOrder) {
            chosen = chosen == null && asked.get(item.demand()).fit() == Fit.LOADED && options.affinity() ? item
                    : chosen;
        }
        for (Item item : inOrder) {
            chosen = chosen == null && canStart(asked.get(item.demand())) ? item : chosen;
        }
        if (chosen == null) {
            asked.values().stream().filter(offer -> offer.fit() == Fit.DRAINS).forEach(offer -> kept.add(offer.host()));
            return null;
        }
        wouldBeFirst = Objects.equals(first.client(), chosen.client()) ? null : first;
        return new Chosen(chosen.task, asked.get(chosen.demand()));
    }

    private boolean hasRoom(Item item) {
        return charges.values().stream().filter(charge -> Objects.equals(charge.client, item.client())).count()
                < limits.client(item.client()).maxRunning()
                && charges.values().stream().filter(charge -> charge.model.equals(item.task.model())).count()
                < limits.modelMax(item.task.model());
    }

    private boolean isOverdue(Item item) {
        return item.passed >= options.maxBatch() || item.firstPassed <= step - 64;
    }

    private static boolean canStart(Offer offer) {
        return offer.fit() == Fit.LOADED || offer.fit() == Fit.LOADS;
    }

    private static List<Item> sorted(List<Item> items, Predicate<Item> which, Comparator<Item> order) {
        return items.stream().filter(which).sorted(order).toList();
    }
}
