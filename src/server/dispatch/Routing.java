package server.dispatch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import server.dispatch.HostModels.Has;
import server.order.Fit;
import server.order.Offer;
import server.order.RunnerKey;
import server.task.Attempt;
import server.task.Task;
import shared.Priority;

/// Chooses the host for a task. Pure: the same task, hosts and settings give the same answer.
///
/// First the settings determine where the task belongs, to the local hosts or to the endpoints, and by which [Rule];
/// the others are its second choice, if it has one. Then each of these hosts gets a [Grade] for it, and the first grade
/// with any host decides: of its hosts that may be sent a task now the best gets it, and if there is none the task
/// waits. It also waits while the only free host is one that has failed it: a host that fails every task would use up
/// all their attempts while the good ones are full. Lists of models only order the hosts: if no list has the model,
/// each host is asked.
final class Routing {

    private final RoutingOptions options;
    private final List<HostView> hosts;
    private final boolean endpoints;
    /// How many tasks wait for nothing but their turn.
    private final int waiting;

    /// The grades of hosts for a task, best first.
    private enum Grade {
        /// Healthy, has the model, has not failed the task, and belongs to its first choice.
        FIRST,
        /// The same for the second choice.
        SECOND,
        /// Healthy and has the model, but has failed the task before.
        FAILED,
        /// Has the model, but cannot be sent anything now: the task waits for it.
        AWAY,
        /// Healthy, but its list lacks the model: to be asked.
        ASK,
        /// Nothing is known about it yet.
        UNKNOWN,
        /// Its list lacks the model, and it is away only for a moment: to be asked then.
        SOON,
        /// Away for longer, and its last list lacks the model.
        HOPELESS
    }

    /// @param remote whether this choice is the endpoints, or the local hosts; null: whichever has the requested name
    private record HostChoice(Boolean remote, Rule rule) {
    }

    /// @param off whether the host may not be asked for the model now
    private record Candidate(HostView host, Has has, Grade grade, boolean second, Rule rule, int failures,
            boolean loaded, boolean off, Fit fit) {

        /// Returns whether this one is the better of two with the same grade (start-up rule: see package-info).
        boolean betterThan(Candidate other) {
            if (fit == Fit.DRAINS != (other.fit == Fit.DRAINS)) {
                return other.fit == Fit.DRAINS;
            }
            if (failures != other.failures) {
                return failures < other.failures;
            }
            if (second != other.second) {
                return other.second;
            }
            if (fit != other.fit) {
                return fit == Fit.LOADED;
            }
            if (host.priority() != other.host.priority()) {
                return host.priority() > other.host.priority();
            }
            int byLoad = Double.compare(load(), other.load());
            if (byLoad != 0) {
                return byLoad < 0;
            }
            if (loaded != other.loaded) {
                return loaded;
            }
            return host.weight() > other.host.weight();
        }

        double load() {
            return (double) host.running() / host.weight();
        }
    }

    Routing(RoutingOptions options, List<HostView> hosts, int waiting) {
        this.options = options;
        this.hosts = hosts;
        this.waiting = waiting;
        endpoints = hosts.stream().anyMatch(HostView::remote);
    }

    /// Returns whether any host may be sent a task; if not, no task need be examined.
    boolean anyPlace() {
        return hosts.stream().anyMatch(HostView::sendable);
    }

    /// Returns what the hosts offer a task.
    ///
    /// @param without the hosts that said they lack its model when they were asked for this task
    /// @param kept    the hosts that are reserved for others
    Offer offer(Task task, Set<String> without, Set<String> kept) {
        List<Candidate> candidates = candidates(task, without);
        Grade grade = first(candidates);
        if (!without.isEmpty() && (grade == null || grade == Grade.HOPELESS)) {
            // the hosts for which it waited are gone; asking once more is what ends the task
            return offer(task, Set.of(), kept);
        }
        if (grade == null) {
            return Offer.NONE;
        }
        Candidate best = best(candidates, grade, kept);
        if (grade == Grade.FIRST && (best == null || best.fit == Fit.DRAINS)) {
            best = better(best, best(candidates, Grade.SECOND, kept));
        }
        if (grade == Grade.ASK && (best == null || best.fit == Fit.DRAINS)) {
            best = better(best, best(candidates, Grade.UNKNOWN, kept));
        }
        return best == null ? Offer.NONE : new Offer(best.fit, best.host.name(), best.rule.text);
    }

