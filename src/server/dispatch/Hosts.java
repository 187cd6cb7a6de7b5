package server.dispatch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

import server.executor.ExecutorRegistry;
import server.executor.TaskExecutor;
import server.stats.AttemptNews;
import server.task.ApiPath;
import shared.LogValue;
import shared.Nearest;
import shared.Problem;

/// All hosts, local ones and endpoints, in the order of the settings.
public final class Hosts implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");

    private final Map<String, Host> byName;
    private final List<Host> all;
    private volatile int workers;
    private final InstantSource clock;
    private final List<Runnable> onChange = new CopyOnWriteArrayList<>();
    private final List<Runnable> onGain = new CopyOnWriteArrayList<>();
    private final List<BiConsumer<String, String>> onReport = new CopyOnWriteArrayList<>();
    private final List<AttemptNews> news = new CopyOnWriteArrayList<>();

    Hosts(List<Host> hosts, int workers, InstantSource clock) {
        all = List.copyOf(hosts);
        byName = new LinkedHashMap<>();
        hosts.forEach(host -> byName.put(host.name(), host));
        this.workers = workers;
        this.clock = clock;
    }

    /// Opens the hosts; connects to none. A host that is named twice, by its address alone, is used once.
    ///
    /// @param workers how many attempts run at once on all local hosts together
    /// @throws Problem if one of them is invalid
    public static Hosts open(ExecutorRegistry registry, List<HostOptions> options, int workers, InstantSource clock) {
        Map<String, Host> opened = new LinkedHashMap<>();
        try {
            for (HostOptions one : options) {
                TaskExecutor executor = registry.open(one.kind(), one.address());
                Host host = new Host(one, registry.provider(one.kind(), one.address().url()).kind(), executor,
                        clock.millis());
                Host same = opened.putIfAbsent(host.name(), host);
                if (same != null) {
                    executor.close();
                    if (!same.options.equals(one)) {
                        throw Problem.badRequest("two hosts are named " + host.name() + "; give each its own name");
                    }
                }
            }
        } catch (Problem wrong) {
            opened.values().forEach(host -> host.executor.close());
            throw wrong;
        }
        return new Hosts(new ArrayList<>(opened.values()), workers, clock);
    }

    /// Sets how many attempts run at once on all local hosts together, from now on.
    void workers(int newWorkers) {
        workers = newWorkers;
    }

    /// Returns every host in its current state.
    public List<Backend> backends() {
        return all.stream().map(this::shown).toList();
    }

    /// Returns the enabled hosts, for requests that are not tasks.
    public List<HostAccess> accesses() {
        long now = clock.millis();
        return all.stream().map(host -> host.access(now)).filter(Objects::nonNull).toList();
    }

    /// Lets a host get new tasks, or none; its running attempts continue. A restart of the server resets this.
    ///
    /// @throws Problem 404 if there is no such host
    public Backend enable(String name, boolean on) {
        Host host = require(name);
        host.enable(on);
        changed();
        return shown(host);
    }

    /// @throws Problem 404 if there is no such host
    Host require(String name) {
        Host host = byName.get(name);
        if (host == null) {
            throw Problem.notFound("no host is named " + Problem.shown(name) + known(name));
        }
        return host;
    }

    /// Checks the name that a submit gives in `on`.
    ///
    /// @param remote whether the submit also asks for an endpoint
    /// @throws Problem 400 if there is no such host, or it is not an endpoint
    public void check(String name, boolean remote) {
        Host host = byName.get(name);
        if (host == null) {
            throw Problem.badRequest("on: no host is named \"" + Problem.shown(name) + "\"" + known(name));
        }
        if (remote && !host.options.remote()) {
            throw Problem.badRequest("on: \"" + name + "\" is a local host, but remote_execution asks for an endpoint; "
                    + "leave one of the two out");
        }
    }

    /// Checks that there is a host for the calls of a path, up or not.
    ///
    /// @param on the requested host; null: any
    /// @throws Problem 404 if there is none
    public void checkAnswers(ApiPath path, String on) {
        if (all.stream().noneMatch(host -> (on == null || on.equals(host.name())) && host.answers(path))) {
            throw Problem.notFound((on == null ? "no host answers " : "the host " + on + " does not answer ")
                    + path.path);
        }
    }

    /// Logs, at the first start after version 0.1, that its Ollama hosts now get at most `ollama.parallel` tasks of one
    /// model at once.
    public void tellParallel() {
        String names = all.stream().filter(Host::loadsModels).map(host -> host.name() + " "
                + shown(host).parallel()).collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            LOG.log(Level.INFO, "event=parallel_is_new hosts=" + LogValue.of(names) + " was=" + workers
                    + " hint=\"an Ollama host now runs at most ollama.parallel tasks of one model at once; "
                    + "set it, or OLLAMA_NUM_PARALLEL, to the OLLAMA_NUM_PARALLEL of the Ollama\"");
        }
    }

    /// Returns how many attempts are running now.
    public int running() {
        return all.stream().mapToInt(Host::running).sum();
    }

    /// Returns how many more could run if every host were healthy.
    public int idle() {
        int local = Math.min(workers, all.stream().filter(host -> !host.options.remote()).mapToInt(this::slots).sum());
        int remote = all.stream().filter(host -> host.options.remote()).mapToInt(this::slots).sum();
        return Math.max(0, local + remote - running());
    }

    /// Returns how many more could run now, with the hosts as they are: a disabled or down host has no place.
    public int free() {
        return Math.max(0, Math.min(workers, places(false)) + places(true) - running());
    }

    private int places(boolean remote) {
        return all.stream().map(this::shown).filter(host -> host.remote() == remote && host.enabled()
                && !host.health().equals(Host.Health.DOWN.text)).mapToInt(Backend::slots).sum();
    }

    @Override
    public void close() {
        all.forEach(host -> host.executor.close());
    }

    List<Host> all() {
        return all;
    }

    /// Returns the host with this name; null if there is none.
    Host named(String name) {
        return byName.get(name);
    }

    List<HostView> views() {
        long now = clock.millis();
        boolean worker = localRunning() < workers;
        List<HostView> views = new ArrayList<>(all.size());
        for (Host host : all) {
            views.add(host.view(host.options.remote() || worker, now));
        }
        return views;
    }

    /// Returns a copy of all hosts on which to play forward.
    ///
    /// @param without returns for a task's id the hosts that said they lack its model
    /// @param waiting how many tasks wait for nothing but their turn
    PlayedHosts played(RoutingOptions options, LongFunction<Set<String>> without, int waiting) {
        long now = clock.millis();
        return new PlayedHosts(options, without, all.stream().map(host -> new PlayedHosts.Played(host.view(true, now),
                host.isAble(now), host.options.maxConcurrent())).toList(), workers, waiting);
    }

    /// Returns when a host that is left alone now may be tried again, milliseconds since the epoch.
    long nextTry() {
        long next = Long.MAX_VALUE;
        long now = clock.millis();
        for (Host host : all) {
            next = Math.min(next, host.nextTry(now));
        }
        return next;
    }

    /// Adds a listener that is notified of what attempts do.
    public void onNews(AttemptNews listener) {
        news.add(listener);
    }

    List<AttemptNews> news() {
        return news;
    }

    /// Calls a listener when a host has changed, so that a task may find a place now (quick, any thread).
    void onChange(Runnable listener) {
        onChange.add(listener);
    }

    void changed() {
        onChange.forEach(Runnable::run);
    }

    /// Calls a listener when a host lists a model that it did not have (quick, any thread).
    void onGain(Runnable listener) {
        onGain.add(listener);
    }

    void gained() {
        onGain.forEach(Runnable::run);
    }

    /// Calls a listener with a host's name and version each time the host has reported how it is (any thread); the
    /// version is null if it reports none.
    public void onReport(BiConsumer<String, String> listener) {
        onReport.add(listener);
    }

    void reported(String host, String version) {
        onReport.forEach(listener -> listener.accept(host, version));
    }

    private int localRunning() {
        int running = 0;
        for (Host host : all) {
            running += host.options.remote() ? 0 : host.running();
        }
        return running;
    }

    Backend shown(Host host) {
        return host.backend(slots(host), clock.millis());
    }

    private int slots(Host host) {
        int own = host.options.maxConcurrent();
        return host.options.remote() ? own : host.takes(own == 0 ? workers : Math.min(own, workers));
    }

    private String known(String name) {
        return Nearest.hint(name, byName.keySet()) + " (hosts: " + String.join(", ", byName.keySet()) + ")";
    }
}
