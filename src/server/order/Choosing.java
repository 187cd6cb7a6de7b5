package server.order;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntFunction;

import server.task.Attempt.Chosen;
import server.task.Attempt.Chosen.By;
import server.task.Task;

/// One choice, level by level. The hosts are asked once for each demand: where a host is kept free afterwards, nothing
/// that they offered before can start there.
final class Choosing {

    private final Offers offers;
    private final IntFunction<Task> tasks;
    private final Clients clients;
    private final OrderOptions options;
    private final long number;
    private final long step;
    /// The tasks that would miss their time if they waited longer, the earliest first.
    private final List<Integer> pressing;
    private final Set<String> kept = new HashSet<>(4);
    private final Set<String> warm;
    /// Of the tasks that are asked one by one, by slot; null until there is one.
    private Map<Integer, Offer> single;
    /// How many kinds of the level were asked, without those that are asked one by one.
    private int asked;
    /// How many of these can start with a load.
    private int loading;
    private Share passed;
    private long passedOrder;

    private record Found(Share share, int slot, Offer offer, By by) {
    }

    /// @param number its own, to tell it from others
    /// @param step   the number of the step of `affinity.max_wait` that is now
    /// @param pressing the tasks that would miss their time if they waited longer, the earliest first
    Choosing(Offers offers, IntFunction<Task> tasks, Clients clients, OrderOptions options, long number, long step,
            List<Integer> pressing) {
        this.pressing = pressing;
        this.offers = offers;
        this.tasks = tasks;
        this.clients = clients;
        this.options = options;
        this.number = number;
        this.step = step;
        warm = offers.warm();
    }