    /// Returns the host that has a place for a task but must first end what it is answering; null if there is none, or
    /// the task could start.
    HostView drains(Task task, Set<String> without) {
        Offer offer = offer(task, without, Set.of());
        return offer.fit() != Fit.DRAINS ? null
                : hosts.stream().filter(host -> host.name().equals(offer.host())).findFirst().orElseThrow();
    }

    private static Candidate better(Candidate best, Candidate next) {
        return best == null || next != null && next.fit != Fit.DRAINS ? next : best;
    }

    /// Returns the models of which a runner with a free place is loaded: see [server.order.Offers].
    Set<String> warm() {
        Set<String> warm = new HashSet<>();
        for (HostView host : hosts) {
            if (host.sendable()) {
                if (host.runners() == null) {
                    return null;
                }
                warm.addAll(host.runners().warm(host.parallel(), host.at()));
            }
        }
        return warm;
    }

    /// Returns whether there is still a host that has the task's model, or may have it.
    boolean mayFind(Task task, Set<String> without) {
        Grade grade = first(candidates(task, without));
        return grade != null && grade != Grade.HOPELESS;
    }

    /// Returns whether a healthy host that has the task's model, as far as is known, is only full.
    boolean onlyItsTurn(Task task, Set<String> without) {
        Grade grade = first(candidates(task, without));
        return grade != null && grade.compareTo(Grade.FAILED) <= 0;
    }

    /// Returns whether a healthy host will be asked for it although its list lacks the model: there is none better.
    boolean asksAnyway(Task task, Set<String> without) {
        return first(candidates(task, without)) == Grade.ASK;
    }

    /// Returns the local hosts that have a model and do not refuse it: first those that have it loaded, then those with
    /// a free place for it.
    ///
    /// @param on the only one, whatever its list says; null: all
    List<HostView> free(String model, RunnerKey key, String on) {
        List<HostView> having = having(model, on);
        List<HostView> free = new ArrayList<>(having.stream().filter(host -> host.holds(key)).toList());
        having.stream().filter(host -> !host.holds(key) && host.sendable()
                && host.fit(key).canStart()).forEach(free::add);
        return free;
    }

    private List<HostView> having(String model, String on) {
        return hosts.stream().filter(host -> (on == null || on.equals(host.name())) && !host.remote()
                && !host.keepsOff(model) && (on != null || host.models().has(model) == Has.YES)).toList();
    }

    /// Returns the first local host, if any, that has a model and could load it once it has ended what it is answering.
    ///
    /// @param on as in [#free]
    List<String> draining(String model, RunnerKey key, String on) {
        return having(model, on).stream().filter(host -> host.up() && host.fit(key) == Fit.DRAINS).map(HostView::name)
                .limit(1).toList();
    }

    /// Returns the first of the hosts open to a task, if all of them refuse its model for a reason of theirs or their
    /// accounts'; null if one may accept it. A host that lacks the model by its list, or is away and never listed its
    /// models, is not open to it if any other is.
    String refuser(Task task) {
        List<Candidate> all = candidates(task, Set.of());
        List<Candidate> may = all.stream().filter(one -> one.has == Has.YES
                || one.has == Has.UNKNOWN && one.host.up()).toList();
        List<Candidate> asked = may.isEmpty() ? all : may;
        return !asked.isEmpty() && asked.stream().allMatch(one -> one.host.refuses(task.model()))
                ? asked.getFirst().host.name() : null;
    }

    /// Returns the names of the hosts to which a task may go at all.
    List<String> open(Task task) {
        return candidates(task, Set.of()).stream().map(candidate -> candidate.host.name()).toList();
    }

    private static Grade first(List<Candidate> candidates) {
        Grade first = null;
        for (Candidate candidate : candidates) {
            first = first == null || candidate.grade.compareTo(first) < 0 ? candidate.grade : first;
        }
        return first;
    }

    private static Candidate best(List<Candidate> candidates, Grade grade, Set<String> kept) {
        Candidate best = null;
        for (Candidate candidate : candidates) {
            if (candidate.grade == grade && candidate.host.sendable() && !candidate.off
                    && candidate.fit != Fit.NONE && !kept.contains(candidate.host.name())
                    && (best == null || candidate.betterThan(best))) {
                best = candidate;
            }
        }
        return best;
    }

