package server.order;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;

import server.task.Attempt.Chosen;
import server.task.Attempt.Chosen.By;
import server.task.Task;

/// One choice, level by level. The hosts are asked once for each demand: once a host is reserved, nothing that it
/// offered before can start there.
final class Choosing {

    private final Offers offers;
    private final IntFunction<Task> tasks;
    private final Clients clients;
    private final OrderOptions options;
    private final long number;
    private final long step;
    private final long now;
    private Set<String> kept = Set.of();
    private final Set<String> warm;
    /// The answers for tasks that are asked one by one, by slot; null until there is one.
    private Map<Integer, Offer> single;
    /// How many kinds of the level were asked, without those asked one by one.
    private int asked;
    /// How many of these can start with a load.
    private int loading;
    private Share passed;
    private long passedOrder;

    private record Found(Share share, int slot, Offer offer, By by) {
    }

    /// @param number identifies this choice
    /// @param step   the number of the current step of `affinity.max_wait`
    Choosing(Offers offers, IntFunction<Task> tasks, Clients clients, OrderOptions options, long number, long step,
            long now) {
        this.offers = offers;
        this.tasks = tasks;
        this.clients = clients;
        this.options = options;
        this.number = number;
        this.step = step;
        this.now = now;
        warm = offers.warm();
    }

    /// Chooses from a level; null if none of its tasks can start. Then the hosts that have to drain for its tasks are
    /// reserved.
    ///
    /// @param pressing the tasks of all levels that would miss their time if they waited longer, the earliest first
    /// @param isOf     whether a task is in the level
    Choice in(Level level, Deadlines.Pressing pressing, Predicate<Task> isOf) {
        asked = 0;
        loading = 0;
        Found chosen = pressing(level, pressing, isOf);
        if (chosen == null) {
            chosen = behind(level);
        }
        if (chosen == null) {
            chosen = overdue(level);
        }
        if (chosen == null && options.affinity() && warm != null) {
            chosen = loaded(level);
        }
        if (chosen == null) {
            chosen = first(level);
        }
        if (chosen == null) {
            keepDrained(level);
            return null;
        }
        long over = findPassed(level, chosen);
        By by = chosen.by == By.LOADED && over < 0 ? By.FIRST : chosen.by;
        return new Choice(chosen.slot, chosen.offer, new Chosen(by, chosen.offer.fit() == Fit.LOADS, over));
    }

    /// Returns whether a host was reserved for a task that has to go first there.
    boolean keepsFree() {
        return !kept.isEmpty();
    }

    /// Returns the share whose task would have been first, if it is not the chosen one's; else null.
    Share passed() {
        return passed;
    }

    /// Returns the order of that task.
    long passedOrder() {
        return passedOrder;
    }

    /// Returns the first task that has to go first because of its `finish_by` and can start. A host that has to drain
    /// for a task before it is reserved.
    private Found pressing(Level level, Deadlines.Pressing pressing, Predicate<Task> isOf) {
        int slot = 0;
        for (int i = 0; (slot = pressing.slot(i)) >= 0; i++) {
            Task task = tasks.apply(slot);
            if (!isOf.test(task)) {
                continue;
            }
            Demand demand = Demand.of(task);
            String client = task.terms().caller().client();
            if (level.has(task, slot, demand) && clients.hasRoom(client)) {
                Offer offer = ask(level.kinds.get(demand), slot);
                if (offer.fit().canStart()) {
                    return new Found(level.share(client), slot, offer, By.PRESSING);
                }
                if (offer.fit() == Fit.DRAINS) {
                    keep(offer);
                }
            }
        }
        return null;
    }

    /// Returns the first task that can start of the clients that are too far behind. A host that has to drain for a
    /// task before it is reserved.
    private Found behind(Level level) {
        double behind = level.present() - options.maxWait();
        Iterator<Share> shares = level.waiting.iterator();
        for (Share share = next(level, shares); share != null && share.time < behind; share = next(level, shares)) {
            for (Walk at = new Walk(share); at.next();) {
                Offer offer = ask(at);
                if (offer.fit().canStart()) {
                    return found(at, offer, By.BEHIND);
                }
                if (offer.fit() == Fit.DRAINS) {
                    keep(offer);
                }
                if (allAsked(level)) {
                    return null;
                }
            }
        }
        return null;
    }

    /// Returns the first overdue task, by order, that can start. A host that has to drain for a task before it is
    /// reserved.
    private Found overdue(Level level) {
        level.refresh(step);
        if (level.passed.isEmpty()) {
            return null;
        }
        PriorityQueue<Walk> walks = new PriorityQueue<>();
        Iterator<Share> shares = level.passed.values().iterator();
        Walk next = begun(level, shares);
        while (next != null || !walks.isEmpty()) {
            if (next != null && (walks.isEmpty() || next.order() < walks.peek().order())) {
                walks.add(next);
                next = begun(level, shares);
                continue;
            }
            Walk at = walks.poll();
            if (at.order() >= at.share.bound) {
                continue;
            }
            DemandGroup kind = at.lane().kind;
            // if a kind had no place, no other task of it has one
            if ((kind.oneByOne || kind.asked != number) && isOverdue(at)) {
                Offer offer = ask(at);
                if (offer.fit().canStart()) {
                    return found(at, offer, By.OVERDUE);
                }
                if (offer.fit() == Fit.DRAINS) {
                    keep(offer);
                }
            }
            if (!allAsked(level) && at.next()) {
                walks.add(at);
            }
        }
        return null;
    }

    /// Reserves its host from now on.
    private void keep(Offer offer) {
        if (kept.isEmpty()) {
            kept = new HashSet<>(4);
        }
        kept.add(offer.host());
    }

