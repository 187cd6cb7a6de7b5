package server.dispatch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import server.executor.HostFailure;
import server.executor.HostReport;
import server.executor.Outcome.Cause;
import shared.LogValue;

/// Checks the health of each host: at the interval in the settings; more often while a host is away; at once after it
/// has failed a task. One virtual thread per host, so that a slow host delays no other.
final class HealthCheck implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dispatch");
    /// The time between two checks of a host that is away, until it is left alone for longer.
    private static final long AWAY_MS = 1_000;

    private final Hosts hosts;
    private volatile Duration interval;
    private final InstantSource clock;
    private final Map<Host, Thread> threads = new ConcurrentHashMap<>();
    /// The hosts to check again at once. Waking the thread is not enough: one that is checking at the moment, and so
    /// waits for its host, is woken in that wait and does not know why.
    private final Set<Host> wanted = ConcurrentHashMap.newKeySet();

    HealthCheck(Hosts hosts, Duration interval, InstantSource clock) {
        this.hosts = hosts;
        this.interval = interval;
        this.clock = clock;
    }

    void start() {
        for (Host host : hosts.all()) {
            Thread thread = Thread.ofVirtual().name("health-" + host.name()).unstarted(() -> loop(host));
            threads.put(host, thread);
            thread.start();
        }
    }

    /// Sets the interval from now on.
    void every(Duration newInterval) {
        interval = newInterval;
    }

    /// Checks a host now, because something was wrong with it.
    void askNow(Host host) {
        wanted.add(host);
        LockSupport.unpark(threads.get(host));
    }

    @Override
    public void close() {
        threads.values().forEach(Thread::interrupt);
    }

    private void loop(Host host) {
        while (!Thread.currentThread().isInterrupted()) {
            long pause = interval.toMillis();
            wanted.remove(host);
            try {
                IOException silent = ask(host, false);
                if (silent != null) {
                    long left = host.circuit.pauseEnd(clock.millis());
                    pause = left == 0 ? AWAY_MS : Math.clamp(left - clock.millis(), 1, Circuit.PAUSE_MAX_MS);
                    pause = Math.max(Math.min(pause, interval.toMillis()), retryAfterMs(silent));
                }
            } catch (InterruptedException stopped) {
                return;
            } catch (RuntimeException | Error bug) {
                LOG.log(Level.ERROR, "event=health_check_failed host=" + LogValue.of(host.name()), bug);
            }
            if (!wanted.contains(host)) {
                LockSupport.parkNanos(this, pause * 1_000_000);
            }
        }
    }

    /// Checks a host on the calling thread, without waiting for its turn.
    void ask(Host host) throws InterruptedException {
        ask(host, false);
    }

    /// Checks on the calling thread whether a host still is what its kind says, after it refused a request as if it
    /// were not. If not, it is down from then on.
    boolean isItself(Host host) throws InterruptedException {
        return ask(host, true) == null;
    }

    /// @param doubted whether a missing report counts although the host has tasks
    /// @return why it did not report; null if it did
    private IOException ask(Host host, boolean doubted) throws InterruptedException {
        IOException silent = null;
        HostReport report = null;
        try {
            long askedAt = clock.millis();
            report = host.executor.report();
            if (report.installed() == null && host.lists()) {
                silent = new IOException(host.name() + " no longer lists its models");
            } else if (host.reported(report, askedAt, clock.millis())) {
                hosts.gained();
            }
        } catch (IOException failure) {
            silent = failure;
        }
        if (silent instanceof HostFailure failure && failure.outcome().cause() == Cause.OWN) {
            // this reveals nothing about the host
            return silent;
        }
        if (silent != null) {
            String why = silent.getMessage();
            LOG.log(Level.DEBUG, () -> "event=host_silent host=" + LogValue.of(host.name()) + " error="
                    + LogValue.of(why));
            Cause cause = silent instanceof HostFailure failure ? failure.outcome().cause() : Cause.PASSING;
            host.silent(why, cause, doubted, clock.millis());
        }
        hosts.changed();
        if (silent == null) {
            hosts.reported(host.name(), report.version());
        }
        return silent;
    }

    /// What the limit of an account asks for. Anything else may be over before: that a host without tasks is back is
    /// found by these questions alone.
    private static long retryAfterMs(IOException silent) {
        return silent instanceof HostFailure failure && failure.outcome().cause() == Cause.ACCOUNT
                && failure.outcome().retryAfter() != null ? failure.outcome().retryAfter().toMillis() : 0;
    }
}
