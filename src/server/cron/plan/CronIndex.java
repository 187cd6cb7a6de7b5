package server.cron.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

import server.task.CronId;
import server.task.TaskId;
import shared.Problem;

/// All cron tasks, by id and by the time at which they are to be decided on next.
///
/// Invariant: each is in `order` under its entry's time, unless that is never.
public final class CronIndex {

    private record Entry(CronTask cron, long lookAt) {
    }

    private record Place(long lookAt, long id) {
    }

    private final Map<Long, Entry> byId = new HashMap<>();
    /// The ids of those that have a name: one each, but where an older version of the program allowed for more.
    private final Map<String, List<Long>> byName = new HashMap<>();
    // comparators are written out here: those that Comparator makes cannot be kept in a class archive, and each start
    // would have to make them
    private final TreeSet<Place> order = new TreeSet<>((one, other) -> one.lookAt != other.lookAt
            ? Long.compare(one.lookAt, other.lookAt) : Long.compare(one.id, other.id));

    /// Those that fire and whose last run that ended failed.
    private final Set<Long> failing = new TreeSet<>();

    /// Returns how many cron tasks there are.
    public int size() {
        return byId.size();
    }

    /// Returns the cron task with this id; null if there is none.
    public CronTask get(long id) {
        Entry entry = byId.get(id);
        return entry == null ? null : entry.cron;
    }

    /// Returns the cron task with this id.
    ///
    /// @throws Problem 404 if there is none
    public CronTask require(long id) {
        CronTask cron = get(id);
        if (cron == null) {
            throw Problem.notFound("no cron task " + CronId.format(id));
        }
        return cron;
    }

    /// Puts a cron task in, in place of the one with its id.
    ///
    /// @param busy whether the task of its last run is pending or running, so that a waiting run has to wait on
    public void put(CronTask cron, boolean busy) {
        remove(cron.id());
        long lookAt = cron.waiting() != 0 && !busy ? 0 : CronPolicy.lookAt(cron);
        byId.put(cron.id(), new Entry(cron, lookAt));
        byName.merge(cron.plan().name(), List.of(cron.id()),
                (one, other) -> Stream.concat(one.stream(), other.stream()).toList());
        if (lookAt != Long.MAX_VALUE) {
            order.add(new Place(lookAt, cron.id()));
        }
        if (cron.plan().enabled() && cron.runs().failedLast() > 0) {
            failing.add(cron.id());
        }
    }

    /// Takes a cron task out; does nothing if there is none.
    public void remove(long id) {
        failing.remove(id);
        Entry before = byId.remove(id);
        if (before == null) {
            return;
        }
        byName.computeIfPresent(before.cron.plan().name(), (name, ids) -> ids.size() == 1 ? null
                : ids.stream().filter(one -> one != id).toList());
        if (before.lookAt != Long.MAX_VALUE) {
            order.remove(new Place(before.lookAt, id));
        }
    }

    /// Returns when the next cron task is to be decided on, milliseconds since the epoch; Long.MAX_VALUE if none is.
    public long nextLook() {
        return order.isEmpty() ? Long.MAX_VALUE : order.first().lookAt;
    }

    /// Returns the cron task that has been due the longest; null if none is due now.
    public CronTask due(long now) {
        return nextLook() > now ? null : get(order.first().id);
    }

    /// Returns the cron tasks that fire and whose last run that ended failed, in no order.
    public List<CronTask> failing() {
        return failing.stream().map(this::get).toList();
    }

    /// Returns all cron tasks, in the order of their creation.
    public List<CronTask> all() {
        List<CronTask> all = new ArrayList<>(byId.size());
        byId.values().forEach(entry -> all.add(entry.cron));
        all.sort((one, other) -> one.createdAt() != other.createdAt() ? Long.compare(one.createdAt(), other.createdAt())
                : Long.compare(one.id(), other.id()));
        return all;
    }

    /// Returns the cron task that a text names.
    ///
    /// @param text a whole id, a name, or a unique prefix of an id, in this order
    public CronTask find(String text) {
        CronTask whole = get(CronId.parse(text));
        if (whole != null) {
            return whole;
        }
        List<CronTask> found = named(text);
        TaskId.IdRange range = CronId.range(text);
        if (found.isEmpty() && range != null) {
            found = those(cron -> cron.id() >= range.low() && cron.id() <= range.high());
        }
        return TaskId.only(text, found, "cron task", CronTask::name);
    }

    /// Returns the id that a text stands for, which may be the whole one of a cron task that is gone.
    ///
    /// @param text as [#find] takes it
    public long idOf(String text) {
        long id = CronId.parse(text);
        return id >= 0 && named(text).isEmpty() ? id : find(text).id();
    }

    /// Returns the cron tasks that have a name; more than one only if they are from an older version of the program.
    public List<CronTask> named(String name) {
        return byName.getOrDefault(name, List.of()).stream().map(this::get).toList();
    }

    /// Refuses a name that another cron task has.
    ///
    /// @throws Problem 409
    public void requireFree(String name) {
        for (CronTask other : named(name)) {
            throw Problem.conflict("name is taken: cron task " + other.name() + " is called " + Problem.shown(name)
                    + ", too; change or replace that one, or choose another name");
        }
    }

    private List<CronTask> those(Predicate<CronTask> wanted) {
        return byId.values().stream().map(Entry::cron).filter(wanted).limit(TaskId.CANDIDATES_MAX).toList();
    }
}
