package server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

import server.access.Connections;
import server.access.NamedTokens;
import server.access.TokenFile;
import server.access.OtherLoopback;
import server.access.RequestLimits;
import server.action.ActionRunner;
import server.api.HttpApi;
import server.clock.SteadyClock;
import server.cron.CronTimer;
import server.cron.CronRequests;
import server.dispatch.Backend;
import server.dispatch.DispatchOptions;
import server.dispatch.Dispatcher;
import server.dispatch.Hosts;
import server.http.Routes;
import server.http.WebServer;
import server.journal.JournalOptions;
import server.journal.disk.FileStorage;
import server.journal.recovery.Restore;
import server.live.Answers;
import server.live.EventHub;
import server.live.RelayedAnswers;
import server.order.limits.OrderLimits;
import server.order.limits.ClientBudgets;
import server.queue.Compaction;
import server.queue.CompactionOptions;
import server.queue.TaskQueue;
import server.queue.state.Event;
import server.queue.state.QueueOptions;
import server.queue.state.QueueState;
import server.relay.KnownVersions;
import server.relay.ModelCalls;
import server.relay.PassedCalls;
import server.relay.RelayApi;
import server.relay.RelayOptions;
import server.settings.Loader;
import server.settings.Setting;
import server.settings.Settings;
import server.stats.History;
import server.task.SubmissionReader;
import server.tls.Tls;
import server.websocket.WebSocketOptions;
import server.websocket.WebSocketServer;
import shared.LogValue;
import shared.Problem;

/// The wiring: every part is built in order, from the disk outwards, and closed in reverse.
final class Server implements AutoCloseable {

    private static final Logger LOG = System.getLogger("server");
    private static final Setting<Duration> GRACE = Setting.duration("server.grace", "0s", "1d").byDefault("5s").live()
            .flag("--grace DURATION").says("how long running tasks may continue when the server stops");
    static final List<Setting<?>> SETTINGS = List.of(GRACE);

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final TaskQueue queue;
    private final Compaction compaction;
    private final Dispatcher dispatcher;
    private final CronTimer timer;
    private final ActionRunner runner;
    private final EventHub events;
    private final SubmissionReader submissions;
    private final ClientBudgets budgets;
    private final RelayApi relay;
    /// Null for none.
    private final Tls tls;
    private final WebServer web;
    /// Null if it is turned off.
    private final WebSocketServer sockets;
    private final IdleCollection garbage;
    private volatile Settings settings;

    private Server(Settings settings, TaskQueue queue, Compaction compaction, Dispatcher dispatcher,
            SubmissionReader submissions, ClientBudgets budgets, CronTimer timer, ActionRunner runner, EventHub events,
            RelayApi relay, Tls tls, WebServer web, WebSocketServer sockets, IdleCollection garbage) {
        this.settings = settings;
        this.queue = queue;
        this.compaction = compaction;
        this.dispatcher = dispatcher;
        this.submissions = submissions;
        this.budgets = budgets;
        this.timer = timer;
        this.runner = runner;
        this.events = events;
        this.relay = relay;
        this.tls = tls;
        this.web = web;
        this.sockets = sockets;
        this.garbage = garbage;
    }