    /// Chooses from a level; null if nothing of it can start. Then the hosts are kept free that have to drain for it.
    Choice in(Level level) {
        asked = 0;
        loading = 0;
        Found chosen = pressing(level);
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

    /// The share whose task would have been first, if it is another's than the chosen one's; else null.
    Share passed() {
        return passed;
    }

    /// The order of that task.
    long passedOrder() {
        return passedOrder;
    }

    /// The first that has to go first for its time's sake and can start. A host that has to drain for one before it is
    /// kept free.
    private Found pressing(Level level) {
        for (int slot : pressing) {
            Task task = tasks.apply(slot);
            Demand demand = Demand.of(task);
            String client = task.terms().caller().client();
            if (level.has(task, slot, demand) && clients.mayStart(client, task.model())) {
                Offer offer = ask(level.kinds.get(demand), slot);
                if (offer.fit() == Fit.LOADED || offer.fit() == Fit.LOADS) {
                    return new Found(level.share(client), slot, offer, By.PRESSING);
                }
                if (offer.fit() == Fit.DRAINS) {
                    kept.add(offer.host());
                }
            }
        }
        return null;
    }

    /// The first of what is overdue, by order, that can start. A host that has to drain for one before it is kept free.
    private Found overdue(Level level) {
        level.refresh(step);
        if (level.passed.isEmpty()) {
            return null;
        }
        PriorityQueue<Walk> walks = new PriorityQueue<>();
        Iterator<Share> shares = level.passed.values().iterator();
        Walk next = begun(shares);
        while (next != null || !walks.isEmpty()) {
            if (next != null && (walks.isEmpty() || next.order() < walks.peek().order())) {
                walks.add(next);
                next = begun(shares);
                continue;
            }
            Walk at = walks.poll();
            if (at.order() >= at.share.bound) {
                continue;
            }
            Kind kind = at.lane().kind;
            // where a kind had no place, no other task of it has one
            if ((kind.oneByOne || kind.asked != number) && mayStart(at) && isOverdue(at)) {
                Offer offer = ask(at);
                if (offer.fit() == Fit.LOADED || offer.fit() == Fit.LOADS) {
                    return found(at, offer, By.OVERDUE);
                }
                if (offer.fit() == Fit.DRAINS) {
                    kept.add(offer.host());
                }
            }
            if (!allAsked(level) && at.next()) {
                walks.add(at);
            }
        }
        return null;
    }

    private static Walk begun(Iterator<Share> shares) {
        if (!shares.hasNext()) {
            return null;
        }
        Walk walk = new Walk(shares.next());
        walk.next();
        return walk;
    }

    private boolean isOverdue(Walk at) {
        return at.order() < at.lane().turn.bound(step) && at.lane().turn.isOverdue(at.order(),
                host -> offers.may(tasks.apply(at.slot()), host), step);
    }

    /// The first for which a host has loaded what it needs, where it is known which models can be.
    private Found loaded(Level level) {
        int left = 0;
        for (String model : warm) {
            for (Kind kind : level.models.getOrDefault(model, List.of())) {
                left += kind.asked == number ? 0 : 1;
            }
        }
        Iterator<Share> shares = level.waiting.iterator();
        while ((left > 0 || level.oneByOne > 0) && shares.hasNext()) {
            Share share = shares.next();
            boolean room = clients.hasRoom(share.client);
            Walk at = room ? new Walk(share) : null;
            while (room && (left > 0 || level.oneByOne > 0) && at.next()) {
                Kind kind = at.lane().kind;
                if (warm.contains(kind.warmModel) && mayStart(at)) {
                    left -= kind.oneByOne || kind.asked == number ? 0 : 1;
                    Offer offer = ask(at);
                    if (offer.fit() == Fit.LOADED) {
                        return found(at, offer, By.LOADED);
                    }
                }
            }
        }
        return null;
    }

    /// The first that can start; with affinity the first that needs no load goes before.
    private Found first(Level level) {
        boolean any = !options.affinity() || warm != null;
        Found loads = null;
        for (Share share : level.waiting) {
            if (!clients.hasRoom(share.client)) {
                continue;
            }
            for (Walk at = new Walk(share); at.next();) {
                if (mayStart(at)) {
                    Offer offer = ask(at);
                    if (offer.fit() == Fit.LOADED || any && offer.fit() == Fit.LOADS) {
                        return found(at, offer, any ? By.FIRST : By.LOADED);
                    }
                    loads = loads == null && offer.fit() == Fit.LOADS ? found(at, offer, By.FIRST) : loads;
                }
                if (allAsked(level) && (loads != null || loading == 0)) {
                    return loads;
                }
            }
        }
        return loads;
    }

    private void keepDrained(Level level) {
        for (Kind kind : level.kinds.values()) {
            if (kind.asked == number && !kind.oneByOne && kind.offer.fit() == Fit.DRAINS) {
                kept.add(kind.offer.host());
            }
        }
        if (single != null) {
            for (Offer offer : single.values()) {
                if (offer.fit() == Fit.DRAINS) {
                    kept.add(offer.host());
                }
            }
        }
    }

    /// Which task would have been first, had nobody looked at what is loaded and overdue. Of its own client that is the
    /// earliest: whether a host would have it now is not asked for that.
    ///
    /// @return its id; -1 if that is the chosen one
    private long findPassed(Level level, Found chosen) {
        for (Share share : level.waiting) {
            if (share == chosen.share) {
                Task earliest = chosen.by == By.FIRST ? null
                        : tasks.apply(share.heads.firstEntry().getValue().slots.firstSlot());
                return earliest == null || earliest.order() >= tasks.apply(chosen.slot).order() ? -1 : earliest.id();
            }
            if (!clients.hasRoom(share.client)) {
                continue;
            }
            for (Walk at = new Walk(share); at.next();) {
                if (mayStart(at) && ask(at).fit() != Fit.NONE) {
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

    private boolean mayStart(Walk at) {
        return clients.mayStart(at.share.client, at.lane().kind.demand.model());
    }

    private Offer ask(Walk at) {
        return ask(at.lane().kind, at.slot());
    }

    private Offer ask(Kind kind, int slot) {
        if (kind.oneByOne) {
            single = single == null ? new HashMap<>() : single;
            Offer known = single.get(slot);
            if (known == null) {
                known = offers.to(tasks.apply(slot), kept);
                single.put(slot, known);
            }
            return known;
        }
        if (kind.asked != number) {
            asked++;
            kind.asked = number;
            kind.offer = offers.to(tasks.apply(slot), kept);
            loading += kind.offer.fit() == Fit.LOADS ? 1 : 0;
        }
        return kind.offer;
    }

    private static Found found(Walk at, Offer offer, By by) {
        return new Found(at.share, at.slot(), offer, by);
    }
}