    private Walk begun(Level level, Iterator<Share> shares) {
        Share share = next(level, shares);
        if (share == null) {
            return null;
        }
        Walk walk = new Walk(share);
        walk.next();
        return walk;
    }

    /// Returns the next share whose client may have one more task running; the others are parked. Null at the end.
    private Share next(Level level, Iterator<Share> shares) {
        while (shares.hasNext()) {
            Share share = shares.next();
            if (clients.hasRoom(share.client)) {
                return share;
            }
            shares.remove();
            level.park(share);
        }
        return null;
    }

    private boolean isOverdue(Walk at) {
        return at.order() < at.lane().turn.bound(step) && at.lane().turn.isOverdue(at.order(),
                host -> offers.may(tasks.apply(at.slot()), host), step);
    }

    /// Returns the first task whose model is loaded on a host, if it is known which models can be.
    private Found loaded(Level level) {
        List<DemandGroup> left = new ArrayList<>();
        for (String model : warm) {
            for (DemandGroup kind : level.models.getOrDefault(model, List.of())) {
                if (kind.asked != number) {
                    left.add(kind);
                }
            }
        }
        Iterator<Share> shares = level.waiting.iterator();
        while (!left.isEmpty() || level.oneByOne > 0) {
            Share share = next(level, shares);
            if (share == null) {
                return null;
            }
            Found found = level.oneByOne > 0 || left.size() >= share.heads.size() ? walked(share, left)
                    : lookedUp(share, left);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private Found walked(Share share, List<DemandGroup> left) {
        for (Walk at = new Walk(share); at.next();) {
            DemandGroup kind = at.lane().kind;
            if (kind.oneByOne ? warm.contains(kind.warmModel) : left.remove(kind)) {
                Offer offer = ask(at);
                if (offer.fit() == Fit.LOADED) {
                    return found(at, offer, By.LOADED);
                }
            }
        }
        return null;
    }

    /// Does the same if few of a share's lanes are candidates: going through all of them would fetch each from memory.
    private Found lookedUp(Share share, List<DemandGroup> left) {
        List<Lane> lanes = share.lanes(left);
        lanes.sort(Comparator.comparingLong(lane -> lane.slots.firstKey()));
        for (Lane lane : lanes) {
            if (left.remove(lane.kind)) {
                int slot = lane.slots.firstSlot();
                Offer offer = ask(lane.kind, slot);
                if (offer.fit() == Fit.LOADED) {
                    return new Found(share, slot, offer, By.LOADED);
                }
            }
        }
        return null;
    }

    /// Returns the first task that can start; with affinity, the first that needs no load is preferred.
    private Found first(Level level) {
        boolean any = !options.affinity() || warm != null;
        Found loads = null;
        Iterator<Share> shares = level.waiting.iterator();
        for (Share share = next(level, shares); share != null; share = next(level, shares)) {
            for (Walk at = new Walk(share); at.next();) {
                Offer offer = ask(at);
                if (offer.fit() == Fit.LOADED || any && offer.fit() == Fit.LOADS) {
                    return found(at, offer, any ? By.FIRST : By.LOADED);
                }
                loads = loads == null && offer.fit() == Fit.LOADS ? found(at, offer, By.FIRST) : loads;
                if (allAsked(level) && (loads != null || loading == 0)) {
                    return loads;
                }
            }
        }
        return loads;
    }

    private void keepDrained(Level level) {
        for (DemandGroup kind : level.kinds.values()) {
            if (kind.asked == number && !kind.oneByOne && kind.offer.fit() == Fit.DRAINS) {
                keep(kind.offer);
            }
        }
        if (single != null) {
            for (Offer offer : single.values()) {
                if (offer.fit() == Fit.DRAINS) {
                    keep(offer);
                }
            }
        }
    }

    /// Returns the task that would have been first without regard to loaded models and overdue tasks. Of the chosen
    /// task's client that is the earliest, without asking whether a host would accept it now.
    ///
    /// @return its id; -1 if it is the chosen one
    private long findPassed(Level level, Found chosen) {
        Iterator<Share> shares = level.waiting.iterator();
        for (Share share = next(level, shares); share != null; share = next(level, shares)) {
            if (share == chosen.share) {
                return chosen.by == By.FIRST || share.firstSlot() == chosen.slot ? -1
                        : tasks.apply(share.firstSlot()).id();
            }
            for (Walk at = new Walk(share); at.next();) {
                if (ask(at).fit() != Fit.NONE) {
                    passed = share;
                    passedOrder = at.order();
                    return tasks.apply(at.slot()).id();
                }
            }
        }
        return -1;
    }

    private boolean allAsked(Level level) {
        return level.oneByOne == 0 && asked == level.kinds.size();
    }

    private Offer ask(Walk at) {
        return ask(at.lane().kind, at.slot());
    }

    private Offer ask(DemandGroup kind, int slot) {
        if (kind.oneByOne) {
            single = single == null ? new HashMap<>() : single;
            Offer known = single.get(slot);
            if (known == null) {
                known = offer(kind, slot);
                single.put(slot, known);
            }
            return known;
        }
        if (kind.asked != number) {
            asked++;
            kind.asked = number;
            kind.offer = offer(kind, slot);
            loading += kind.offer.fit() == Fit.LOADS ? 1 : 0;
        }
        return kind.offer;
    }

    private Offer offer(DemandGroup kind, int slot) {
        return clients.isOpen(kind.demand.window(), now) && clients.modelHasRoom(kind.demand.model())
                ? offers.to(tasks.apply(slot), kept) : Offer.NONE;
    }

    private static Found found(Walk at, Offer offer, By by) {
        return new Found(at.share, at.slot(), offer, by);
    }
}