    /// Starts the server.
    ///
    /// @param loaded returns the settings as last read
    static Server start(AllSettings all, Supplier<Loader> loaded) throws StartFailure {
        SteadyClock clock = SteadyClock.ofMachine(InstantSource.system());
        // neither ids nor pauses are secret; a SecureRandom takes 10 ms, and seconds without /dev/urandom
        SplittableRandom ids = new SplittableRandom();
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            Tls tls = Tls.open(all.settings(), clock);
            opened.add(tls);
            DispatchOptions dispatch = DispatchOptions.of(all.settings());
            Hosts hosts = Hosts.open(all.kinds(), all.hosts(), dispatch.workers(), clock);
            opened.add(hosts);

            Connections most = Connections.of(all.settings(), hosts.idle(),
                    OtherLoopback.isMeantBy(all.settings().get(WebServer.HOST)) ? 2 : 1, tls != null);
            Settings settings = all.settings().with(RequestLimits.CONNECTIONS, most.http());
            TaskQueue queue = open(settings, hosts, clock, ids);
            opened.add(queue);
            NamedTokens tokens = NamedTokens.open(settings.get(JournalOptions.PATH), clock);
            Compaction compaction = new Compaction(queue.ledger(), CompactionOptions.DEFAULT);
            opened.add(compaction);
            compaction.start();

            Answers answers = new Answers();
            History history = History.of(queue, clock.millis());
            hosts.onNews(history);
            recordStart(queue);
            EventHub events = EventHub.start(queue, answers);
            opened.add(events);

            RelayedAnswers relayed = new RelayedAnswers();
            queue.onEvent(relayed::happened);
            Dispatcher dispatcher = new Dispatcher(queue, hosts, answers, relayed, dispatch, clock, new Random());
            opened.add(dispatcher);

            SubmissionReader submissions = new SubmissionReader(settings, OrderLimits::of, hosts::check);
            ActionRunner runner = ActionRunner.start(queue.ledger(), submissions::readAnew);
            opened.add(runner);
            ClientBudgets budgets = new ClientBudgets(OrderLimits.of(settings), clock);
            WebServer.prepare(settings);
            CronRequests crons = new CronRequests(queue, submissions, ZoneId.systemDefault(), clock);
            WebServer web = WebServer.bind(settings, tls, tokens);
            opened.add(web);
            refuseItself(hosts, web);
            RelayApi relay = new RelayApi(new RelayApi.Parts(queue, hosts, dispatcher, relayed, submissions, budgets,
                    web.gone(), clock, web::stopping, settings.get(HttpApi.TASK_BYTES)), RelayOptions.of(settings));
            PassedCalls passed = passed(settings, hosts, relay);
            HttpApi api = new HttpApi(settings, new HttpApi.Parts(queue, compaction, events, submissions, budgets,
                    hosts, dispatcher::ask, new HttpApi.Insight(dispatcher::explain, dispatcher::outlook,
                    dispatcher::progress), dispatcher::held, clock, crons, runner.actions(), history, passed::cloud,
                    settings.get(JournalOptions.PATH), tokens, loaded), web);
            Routes routes = api.routes();
            relay.addTo(routes);
            passed.addTo(routes, api::page, api::status);
            new ModelCalls(hosts, dispatcher::askNow, web.gone(), relay::options).addTo(routes);
            WebSocketServer sockets = sockets(settings.with(RequestLimits.CONNECTIONS, most.webSocket()), tls, web,
                    api);
            web.serve(routes);
            CronTimer timer = new CronTimer(crons, clock, clock::setBy);
            timer.start();
            dispatcher.start();
            return new Server(settings, queue, compaction, dispatcher, submissions, budgets, timer, runner, events,
                    relay, tls, web, sockets, IdleCollection.start());
        } catch (IOException | IllegalArgumentException | SecurityException failure) {
            closeAll(opened);
            throw new StartFailure(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        } catch (Problem refused) {
            closeAll(opened);
            throw StartFailure.of(refused);
        }
    }

    private static PassedCalls passed(Settings settings, Hosts hosts, RelayApi relay) throws IOException {
        FileStorage directory = new FileStorage(settings.get(JournalOptions.PATH));
        return new PassedCalls(hosts, KnownVersions.open(hosts, directory), settings.get(HttpApi.TASK_BYTES),
                relay::options);
    }

    /// Returns null if it is turned off. To be called before any request is answered: a page that is told of no port
    /// stays without.
    private static WebSocketServer sockets(Settings settings, Tls tls, WebServer web, HttpApi api) throws IOException {
        WebSocketOptions options = WebSocketOptions.of(settings, settings.get(WebServer.PORT) == 0);
        if (options == null) {
            return null;
        }
        WebSocketServer sockets = WebSocketServer.start(options, tls, web.guard(), web.address(), api::dialogue,
                status -> web.traffic().count("GET", "/ws", status));
        api.announce(sockets.port());
        return sockets;
    }