    private List<Candidate> candidates(Task task, Set<String> without) {
        List<HostChoice> choices = choices(task);
        boolean anyTakes = anyTakes(task, choices);
        List<Candidate> all = new ArrayList<>(hosts.size());
        boolean open = true;
        RunnerKey key = RunnerKey.of(task);
        for (int i = 0; i < choices.size() && open; i++) {
            HostChoice choice = choices.get(i);
            boolean failed = first(all) == Grade.FAILED;
            for (HostView host : hosts) {
                // if no host's settings name the model, hosts whose settings name others are asked all the same
                if (of(task, host, choice) && !without.contains(host.name())
                        && (host.takes(task.model()) || choice.rule == Rule.ON || !anyTakes)) {
                    all.add(candidate(task, key, host, i > 0, failed ? Rule.ELSEWHERE : choice.rule));
                }
            }
            open = secondOpen(all, choice.rule);
        }
        return all;
    }

    /// Returns whether the second choice counts: no host of the first is healthy, has the model and has not failed the
    /// task; or they are full, and the task was to go there only to end sooner.
    private static boolean secondOpen(List<Candidate> first, Rule rule) {
        boolean good = false;
        boolean free = false;
        for (Candidate candidate : first) {
            good |= candidate.grade == Grade.FIRST;
            free |= candidate.grade == Grade.FIRST && candidate.host.sendable();
        }
        boolean hurry = rule == Rule.CRITICAL || rule == Rule.QUEUE_FULL || rule == Rule.HIGH;
        return !good || hurry && !free;
    }

    private boolean anyTakes(Task task, List<HostChoice> choices) {
        for (HostView host : hosts) {
            for (HostChoice choice : choices) {
                if (host.takes(task.model()) && of(task, host, choice)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean of(Task task, HostView host, HostChoice choice) {
        return host.answers(task.terms().caller().endpoint()) && (choice.remote == null
                ? host.name().equals(task.terms().on()) : choice.remote == host.remote());
    }

    private static Candidate candidate(Task task, RunnerKey key, HostView host, boolean second, Rule rule) {
        Has has = host.takes().isEmpty() ? host.models().has(task.model())
                : host.takes(task.model()) && !host.models().denies(task.model()) ? Has.YES : Has.NO;
        int failures = failures(task, host.name());
        Grade grade;
        boolean off = host.keepsOff(task.model());
        if (host.up() && !off) {
            grade = has == Has.NO ? Grade.ASK : failures > 0 ? Grade.FAILED : second ? Grade.SECOND : Grade.FIRST;
        } else {
            grade = switch (has) {
                case YES -> Grade.AWAY;
                case UNKNOWN -> Grade.UNKNOWN;
                case NO -> off || host.passing() ? Grade.SOON : Grade.HOPELESS;
            };
        }
        return new Candidate(host, has, grade, second, rule, failures, host.models().hasLoaded(task.model()),
                off, host.fit(key));
    }

    private static int failures(Task task, String host) {
        int failures = 0;
        for (Attempt attempt : task.attempts()) {
            failures += attempt.counted() && attempt.error() != null && host.equals(attempt.host()) ? 1 : 0;
        }
        return failures;
    }

    private List<HostChoice> choices(Task task) {
        if (task.terms().on() != null) {
            return List.of(new HostChoice(null, Rule.ON));
        }
        Rule remote = remoteRule(task);
        if (remote != null) {
            HostChoice first = new HostChoice(true, remote);
            return options.fallbackToLocal() ? List.of(first, new HostChoice(false, Rule.FALLBACK)) : List.of(first);
        }
        if (!endpoints) {
            return List.of(new HostChoice(false, Rule.LOCAL));
        }
        return List.of(new HostChoice(false, options.localFirst() ? Rule.LOCAL_FIRST : Rule.BELOW_HIGH),
                new HostChoice(true, Rule.NO_LOCAL_HOST));
    }

    /// Returns the rule that sends a task to the endpoints; null if none does.
    private Rule remoteRule(Task task) {
        if (task.terms().remote()) {
            return Rule.REMOTE_EXECUTION;
        }
        if (!endpoints || task.terms().caller().onlyOrders()) {
            return null;
        }
        if (!options.localFirst()) {
            return task.priority() >= Priority.HIGH.value ? Rule.HIGH : null;
        }
        if (task.priority() >= Priority.CRITICAL.value) {
            return Rule.CRITICAL;
        }
        return task.priority() >= Priority.HIGH.value && options.localQueueMax() > 0
                && waiting >= options.localQueueMax() ? Rule.QUEUE_FULL : null;
    }
}
