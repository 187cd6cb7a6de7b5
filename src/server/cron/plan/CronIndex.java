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

/// All cron tasks, by id and by the time of their next decision.
///
/// Invariant: each is in `order` under its entry's time, unless that is never.
public final class CronIndex {

    private record Entry(CronTask cron, long lookAt) {
    }

    private record Place(long lookAt, long id) {
    }

    private final Map<Long, Entry> byId = new HashMap<>();
    /// The ids of each name: one, unless an older version of the program allowed more.
    private final Map<String, List<Long>> byName = new HashMap<>();
    // the comparator is written out: one that Comparator makes cannot be stored in a class archive, and each start
    // would have to create it
    private final TreeSet<Place> order = new TreeSet<>((one, other) -> one.lookAt != other.lookAt
            ? Long.compare(one.lookAt, other.lookAt) : Long.compare(one.id, other.id));

    /// The ids of the enabled ones whose last ended run failed.
    private final Set<Long> failing = new TreeSet<>();

    /// Returns the number of cron tasks.
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

    /// Adds a cron task, replacing the one with its id.
    ///
    /// @param busy whether the task of its last run is pending or running, so that a waiting run must continue to wait
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

    /// Removes a cron task; does nothing if it is absent.
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

    /// Returns the time of the next decision, in milliseconds since the epoch; Long.MAX_VALUE if there is none.
    public long nextLook() {
        return order.isEmpty() ? Long.MAX_VALUE : order.first().lookAt;
    }

    /// Returns the cron task that has been due longest; null if none is due now.
    public CronTask due(long now) {
        return nextLook() > now ? null : get(order.first().id);
    }

    /// Returns the enabled cron tasks whose last ended run failed, in no particular order.
    public List<CronTask> failing() {
        return failing.stream().map(this::get).toList();
    }

    /// Returns all cron tasks, in order of creation.
    public List<CronTask> all() {
        List<CronTask> all = new ArrayList<>(byId.size());
        byId.values().forEach(entry -> all.add(entry.cron));
        all.sort((one, other) -> one.createdAt() != other.createdAt() ? Long.compare(one.createdAt(), other.createdAt())
                : Long.compare(one.id(), other.id()));
        return all;
    }

    /// Finds a cron task.
    ///
    /// @param text a complete id, a name, or a unique prefix of an id, in this order
    /// @throws Problem 404 if there is none, 409 if there are several
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

    /// Returns the id that a text names, which may be the complete id of a deleted cron task.
    ///
    /// @param text as for [#find]
    /// @throws Problem as [#find]
    public long idOf(String text) {
        long id = CronId.parse(text);
        return id >= 0 && named(text).isEmpty() ? id : find(text).id();
    }

    /// Returns the cron tasks with this name; more than one only if they are from an older version of the program.
    public List<CronTask> named(String name) {
        return byName.getOrDefault(name, List.of()).stream().map(this::get).toList();
    }

    /// Checks that a name is free.
    ///
    /// @throws Problem 409 if a cron task has it
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