    private static TaskQueue open(Settings settings, Hosts hosts, SteadyClock clock, SplittableRandom ids)
            throws IOException {
        FileStorage storage = new FileStorage(settings.get(JournalOptions.PATH));
        if (Restore.isOfGuarded(storage)) {
            // before the journal is restored: afterwards nothing shows it
            new TokenFile(settings.get(JournalOptions.PATH)).demand();
        }
        TaskQueue queue = TaskQueue.open(storage, JournalOptions.of(settings), QueueOptions.of(settings), clock, clock,
                ids);
        if (storage.isOfVersion01()) {
            hosts.tellParallel();
        }
        tellLostWindows(queue);
        return queue;
    }

    /// Refuses a host whose address is the server's own, because its calls would come back as calls forever.
    private static void refuseItself(Hosts hosts, WebServer web) throws IOException {
        for (Backend host : hosts.backends()) {
            // other kinds of host have addresses of their own form
            URI url = URI.create(host.url().matches("https?://.*") ? host.url() : "/");
            String name = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
            if (url.getPort() == web.address().getPort()
                    && (name.equals(web.host().toLowerCase(Locale.ROOT)) || LOOPBACK.contains(name))) {
                throw new IOException("the host " + host.name() + " is this server itself; set --ollama-host (or "
                        + "ollama.host, OLLAMA_HOST) to the address of an Ollama");
            }
        }
    }

    /// Returns the server's URL, for example `http://localhost:8080`, or with `https`.
    String url() {
        InetSocketAddress address = web.address();
        String host = web.host();
        String name = host.contains(":") ? "[" + host + "]" : host;
        return (tls == null ? "http://" : "https://") + name + ":" + address.getPort();
    }

    /// Returns all its routes.
    List<Routes.Row> rows() {
        return web.rows();
    }

    /// Applies the settings that can change while it runs.
    void reconfigure(Settings newSettings) {
        settings = newSettings;
        queue.reconfigure(QueueOptions.of(newSettings));
        tellLostWindows(queue);
        dispatcher.reconfigure(DispatchOptions.of(newSettings));
        submissions.reconfigure(newSettings);
        budgets.reconfigure(OrderLimits.of(newSettings));
        relay.reconfigure(RelayOptions.of(newSettings));
        web.guard().reconfigure(newSettings);
    }

    /// Records the start for the history, which shows restarts. Without any record yet, nothing was interrupted.
    private static void recordStart(TaskQueue queue) {
        if (queue.stats().lastSeq() == 0) {
            return;
        }
        try {
            queue.ledger().change(writer -> writer.append(
                    new Event.ModeChange(writer.state().mode(), writer.now(), true)));
        } catch (Problem refused) {
            LOG.log(Level.WARNING, "event=start_not_recorded reason=" + LogValue.of(refused.getMessage()));
        }
    }

    private static void tellLostWindows(TaskQueue queue) {
        queue.ledger().look(QueueState::lostWindows).value().forEach((window, count) -> LOG.log(Level.WARNING,
                "event=window_missing window=" + LogValue.of(window) + " tasks=" + count
                        + " reason=\"the settings have no such window, so they wait\""));
    }

    /// Waits until a signal requests the stop, or the journal can no longer write.
    ///
    /// @return whether it was a signal
    boolean awaitEnd(Signals signals) throws InterruptedException {
        queue.onFailure(signals::release);
        signals.await();
        return queue.failure() == null;
    }

    /// Returns whether the queue works; does not return while it is stuck.
    boolean answers() {
        return queue.ledger().answers();
    }

    /// Returns why the journal can no longer write; null while it can.
    String failure() {
        return queue.failure();
    }

    /// Stops the intake, gives running tasks their grace, puts the rest back, flushes. After the grace this takes at
    /// most four seconds, provided that the disk works: with the default, all is over before the ten seconds after
    /// which docker kills.
    @Override
    public void close() {
        web.stopIntake();
        garbage.close();
        timer.close();
        runner.close();
        compaction.close();
        dispatcher.stop(settings.get(GRACE));
        if (sockets != null) {
            sockets.close();
        }
        events.close();
        web.close();
        if (tls != null) {
            tls.close();
        }
        dispatcher.close();
        queue.close();
    }

    private static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable part : opened.reversed()) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception failure) {
                LOG.log(Level.WARNING, "event=close_failed", failure);
            }
        }
    }
}
